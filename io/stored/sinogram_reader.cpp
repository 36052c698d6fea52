// Reads patterns and axes of an output file back, for view and tests.
#include "io/stored/sinogram_reader.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <limits>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/units.hpp"
#include "io/stored/stored_fields.hpp"

namespace xrdct::io {
namespace {

// The first axes of an NXdata group are those of the scan, the others those of the bins.
constexpr std::size_t height_axis = 0, slow_axis = 1, fast_axis = 2;

bool is_pending(float status) { return status == static_cast<float>(core::FrameStatus::pending); }

}  // namespace

struct SinogramReader::State {
  StoredFields stored;
  Axis height, slow, fast;

  explicit State(std::filesystem::path const& file) : stored(file, "reductions", "reduce") {
    auto const& first = stored.reductions().front();
    auto const names = stored.axis_names(first);
    height = stored.axis(first, names[height_axis]);
    slow = stored.axis(first, names[slow_axis]);
    fast = stored.axis(first, names[fast_axis]);
  }

  std::string dataset_of(std::string const& reduction, std::string const& field) const {
    return stored.dataset_of(reduction, field,
                             {{"I", ""},
                              {"I_errors", "; reduce with an error model"},
                              {"std", "; reduce with \"std\": true"},
                              {"count", ""}});
  }

  /// The status of all places of a selection along the axes of the scan.
  std::vector<float> statuses(std::vector<hsize_t> const& start,
                              std::vector<hsize_t> const& count) const {
    auto const of_scan = [](std::vector<hsize_t> const& all) {
      return std::vector<hsize_t>(all.begin(), all.begin() + StoredFields::axes_of_places);
    };
    return stored.read("/entry/frames/status", of_scan(start), of_scan(count));
  }

  /// What belongs to places: without a value where they are pending.
  std::vector<float> read_places(std::string const& name, std::vector<hsize_t> const& start,
                                 std::vector<hsize_t> const& count) const {
    auto values = stored.read(name, start, count);
    auto const status = statuses(start, count);
    std::size_t const each = values.size() / status.size();
    for (std::size_t place = 0; place < status.size(); ++place)
      if (is_pending(status[place]))
        std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(place * each), each,
                    std::numeric_limits<float>::quiet_NaN());
    return values;
  }
};

SinogramReader::SinogramReader(std::filesystem::path const& file)
    : state_(std::make_unique<State>(file)) {}

SinogramReader::~SinogramReader() = default;

std::vector<std::string> SinogramReader::reductions() const { return state_->stored.reductions(); }

core::ScanShape SinogramReader::shape() const {
  return {state_->height.positions.size(), state_->slow.positions.size(),
          state_->fast.positions.size()};
}

SinogramReader::Axis SinogramReader::height() const { return state_->height; }
SinogramReader::Axis SinogramReader::slow() const { return state_->slow; }
SinogramReader::Axis SinogramReader::fast() const { return state_->fast; }

std::string SinogramReader::rotation() const {
  return state_->stored.attribute("/entry/" + state_->stored.reductions().front(), "rotation");
}

core::PatternKind SinogramReader::kind(std::string const& reduction) const {
  return state_->stored.kind(reduction);
}

core::PatternShape SinogramReader::pattern_shape(std::string const& reduction) const {
  return state_->stored.pattern_shape(reduction);
}

SinogramReader::Axis SinogramReader::radial(std::string const& reduction) const {
  return state_->stored.bin_axis(reduction, "radial_axis");
}
SinogramReader::Axis SinogramReader::azimuthal(std::string const& reduction) const {
  return state_->stored.bin_axis(reduction, "azimuthal_axis");
}

std::string SinogramReader::unit_name(std::string const& reduction) const {
  return state_->stored.unit_name(reduction);
}

ReductionDescription SinogramReader::description(std::string const& reduction) const {
  auto const& stored = state_->stored;
  std::string const group = "/entry/" + reduction;
  ReductionDescription out;
  out.name = reduction;
  out.unit_name = unit_name(reduction);
  auto const unit = core::unit_of(out.unit_name);
  out.label = core::label_of(unit);
  out.symbol = core::symbol_of(unit);
  out.kind = kind(reduction);
  if (out.kind != core::PatternKind::azimuthal) out.radial_axis = radial(reduction).positions;
  if (out.kind != core::PatternKind::radial) out.azimuthal_axis = azimuthal(reduction).positions;
  out.errors = has_errors(reduction);
  out.deviation = has(reduction, "std");
  auto& making = out.making;
  auto const word = [&]<class T>(char const* name, T& to) {
    if (auto const value = core::named<T>(stored.attribute(group, name))) to = *value;
  };
  word("method", making.method);
  word("error_model", making.error_model);
  word("splitting", making.splitting);
  auto const number = [&](char const* name) { return stored.numbers(group, name); };
  auto const pair = [&](char const* name) -> std::optional<std::pair<double, double>> {
    auto const values = number(name);
    if (values.size() != 2) return {};
    return std::pair(values[0], values[1]);
  };
  if (auto const values = number("threshold"); values.size() == 1)
    making.clip.threshold = values[0];
  if (auto const values = number("cycles"); values.size() == 1)
    making.clip.cycles = static_cast<int>(values[0]);
  if (auto const ends = pair("quantiles")) making.quantiles = {ends->first, ends->second};
  making.radial_range = pair("radial_range");
  if (auto const& window = making.radial_range; window && out.radial_axis.empty())
    out.radial_axis = {0.5 * (window->first + window->second)};
  making.azimuth_range_deg = pair("azimuth_range_deg");
  if (auto const values = number("empty"); values.size() == 1) making.empty = values[0];
  if (auto const values = number("lost"); values.size() == 1) making.lost = values[0];
  return out;
}

bool SinogramReader::has(std::string const& reduction, std::string const& field) const {
  state_->stored.require(reduction);
  return state_->stored.exists("/entry/" + reduction + "/" + field);
}

core::FrameStatus SinogramReader::status(std::size_t height, std::size_t slow,
                                         std::size_t fast) const {
  return static_cast<core::FrameStatus>(state_->statuses({height, slow, fast}, {1, 1, 1}).front());
}

std::vector<core::FrameStatus> SinogramReader::statuses(std::size_t height) const {
  std::vector<core::FrameStatus> statuses;
  for (float const status : state_->statuses({height, 0, 0}, {1, shape().slow, shape().fast}))
    statuses.push_back(static_cast<core::FrameStatus>(status));
  return statuses;
}

std::vector<bool> SinogramReader::with_pixels(std::size_t height) const {
  std::vector<hsize_t> const start{height, 0, 0}, count{1, shape().slow, shape().fast};
  std::vector<bool> with(count[1] * count[2], true);
  for (auto const& reduction : reductions()) {
    std::string const group = "/entry/frames/" + reduction;
    auto const used = state_->stored.read(group + "/used", start, count);
    auto const rejected = state_->stored.read(group + "/rejected", start, count);
    for (std::size_t place = 0; place < with.size(); ++place)
      with[place] = with[place] && used[place] + rejected[place] > 0.0F;
  }
  return with;
}

std::size_t SinogramReader::pending_places() const {
  auto const [heights, slow, fast] = shape();
  std::size_t pending = 0;
  for (std::size_t height = 0; height < heights; ++height) {
    auto const status = state_->statuses({height, 0, 0}, {1, slow, fast});
    pending += static_cast<std::size_t>(std::count_if(status.begin(), status.end(), is_pending));
  }
  return pending;
}

std::vector<float> SinogramReader::channel(std::string const& reduction, std::string const& field,
                                           std::size_t height, std::size_t bin) const {
  auto const dataset = state_->dataset_of(reduction, field);
  std::vector<hsize_t> start{height, 0, 0, bin}, count{1, shape().slow, shape().fast, 1};
  if (kind(reduction) == core::PatternKind::cake) {
    std::size_t const columns = pattern_shape(reduction).columns;
    start.back() = bin / columns;
    start.push_back(bin % columns);
    count.push_back(1);
  }
  return state_->read_places(dataset, start, count);
}

std::vector<float> SinogramReader::line(std::string const& reduction, std::string const& field,
                                        std::size_t height, std::size_t slow, std::size_t first,
                                        std::size_t bins) const {
  auto const dataset = state_->dataset_of(reduction, field);
  std::vector<hsize_t> start{height, slow, 0, first}, count{1, 1, shape().fast, bins};
  if (kind(reduction) == core::PatternKind::cake) {
    std::size_t const columns = pattern_shape(reduction).columns;
    start = {height, slow, 0, first / columns, first % columns};
    count = {1, 1, shape().fast, 1, bins};
  }
  return state_->read_places(dataset, start, count);
}

std::vector<float> SinogramReader::pattern(std::string const& reduction, std::string const& field,
                                           std::size_t height, std::size_t slow,
                                           std::size_t fast) const {
  auto const dataset = state_->dataset_of(reduction, field);
  auto const bins = pattern_shape(reduction);
  std::vector<hsize_t> start{height, slow, fast, 0}, count{1, 1, 1, bins.columns};
  if (kind(reduction) == core::PatternKind::cake) {
    start.push_back(0);
    count.insert(count.end() - 1, bins.rows);
  }
  return state_->read_places(dataset, start, count);
}

// The middle, where there is sample.
std::pair<std::size_t, std::size_t> SinogramReader::typical_place(std::string const&,
                                                                  std::size_t) const {
  return {shape().slow / 2, shape().fast / 2};
}

std::string SinogramReader::lack(std::size_t height, std::size_t slow, std::size_t fast) const {
  auto const found = status(height, slow, fast);
  if (found == core::FrameStatus::good) return {};
  return fmt::format("its frame is not good ({})", core::name_of(found));
}

std::vector<double> SinogramReader::mean_pattern(std::string const& reduction) const {
  std::string const name = "/entry/preview/mean_" + reduction + "/I";
  std::vector<double> values(pattern_shape(reduction).bins(),
                             std::numeric_limits<double>::quiet_NaN());
  if (pending_places() > 0) return values;  // it is written last
  auto const stored = state_->stored.read_all(name);
  if (stored.size() != values.size()) {
    throw core::IoError({.what = "read " + state_->stored.at(name),
                         .expected = fmt::format("{} bins", values.size()),
                         .found = std::to_string(stored.size())});
  }
  return stored;
}

std::vector<float> SinogramReader::total_intensity(std::size_t height) const {
  return state_->read_places("/entry/preview/total_intensity/total_intensity", {height, 0, 0},
                             {1, shape().slow, shape().fast});
}

std::string SinogramReader::poni_text() const {
  return state_->stored.text("/entry/process/poni/data");
}

}  // namespace xrdct::io
