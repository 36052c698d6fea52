#include "io/hdf5_handle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/errors.hpp"

namespace xrdct::io {
namespace {

std::filesystem::path fresh_file(std::string const& name) {
  auto const folder = std::filesystem::path(testing::TempDir()) / "xrdct_hdf5_handle";
  std::filesystem::create_directories(folder);
  auto const file = folder / name;
  std::filesystem::remove(file);
  return file;
}

std::string failure_of(std::filesystem::path const& file) {
  try {
    open_hdf5_for_reading(file);
  } catch (core::IoError const& error) {
    return error.what();
  }
  return "";
}

TEST(Hdf5Handle, tells_why_a_call_failed) {
  silence_hdf5();
  testing::internal::CaptureStderr();
  auto const file = fresh_file("call.h5");
  Hdf5File const open(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create");
  try {
    Hdf5Dataset(H5Dopen2(open.get(), "/nothing", H5P_DEFAULT), "open dataset /nothing");
    FAIL();
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("cannot open dataset /nothing: HDF5 says"));
    EXPECT_THAT(error.what(), testing::HasSubstr("object 'nothing' doesn't exist"));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Hdf5Handle, moves_and_closes) {
  silence_hdf5();
  hid_t raw = H5I_INVALID_HID;
  {
    Hdf5Space first(H5Screate(H5S_SCALAR), "make a dataspace");
    raw = first.get();
    Hdf5Space second = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), raw);
    EXPECT_GT(H5Iis_valid(raw), 0);
  }
  EXPECT_EQ(H5Iis_valid(raw), 0);
}

TEST(Hdf5Handle, names_what_is_wrong_with_a_file) {
  auto const missing = fresh_file("missing.h5");
  EXPECT_THAT(failure_of(missing), testing::HasSubstr("missing.h5: expected an HDF5 file, found no file"));
  auto const text = fresh_file("text.h5");
  std::ofstream(text) << "this is not HDF5";
  EXPECT_THAT(failure_of(text), testing::HasSubstr("no HDF5 signature"));
  auto const empty = fresh_file("empty.h5");
  std::ofstream{empty};
  EXPECT_THAT(failure_of(empty), testing::HasSubstr("empty file"));
  EXPECT_THAT(failure_of(missing.parent_path()), testing::HasSubstr("found a folder"));
}

TEST(Hdf5Handle, names_a_truncated_file) {
  auto const file = fresh_file("short.h5");
  {
    Hdf5File const open(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create");
    Hdf5Group const group(H5Gcreate2(open.get(), "entry", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), "create");
  }
  EXPECT_EQ(failure_of(file), "");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_THAT(failure_of(file), testing::HasSubstr("found a truncated one"));
}

}  // namespace
}  // namespace xrdct::io
