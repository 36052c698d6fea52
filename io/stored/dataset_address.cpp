// Asks HDF5 where a dataset begins, and makes sure that the rest of it follows.
#include "io/stored/dataset_address.hpp"

#include <fmt/core.h>

#include <vector>

#include "core/words/errors.hpp"
#include "io/hdf5/written_hdf5.hpp"

namespace xrdct::io {
namespace {

std::vector<hsize_t> extent_of(hid_t dataset) {
  Hdf5Space const space(H5Dget_space(dataset), "get the shape of a dataset");
  std::vector<hsize_t> extent(static_cast<std::size_t>(
      hdf5_checked(H5Sget_simple_extent_ndims(space.get()), "get the shape of a dataset")));
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  return extent;
}

bool has_size(hid_t dataset, StoredType wanted) {
  Hdf5Type const type(H5Dget_type(dataset), "get the type of a dataset");
  bool const is_float = wanted == StoredType::f4 || wanted == StoredType::f8;
  return H5Tget_size(type.get()) == size_of(wanted) && H5Tget_order(type.get()) != H5T_ORDER_BE &&
         H5Tget_class(type.get()) == (is_float ? H5T_FLOAT : H5T_INTEGER);
}

// Addresses are then not those of the file.
bool has_user_block(hid_t dataset) {
  Hdf5File const file(H5Iget_file_id(dataset), "find the file of a dataset");
  Hdf5Properties const creation(H5Fget_create_plist(file.get()), "look at the form of a file");
  hsize_t bytes = 0;
  hdf5_checked(H5Pget_userblock(creation.get(), &bytes), "look at the form of a file");
  return bytes > 0;
}

// Without an index chunks follow one another by definition (decision 0007).
bool has_wanted_chunks(hid_t dataset, hid_t creation, OutputDataset const& wanted) {
  std::vector<hsize_t> chunk(wanted.chunk.size());
  H5D_chunk_index_t index{};
  return H5Pget_layout(creation) == H5D_CHUNKED && H5Pget_nfilters(creation) == 0 &&
         H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) ==
             static_cast<int>(chunk.size()) &&
         std::vector<std::size_t>(chunk.begin(), chunk.end()) == wanted.chunk &&
         H5Dget_chunk_index_type(dataset, &index) >= 0 &&
         (index == H5D_CHUNK_IDX_NONE || (index == H5D_CHUNK_IDX_SINGLE && wanted.chunks() == 1));
}

std::optional<std::uint64_t> first_chunk(hid_t dataset, OutputDataset const& wanted) {
  std::vector<hsize_t> const first(wanted.extent.size(), 0);
  haddr_t address = HADDR_UNDEF;
  hsize_t size = 0;
  hdf5_checked(H5Dget_chunk_info_by_coord(dataset, first.data(), nullptr, &address, &size),
               "find the first chunk of " + wanted.path);
  if (address == HADDR_UNDEF || size != wanted.elements_each() * size_of(wanted.type)) return {};
  return address;
}

}  // namespace

std::optional<std::uint64_t> address_if_as_written(hid_t dataset, OutputDataset const& wanted) {
  auto const extent = extent_of(dataset);
  Hdf5Properties const creation(H5Dget_create_plist(dataset), "look at the form of a dataset");
  bool const as_wanted = std::vector<std::size_t>(extent.begin(), extent.end()) == wanted.extent &&
                         has_size(dataset, wanted.type) && !has_user_block(dataset);
  if (!as_wanted) return {};
  if (!wanted.chunk.empty())
    return has_wanted_chunks(dataset, creation.get(), wanted) ? first_chunk(dataset, wanted)
                                                              : std::nullopt;
  if (H5Pget_layout(creation.get()) != H5D_CONTIGUOUS) return {};
  haddr_t const address = H5Dget_offset(dataset);
  if (address == HADDR_UNDEF || H5Dget_storage_size(dataset) != wanted.stored_bytes()) return {};
  return address;
}

std::uint64_t address_of(hid_t dataset, OutputDataset const& wanted) {
  auto const address = address_if_as_written(dataset, wanted);
  if (address) return *address;
  throw core::IoError({.what = fmt::format("use {} of {}", wanted.path, file_of(dataset)),
                       .expected = "its values stored in one piece, as xrdct writes them",
                       .found = "another form",
                       .attempt = "use the file that xrdct wrote, not one that was packed again"});
}

}  // namespace xrdct::io
