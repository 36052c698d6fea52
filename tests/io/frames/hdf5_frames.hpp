#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/codec/decode.hpp"
#include "io/codec/encode.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/hdf5/hdf5_handle.hpp"

/// Small HDF5 files of frames for the tests of reading.
namespace xrdct::io::test {

using Dims = std::vector<hsize_t>;

/// A folder of the running test alone, empty.
inline std::filesystem::path fresh_folder() {
  auto const& test = *testing::UnitTest::GetInstance()->current_test_info();
  auto const folder = std::filesystem::path(testing::TempDir()) /
                      (std::string("xrdct_") + test.test_suite_name() + "_" + test.name());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// Pixels of a frame: small counts that differ from frame to frame and from pixel to pixel.
template <class T = std::uint32_t>
std::vector<T> pixels_of(std::int64_t frame, std::size_t count) {
  std::vector<T> pixels(count);
  for (std::size_t i = 0; i < count; ++i)
    pixels[i] = static_cast<T>((static_cast<std::size_t>(frame) * 37 + i * 11 + i / 7) % 101);
  return pixels;
}

template <class T>
hid_t hdf5_type();
template <>
inline hid_t hdf5_type<std::uint8_t>() {
  return H5T_STD_U8LE;
}
template <>
inline hid_t hdf5_type<std::int8_t>() {
  return H5T_STD_I8LE;
}
template <>
inline hid_t hdf5_type<std::uint16_t>() {
  return H5T_STD_U16LE;
}
template <>
inline hid_t hdf5_type<std::int16_t>() {
  return H5T_STD_I16LE;
}
template <>
inline hid_t hdf5_type<std::uint32_t>() {
  return H5T_STD_U32LE;
}
template <>
inline hid_t hdf5_type<std::int32_t>() {
  return H5T_STD_I32LE;
}
template <>
inline hid_t hdf5_type<float>() {
  return H5T_IEEE_F32LE;
}
template <>
inline hid_t hdf5_type<double>() {
  return H5T_IEEE_F64LE;
}

inline Hdf5File create_file(std::filesystem::path const& file, hid_t creation = H5P_DEFAULT) {
  silence_hdf5();
  auto const access = unlocked_file_access();
  return Hdf5File(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, access.get()),
                  "create " + file.string());
}

inline Hdf5Properties dataset_creation(Dims const& chunk = {}) {
  Hdf5Properties creation(H5Pcreate(H5P_DATASET_CREATE), "make properties");
  if (!chunk.empty())
    hdf5_checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()),
                 "set the chunk shape");
  return creation;
}

/// A dataset that is there, but not written. Groups on the way to it are made. Values take the type
/// of the file.
inline Hdf5Dataset create_dataset(Hdf5File const& file, std::string const& path, Dims const& dims,
                                  Hdf5Properties const& creation, hid_t type = H5T_STD_U32LE,
                                  Dims const& most = {}) {
  Hdf5Space const space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(),
                                         most.empty() ? nullptr : most.data()),
                        "make a space");
  Hdf5Properties const links(H5Pcreate(H5P_LINK_CREATE), "make properties");
  H5Pset_create_intermediate_group(links.get(), 1);
  return Hdf5Dataset(H5Dcreate2(file.get(), path.c_str(), type, space.get(), links.get(),
                                creation.get(), H5P_DEFAULT),
                     "create " + path);
}

/// Writes frames 0, 1 … (from `first_frame`) through HDF5: `frames` × `pixels` values.
template <class T = std::uint32_t>
void write_frames(Hdf5Dataset const& dataset, std::int64_t frames, std::size_t pixels, hid_t memory,
                  std::int64_t first_frame = 0) {
  std::vector<T> all;
  for (std::int64_t f = 0; f < frames; ++f) {
    auto const one = pixels_of<T>(first_frame + f, pixels);
    all.insert(all.end(), one.begin(), one.end());
  }
  hdf5_checked(H5Dwrite(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), "write");
}

inline void write_chunk(Hdf5Dataset const& dataset, Dims const& offset,
                        std::vector<std::byte> const& bytes, std::uint32_t mask = 0) {
  hdf5_checked(
      H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, mask, offset.data(), bytes.size(), bytes.data()),
      "write a chunk");
}

template <class T>
std::vector<std::byte> bytes_of(std::vector<T> const& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Bitshuffle-LZ4 as an Eiger stores it.
inline Hdf5Properties bslz4_creation(Dims const& chunk, unsigned pixel_bytes) {
  auto creation = dataset_creation(chunk);
  unsigned const values[] = {0, 3, pixel_bytes, 0, 2};
  hdf5_checked(H5Pset_filter(creation.get(), 32008, H5Z_FLAG_OPTIONAL, 5, values),
               "set the filter");
  return creation;
}

/// `frames` bitshuffle-LZ4 frames of `rows` × `columns`, numbered from `first_frame`, one per
/// chunk.
template <class T = std::uint32_t>
void write_bslz4(Hdf5File const& file, std::string const& path, hsize_t frames, hsize_t rows,
                 hsize_t columns, std::int64_t first_frame = 0) {
  auto const creation = bslz4_creation({1, rows, columns}, sizeof(T));
  auto const dataset =
      create_dataset(file, path, {frames, rows, columns}, creation, hdf5_type<T>());
  for (hsize_t f = 0; f < frames; ++f) {
    auto const pixels = pixels_of<T>(first_frame + static_cast<std::int64_t>(f), rows * columns);
    write_chunk(dataset, {f, 0, 0}, codec::encode_bitshuffle_lz4(bytes_of(pixels), sizeof(T)));
  }
}

/// Locates, reads and decodes some frames; a frame that is not good is empty.
template <class T = std::uint32_t>
std::vector<std::vector<T>> read_frames(Hdf5Frames& source, std::vector<std::int64_t> const& frames,
                                        core::FrameBuffer& buffer) {
  source.locate(frames);
  source.read(frames, buffer);
  EXPECT_EQ(buffer.batch.encoding, source.encoding());
  EXPECT_EQ(buffer.batch.shape, source.shape());
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  std::vector<std::vector<T>> decoded;
  std::size_t bytes = 0;
  for (auto const& frame : buffer.batch.frames) {
    std::vector<T> pixels(frame.status == core::FrameStatus::good ? source.shape().pixels() : 0);
    bytes += frame.bytes.size();
    if (!pixels.empty()) {
      EXPECT_EQ(decoder.decode(frame, std::as_writable_bytes(std::span(pixels))),
                codec::DecodeStatus::ok);
    }
    decoded.push_back(std::move(pixels));
  }
  EXPECT_LE(bytes, source.stored_bytes(frames));
  return decoded;
}

template <class T>
void expect_pixels(Hdf5Frames& source, std::int64_t first_frame) {
  core::FrameBuffer buffer;
  std::vector<std::int64_t> all;
  for (std::int64_t f = 0; f < source.frames(); ++f) all.push_back(f);
  auto const frames = read_frames<T>(source, all, buffer);
  for (std::int64_t f = 0; f < source.frames(); ++f) {
    EXPECT_EQ(frames[static_cast<std::size_t>(f)],
              pixels_of<T>(first_frame + f, source.shape().pixels()))
        << "frame " << f;
  }
  EXPECT_EQ(buffer.failures, std::vector<std::string>{});
}

/// Whether the source delivers frames 0, 1 … as `pixels_of` numbers them from `first_frame`, and so
/// does one that takes over what it found, as on other ranks.
template <class T = std::uint32_t>
void expect_numbered_frames(Hdf5Frames& source, std::int64_t first_frame = 0) {
  expect_pixels<T>(source, first_frame);
  Hdf5Frames other(source.found());
  EXPECT_EQ(other.files(), source.files());
  EXPECT_EQ(other.opened_files(), source.opened_files());
  EXPECT_EQ(other.layout(), source.layout());
  EXPECT_EQ(other.remarks(), source.remarks());
  EXPECT_EQ(other.parts().size(), source.parts().size());
  EXPECT_EQ(other.describe(source.frames() - 1), source.describe(source.frames() - 1));
  EXPECT_EQ(other.frames(), source.frames());
  expect_pixels<T>(other, first_frame);
}

/// The text of the error that an action throws, "" where it throws none.
template <class Error>
std::string error_of(std::function<void()> const& action) {
  try {
    action();
  } catch (Error const& error) {
    return error.what();
  }
  return "";
}

}  // namespace xrdct::io::test
