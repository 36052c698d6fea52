// Reads patterns and axes of an output file back, for view and tests.
#include "io/stored/sinogram_reader.hpp"

#include <fmt/core.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <limits>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

// The first axes of an NXdata group are those of the scan, the others those of the bins.
constexpr std::size_t height_axis = 0, slow_axis = 1, fast_axis = 2, axes_of_scan = 3;
constexpr std::array<char const*, 4> fields{"I", "I_errors", "std", "count"};

bool is_pending(float status) { return status == static_cast<float>(core::FrameStatus::pending); }

}  // namespace

struct SinogramReader::State {
  std::filesystem::path path;
  Hdf5File file;
  std::vector<std::string> reductions;
  Axis height, slow, fast;

  std::string at(std::string const& dataset) const { return dataset + " in " + path.string(); }

  void require(std::string const& reduction) const {
    if (std::find(reductions.begin(), reductions.end(), reduction) != reductions.end()) return;
    std::string known;
    for (auto const& name : reductions) known += (known.empty() ? "" : ", ") + name;
    auto const near = core::nearest_name(reduction, reductions);
    throw core::InputError(
        {.what = fmt::format("read reduction '{}' of {}", reduction, path.string()),
         .expected = "one of " + known,
         .found = fmt::format("'{}'", reduction),
         .attempt = near.empty() ? "" : "did you mean '" + near + "'?"});
  }

  // HDF5 before 2.0 reads value by value what does not fit in its cache, which has room for one
  // chunk of 1 MiB.
  Hdf5Dataset open(std::string const& dataset) const {
    Hdf5Properties const access(H5Pcreate(H5P_DATASET_ACCESS), "create properties");
    std::size_t const cache_bytes = std::size_t{64} << 20;
    hdf5_checked(H5Pset_chunk_cache(access.get(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, cache_bytes,
                                    H5D_CHUNK_CACHE_W0_DEFAULT),
                 "make room for chunks");
    return {H5Dopen2(file.get(), dataset.c_str(), access.get()), "open dataset " + at(dataset)};
  }

  std::string dataset_of(std::string const& reduction, std::string const& field) const {
    require(reduction);
    std::string const dataset = "/entry/" + reduction + "/" + field;
    if (std::find(fields.begin(), fields.end(), field) != fields.end() && exists(dataset))
      return dataset;
    std::string there;
    for (auto const* name : fields)
      if (exists("/entry/" + reduction + "/" + name))
        there += (there.empty() ? "" : ", ") + std::string(name);
    std::string what_to_try;
    if (field == "I_errors") what_to_try = "; reduce with an error model";
    if (field == "std") what_to_try = "; reduce with \"std\": true";
    throw core::InputError(
        {.what = fmt::format("read {} of reduction '{}' of {}", field, reduction, path.string()),
         .expected = "one of " + there,
         .found = fmt::format("'{}'{}", field, what_to_try)});
  }

  bool exists(std::string const& dataset) const {
    return H5Lexists(file.get(), dataset.c_str(), H5P_DEFAULT) > 0;
  }

  /// Names of the axes: three of the scan, then one or two of the bins.
  std::vector<std::string> axis_names(std::string const& reduction) const {
    std::string const group_name = "/entry/" + reduction;
    Hdf5Group const group(H5Gopen2(file.get(), group_name.c_str(), H5P_DEFAULT),
                          "open group " + at(group_name));
    auto names = read_attribute(group.get(), "axes");
    if (names.size() != axes_of_scan + 1 && names.size() != axes_of_scan + 2) {
      throw core::IoError({.what = "read " + at(group_name),
                           .expected = "four or five axes",
                           .found = std::to_string(names.size()),
                           .attempt = "is it an output of xrdct?"});
    }
    return names;
  }

  core::PatternKind kind(std::string const& reduction) const {
    auto const names = axis_names(reduction);
    if (names.size() == axes_of_scan + 2) return core::PatternKind::cake;
    return names.back() == "azimuthal_axis" ? core::PatternKind::azimuthal
                                            : core::PatternKind::radial;
  }

  Axis axis(std::string const& reduction, std::string const& name) const {
    auto const dataset = open("/entry/" + reduction + "/" + name);
    Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + at(name));
    Axis result{name, "", {}, name};
    if (has_attribute(dataset.get(), "units"))
      result.unit = read_attribute(dataset.get(), "units").front();
    if (has_attribute(dataset.get(), "long_name"))
      result.label = read_attribute(dataset.get(), "long_name").front();
    result.positions.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    hdf5_checked(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                         result.positions.data()),
                 "read " + at(name));
    return result;
  }

  Axis bin_axis(std::string const& reduction, std::string const& name) const {
    require(reduction);
    auto const names = axis_names(reduction);
    if (std::find(names.begin() + axes_of_scan, names.end(), name) != names.end())
      return axis(reduction, name);
    throw core::InputError(
        {.what = fmt::format("read {} of reduction '{}' of {}", name, reduction, path.string()),
         .expected = "a pattern with it",
         .found =
             fmt::format("{} patterns with {}", core::name_of(kind(reduction)), names.back())});
  }

  std::vector<float> read(std::string const& name, std::vector<hsize_t> const& start,
                          std::vector<hsize_t> const& count) const {
    auto const dataset = open(name);
    Hdf5Space const in_file(H5Dget_space(dataset.get()), "get the shape of " + at(name));
    int const rank = static_cast<int>(start.size());
    if (H5Sget_simple_extent_ndims(in_file.get()) != rank) {
      throw core::IoError({.what = "read " + at(name),
                           .expected = fmt::format("{} dimensions, as its group has axes", rank)});
    }
    std::vector<hsize_t> extent(start.size());
    H5Sget_simple_extent_dims(in_file.get(), extent.data(), nullptr);
    std::size_t values_to_read = 1;
    for (std::size_t i = 0; i < extent.size(); ++i) {
      values_to_read *= count[i];
      if (start[i] + count[i] > extent[i]) {
        throw core::InputError(
            {.what = "read " + at(name),
             .expected = fmt::format("an index below {} on axis {}", extent[i], i),
             .found = std::to_string(start[i] + count[i] - 1)});
      }
    }
    Hdf5Space const memory(H5Screate_simple(rank, count.data(), nullptr), "make a space");
    hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, start.data(), nullptr,
                                     count.data(), nullptr),
                 "select in " + at(name));
    std::vector<float> values(values_to_read);
    hdf5_checked(H5Dread(dataset.get(), H5T_NATIVE_FLOAT, memory.get(), in_file.get(), H5P_DEFAULT,
                         values.data()),
                 "read " + at(name));
    return values;
  }

  /// The status of all places of a selection along the axes of the scan.
  std::vector<float> statuses(std::vector<hsize_t> const& start,
                              std::vector<hsize_t> const& count) const {
    auto const of_scan = [](std::vector<hsize_t> const& all) {
      return std::vector<hsize_t>(all.begin(), all.begin() + axes_of_scan);
    };
    return read("/entry/frames/status", of_scan(start), of_scan(count));
  }

  /// What belongs to places: without a value where they are pending.
  std::vector<float> read_places(std::string const& name, std::vector<hsize_t> const& start,
                                 std::vector<hsize_t> const& count) const {
    auto values = read(name, start, count);
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
    : state_(std::make_unique<State>()) {
  state_->path = file;
  state_->file = open_hdf5_for_reading(file);
  Hdf5Object const entry =
      state_->exists("/entry")
          ? Hdf5Object(H5Oopen(state_->file.get(), "/entry", H5P_DEFAULT), "open /entry")
          : Hdf5Object();
  if (!entry || !has_attribute(entry.get(), "reductions")) {
    throw core::IoError({.what = "read " + file.string(),
                         .expected = "an output of xrdct",
                         .found = "no /entry@reductions",
                         .attempt = "give the file that 'xrdct reduce' wrote"});
  }
  state_->reductions = read_attribute(entry.get(), "reductions");
  auto const& first = state_->reductions.front();
  auto const names = state_->axis_names(first);
  state_->height = state_->axis(first, names[height_axis]);
  state_->slow = state_->axis(first, names[slow_axis]);
  state_->fast = state_->axis(first, names[fast_axis]);
}

SinogramReader::~SinogramReader() = default;

std::vector<std::string> SinogramReader::reductions() const { return state_->reductions; }

core::ScanShape SinogramReader::shape() const {
  return {state_->height.positions.size(), state_->slow.positions.size(),
          state_->fast.positions.size()};
}

SinogramReader::Axis SinogramReader::height() const { return state_->height; }
SinogramReader::Axis SinogramReader::slow() const { return state_->slow; }
SinogramReader::Axis SinogramReader::fast() const { return state_->fast; }

std::string SinogramReader::rotation() const {
  std::string const name = "/entry/" + state_->reductions.front();
  Hdf5Group const group(H5Gopen2(state_->file.get(), name.c_str(), H5P_DEFAULT),
                        "open group " + state_->at(name));
  return has_attribute(group.get(), "rotation") ? read_attribute(group.get(), "rotation").front()
                                                : "";
}

core::PatternKind SinogramReader::kind(std::string const& reduction) const {
  state_->require(reduction);
  return state_->kind(reduction);
}

core::PatternShape SinogramReader::pattern_shape(std::string const& reduction) const {
  switch (kind(reduction)) {
    case core::PatternKind::radial:
      return {1, radial(reduction).positions.size()};
    case core::PatternKind::azimuthal:
      return {1, azimuthal(reduction).positions.size()};
    case core::PatternKind::cake:
      return {azimuthal(reduction).positions.size(), radial(reduction).positions.size()};
  }
  return {};
}

SinogramReader::Axis SinogramReader::radial(std::string const& reduction) const {
  return state_->bin_axis(reduction, "radial_axis");
}
SinogramReader::Axis SinogramReader::azimuthal(std::string const& reduction) const {
  return state_->bin_axis(reduction, "azimuthal_axis");
}

std::string SinogramReader::unit_name(std::string const& reduction) const {
  bool const has_axis = kind(reduction) != core::PatternKind::azimuthal;
  std::string const path = "/entry/" + reduction + (has_axis ? "/radial_axis" : "");
  Hdf5Object const object(H5Oopen(state_->file.get(), path.c_str(), H5P_DEFAULT),
                          "open " + state_->at(path));
  return read_attribute(object.get(), has_axis ? "unit_name" : "radial_unit").front();
}

bool SinogramReader::has(std::string const& reduction, std::string const& field) const {
  state_->require(reduction);
  return state_->exists("/entry/" + reduction + "/" + field);
}

core::FrameStatus SinogramReader::status(std::size_t height, std::size_t slow,
                                         std::size_t fast) const {
  return static_cast<core::FrameStatus>(state_->statuses({height, slow, fast}, {1, 1, 1}).front());
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

std::vector<double> SinogramReader::mean_pattern(std::string const& reduction) const {
  std::string const name = "/entry/preview/mean_" + reduction + "/I";
  std::vector<double> values(pattern_shape(reduction).bins(),
                             std::numeric_limits<double>::quiet_NaN());
  if (pending_places() > 0) return values;  // it is written last
  auto const dataset = state_->open(name);
  Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape of " + state_->at(name));
  auto const found = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
  if (found != values.size()) {
    throw core::IoError({.what = "read " + state_->at(name),
                         .expected = fmt::format("{} bins", values.size()),
                         .found = std::to_string(found)});
  }
  hdf5_checked(
      H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
      "read " + state_->at(name));
  return values;
}

std::vector<float> SinogramReader::total_intensity(std::size_t height) const {
  return state_->read_places("/entry/preview/total_intensity/total_intensity", {height, 0, 0},
                             {1, shape().slow, shape().fast});
}

std::string SinogramReader::poni_text() const {
  for (std::string const group :
       {"/entry", "/entry/process", "/entry/process/poni", "/entry/process/poni/data"})
    if (!state_->exists(group)) return {};
  return read_text(state_->file.get(), "/entry/process/poni/data");
}

}  // namespace xrdct::io
