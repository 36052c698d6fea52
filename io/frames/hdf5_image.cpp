// Finds and reads single frames of HDF5 files.
#include "io/frames/hdf5_image.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/hdf5/stored_dataset.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

std::string only_image(std::filesystem::path const& file) {
  std::vector<std::string> found;
  std::string problem;  // of a dataset that cannot be opened
  for (auto const& stack : find_stacks(file).stacks)
    if (stack.dims.empty())
      problem = stack.path + ": " + stack.problem;
    else
      found.push_back(stack.path);
  if (found.empty() && !problem.empty())
    throw core::IoError({.what = "choose an image in " + file.string(),
                         .expected = "datasets that can be opened",
                         .found = problem});
  if (found.size() == 1) return found.front();
  constexpr std::ptrdiff_t most_listed = 8;
  std::vector<std::string> some(found.begin(),
                                found.begin() + std::min(std::ssize(found), most_listed));
  if (std::ssize(found) > most_listed) some.emplace_back("…");
  throw core::InputError(
      {.what = "choose an image in " + file.string(),
       .expected = "one dataset of two or more dimensions",
       .found =
           found.empty() ? "none" : fmt::format("{} ({})", found.size(), core::listed(some, ", ")),
       .attempt = fmt::format("name it, as in {}:/path/to/data[0]", file.string())});
}

// Hdf5Frames has no 64-bit integers, but masks and darks written by numpy often are.
bool holds_wide_integers(std::filesystem::path const& file, std::string const& dataset) {
  Hdf5Files files;
  auto const at = follow_links(files, file, dataset);
  Hdf5Object const object(H5Oopen(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                          "open " + at.name());
  if (H5Iget_type(object.get()) != H5I_DATASET) return false;
  Hdf5Type const type(H5Dget_type(object.get()), "read the type of " + at.name());
  Hdf5Properties const creation(H5Dget_create_plist(object.get()),
                                "read the layout of " + at.name());
  return H5Tget_class(type.get()) == H5T_INTEGER && H5Tget_size(type.get()) == 8 &&
         H5Pget_layout(creation.get()) != H5D_VIRTUAL;
}

struct Hdf5ImageName {
  std::string dataset;
  std::int64_t index;  // −1: none given
};

std::int64_t checked_index(std::int64_t frames, std::filesystem::path const& file,
                           Hdf5ImageName const& name) {
  auto const what = fmt::format("read image {}:{}", file.string(), name.dataset);
  auto const holds = fmt::format("{} {}", frames, frames == 1 ? "frame" : "frames");
  if (name.index < 0 && frames > 1)
    throw core::InputError({.what = what,
                            .expected = "one frame",
                            .found = holds,
                            .attempt = fmt::format("add an index, as in {}[0]", name.dataset)});
  if (name.index >= frames)
    throw core::InputError({.what = what,
                            .expected = fmt::format("an index below {}", frames),
                            .found = fmt::format("{}", name.index),
                            .attempt = "the dataset holds " + holds});
  return std::max<std::int64_t>(name.index, 0);
}

std::int64_t frames_in(std::vector<std::int64_t> const& dims) {
  return std::accumulate(dims.begin(), dims.end() - 2, std::int64_t{1}, std::multiplies<>());
}

// HDF5 reads what was never written as 0 and says nothing. Looks at the chunks that hold the frame
// which begins at `start`.
void refuse_unwritten(hid_t dataset, std::vector<hsize_t> const& start,
                      std::vector<hsize_t> const& count, std::string const& name) {
  H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
  hdf5_checked(H5Dget_space_status(dataset, &status), "look for the values of " + name);
  bool written = status != H5D_SPACE_STATUS_NOT_ALLOCATED;
  Hdf5Properties const creation(H5Dget_create_plist(dataset), "read the layout of " + name);
  if (written && H5Pget_layout(creation.get()) == H5D_CHUNKED) {
    std::size_t const row = start.size() - 2, column = start.size() - 1;
    std::vector<hsize_t> chunk(start.size()), at = start;
    hdf5_checked(H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
                 "read the chunk shape of " + name);
    for (std::size_t d = 0; d < row; ++d) at[d] = start[d] / chunk[d] * chunk[d];
    for (at[row] = 0; written && at[row] < count[row]; at[row] += chunk[row]) {
      for (at[column] = 0; written && at[column] < count[column]; at[column] += chunk[column]) {
        unsigned mask = 0;
        haddr_t address = HADDR_UNDEF;
        hsize_t bytes = 0;
        hdf5_checked(H5Dget_chunk_info_by_coord(dataset, at.data(), &mask, &address, &bytes),
                     "look up a chunk of " + name);
        written = address != HADDR_UNDEF;
      }
    }
  }
  if (!written)
    throw core::IoError({.what = "read " + name,
                         .expected = "stored values",
                         .found = "that they were never written",
                         .attempt = "write the file again"});
}

StoredImage read_wide_integers(std::filesystem::path const& file, Hdf5ImageName const& name) {
  Hdf5Files files;
  auto const at = follow_links(files, file, name.dataset);
  Hdf5Dataset const dataset(H5Dopen2(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                            "open " + at.name());
  Hdf5Space const space(H5Dget_space(dataset.get()), "read the shape of " + at.name());
  auto const dims = image_dims(space.get(), at.name());
  std::int64_t rest = checked_index(frames_in(dims), file, name);
  std::vector<hsize_t> start(dims.size(), 0), count(dims.size(), 1);
  for (std::size_t d = dims.size() - 2; d-- > 0;) {
    start[d] = static_cast<hsize_t>(rest % dims[d]);
    rest /= dims[d];
  }
  std::copy(dims.end() - 2, dims.end(), count.end() - 2);
  core::FrameShape const shape{static_cast<std::size_t>(dims[dims.size() - 2]),
                               static_cast<std::size_t>(dims.back())};
  Hdf5Type const type(H5Dget_type(dataset.get()), "read the type of " + at.name());
  bool const is_signed = H5Tget_sign(type.get()) != H5T_SGN_NONE;
  StoredNumber const number{
      is_signed ? StoredNumber::Kind::signed_integer : StoredNumber::Kind::unsigned_integer, 8,
      false};
  auto const list = plain_images(shape, number, file);
  refuse_unwritten(dataset.get(), start, count, at.name());
  core::LargeBytes bytes;
  bytes.resize(list.bytes);
  Hdf5Space const memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr),
                         "make a space");
  hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                   nullptr),
               "select a frame of " + at.name());
  hdf5_checked(H5Dread(dataset.get(), is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64,
                       memory.get(), space.get(), H5P_DEFAULT, bytes.data()),
               "read " + at.name());
  return {.shape = shape,
          .encoding = list.encoding,
          .wide = list.wide,
          .content = doubles_of_integers(bytes, number, file),
          .bytes = list.bytes};
}

}  // namespace

std::optional<std::int64_t> frames_of_wide_integers(std::filesystem::path const& file,
                                                    std::string const& dataset) {
  if (!holds_wide_integers(file, dataset)) return std::nullopt;
  Hdf5Files files;
  auto const at = follow_links(files, file, dataset);
  Hdf5Dataset const open(H5Dopen2(files.open(at.file), at.path.c_str(), H5P_DEFAULT),
                         "open " + at.name());
  Hdf5Space const space(H5Dget_space(open.get()), "read the shape of " + at.name());
  return frames_in(image_dims(space.get(), at.name()));
}

StoredImage read_hdf5_image(std::filesystem::path const& file, std::string const& dataset,
                            std::int64_t index) {
  Hdf5ImageName const name{dataset.empty() ? only_image(file) : dataset, index};
  if (holds_wide_integers(file, name.dataset)) return read_wide_integers(file, name);
  Hdf5Frames source({file}, name.dataset);
  std::vector<std::int64_t> const frame{checked_index(source.frames(), file, name)};
  (void)plain_images(source.shape(), {}, file);  // a shape to be believed
  core::FrameBuffer buffer;
  source.locate(frame);
  source.read(frame, buffer);
  if (!buffer.failures.empty()) throw core::IoError(buffer.failures.front());
  auto const& read = buffer.batch.frames.front();
  StoredImage image{.shape = source.shape(), .encoding = source.encoding()};
  if (!read.filtered) {
    image.encoding.filter = core::Filter::none;
    image.encoding.byte_shuffle = false;
  }
  image.first = static_cast<std::size_t>(read.bytes.data() - buffer.bytes.data());
  image.bytes = read.bytes.size();
  image.content = std::move(buffer.bytes);
  return image;
}

}  // namespace xrdct::io
