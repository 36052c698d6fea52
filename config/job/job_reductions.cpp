// Reads the reductions of a job.
#include "config/job/job_reductions.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>

#include "config/job/job_checks.hpp"
#include "config/json/json_text.hpp"
#include "core/words/nearest_unit.hpp"
#include "core/words/units.hpp"

namespace xrdct::config {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t most_bins = 1'000'000;   // more than any detector resolves; a slip of the
                                                // keyboard is not an allocation failure
constexpr double largest_float = 3.4028234e38;  // larger ones are infinite in the output
constexpr std::int64_t most_cycles = 1000;
constexpr double full_turn_deg = 360.0;

template <core::Named T>
std::optional<core::Word<T>> chosen(JsonItem const& item) {
  auto const index = item.choose(core::names_of<T>());
  return index ? std::optional(core::words_of<T>[*index]) : std::nullopt;
}

/// Whether an azimuth stands where a radial unit is expected.
bool is_azimuth(boost::json::value const& value) {
  auto const names = core::unit_names();
  auto const* word = value.if_string();
  bool const known = word != nullptr &&
                     std::find(names.begin(), names.end(), std::string_view(*word)) != names.end();
  return known && core::is_azimuth(core::unit_of(std::string(*word)));
}

/// The keys of one reduction. Which of them may stand there depends on its method and its pattern.
class ReductionReader {
 public:
  explicit ReductionReader(JsonItem const& item)
      : reader_(item, {"{\"method\": \"mean\"}", item.value().is_string() ? "method" : ""}) {}

  ReductionJob read() {
    if (auto const name = reader_.find("name")) {
      name->read(reduction_.name, "a name");
      check_name(*name, reduction_.name);
    }
    read_method();
    read_pattern();
    read_unit_and_range();
    read_error_model();
    if (auto const empty = reader_.nullable("empty"))
      reduction_.empty = empty->number(-largest_float, largest_float, "a number or null");
    reader_.finish();
    return reduction_;
  }

 private:
  bool is(core::Method method) const { return reduction_.method == method; }

  /// A key that only some methods or patterns have. What a misspelt word was meant to be is not
  /// known: then every key may stand there.
  std::optional<JsonItem> find_if(bool used, std::string const& key, std::string const& owner) {
    auto item = reader_.find(key);
    if (!item || used) return item;
    item->reject("no such key here", key + " belongs to " + owner);
    return {};
  }

  void read_method() {
    bool median = false;
    if (auto const method = reader_.find("method")) {
      auto const choice = chosen<core::Method>(*method);
      known_method_ = choice.has_value();
      if (choice) reduction_.method = choice->value;
      median = choice && choice->name == "median";
    }
    bool const clips = !known_method_ || is(core::Method::sigma_clip);
    if (auto const threshold = find_if(clips, "threshold", "the method sigma_clip")) {
      reduction_.clip.threshold =
          threshold->number(0.0, infinity, "a number").value_or(reduction_.clip.threshold);
    }
    if (auto const cycles = find_if(clips, "cycles", "the method sigma_clip")) {
      if (auto const number = cycles->integer(1, most_cycles))
        reduction_.clip.cycles = static_cast<int>(*number);
    }
    bool const needs_quantiles = known_method_ && is(core::Method::quantile_mean) && !median;
    auto const quantiles =
        find_if(!known_method_ || needs_quantiles, "quantiles", "the method quantile_mean");
    if (quantiles) read_quantiles(*quantiles);
    if (!quantiles && needs_quantiles)
      reader_.require("quantiles", "two numbers from 0 to 1, such as [0.1, 0.9]");
  }

  void read_quantiles(JsonItem const& item) {
    std::string const expected = "a list of two numbers from 0 to 1, lower and upper";
    auto const items = item.items(expected);
    if (!items) return;
    if (items->size() != 2) return item.reject(expected);
    auto const lower = (*items)[0].number(0.0, 1.0, "a number"),
               upper = (*items)[1].number(0.0, 1.0, "a number");
    if (!lower || !upper) return;
    if (*lower > *upper) {
      return item.problems().add(item.path(), expected + " with lower ≤ upper",
                                 number_text(*lower) + " and " + number_text(*upper));
    }
    reduction_.quantiles = {*lower, *upper};
  }

  void read_pattern() {
    auto& binning = reduction_.binning;
    bool known = true;
    if (auto const pattern = reader_.find("pattern")) {
      auto const choice = chosen<core::PatternKind>(*pattern);
      known = choice.has_value();
      if (choice) binning.kind = choice->value;
    }
    bool const has_azimuth = !known || binning.kind != core::PatternKind::radial,
               has_radius = !known || binning.kind != core::PatternKind::azimuthal;
    if (!has_radius) binning.bins = 1;
    auto const read_bins = [](std::optional<JsonItem> const& item, std::size_t& to) {
      if (!item) return;
      if (auto const number = item->integer(1, most_bins)) to = static_cast<std::size_t>(*number);
    };
    read_bins(find_if(has_radius, "bins",
                      "the patterns radial and cake; an azimuthal pattern has azimuthal_bins"),
              binning.bins);
    read_bins(find_if(has_azimuth, "azimuthal_bins", "the patterns azimuthal and cake"),
              binning.azimuthal_bins);
    if (auto const splitting = reader_.find("splitting")) splitting->read(binning.splitting);
    if (auto const range = reader_.nullable("azimuth_range_deg")) {
      binning.azimuth_range_deg = read_range(*range, -2.0 * full_turn_deg, 2.0 * full_turn_deg);
      if (binning.azimuth_range_deg &&
          binning.azimuth_range_deg->second > binning.azimuth_range_deg->first + full_turn_deg) {
        range->problems().add(range->path(), "a range of at most 360 degrees",
                              number_text(binning.azimuth_range_deg->first) + " and " +
                                  number_text(binning.azimuth_range_deg->second));
      }
    }
  }

  void read_unit_and_range() {
    auto& binning = reduction_.binning;
    if (auto const unit = reader_.find("unit")) {
      auto const names = core::radial_unit_names();
      auto const* word = unit->value().if_string();
      auto const near = word != nullptr ? core::nearest_unit(std::string(*word)) : std::string();
      if (is_azimuth(unit->value())) {
        unit->reject("a radial unit such as \"q_nm^-1\"",
                     "an azimuth is none: I(χ) is \"pattern\": \"azimuthal\" with "
                     "\"azimuthal_bins\", and \"unit\" is that of its radial window");
      } else if (!near.empty() && near != *word) {
        unit->reject(
            "one of \"q_nm^-1\", \"q_A^-1\", \"2th_deg\", \"2th_rad\", \"r_mm\", \"d_A\", …",
            "did you mean \"" + near + "\"?");
      } else if (auto const chosen = unit->choose(names)) {
        binning.unit = core::unit_of(names[*chosen]);
      }
    }
    if (auto const range = reader_.nullable("radial_range"))
      binning.radial_range =
          read_range(*range, core::has_negative_values(binning.unit) ? -infinity : 0.0, infinity);
  }

  void read_error_model() {
    if (is(core::Method::sigma_clip)) reduction_.error_model = core::ErrorModel::azimuthal;
    auto const model = reader_.find("error_model");
    if (model) model->read(reduction_.error_model);
    if (model && known_method_) check_error_model(*model);
    if (auto const deviation = reader_.find("std")) {
      deviation->read(reduction_.deviation);
      if (reduction_.deviation && reduction_.error_model == core::ErrorModel::none) {
        deviation->reject("false without errors",
                          "choose another error_model than \"none\" for this reduction");
      }
    }
  }

  void check_error_model(JsonItem const& model) const {
    bool const of_bin = reduction_.error_model == core::ErrorModel::azimuthal ||
                        reduction_.error_model == core::ErrorModel::hybrid;
    if (is(core::Method::sigma_clip) && reduction_.error_model == core::ErrorModel::none) {
      model.reject(
          "an error model for sigma_clip, which rejects what lies many standard deviations off",
          "leave the key out: \"azimuthal\" takes the deviation from the pixels themselves");
    } else if ((is(core::Method::maximum) || is(core::Method::sum)) && of_bin) {
      model.reject("one of \"none\", \"variance\", \"poisson\" for the method " +
                       std::string(core::name_of(reduction_.method)),
                   "the spread of the pixels of a bin is the error of their mean alone");
    }
  }

  ObjectReader reader_;
  ReductionJob reduction_;
  bool known_method_ = true;
};

}  // namespace

std::optional<std::pair<double, double>> read_range(JsonItem const& item, double low, double high) {
  std::string const expected = "a list of two numbers, lower and upper";
  auto const items = item.items(expected + ", such as [2, 50]");
  if (!items) return {};
  if (items->size() != 2) {
    item.reject(expected);
    return {};
  }
  auto const lower = (*items)[0].number(low, high, "a number");
  auto const upper = (*items)[1].number(low, high, "a number");
  if (!lower || !upper) return {};
  if (*lower >= *upper) {
    item.problems().add(item.path(), expected + " with lower < upper",
                        number_text(*lower) + " and " + number_text(*upper));
    return {};
  }
  return std::pair(*lower, *upper);
}

void read_reductions(JsonItem const& item, std::vector<ReductionJob>& reductions) {
  auto const items =
      item.items("a list of reductions", "[{\"unit\": \"q_nm^-1\", \"bins\": 1000}]");
  if (!items) return;
  if (items->empty()) item.reject("at least one reduction", "the shortest is {}");
  for (auto const& reduction : *items) reductions.push_back(ReductionReader(reduction).read());
}

}  // namespace xrdct::config
