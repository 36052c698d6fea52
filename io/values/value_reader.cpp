// Reads one value per frame, such as a monitor, a window at a time.
#include "io/values/value_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/words/errors.hpp"
#include "io/hdf5/hdf5_path.hpp"

namespace xrdct::io {
namespace {

constexpr std::int64_t most_values = std::int64_t{1} << 30;  // 8 GiB as double

// Groups of NeXus and BLISS hold their numbers in a member of one of these names.
Hdf5Location list_at(Hdf5Files& files, std::filesystem::path const& file,
                     std::string const& dataset) {
  auto const at = follow_links(files, file, dataset);
  Hdf5Object const object(H5Oopen(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                          "open " + at.name());
  if (H5Iget_type(object.get()) != H5I_GROUP) return at;
  for (std::string const member : {"value", "data"})
    if (H5Lexists(object.get(), member.c_str(), H5P_DEFAULT) > 0)
      return follow_links(files, at.file, joined_path(at.path, member));
  return at;
}

Hdf5Object open_list(Hdf5Files& files, Hdf5Location const& at) {
  Hdf5Object object(H5Oopen(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                    "open " + at.name());
  if (H5Iget_type(object.get()) != H5I_DATASET) {
    throw core::InputError({.what = "read values of " + at.name(),
                            .expected = "a dataset of numbers",
                            .found = "a group",
                            .attempt = "name a dataset in it"});
  }
  Hdf5Type const type(H5Dget_type(object.get()), "read the type of " + at.name());
  auto const kind = H5Tget_class(type.get());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
    throw core::InputError(
        {.what = "read values of " + at.name(),
         .expected = "numbers",
         .found = kind == H5T_STRING ? "text"
                                     : fmt::format("HDF5 type class {}", static_cast<int>(kind)),
         .attempt = "name another dataset"});
  }
  Hdf5Properties const creation(H5Dget_create_plist(object.get()),
                                "read the layout of " + at.name());
  if (H5Pget_layout(creation.get()) == H5D_VIRTUAL) {
    throw core::InputError({.what = "read values of " + at.name(),
                            .expected = "an ordinary dataset",
                            .found = "a virtual one",
                            .attempt = "name the dataset it refers to"});
  }
  return object;
}

// HDF5 multiplies lengths without looking whether 64 bits hold the product.
void expect_countable(std::vector<hsize_t> const& dims, Hdf5Location const& at) {
  double values = 1.0;
  for (auto const length : dims) values *= static_cast<double>(length);
  if (values < 9e18) return;
  throw core::InputError({.what = "read values of " + at.name(),
                          .expected = "fewer than 2^63 of them",
                          .found = fmt::format("{}", fmt::join(dims, " × ")),
                          .attempt = "name another dataset"});
}

}  // namespace

struct ValueReader::State {
  State(std::unique_ptr<Hdf5Files> mine, Hdf5Files& files, std::filesystem::path const& file,
        std::string const& dataset, std::size_t most)
      : own(std::move(mine)),
        at(list_at(files, file, dataset)),
        object(open_list(files, at)),
        space(H5Dget_space(object.get()), "read the shape of " + at.name()) {
    int const rank =
        hdf5_checked(H5Sget_simple_extent_ndims(space.get()), "read the shape of " + at.name());
    dims.resize(static_cast<std::size_t>(rank));
    hdf5_checked(H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr),
                 "read the shape of " + at.name());
    expect_countable(dims, at);
    size =
        hdf5_checked(H5Sget_simple_extent_npoints(space.get()), "read the shape of " + at.name());
    if (size > 0) cut(static_cast<std::int64_t>(std::max<std::size_t>(1, most)));
  }

  // A window is a run of whole slices along the first dimension whose slices are small enough.
  void cut(std::int64_t most) {
    slice = size;
    for (along = 0; along < dims.size(); ++along) {
      slice /= static_cast<std::int64_t>(dims[along]);
      if (slice <= most) break;
    }
    slices = std::max<std::int64_t>(1, most / std::max<std::int64_t>(1, slice));
  }

  void read_around(std::int64_t index) {
    if (dims.empty()) {
      read(H5S_ALL, H5S_ALL, 0, 1);
      return;
    }
    auto const length = static_cast<std::int64_t>(dims[along]), row = length * slice;
    std::int64_t const start = index % row / slice / slices * slices,
                       count = std::min(slices, length - start);
    std::vector<hsize_t> from(dims.size(), 0), many(dims.begin(), dims.end());
    std::int64_t outer = index / row;
    for (std::size_t d = along; d-- > 0;) {
      from[d] = static_cast<hsize_t>(outer) % dims[d];
      many[d] = 1;
      outer /= static_cast<std::int64_t>(dims[d]);
    }
    from[along] = static_cast<hsize_t>(start);
    many[along] = static_cast<hsize_t>(count);
    auto const values_of_window = static_cast<hsize_t>(count * slice);
    Hdf5Space const memory(H5Screate_simple(1, &values_of_window, nullptr),
                           "read values of " + at.name());
    hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, many.data(),
                                     nullptr),
                 "read values of " + at.name());
    read(memory.get(), space.get(), index / row * row + start * slice, count * slice);
  }

  void read(hid_t memory, hid_t selected, std::int64_t begin, std::int64_t count) {
    std::vector<double> found = std::exchange(values, {});  // nothing is kept when reading fails
    found.resize(static_cast<std::size_t>(count));
    hdf5_checked(
        H5Dread(object.get(), H5T_NATIVE_DOUBLE, memory, selected, H5P_DEFAULT, found.data()),
        "read values of " + at.name());
    first = begin;
    values = std::move(found);
  }

  std::unique_ptr<Hdf5Files> own;  // nullptr: the files are another's
  Hdf5Location at;
  Hdf5Object object;
  Hdf5Space space;
  std::vector<hsize_t> dims;
  std::int64_t size = 0;
  std::size_t along = 0;               // dimension that windows cut
  std::int64_t slice = 1, slices = 1;  // values of one slice; slices of a window
  std::int64_t first = 0;              // of the window
  std::vector<double> values;          // of the window
};

ValueReader::ValueReader(std::filesystem::path const& file, std::string const& dataset,
                         std::size_t window) {
  auto files = std::make_unique<Hdf5Files>();
  auto& open = *files;
  state_ = std::make_unique<State>(std::move(files), open, file, dataset, window);
}

ValueReader::ValueReader(Hdf5Files& files, std::filesystem::path const& file,
                         std::string const& dataset, std::size_t window)
    : state_(std::make_unique<State>(nullptr, files, file, dataset, window)) {}

ValueReader::~ValueReader() = default;

std::int64_t ValueReader::size() const { return state_->size; }

bool ValueReader::is_scalar() const { return state_->dims.empty(); }

double ValueReader::at(std::int64_t index) {
  auto& state = *state_;
  XRDCT_ASSERT(index >= 0 && index < state.size);
  if (index < state.first || index >= state.first + static_cast<std::int64_t>(state.values.size()))
    state.read_around(index);
  return state.values[static_cast<std::size_t>(index - state.first)];
}

std::size_t ValueReader::memory_bytes() const { return state_->values.capacity() * sizeof(double); }

std::vector<double> read_values(std::filesystem::path const& file, std::string const& dataset) {
  ValueReader reader(file, dataset);
  if (reader.size() > most_values) {
    throw core::InputError({.what = fmt::format("read values of {} in {}", dataset, file.string()),
                            .expected = fmt::format("at most {} values", most_values),
                            .found = fmt::format("{}", reader.size()),
                            .attempt = "name another dataset"});
  }
  std::vector<double> values(static_cast<std::size_t>(reader.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = reader.at(static_cast<std::int64_t>(i));
  return values;
}

}  // namespace xrdct::io
