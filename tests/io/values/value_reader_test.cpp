#include "io/values/value_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

TEST(ReadValues, reads_any_number_as_double) {
  auto const file = fresh_folder() / "monitor.h5";
  {
    auto const open = create_file(file);
    write_frames<float>(
        create_dataset(open, "/1.1/measurement/ic1", {2, 3}, dataset_creation(), H5T_IEEE_F32BE), 1,
        6, H5T_NATIVE_FLOAT);
    create_dataset(open, "/1.1/text", {1}, dataset_creation(), H5T_C_S1);
  }
  auto const expected = pixels_of<double>(0, 6);
  EXPECT_EQ(read_values(file, "/1.1/measurement/ic1"), expected);
  EXPECT_THAT(error_of<core::InputError>([&] { read_values(file, "/1.1/measurement/ic2"); }),
              HasSubstr("did you mean \"ic1\"?"));
  EXPECT_THAT(error_of<core::InputError>([&] { read_values(file, "/1.1/text"); }),
              HasSubstr("expected numbers, found text"));
  EXPECT_THAT(error_of<core::InputError>([&] { read_values(file, "/1.1"); }),
              HasSubstr("found a group"));
  EXPECT_THAT(error_of<core::IoError>([&] { read_values(file.string() + "x", "/1.1"); }),
              HasSubstr("found no file"));
}

// A motor of BLISS is a group, and so is a positioner of NeXus.
TEST(ReadValues, takes_the_value_of_a_group) {
  auto const file = fresh_folder() / "values.h5";
  {
    auto const open = create_file(file);
    for (char const* path : {"/dty/value", "/det/data", "/both/data", "/both/value"})
      write_frames<double>(create_dataset(open, path, {3}, dataset_creation(), H5T_IEEE_F64LE), 1,
                           3, H5T_NATIVE_DOUBLE, path[1]);
    create_dataset(open, "/other/velocity", {3}, dataset_creation());
  }
  EXPECT_EQ(read_values(file, "/dty"), read_values(file, "/dty/value"));
  EXPECT_EQ(read_values(file, "/det"), read_values(file, "/det/data"));
  EXPECT_EQ(read_values(file, "/both"), read_values(file, "/both/value"));
  EXPECT_THAT(error_of<core::InputError>([&] { read_values(file, "/other"); }),
              HasSubstr("found a group; name a dataset in it"));
}

// A window of few values slides over more of them, whatever their shape; all values come out, in
// any order.
TEST(ValueReader, keeps_a_window) {
  auto const file = fresh_folder() / "values.h5";
  std::vector<Dims> const shapes{{1000},    {10, 100},  {100, 10},  {1000, 1},
                                 {1, 1000}, {5, 4, 50}, {250, 2, 2}};
  {
    auto const open = create_file(file);
    for (std::size_t i = 0; i < shapes.size(); ++i)
      write_frames<double>(create_dataset(open, "/" + std::to_string(i), shapes[i],
                                          dataset_creation(), H5T_IEEE_F64LE),
                           1, 1000, H5T_NATIVE_DOUBLE);
  }
  auto const expected = pixels_of<double>(0, 1000);
  for (std::size_t const window : {1, 7, 64, 999, 5000}) {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      ValueReader reader(file, "/" + std::to_string(i), window);
      ASSERT_EQ(reader.size(), 1000);
      for (std::int64_t k = 0; k < 1000; ++k) {
        std::int64_t const forward = k, backward = 999 - k, jumping = k * 617 % 1000;
        for (auto const index : {k % 2 == 0 ? forward : backward, jumping})
          ASSERT_EQ(reader.at(index), expected[static_cast<std::size_t>(index)])
              << i << " " << window;
        ASSERT_LE(reader.memory_bytes(), std::min<std::size_t>(window, 1000) * sizeof(double));
      }
    }
  }
}

TEST(ValueReader, takes_the_same_memory_for_any_length) {
  auto const file = fresh_folder() / "values.h5";
  {
    auto const open = create_file(file);
    create_dataset(open, "/few", {3 * ValueReader::usual_window}, dataset_creation(),
                   H5T_IEEE_F64LE);
    create_dataset(open, "/many", {100 * ValueReader::usual_window}, dataset_creation(),
                   H5T_IEEE_F64LE);
  }
  auto const bytes = [&](std::string const& dataset) {
    ValueReader reader(file, dataset);
    for (std::int64_t i = 0; i < reader.size(); i += 1000) EXPECT_EQ(reader.at(i), 0.0);
    return reader.memory_bytes();
  };
  EXPECT_EQ(bytes("/many"), ValueReader::usual_window * sizeof(double));
  EXPECT_EQ(bytes("/few"), bytes("/many"));
}

}  // namespace
}  // namespace xrdct::io
