// Makes an image job of a configuration of pyFAI's Worker.
#include "config/pyfai/pyfai_worker.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <numbers>

#include "config/json/json_reader.hpp"
#include "config/json/json_text.hpp"
#include "config/pyfai/pyfai_words.hpp"
#include "config/pyfai/worker_calibration.hpp"
#include "config/pyfai/worker_keys.hpp"
#include "config/text/text_file.hpp"
#include "core/words/errors.hpp"
#include "core/words/units.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr std::int64_t most_bins = 1'000'000, most_cycles = 1000;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Reads the keys of one configuration into an ImageJob.
class WorkerReader {
 public:
  WorkerReader(JsonItem const& item, std::string file_name, std::filesystem::path folder)
      : keys_(item, std::move(file_name), std::move(folder)), problems_(item.problems()) {}

  ImageJob read() {
    image_.job.reductions.emplace_back();
    if (!keys_.reader().is_object()) return std::move(image_);
    check_version(keys_);
    for (auto const& [key, reason] : idle_keys) {
      auto const item = keys_.reader().nullable(key);
      if (item && reason != nullptr) keys_.note(key, reason);
    }
    read_calibration();
    read_files();
    read_binning();
    read_ranges();
    read_errors();
    read_method();
    read_corrections();
    read_invalid();
    keys_.reader().finish();
    image_.notes = keys_.notes();
    return std::move(image_);
  }

  /// What is wrong with the calibration; empty: nothing.
  std::vector<std::string> const& poni_problems() const noexcept { return poni_problems_; }

 private:
  void take_poni(std::string text, std::string const& key) {
    bool const versioned = text.find("poni_version") != std::string::npos;
    if (!versioned) text = "poni_version: 2.1\n" + text;
    try {
      image_.poni = parse_poni(text, keys_.file_name() + ": $" + key);
    } catch (core::InputError const& error) {
      poni_problems_ = error.problems();
    }
  }

  void read_calibration() {
    auto const poni = keys_.reader().nullable("poni");
    std::string const flat = poni_text(keys_.reader());
    if (poni && poni->value().is_object()) {
      ObjectReader reader(*poni);
      take_poni(poni_text(reader), ".poni");
      reader.finish();
    } else if (flat.find("Distance") != std::string::npos) {
      take_poni(flat, "");
    } else if (poni) {
      std::string path;
      poni->read(path,
                 "a calibration: an object with dist, poni1, poni2 …, or the path of a PONI file");
      image_.job.calibration.poni = keys_.resolved(path);
    }
  }

  void read_files() {
    auto& calibration = image_.job.calibration;
    calibration.mask = keys_.files_of({"mask_file", "mask_image"}, "do_mask");
    image_.dark = keys_.files_of({"dark_current", "dark_current_image"}, "do_dark");
    image_.flat = keys_.files_of({"flat_field", "flat_field_image"}, "do_flat");
    if (calibration.mask.empty()) return;
    calibration.detector_mask = false;
    keys_.note("mask_file", "it takes the place of the detector's own mask, as in pyFAI");
  }

  std::optional<std::int64_t> bins(std::string const& key) {
    auto const item = keys_.reader().nullable(key);
    return item ? item->integer(1, most_bins) : std::nullopt;
  }

  void read_binning() {
    auto& binning = image_.reduction().binning;
    if (auto const radial = bins("nbpt_rad")) {
      binning.bins = static_cast<std::size_t>(*radial);
    } else {
      keys_.reader().require("nbpt_rad", "the number of radial bins");
      if (auto const item = keys_.reader().find("nbpt_rad"); item && item->is_null())
        item->reject("the number of radial bins");
    }
    auto const azimuthal = bins("nbpt_azim");
    bool const two_dimensional = keys_.is_on("do_2D", true);
    if (azimuthal && *azimuthal > 1 && two_dimensional) {
      binning.kind = core::PatternKind::cake;
      binning.azimuthal_bins = static_cast<std::size_t>(*azimuthal);
    }
    binning.unit = core::Unit::two_theta_deg;  // of a Worker without one
    if (auto const unit = keys_.reader().nullable("unit")) read_unit(*unit, binning.unit);
    binning.splitting = core::Splitting::bounding_box;  // pyFAI's default
    if (auto const method = keys_.reader().nullable("method"))
      read_splitting(*method, binning.splitting);
  }

  void read_unit(JsonItem const& item, core::Unit& unit) {
    auto const* pair = item.value().if_array();
    // The azimuth first is no radial unit, and reported as such by those who know what is asked for
    // on the command line.
    if (pair != nullptr && pair->size() == 2 &&
        ((*pair)[1] == "chi_deg" || (*pair)[0] == "chi_deg" || (*pair)[0] == "chi_rad")) {
      return read_unit(JsonItem((*pair)[0], item.path() + "[0]", problems_), unit);
    }
    auto const names = core::unit_names();
    if (auto const chosen = item.choose(names)) unit = core::unit_of(names[*chosen]);
  }

  void read_splitting(JsonItem const& item, core::Splitting& splitting) {
    auto const* list = item.value().if_array();
    if (list == nullptr || list->empty())
      return item.reject("a list such as [\"bbox\", \"csr\", \"cython\"]");
    JsonItem const split((*list)[0], item.path() + "[0]", problems_);
    if (split.value() == "pseudo")
      return split.reject("\"no\", \"bbox\" or \"full\"",
                          "pseudo splitting is not offered; \"full\" is what it approximates");
    split.read(splitting, std::span<core::Word<core::Splitting> const>(splitting_words));
  }

  std::optional<std::pair<double, double>> range(std::string const& name, std::string const& flag) {
    auto const item = keys_.reader().nullable(name + "_range");
    auto const low_item = keys_.any_of(
        {name + "_range_min", name == "azimuth" ? "azimuthal_range_min" : name + "_range_min"});
    auto const high_item = keys_.any_of(
        {name + "_range_max", name == "azimuth" ? "azimuthal_range_max" : name + "_range_max"});
    if (!keys_.is_on(flag, true)) return std::nullopt;
    double low = -infinity, high = infinity;
    if (item) {
      auto const items = item->items("a list of two numbers");
      if (!items) return std::nullopt;
      if (items->size() != 2) {
        item->reject("a list of two numbers");
        return std::nullopt;
      }
      if (!(*items)[0].is_null()) low = number((*items)[0], "a number").value_or(low);
      if (!(*items)[1].is_null()) high = number((*items)[1], "a number").value_or(high);
    }
    if (low_item) low = number(*low_item, "a number").value_or(low);
    if (high_item) high = number(*high_item, "a number").value_or(high);
    if (std::isinf(low) && std::isinf(high)) return std::nullopt;
    bool const one_end = !std::isfinite(low) || !std::isfinite(high);
    if (one_end)
      keys_.note(name + "_range", "one end of it is given and used; pyFAI leaves such a range out");
    if (one_end && name == "azimuth")
      low = std::max(low, azimuth_start_), high = std::min(high, azimuth_start_ + 360.0);
    if (low < high) return std::pair(low, high);
    problems_.add("$." + name + "_range", "two numbers, lower < upper, or none",
                  number_text(low) + " and " + number_text(high), "give both ends");
    return std::nullopt;
  }

  void read_ranges() {
    auto& binning = image_.reduction().binning;
    binning.radial_range = range("radial", "do_radial_range");
    bool const azimuth_on = keys_.is_on("do_azimuth_range", true);
    bool const from_0 = keys_.is_on("chi_discontinuity_at_0", false);
    azimuth_start_ = from_0 ? 0.0 : -180.0;
    binning.azimuth_range_deg = range("azimuth", "do_azimuthal_range");
    if (!azimuth_on) binning.azimuth_range_deg.reset();
    if (binning.azimuth_range_deg &&
        binning.azimuth_range_deg->second > binning.azimuth_range_deg->first + 360.0) {
      problems_.add("$.azimuth_range", "at most 360 degrees",
                    number_text(binning.azimuth_range_deg->first) + " and " +
                        number_text(binning.azimuth_range_deg->second));
    }
    if (from_0 && binning.kind == core::PatternKind::cake && !binning.azimuth_range_deg)
      binning.azimuth_range_deg = {0.0, 360.0};
  }

  void take_error_model(JsonItem const& item) {
    auto& model = image_.reduction().error_model;
    if (item.value().is_number()) {  // the members of pyFAI's enumeration
      static constexpr std::array members{core::ErrorModel::none, core::ErrorModel::variance,
                                          core::ErrorModel::poisson, core::ErrorModel::azimuthal,
                                          core::ErrorModel::hybrid};
      if (auto const number = item.integer(0, members.size() - 1))
        model = members[static_cast<std::size_t>(*number)];
      return;
    }
    item.read(model, std::span<core::Word<core::ErrorModel> const>(error_model_words));
  }

  void read_errors() {
    image_.reduction().error_model = core::ErrorModel::none;
    if (keys_.is_on("do_poisson", false))
      image_.reduction().error_model = core::ErrorModel::poisson;
    if (auto const item = keys_.reader().nullable("error_model")) take_error_model(*item);
  }

  void read_method() {
    auto& reduction = image_.reduction();
    if (auto const item = keys_.reader().nullable("integrator_class");
        item && item->value() != "AzimuthalIntegrator") {
      item->reject("\"AzimuthalIntegrator\"", "fibre integration is not offered");
    }
    auto const item = keys_.any_of({"integrator_method", "integrator_name"});
    if (item) item->read(reduction.method, std::span<core::Word<core::Method> const>(method_words));
    bool const clips = reduction.method == core::Method::sigma_clip,
               quantiles = reduction.method == core::Method::quantile_mean;
    if ((clips || quantiles) && reduction.binning.kind == core::PatternKind::cake && item) {
      keys_.note(item->path().substr(2),
                 "pyFAI offers it for radial patterns alone; here it makes a cake");
    }
    if (auto const options = keys_.reader().nullable("extra_options"))
      read_extra_options(*options, clips, quantiles);
    if (clips && reduction.error_model == core::ErrorModel::none) {
      reduction.error_model = core::ErrorModel::azimuthal;
      keys_.note("error_model", "sigma clipping needs one; azimuthal is taken");
    }
  }

  void read_extra_options(JsonItem const& item, bool clips, bool quantiles) {
    auto& reduction = image_.reduction();
    ObjectReader reader(item);
    if (!reader.is_object()) return;
    if (auto const model = reader.nullable("error_model")) take_error_model(*model);
    if (clips) {
      if (auto const threshold = reader.nullable("thres")) {
        auto const value = threshold->number(0.0, infinity, "a number");
        if (value) reduction.clip.threshold = *value;
      }
      if (auto const cycles = reader.nullable("max_iter")) {
        if (auto const value = cycles->integer(1, most_cycles))
          reduction.clip.cycles = static_cast<int>(*value);
      }
    }
    if (quantiles) {
      if (auto const percentile = reader.nullable("percentile"))
        read_percentile(*percentile, reduction.quantiles);
    }
    reader.finish();
  }

  void read_percentile(JsonItem const& item, core::Quantiles& quantiles) {
    if (!item.value().is_array()) {
      if (auto const value = item.number(0.0, 100.0, "a number"))
        quantiles = {*value / 100.0, *value / 100.0};
      return;
    }
    auto const items = item.items("a number or a list of two");
    if (!items || items->size() != 2)
      return item.reject("a number from 0 to 100, or a list of two");
    auto const first = (*items)[0].number(0.0, 100.0, "a number"),
               second = (*items)[1].number(0.0, 100.0, "a number");
    if (first && second)
      quantiles = {std::min(*first, *second) / 100.0, std::max(*first, *second) / 100.0};
  }

  void read_corrections() {
    auto& corrections = image_.job.corrections;
    bool const before_5 = keys_.is_on("do_solid_angle", true);
    corrections.solid_angle = keys_.is_on("correct_solid_angle", before_5);
    bool const polarized = keys_.is_on("do_polarization", true);
    auto const offset = keys_.reader().nullable("polarization_offset");
    if (auto const item = keys_.any_of({"polarization_description", "polarization_factor"});
        item && polarized)
      read_polarization(*item, offset);
    if (auto const factor = keys_.reader().nullable("normalization_factor")) {
      image_.normalization_factor = factor->positive_number("a number above 0").value_or(1.0);
    }
  }

  // A factor, [factor, offset] or {"factor": …, "offset": …}; the offset in radian.
  void read_polarization(JsonItem const& item, std::optional<JsonItem> const& separate_offset) {
    auto const read = [&](JsonItem const& factor, std::optional<JsonItem> const& offset) {
      if (factor.is_null()) return;
      Polarization polarization;
      polarization.factor = factor.number(-1.0, 1.0, "a number").value_or(0.0);
      double const offset_rad =
          offset && !offset->is_null()
              ? offset->number(-infinity, infinity, "an angle in radian").value_or(0.0)
              : 0.0;
      polarization.offset_deg = offset_rad * 180.0 / std::numbers::pi;
      image_.job.corrections.polarization = polarization;
      if (offset_rad != 0.0)
        keys_.note(item.path().substr(2), "the offset is applied; pyFAI's worker leaves it out");
    };
    if (item.value().is_object()) {
      ObjectReader reader(item);
      if (auto const factor = reader.require("factor", "the polarization factor"))
        read(*factor, reader.find("offset"));
      reader.finish();
    } else if (item.value().is_array()) {
      auto const items = item.items("a list of two numbers");
      if (items->empty() || items->size() > 2) return item.reject("a factor and an offset");
      read((*items)[0], items->size() == 2 ? std::optional((*items)[1]) : std::nullopt);
    } else {
      read(item, separate_offset);
    }
  }

  void read_invalid() {
    auto const value = keys_.any_of({"val_dummy", "dummy"}),
               width = keys_.reader().nullable("delta_dummy");
    if (!keys_.is_on("do_dummy", true) || !value) return;
    auto const dummy = number(*value, "a number");
    if (!dummy || std::isnan(*dummy)) return;  // NaN is never a measurement
    double const delta = width ? width->number(0.0, infinity, "a number").value_or(0.0) : 0.0;
    image_.job.scan.invalid.rule = core::InvalidRule::values;
    image_.job.scan.invalid.values = {{*dummy - delta, *dummy + delta}};
    image_.reduction().empty = *dummy;
  }

  WorkerKeys keys_;
  double azimuth_start_ = -180.0;  //!< where a ring begins [deg]
  JsonProblems& problems_;
  ImageJob image_;
  std::vector<std::string> poni_problems_;
};

}  // namespace

ImageJob parse_pyfai_worker(std::string_view text, std::string const& file_name,
                            std::filesystem::path const& folder) {
  std::string const plain = quote_non_finite(text);
  auto const root = parse_json(
      plain, file_name,
      "a configuration of pyFAI's Worker is an object such as {\"version\": 5, \"poni\": {…}, …}");
  JsonProblems problems(file_name);
  for (auto const& path : duplicate_keys(plain))
    problems.add(path, "each key once", "it a second time");
  bool const of_diffmap = root.is_object() &&
                          root.get_object().contains("diffmap_config_version") &&
                          root.get_object().contains("ai");
  json::value const& worker = of_diffmap ? root.get_object().at("ai") : root;
  WorkerReader reader(JsonItem(worker, of_diffmap ? "$.ai" : "$", problems), file_name, folder);
  ImageJob image = reader.read();
  auto all = problems.list();
  all.insert(all.end(), reader.poni_problems().begin(), reader.poni_problems().end());
  if (!all.empty()) throw core::InputError(all);
  if (of_diffmap)
    image.notes.push_back(
        file_name + ": the scan of pyFAI-diffmap is not read, only how its frames are integrated");
  image.configuration = std::string(text);
  return image;
}

ImageJob read_pyfai_worker(std::filesystem::path const& file) {
  return parse_pyfai_worker(text_of_file(file, "a worker configuration", "check the path"),
                            file.string(), file.parent_path());
}

}  // namespace xrdct::config
