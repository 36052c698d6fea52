// Reads slices and axes of a file of slices back, for view, exports and tests.
#include "io/stored/slices_reader.hpp"

#include <hdf5.h>

#include <algorithm>
#include <limits>
#include <string>

#include "core/tomography/slice_plan.hpp"
#include "io/stored/stored_fields.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t height_axis = 0, y_axis = 1, x_axis = 2;

bool is_pending(float status) { return status == static_cast<float>(core::SliceStatus::pending); }

}  // namespace

bool holds_slices(std::filesystem::path const& file) {
  auto const open = open_hdf5_for_reading(file);
  return H5Lexists(open.get(), "/entry", H5P_DEFAULT) > 0 &&
         H5Aexists_by_name(open.get(), "/entry", "slices", H5P_DEFAULT) > 0;
}

struct SlicesReader::State {
  StoredFields stored;
  StoredAxis height, y, x;

  explicit State(std::filesystem::path const& file) : stored(file, "slices", "reconstruct") {
    auto const& first = stored.reductions().front();
    auto const names = stored.axis_names(first);
    height = stored.axis(first, names[height_axis]);
    y = stored.axis(first, names[y_axis]);
    x = stored.axis(first, names[x_axis]);
  }

  std::string dataset_of(std::string const& reduction, std::string const& field) const {
    return stored.dataset_of(reduction, field,
                             {{"I", ""}, {"I_errors", "; reconstruct with errors"}});
  }

  bool is_cake(std::string const& reduction) const {
    return stored.kind(reduction) == core::PatternKind::cake;
  }

  /// Bins of the axes in the file: [bin], of a cake [azimuthal][radial].
  std::vector<hsize_t> place_of(std::string const& reduction, std::size_t bin) const {
    if (!is_cake(reduction)) return {bin};
    std::size_t const columns = stored.pattern_shape(reduction).columns;
    return {bin / columns, bin % columns};
  }

  /// Reads bins of voxels; those of channels that are pending have no value.
  std::vector<float> read(std::string const& reduction, std::string const& field,
                          std::vector<hsize_t> start, std::vector<hsize_t> count,
                          std::vector<hsize_t> const& first_bin,
                          std::vector<hsize_t> const& bins) const {
    std::string const dataset = dataset_of(reduction, field);
    start.insert(start.end(), first_bin.begin(), first_bin.end());
    count.insert(count.end(), bins.begin(), bins.end());
    auto values = stored.read(dataset, start, count);
    std::vector<hsize_t> from{start.front()}, number{1};
    from.insert(from.end(), first_bin.begin(), first_bin.end());
    number.insert(number.end(), bins.begin(), bins.end());
    auto const status = stored.read("/entry/conditioning/" + reduction + "/status", from, number);
    for (std::size_t bin = 0; bin < status.size(); ++bin)
      if (is_pending(status[bin]))
        for (std::size_t at = bin; at < values.size(); at += status.size())
          values[at] = std::numeric_limits<float>::quiet_NaN();
    return values;
  }
};

SlicesReader::SlicesReader(std::filesystem::path const& file)
    : state_(std::make_unique<State>(file)) {}

SlicesReader::~SlicesReader() = default;

std::vector<std::string> SlicesReader::reductions() const { return state_->stored.reductions(); }
StoredAxis SlicesReader::height() const { return state_->height; }
StoredAxis SlicesReader::y() const { return state_->y; }
StoredAxis SlicesReader::x() const { return state_->x; }
std::size_t SlicesReader::side() const { return state_->x.positions.size(); }

core::PatternKind SlicesReader::kind(std::string const& reduction) const {
  return state_->stored.kind(reduction);
}
core::PatternShape SlicesReader::pattern_shape(std::string const& reduction) const {
  return state_->stored.pattern_shape(reduction);
}
StoredAxis SlicesReader::radial(std::string const& reduction) const {
  return state_->stored.bin_axis(reduction, "radial_axis");
}
StoredAxis SlicesReader::azimuthal(std::string const& reduction) const {
  return state_->stored.bin_axis(reduction, "azimuthal_axis");
}
std::string SlicesReader::unit_name(std::string const& reduction) const {
  return state_->stored.unit_name(reduction);
}

bool SlicesReader::has(std::string const& reduction, std::string const& field) const {
  state_->stored.require(reduction);
  return state_->stored.exists("/entry/" + reduction + "/" + field);
}

std::size_t SlicesReader::pending_channels() const {
  std::size_t pending = 0;
  for (auto const& reduction : reductions()) {
    auto const status = state_->stored.read_all("/entry/conditioning/" + reduction + "/status");
    pending +=
        static_cast<std::size_t>(std::count_if(status.begin(), status.end(), [](double value) {
          return is_pending(static_cast<float>(value));
        }));
  }
  return pending;
}

std::vector<float> SlicesReader::slice(std::string const& reduction, std::string const& field,
                                       std::size_t height, std::size_t bin) const {
  auto const place = state_->place_of(reduction, bin);
  return state_->read(reduction, field, {height, 0, 0}, {1, side(), side()}, place,
                      std::vector<hsize_t>(place.size(), 1));
}

std::vector<float> SlicesReader::line(std::string const& reduction, std::string const& field,
                                      std::size_t height, std::size_t y, std::size_t first,
                                      std::size_t bins) const {
  auto const place = state_->place_of(reduction, first);
  std::vector<hsize_t> number(place.size(), 1);
  number.back() = bins;
  return state_->read(reduction, field, {height, y, 0}, {1, 1, side()}, place, number);
}

std::vector<float> SlicesReader::pattern(std::string const& reduction, std::string const& field,
                                         std::size_t height, std::size_t y, std::size_t x) const {
  auto const [rows, columns] = pattern_shape(reduction);
  auto const bins = state_->is_cake(reduction) ? std::vector<hsize_t>{rows, columns}
                                               : std::vector{hsize_t{columns}};
  return state_->read(reduction, field, {height, y, x}, {1, 1, 1},
                      std::vector<hsize_t>(bins.size(), 0), bins);
}

std::vector<float> SlicesReader::mean_slice(std::string const& reduction,
                                            std::size_t height) const {
  state_->stored.require(reduction);
  auto values =
      state_->stored.read("/entry/preview/mean_" + reduction, {height, 0, 0}, {1, side(), side()});
  if (pending_channels() > 0)  // it is written last
    std::fill(values.begin(), values.end(), std::numeric_limits<float>::quiet_NaN());
  return values;
}

std::vector<double> SlicesReader::result(std::string const& reduction, std::string const& name,
                                         std::size_t height) const {
  state_->stored.require(reduction);
  std::string const path = "/entry/conditioning/" + reduction + "/" + name;
  if (!state_->stored.exists(path)) return {};
  auto const all = state_->stored.read_all(path);
  std::size_t const heights = state_->height.positions.size(), each = all.size() / heights;
  auto const first =
      all.begin() + static_cast<std::ptrdiff_t>(std::min(height, heights - 1) * each);
  return {first, first + static_cast<std::ptrdiff_t>(each)};
}

SlicesReader::Geometry SlicesReader::geometry(std::string const& reduction) const {
  std::string const group = "/entry/" + reduction;
  auto const number = [&](char const* name) -> std::optional<double> {
    auto const values = state_->stored.numbers(group, name);
    return values.empty() ? std::nullopt : std::optional(values.front());
  };
  return {.step = number("step").value_or(1.0),
          .unit = state_->stored.attribute(group, "step_units"),
          .centre = number("centre"),
          .sense = static_cast<int>(number("sense").value_or(1.0)),
          .first_bin = static_cast<std::size_t>(number("first_bin").value_or(0.0))};
}

std::string SlicesReader::poni_text() const {
  return state_->stored.text("/entry/process/poni/data");
}
std::string SlicesReader::sinogram_file() const {
  return state_->stored.text("/entry/process/sinograms/path");
}
std::string SlicesReader::sinogram_identity() const {
  return state_->stored.text("/entry/process/sinograms/identity");
}

}  // namespace xrdct::io
