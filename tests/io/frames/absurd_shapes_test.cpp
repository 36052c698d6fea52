// Shapes that no 64 bits count, and those that a damaged file claims: told, before memory is taken
// or anything is divided by them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "core/words/errors.hpp"
#include "io/hdf5/virtual_selection.hpp"
#include "io/images/image_file.hpp"
#include "io/values/value_reader.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

constexpr hsize_t large = hsize_t{1} << 62;

/// A dataset that grows by chunks of one value along its first dimension, and was never written.
std::filesystem::path unwritten(Dims const& dims, hid_t type) {
  auto const file = fresh_folder() / "large.h5";
  auto const open = create_file(file);
  Dims const chunk(dims.size(), 1), most(dims.size(), H5S_UNLIMITED);
  create_dataset(open, "/data", dims, dataset_creation(chunk), type, most);
  return file;
}

TEST(AbsurdShape, of_values_is_told) {
  for (Dims const& dims : {Dims{large + 3, 4}, Dims{4, large + 3}, Dims{large, 4},
                           Dims{large, 2, 2}, Dims{(hsize_t{1} << 33) + 1, hsize_t{1} << 31}})
    EXPECT_THAT(error_of<core::InputError>(
                    [&] { ValueReader(unwritten(dims, H5T_IEEE_F64LE), "/data").at(0); }),
                HasSubstr("expected fewer than 2^63 of them"))
        << dims[0];
  for (Dims const& dims : {Dims{0, 5}, Dims{5, 0}, Dims{large, 0, large}})
    EXPECT_EQ(ValueReader(unwritten(dims, H5T_IEEE_F64LE), "/data").size(), 0);
}

TEST(AbsurdShape, of_frames_is_told) {
  for (Dims const& dims : {Dims{large, 3, 5}, Dims{large, large, 4, 4}, Dims{4, large + 3, 1},
                           Dims{1, hsize_t{1} << 32, hsize_t{1} << 32}, Dims{7, 0, 5}})
    EXPECT_THAT(
        error_of<core::InputError>([&] { Hdf5Frames({unwritten(dims, H5T_STD_U16LE)}, "/data"); }),
        HasSubstr("less than 2^31 pixels"))
        << dims[0];
}

/// Replaces each of these numbers, as a file holds them next to each other, by another.
template <class T>
void patch(std::filesystem::path const& file, std::vector<T> const& from,
           std::vector<T> const& to) {
  std::ifstream in(file, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  in.close();
  std::string const old(reinterpret_cast<char const*>(from.data()), from.size() * sizeof(T)),
      put(reinterpret_cast<char const*>(to.data()), to.size() * sizeof(T));
  std::size_t count = 0;
  for (auto at = content.find(old); at != std::string::npos;
       at = content.find(old, at + 1), ++count)
    content.replace(at, old.size(), put);
  EXPECT_GT(count, 0u);
  std::ofstream(file, std::ios::binary) << content;
}

TEST(AbsurdShape, of_a_compact_dataset_takes_no_memory) {
  auto const file = fresh_folder() / "compact.h5";
  {
    auto const open = create_file(file);
    auto const creation = dataset_creation();
    H5Pset_layout(creation.get(), H5D_COMPACT);
    write_frames<std::uint8_t>(create_dataset(open, "/data", {7, 11, 13}, creation, H5T_STD_U8LE),
                               7, 143, H5T_NATIVE_UINT8);
  }
  EXPECT_EQ(Hdf5Frames({file}, "/data").frames(), 7);
  patch<std::uint64_t>(file, {7, 11, 13}, {std::uint64_t{1} << 45, 11, 13});
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({file}, "/data"); }),
              HasSubstr("stored bytes, found 1001"));
}

TEST(AbsurdShape, of_chunks_is_told) {
  auto const file = fresh_folder() / "chunks.h5";
  {
    auto const open = create_file(file);
    write_frames<std::uint16_t>(
        create_dataset(open, "/data", {7, 11, 13}, dataset_creation({1, 11, 13}), H5T_STD_U16LE), 7,
        143, H5T_NATIVE_UINT16);
  }
  constexpr std::uint32_t much = std::uint32_t{1} << 31;
  patch<std::uint32_t>(file, {1, 11, 13, 2}, {much, much, much, 2});
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({file}, "/data"); }),
              HasSubstr("expected chunks of less than 4 GiB"));
}

TEST(AbsurdShape, of_a_mapping_is_told) {
  hsize_t const dims[] = {12, 3, 5};
  Hdf5Space const space(H5Screate_simple(3, dims, nullptr), "make a space");
  auto const selected = [&](hsize_t start, hsize_t stride, hsize_t count, hsize_t block) {
    hsize_t const starts[] = {start, 0, 0}, strides[] = {stride, 1, 1}, counts[] = {count, 1, 1},
                  blocks[] = {block, 3, 5};
    hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, starts, strides, counts, blocks),
                 "select");
    return FrameSelection(space.get(), "virtual").frames({12, 3, 5}).size();
  };
  EXPECT_EQ(selected(1, 2, 5, 1), 5);
  for (auto const& [start, stride, count, block] : {std::array<hsize_t, 4>{large, 1, 1, 1},
                                                    {2 * large, 1, 5, 1},
                                                    {0, large, 3, 1},
                                                    {0, 2, large, 1},
                                                    {0, large, 1, large}})
    EXPECT_THAT(error_of<core::InputError>(
                    [&, s = start, t = stride, c = count, b = block] { selected(s, t, c, b); }),
                HasSubstr("mappings of positions below"))
        << start << " " << stride << " " << count << " " << block;
}

TEST(AbsurdShape, of_an_image_is_told) {
  auto const refused = [](std::string const& content) {
    auto const file = fresh_folder() / "image";
    std::ofstream(file, std::ios::binary) << content;
    try {
      read_image_file(file);
    } catch (core::IoError const& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  std::string const pixels(100, '\1');
  for (std::string const rows :
       {"0", "4294967296", "9223372036854775808", "18446744073709551615"}) {
    for (std::string const columns : {"4294967296", "2", "18446744073709551615"}) {
      if (rows != "0" && rows != "18446744073709551615" && columns == "2") continue;
      std::string npy =
          "{'descr': '<u8', 'fortran_order': True, 'shape': (" + rows + ", " + columns + "), }\n";
      EXPECT_NE(refused(std::string("\x93NUMPY\x01") + '\0' + static_cast<char>(npy.size()) + '\0' +
                        npy + pixels),
                "")
          << npy;
      EXPECT_NE(refused("{ Dim_1 = " + columns + " ; Dim_2 = " + rows +
                        " ; DataType = UnsignedByte ; }\n" + pixels),
                "")
          << rows << " × " << columns;
      EXPECT_NE(refused("###CBF: \n--CIF-BINARY-FORMAT-SECTION--\n     "
                        "conversions=\"x-CBF_BYTE_OFFSET\"\nX-Binary-Size: 100\n"
                        "X-Binary-Size-Fastest-Dimension: " +
                        columns + "\nX-Binary-Size-Second-Dimension: " + rows +
                        "\n\n\x0c\x1a\x04\xd5" + pixels),
                "")
          << rows << " × " << columns;
    }
  }
}

}  // namespace
}  // namespace xrdct::io
