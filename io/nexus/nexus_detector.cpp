// Reads the corners and the mask of a detector from a NeXus file, as pyFAI writes it.
#include "io/nexus/nexus_detector.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "io/nexus/nexus.hpp"

namespace xrdct::io {
namespace {

/// Whether an object has NX_class NXdetector, as a string of fixed or variable length.
bool is_detector(hid_t object) {
  if (!has_attribute(object, "NX_class")) return false;
  Hdf5Attribute const attribute(H5Aopen(object, "NX_class", H5P_DEFAULT), "open NX_class");
  Hdf5Type const type(H5Aget_type(attribute.get()), "read the type of NX_class");
  Hdf5Space const space(H5Aget_space(attribute.get()), "read the shape of NX_class");
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1)
    return false;
  if (H5Tis_variable_str(type.get()) <= 0)
    return read_attribute(object, "NX_class").front() == "NXdetector";
  char* text = nullptr;
  if (H5Aread(attribute.get(), type.get(), &text) < 0 || text == nullptr) return false;
  bool const matches = std::string_view(text) == "NXdetector";
  H5free_memory(text);
  return matches;
}

std::string_view entry_of(std::string_view path) { return path.substr(0, path.find('/')); }

/// The first detector of the last entry: pyFAI adds an entry whenever it writes, and reads the
/// newest.
herr_t find_detector(hid_t root, char const* path, H5O_info_t const* info, void* target) {
  auto& found = *static_cast<std::string*>(target);
  if (info->type != H5O_TYPE_GROUP || (!found.empty() && entry_of(found) == entry_of(path)))
    return 0;
  hid_t const id = H5Oopen(root, path, H5P_DEFAULT);
  if (id < 0) return 0;  // no exception may pass through HDF5
  Hdf5Object const group(id, "open");
  try {
    if (!is_detector(id)) return 0;
  } catch (core::IoError const&) {
    return 0;
  }
  found = path;
  return 0;
}

class DetectorGroup {
 public:
  explicit DetectorGroup(std::filesystem::path const& file)
      : file_(file.string()), open_(open_hdf5_for_reading(file)) {
    hdf5_checked(H5Ovisit(open_.get(), H5_INDEX_NAME, H5_ITER_INC, find_detector, &path_),
                 "list " + file_);
    if (path_.empty())
      throw core::InputError({.what = "read " + file_,
                              .expected = "a group of NX_class NXdetector",
                              .found = "none",
                              .attempt = "name the NeXus file of a detector"});
    group_ = Hdf5Object(H5Oopen(open_.get(), path_.c_str(), H5P_DEFAULT), "open " + name());
  }

  std::string name() const { return "/" + path_ + " in " + file_; }
  bool has(std::string const& dataset) const {
    return H5Lexists(group_.get(), dataset.c_str(), H5P_DEFAULT) > 0;
  }

  template <class T>
  struct Array {
    std::vector<hsize_t> dims;
    std::vector<T> values;
  };

  /// Numbers, converted by HDF5 to the type of `memory`.
  template <class T>
  Array<T> read(std::string const& dataset, hid_t memory, std::size_t rank) const {
    std::string const what = dataset + " of " + name();
    Hdf5Dataset const open(H5Dopen2(group_.get(), dataset.c_str(), H5P_DEFAULT), "open " + what);
    Hdf5Type const type(H5Dget_type(open.get()), "read the type of " + what);
    auto const kind = H5Tget_class(type.get());
    Hdf5Space const space(H5Dget_space(open.get()), "read the shape of " + what);
    int const found =
        hdf5_checked(H5Sget_simple_extent_ndims(space.get()), "read the shape of " + what);
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_ENUM) ||
        found != static_cast<int>(rank))
      fail(dataset, fmt::format("numbers in {} dimensions", rank),
           fmt::format("another type, or {} dimensions", found));
    Array<T> array;
    array.dims.resize(rank);
    constexpr std::size_t most = std::size_t{1} << 31;
    std::size_t count = 1;
    if (rank > 0) H5Sget_simple_extent_dims(space.get(), array.dims.data(), nullptr);
    for (auto const length : array.dims)
      count =
          length <= most ? std::min(count * static_cast<std::size_t>(length), most + 1) : most + 1;
    if (count == 0 || count > most) fail(dataset, "1 to 2147483648 numbers", std::to_string(count));
    array.values.resize(count);
    hdf5_checked(H5Dread(open.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()),
                 "read " + what);
    return array;
  }

  [[noreturn]] void fail(std::string const& dataset, std::string const& expected,
                         std::string const& found) const {
    throw core::InputError({.what = fmt::format("read the detector {}: {}", name(), dataset),
                            .expected = expected,
                            .found = found,
                            .attempt = "write the file again with pyFAI"});
  }

 private:
  std::string file_, path_;
  Hdf5File open_;
  Hdf5Object group_;
};

std::string text_of(core::FrameShape shape) {
  return fmt::format("{} x {}", shape.rows, shape.columns);
}

core::FrameShape shape_of(std::vector<hsize_t> const& dims) {
  return {static_cast<std::size_t>(dims[0]), static_cast<std::size_t>(dims[1])};
}

core::PixelTable read_table(DetectorGroup const& group, core::FrameShape& shape) {
  auto corners = group.read<float>("pixel_corners", H5T_NATIVE_FLOAT, 4);
  if ((corners.dims[2] != 4 && corners.dims[2] != 6) || corners.dims[3] != 3)
    group.fail("pixel_corners", "[row][column][4 or 6][3] numbers",
               fmt::format("[][][{}][{}]", corners.dims[2], corners.dims[3]));
  core::FrameShape const found = shape_of(corners.dims);
  if (shape.pixels() != 0 && shape != found)
    group.fail("pixel_corners", text_of(shape) + " pixels, as shape says", text_of(found));
  shape = found;
  core::PixelTable table;
  table.corners = static_cast<std::size_t>(corners.dims[2]);
  table.position = std::move(corners.values);
  return table;
}

/// Masks pixels whose corners are not finite, and tells whether the detector is flat.
void check_corners(core::Detector& detector) {
  auto& position = detector.table.position;
  std::size_t const stride = 3 * detector.table.corners;
  for (std::size_t pixel = 0; pixel < detector.shape.pixels(); ++pixel) {
    auto const begin = position.begin() + static_cast<std::ptrdiff_t>(pixel * stride),
               end = begin + static_cast<std::ptrdiff_t>(stride);
    if (!std::all_of(begin, end, [](float value) { return std::isfinite(value); })) {
      detector.mask.resize(detector.shape.pixels(), 0);
      detector.mask[pixel] = 1;
      std::fill(begin, end, 0.0f);
    }
    for (auto depth = begin; depth != end; depth += 3)
      detector.table.is_flat = detector.table.is_flat && *depth == 0.0f;
  }
}

void read_mask(DetectorGroup const& group, core::Detector& detector) {
  auto const mask = group.read<double>("mask", H5T_NATIVE_DOUBLE, 2);
  if (detector.shape.pixels() == 0) detector.shape = shape_of(mask.dims);
  if (shape_of(mask.dims) != detector.shape)
    group.fail("mask", text_of(detector.shape) + " pixels", text_of(shape_of(mask.dims)));
  detector.mask.resize(mask.values.size());
  std::transform(mask.values.begin(), mask.values.end(), detector.mask.begin(),
                 [](double value) { return value != 0.0 ? std::uint8_t{1} : std::uint8_t{0}; });
}

}  // namespace

core::Detector read_nexus_detector(std::filesystem::path const& file) {
  DetectorGroup const group(file);
  core::Detector detector{"NexusDetector", 0.0, 0.0, {}, 3, {}};
  for (auto const* key : {"shape", "max_shape"}) {
    if (detector.shape.pixels() != 0 || !group.has(key)) continue;
    auto const lengths = group.read<double>(key, H5T_NATIVE_DOUBLE, 1).values;
    if (lengths.size() != 2 || !(lengths[0] >= 1.0) || !(lengths[1] >= 1.0) ||
        !(lengths[0] * lengths[1] < 1e10) || std::floor(lengths[0]) != lengths[0] ||
        std::floor(lengths[1]) != lengths[1])
      group.fail(key, "rows and columns", "other numbers");
    detector.shape = {static_cast<std::size_t>(lengths[0]), static_cast<std::size_t>(lengths[1])};
  }
  if (group.has("mask")) read_mask(group, detector);
  bool const has_corners = group.has("pixel_corners");
  if (has_corners) detector.table = read_table(group, detector.shape);
  if (!detector.mask.empty() && detector.mask.size() != detector.shape.pixels())
    group.fail("mask", text_of(detector.shape) + " pixels", "another shape");
  if (detector.shape.pixels() == 0)
    group.fail("shape", "rows and columns, a mask or pixel_corners", "none of them");
  if (has_corners) check_corners(detector);
  if (!group.has("pixel_size")) group.fail("pixel_size", "two sizes in m", "none");
  auto const sizes = group.read<double>("pixel_size", H5T_NATIVE_DOUBLE, 1).values;
  if (sizes.size() != 2 || !(sizes[0] > 0.0) || !(sizes[1] > 0.0) ||
      !std::isfinite(sizes[0] + sizes[1]))
    group.fail("pixel_size", "two sizes in m above 0", "other numbers");
  detector.pixel1_m = sizes[0];
  detector.pixel2_m = sizes[1];
  if (group.has("orientation")) {
    double const orientation =
        group.read<double>("orientation", H5T_NATIVE_DOUBLE, 0).values.front();
    if (!(orientation >= 0.0 && orientation <= 4.0) || std::floor(orientation) != orientation)
      group.fail("orientation", "1, 2, 3 or 4", std::to_string(orientation));
    if (orientation >= 1.0) detector.orientation = static_cast<int>(orientation);
  }
  return detector;
}

}  // namespace xrdct::io
