// What is known of a dataset as it is stored: shape, type, filter and chunks.
#include "io/hdf5/stored_dataset.hpp"

#include <fmt/format.h>
#include <array>
#include <functional>
#include <numeric>
#include <optional>

#include "core/words/errors.hpp"
#include "io/codec/words/decode_status.hpp"

namespace xrdct::io {
namespace {

using core::Filter;
using core::PixelType;

constexpr std::int64_t most_chunks_of_frame = std::int64_t{1} << 20;
constexpr H5Z_filter_t lz4_id = 32004;
constexpr H5Z_filter_t bitshuffle_id = 32008;
constexpr H5Z_filter_t zstd_id = 32015;

struct HdfFilter {
  H5Z_filter_t id;
  std::string name;
  std::vector<unsigned> values;
};

std::string known_name(H5Z_filter_t id, std::string const& stored_name) {
  switch (id) {
    case H5Z_FILTER_FLETCHER32:
      return "fletcher32";
    case H5Z_FILTER_SZIP:
      return "szip";
    case H5Z_FILTER_NBIT:
      return "nbit";
    case H5Z_FILTER_SCALEOFFSET:
      return "scaleoffset";
    case 305:
      return "lzo";
    case 307:
      return "bzip2";
    case 32000:
      return "lzf";
    case 32001:
      return "blosc";
    case 32013:
      return "zfp";
    case zstd_id:
      return "zstd";
    case 32026:
      return "blosc2";
    case H5Z_FILTER_DEFLATE:
      return "gzip";
    case H5Z_FILTER_SHUFFLE:
      return "shuffle";
    case lz4_id:
      return "LZ4";
    case bitshuffle_id:
      return "bitshuffle";
    default:
      return stored_name.empty() ? "no name" : stored_name;
  }
}

std::vector<HdfFilter> pipeline_of(hid_t creation, std::string const& dataset) {
  int const count = hdf5_checked(H5Pget_nfilters(creation), "read the filters of " + dataset);
  std::vector<HdfFilter> filters;
  for (int i = 0; i < count; ++i) {
    std::array<unsigned, 16> values{};
    std::array<char, 128> name{};
    std::size_t size = values.size();
    unsigned flags = 0;
    unsigned config = 0;
    auto const id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &size, values.data(),
                                   name.size() - 1, name.data(), &config);
    hdf5_checked(id, "read the filters of " + dataset);
    filters.push_back({id,
                       known_name(id, name.data()),
                       {values.begin(), values.begin() + std::min(size, values.size())}});
  }
  return filters;
}

[[noreturn]] void throw_filter(std::string const& dataset, std::vector<HdfFilter> const& filters,
                               std::string const& expected) {
  std::string found;
  for (auto const& filter : filters)
    found += fmt::format("{}{} ({})", found.empty() ? "" : ", then ", filter.id, filter.name);
  throw core::InputError(
      {.what = "decode " + dataset,
       .expected = expected,
       .found = "filter " + found,
       .attempt =
           "write the dataset again with one of these, e.g. with h5repack or h5py and hdf5plugin"});
}

std::string const known_filters =
    "no filter, gzip (1) or zstd (32015) with or without shuffle (2), LZ4 (32004) or bitshuffle "
    "(32008) alone";

// The variant of bitshuffle by its parameters: version, version, pixel bytes, block length, 0 none
// / 2 LZ4 / 3 zstd.
Filter bitshuffle_variant(std::vector<HdfFilter> const& filters, std::size_t pixel_bytes,
                          std::string const& dataset) {
  auto const& values = filters.front().values;
  auto const value = [&](std::size_t i) { return i < values.size() ? values[i] : 0U; };
  if (value(2) != 0 && value(2) != pixel_bytes) {
    throw_filter(
        dataset, filters,
        fmt::format("bitshuffle of {}-byte pixels, not of {} bytes", pixel_bytes, value(2)));
  }
  std::size_t const usual_block = 8192 / pixel_bytes / 8 * 8;
  switch (value(4)) {
    case 0:
      if (value(3) != 0 && value(3) != usual_block)
        throw_filter(dataset, filters, "bitshuffle without compression in blocks of 8192 bytes");
      return Filter::bitshuffle;
    case 2:
      return Filter::bitshuffle_lz4;
    case 3:
      return Filter::bitshuffle_zstd;
    default:
      throw_filter(dataset, filters,
                   fmt::format("bitshuffle with compression 0 (none), 2 (LZ4) or 3 (zstd), not {}",
                               value(4)));
  }
}

void read_filters(hid_t creation, StoredDataset& set) {
  auto const filters = pipeline_of(creation, set.name());
  auto& stored = set.stored;
  set.filters = filters.size();
  if (filters.empty()) return;
  bool const shuffled = filters.front().id == H5Z_FILTER_SHUFFLE;
  auto const last = filters.back().id;
  bool const may_be_shuffled = last == H5Z_FILTER_DEFLATE || last == zstd_id;
  if (filters.size() > 2 || (filters.size() == 2 && !(shuffled && may_be_shuffled))) {
    throw_filter(set.name(), filters, known_filters);
  } else if (may_be_shuffled) {
    stored.filter = last == zstd_id ? Filter::zstd : Filter::deflate;
    stored.byte_shuffle = shuffled && core::size_of(stored.type) > 1;
  } else if (filters.front().id == lz4_id) {
    stored.filter = Filter::lz4;
  } else if (filters.front().id == bitshuffle_id) {
    stored.filter = bitshuffle_variant(filters, core::size_of(stored.type), set.name());
  } else {
    throw_filter(set.name(), filters, known_filters);
  }
  if (!codec::supports(stored.filter))
    throw_filter(set.name(), filters, "a filter of this build, which has no library for this one");
}

std::optional<PixelType> integer_type(std::size_t bytes, bool is_signed) {
  switch (bytes) {
    case 1:
      return is_signed ? PixelType::i8 : PixelType::u8;
    case 2:
      return is_signed ? PixelType::i16 : PixelType::u16;
    case 4:
      return is_signed ? PixelType::i32 : PixelType::u32;
    default:
      return std::nullopt;
  }
}

std::string type_text(hid_t type) {
  std::string const bits = fmt::format("{}-bit ", 8 * H5Tget_size(type));
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return fmt::format(
          "{}{} of precision {}", bits,
          H5Tget_sign(type) == H5T_SGN_NONE ? "unsigned integers" : "signed integers",
          H5Tget_precision(type));
    case H5T_FLOAT:
      return bits + "floating point";
    case H5T_COMPOUND:
      return "a compound type";
    case H5T_STRING:
      return "text";
    default:
      return fmt::format("another type (HDF5 class {})", H5Tget_class(type));
  }
}

// The pixel type; an enumeration (a boolean of h5py) counts as its integers.
void read_type(hid_t dataset, StoredDataset& set) {
  Hdf5Type type(H5Dget_type(dataset), "read the type of " + set.name());
  if (H5Tget_class(type.get()) == H5T_ENUM)
    type = Hdf5Type(H5Tget_super(type.get()), "read the type of " + set.name());
  std::size_t const bytes = H5Tget_size(type.get());
  bool const whole = H5Tget_precision(type.get()) == 8 * bytes;
  std::optional<PixelType> pixel;
  if (H5Tget_class(type.get()) == H5T_INTEGER && whole)
    pixel = integer_type(bytes, H5Tget_sign(type.get()) != H5T_SGN_NONE);
  if (H5Tget_class(type.get()) == H5T_FLOAT && whole && bytes == 4) pixel = PixelType::f32;
  if (H5Tget_class(type.get()) == H5T_FLOAT && whole && bytes == 8) pixel = PixelType::f64;
  if (!pixel) {
    throw core::InputError(
        {.what = "read " + set.name(),
         .expected = "pixels of 8, 16 or 32-bit integers or 32 or 64-bit floating point",
         .found = type_text(type.get()),
         .attempt = "convert the dataset"});
  }
  set.stored.type = *pixel;
  set.stored.big_endian = bytes > 1 && H5Tget_order(type.get()) == H5T_ORDER_BE;
}

std::int64_t chunks_of_one_frame(StoredDataset const& set) {
  std::int64_t count = 1;
  for (std::size_t d = set.dims.size() - 2; d < set.dims.size(); ++d)
    count *= (set.dims[d] + set.chunk[d] - 1) / set.chunk[d];
  return count;
}

// HDF5 itself makes no chunks of 4 GiB and more; a damaged file may tell of some.
void expect_believable_chunks(std::vector<hsize_t> const& chunk, StoredDataset const& set) {
  auto bytes = static_cast<double>(core::size_of(set.stored.type));
  for (auto const length : chunk) bytes *= static_cast<double>(length);
  if (bytes > 0.0 && bytes < 0x1p32) return;
  throw core::IoError({.what = "read " + set.name(),
                       .expected = "chunks of less than 4 GiB",
                       .found = fmt::format("{} pixels", fmt::join(chunk, " × ")),
                       .attempt = "copy the file again"});
}

// The values lie in the header of the dataset, which is short; a damaged shape asks for any memory.
void read_compact(hid_t dataset, StoredDataset& set) {
  auto const stored = H5Dget_storage_size(dataset);
  auto const needed = static_cast<hsize_t>(set.frames()) * static_cast<hsize_t>(set.frame_bytes());
  if (stored < needed)
    throw core::IoError({.what = "read " + set.name(),
                         .expected = fmt::format("{} stored bytes", needed),
                         .found = fmt::format("{}", stored),
                         .attempt = "copy the file again"});
  Hdf5Type const type(H5Dget_type(dataset), "read the type of " + set.name());
  set.compact.resize(needed);
  hdf5_checked(H5Dread(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, set.compact.data()),
               "read " + set.name());
}

void read_layout(hid_t dataset, hid_t creation, StoredDataset& set) {
  auto const layout = H5Pget_layout(creation);
  if (layout == H5D_CHUNKED) {
    std::vector<hsize_t> chunk(set.dims.size());
    hdf5_checked(H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()),
                 "read the chunk shape of " + set.name());
    expect_believable_chunks(chunk, set);
    set.chunk.assign(chunk.begin(), chunk.end());
    unsigned options = 0;
    hdf5_checked(H5Pget_chunk_opts(creation, &options), "read the layout of " + set.name());
    set.cut_off_unfiltered = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    if (chunks_of_one_frame(set) > most_chunks_of_frame) {
      throw core::InputError(
          {.what = "read " + set.name(),
           .expected = fmt::format("at most {} chunks per frame", most_chunks_of_frame),
           .found = std::to_string(chunks_of_one_frame(set)),
           .attempt = "write the dataset with one frame per chunk"});
    }
  } else if (layout == H5D_COMPACT) {
    read_compact(dataset, set);
  } else if (hdf5_checked(H5Pget_external_count(creation), "read the layout of " + set.name()) >
             0) {
    throw core::InputError({.what = "read " + set.name(),
                            .expected = "frames in an HDF5 file",
                            .found = "values in raw external files",
                            .attempt = "copy them with h5repack"});
  } else {
    haddr_t const address = H5Dget_offset(dataset);
    set.address = address == HADDR_UNDEF ? -1 : static_cast<std::int64_t>(address);
    take_hdf5_errors();
    std::int64_t const end = set.address + set.frames() * set.frame_bytes();
    if (set.address >= 0 && (end > set.file_bytes || set.address > set.file_bytes)) {
      throw core::IoError({.what = "read " + set.name(),
                           .expected = fmt::format("a file of at least {} bytes", end),
                           .found = fmt::format("{}: it is truncated", set.file_bytes),
                           .attempt = "copy it again"});
    }
  }
}

std::int64_t product(std::vector<std::int64_t> const& values, std::size_t first = 0) {
  return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(first), values.end(),
                         std::int64_t{1}, std::multiplies<>());
}

}  // namespace

core::FrameShape StoredDataset::shape() const {
  return {static_cast<std::size_t>(dims[dims.size() - 2]),
          static_cast<std::size_t>(dims[dims.size() - 1])};
}

std::int64_t StoredDataset::frames() const {
  return product(dims) / product(dims, dims.size() - 2);
}

std::int64_t StoredDataset::frame_bytes() const {
  return product(dims, dims.size() - 2) * static_cast<std::int64_t>(core::size_of(stored.type));
}

std::int64_t StoredDataset::chunk_bytes() const {
  return product(chunk) * static_cast<std::int64_t>(core::size_of(stored.type));
}

std::int64_t StoredDataset::chunks() const {
  std::int64_t count = chunk.empty() ? 0 : 1;
  for (std::size_t d = 0; d < chunk.size(); ++d) count *= (dims[d] + chunk[d] - 1) / chunk[d];
  return count;
}

bool StoredDataset::frame_per_chunk() const {
  if (chunk.empty()) return false;
  std::size_t const rows = dims.size() - 2;
  return product(chunk) == product(chunk, rows) && chunk[rows] == dims[rows] &&
         chunk[rows + 1] == dims[rows + 1];
}

core::FrameEncoding StoredDataset::delivered() const {
  return must_decode() ? core::FrameEncoding{stored.type, Filter::none, false, false} : stored;
}

std::vector<std::int64_t> image_dims(hid_t space, std::string const& name, bool may_be_empty) {
  int const rank = hdf5_checked(H5Sget_simple_extent_ndims(space), "read the shape of " + name);
  std::vector<hsize_t> dims(static_cast<std::size_t>(rank));
  hdf5_checked(H5Sget_simple_extent_dims(space, dims.data(), nullptr), "read the shape of " + name);
  std::string found = fmt::format("{} dimensions (", rank);
  bool good = rank >= 2;
  double values = 1.0;
  for (std::size_t d = 0; d < dims.size(); ++d) {
    found += fmt::format("{}{}", d == 0 ? "" : " × ", dims[d]);
    good = good && (dims[d] > 0 || (may_be_empty && d == 0 && rank > 2));
    values *= static_cast<double>(dims[d]);
  }
  // 1e17 values of 8 bytes still fit in 64 bits; columns and pixels are counted in 31 bits
  // elsewhere.
  good =
      good && values < 1e17 &&
      static_cast<double>(dims[dims.size() - 2]) * static_cast<double>(dims.back()) < 2147483648.0;
  if (!good) {
    throw core::InputError(
        {.what = "read " + name,
         .expected = "frames × rows × columns, none of them 0, less than 2^31 pixels",
         .found = found + ")",
         .attempt = "name the dataset that holds the frames"});
  }
  return {dims.begin(), dims.end()};
}

StoredDataset describe_dataset(hid_t dataset, Hdf5Location const& where) {
  StoredDataset set;
  set.where = where;
  set.file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(where.file));
  Hdf5Space const space(H5Dget_space(dataset), "read the shape of " + set.name());
  set.dims = image_dims(space.get(), set.name(), true);
  Hdf5Properties const creation(H5Dget_create_plist(dataset), "read the layout of " + set.name());
  read_type(dataset, set);
  if (H5Pget_layout(creation.get()) == H5D_CHUNKED) read_filters(creation.get(), set);
  read_layout(dataset, creation.get(), set);
  Hdf5File const file(H5Iget_file_id(dataset), "read the file of " + set.name());
  Hdf5Properties const file_creation(H5Fget_create_plist(file.get()),
                                     "read the properties of " + where.file);
  hsize_t user_block = 0;
  hdf5_checked(H5Pget_userblock(file_creation.get(), &user_block),
               "read the properties of " + where.file);
  set.user_block = user_block > 0;
  return set;
}

}  // namespace xrdct::io
