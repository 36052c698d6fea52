#include "io/hdf5/hdf5_handle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdint>
#include <fstream>
#include <vector>

#include "core/words/errors.hpp"

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
  EXPECT_THAT(failure_of(missing),
              testing::HasSubstr("missing.h5: expected an HDF5 file, found no file"));
  auto const text = fresh_file("text.h5");
  std::ofstream(text) << "this is not HDF5";
  EXPECT_THAT(failure_of(text), testing::HasSubstr("no HDF5 signature"));
  auto const empty = fresh_file("empty.h5");
  std::ofstream{empty};
  EXPECT_THAT(failure_of(empty), testing::HasSubstr("empty file"));
  EXPECT_THAT(failure_of(missing.parent_path()), testing::HasSubstr("found a folder"));
}

TEST(Hdf5Handle, neither_waits_for_a_pipe_nor_reads_a_device) {
  auto const pipe = fresh_file("pipe.h5");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(failure_of(pipe), testing::HasSubstr("found a pipe, a socket or a device"));
  EXPECT_THAT(failure_of("/dev/null"), testing::HasSubstr("found a pipe, a socket or a device"));
}

TEST(Hdf5Handle, names_a_truncated_file) {
  auto const file = fresh_file("short.h5");
  {
    Hdf5File const open(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create");
    Hdf5Group const group(H5Gcreate2(open.get(), "entry", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          "create");
  }
  EXPECT_EQ(failure_of(file), "");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_THAT(failure_of(file), testing::HasSubstr("found a truncated one"));
}

// Stored bytes of the chunk index that HDF5 holds after every chunk was looked up.
std::size_t kept_of_index(Hdf5File const& file, hsize_t chunks) {
  Hdf5Dataset const data(H5Dopen2(file.get(), "data", H5P_DEFAULT), "open data");
  for (hsize_t chunk = 0; chunk < chunks; ++chunk) {
    hsize_t size = 0;
    hdf5_checked(H5Dget_chunk_storage_size(data.get(), &chunk, &size), "look up a chunk");
  }
  std::size_t kept = 0;
  hdf5_checked(H5Fget_mdc_size(file.get(), nullptr, nullptr, &kept, nullptr),
               "ask for the size of the cache");
  return kept;
}

// HDF5 marks files of its newer formats while they are written.
TEST(Hdf5Handle, says_what_to_do_with_a_file_that_was_not_closed) {
  auto const file = fresh_file("open.h5"), copy = fresh_file("copy.h5");
  {
    auto const access = unlocked_file_access();
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    Hdf5File const open(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                        "create a file");
    H5Fflush(open.get(), H5F_SCOPE_GLOBAL);
    std::filesystem::copy_file(file, copy);
  }
  EXPECT_NO_THROW(open_hdf5_for_reading(file));
  EXPECT_THAT(
      failure_of(copy),
      testing::AllOf(
          testing::StartsWith("cannot open " + copy.string() +
                              ": expected a file that was closed, found one that a program is "
                              "still writing, or that ended before it closed it ("),
          testing::HasSubstr("already open for write"),
          testing::EndsWith("wait until it is written; where nobody writes it any more, h5clear -s "
                            "FILE of the HDF5 tools makes it readable")));
}

TEST(Hdf5Handle, keeps_as_much_of_an_index_for_any_number_of_chunks) {
  auto const file = fresh_file("chunks.h5");
  hsize_t const chunks = 20000, one = 1;
  {
    Hdf5File const open(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create");
    Hdf5Space const space(H5Screate_simple(1, &chunks, nullptr), "make a space");
    Hdf5Properties const properties(H5Pcreate(H5P_DATASET_CREATE), "make properties");
    hdf5_checked(H5Pset_chunk(properties.get(), 1, &one), "set chunks");
    Hdf5Dataset const data(H5Dcreate2(open.get(), "data", H5T_STD_U8LE, space.get(), H5P_DEFAULT,
                                      properties.get(), H5P_DEFAULT),
                           "create data");
    std::vector<std::uint8_t> const values(chunks, 1);
    hdf5_checked(
        H5Dwrite(data.get(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "write");
  }
  std::size_t const most = std::size_t{128} << 10;
  EXPECT_GT(
      kept_of_index(Hdf5File(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "open"), chunks),
      2 * most);
  EXPECT_LE(kept_of_index(open_hdf5_for_reading(file), chunks), most + (most >> 3));
}

}  // namespace
}  // namespace xrdct::io
