// Asks HDF5 where a dataset begins, and makes sure that the rest of it follows.
#include "io/stored/dataset_address.hpp"

#include <fmt/core.h>

#include <array>
#include <vector>

#include "core/words/errors.hpp"
#include "io/hdf5/written_hdf5.hpp"

namespace xrdct::io {
namespace {

[[noreturn]] void throw_other_form(hid_t dataset, OutputDataset const& wanted) {
  throw core::IoError({.what = fmt::format("use {} of {}", wanted.path, file_of(dataset)),
                       .expected = "its values stored in one piece, as xrdct writes them",
                       .found = "another form",
                       .attempt = "use the file that xrdct wrote, not one that was packed again"});
}

std::uint64_t chunked_address(hid_t dataset, OutputDataset const& wanted) {
  std::vector<hsize_t> const first(wanted.extent.size(), 0);
  std::vector<hsize_t> last(wanted.extent.size());
  for (std::size_t axis = 0; axis < last.size(); ++axis)
    last[axis] = (wanted.extent[axis] - 1) / wanted.chunk[axis] * wanted.chunk[axis];
  std::array<haddr_t, 2> address{};
  std::array<hsize_t, 2> size{};
  hdf5_checked(H5Dget_chunk_info_by_coord(dataset, first.data(), nullptr, &address[0], &size[0]),
               "find the first chunk of " + wanted.path);
  hdf5_checked(H5Dget_chunk_info_by_coord(dataset, last.data(), nullptr, &address[1], &size[1]),
               "find the last chunk of " + wanted.path);
  std::size_t const bytes = wanted.elements_each() * size_of(wanted.type);
  bool const in_one_piece = size[0] == bytes && size[1] == bytes && address[0] != HADDR_UNDEF &&
                            address[1] == address[0] + (wanted.chunks() - 1) * bytes;
  if (!in_one_piece) throw_other_form(dataset, wanted);
  return address[0];
}

bool is_chunked(hid_t dataset) {
  Hdf5Properties const creation(H5Dget_create_plist(dataset), "look at the form of a dataset");
  return H5Pget_layout(creation.get()) == H5D_CHUNKED;
}

}  // namespace

std::uint64_t address_of(hid_t dataset, OutputDataset const& wanted) {
  if (is_chunked(dataset) == wanted.chunk.empty()) throw_other_form(dataset, wanted);
  if (!wanted.chunk.empty()) return chunked_address(dataset, wanted);
  haddr_t const address = H5Dget_offset(dataset);
  if (address == HADDR_UNDEF || H5Dget_storage_size(dataset) != wanted.stored_bytes())
    throw_other_form(dataset, wanted);
  return address;
}

}  // namespace xrdct::io
