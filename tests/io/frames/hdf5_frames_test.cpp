#include "io/frames/hdf5_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <thread>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"
#include "io/chunks/chunk_index.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

template <class T>
class Hdf5FramesTypes : public testing::Test {};
using PixelTypes = testing::Types<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t,
                                  std::uint32_t, std::int32_t, float, double>;
TYPED_TEST_SUITE(Hdf5FramesTypes, PixelTypes);

TYPED_TEST(Hdf5FramesTypes, reads_bitshuffle_lz4_as_stored) {
  auto const file = fresh_folder() / "scan.h5";
  write_bslz4<TypeParam>(create_file(file), "/entry/data", 5, 9, 13);
  Hdf5Frames source({file}, "/entry/data");
  EXPECT_EQ(source.frames(), 5);
  EXPECT_EQ(source.shape(), (core::FrameShape{9, 13}));
  EXPECT_EQ(source.encoding().filter, core::Filter::bitshuffle_lz4);
  EXPECT_THAT(source.brightness(std::vector<std::int64_t>{0, 4}), testing::Each(testing::Gt(12.0)))
      << "the bytes that are stored";
  expect_numbered_frames<TypeParam>(source);
}

/// Σ of the pixels of frames 0, 1 …, which are whole numbers.
template <class T>
std::vector<double> sums_of_frames(std::int64_t frames, std::size_t pixels) {
  std::vector<double> sums;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    auto const values = pixels_of<T>(frame, pixels);
    sums.push_back(std::accumulate(values.begin(), values.end(), 0.0));
  }
  return sums;
}

TYPED_TEST(Hdf5FramesTypes, reads_big_endian_pixels) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    Hdf5Type const type(H5Tcopy(hdf5_type<TypeParam>()), "copy a type");
    H5Tset_order(type.get(), H5T_ORDER_BE);
    for (bool const chunked : {true, false}) {
      auto const creation = dataset_creation(chunked ? Dims{1, 4, 5} : Dims{});
      auto const dataset =
          create_dataset(open, chunked ? "chunked" : "contiguous", {3, 4, 5}, creation, type.get());
      write_frames<TypeParam>(dataset, 3, 20, hdf5_type<TypeParam>());
    }
  }
  for (std::string const dataset : {"chunked", "contiguous"}) {
    Hdf5Frames source({file}, dataset);
    EXPECT_EQ(source.encoding().big_endian, sizeof(TypeParam) > 1);
    EXPECT_EQ(source.brightness(std::vector<std::int64_t>{0, 1, 2}),
              sums_of_frames<TypeParam>(3, 20));
    expect_numbered_frames<TypeParam>(source);
  }
}

/// One way to store 7 frames of 6 × 10 pixels of 2 bytes.
struct Storage {
  std::string name;
  Dims chunk;  //!< empty: contiguous
  bool shuffle = false;
  bool gzip = false;
  core::Filter delivered = core::Filter::none;
  bool delivered_shuffled = false;
};

class Hdf5FramesStorage : public testing::TestWithParam<Storage> {};

TEST_P(Hdf5FramesStorage, delivers_every_frame) {
  auto const& storage = GetParam();
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const creation = dataset_creation(storage.chunk);
    if (storage.shuffle) H5Pset_shuffle(creation.get());
    if (storage.gzip) H5Pset_deflate(creation.get(), 4);
    write_frames<std::uint16_t>(create_dataset(open, "data", {7, 6, 10}, creation, H5T_STD_U16LE),
                                7, 60, H5T_NATIVE_UINT16);
  }
  Hdf5Frames source({file}, "data");
  EXPECT_EQ(source.encoding(), (core::FrameEncoding{core::PixelType::u16, storage.delivered,
                                                    storage.delivered_shuffled, false}));
  expect_numbered_frames<std::uint16_t>(source);
  core::FrameBuffer buffer;
  auto const some = read_frames<std::uint16_t>(source, {6, -1, 0, 6, 3}, buffer);
  EXPECT_EQ(some[0], pixels_of<std::uint16_t>(6, 60));
  EXPECT_EQ(some[2], pixels_of<std::uint16_t>(0, 60));
  EXPECT_EQ(some[3], some[0]);
  EXPECT_EQ(some[4], pixels_of<std::uint16_t>(3, 60));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::missing);
}

INSTANTIATE_TEST_SUITE_P(
    All, Hdf5FramesStorage,
    testing::Values(Storage{"contiguous", {}}, Storage{"frame_per_chunk", {1, 6, 10}},
                    Storage{"gzip", {1, 6, 10}, false, true, core::Filter::deflate},
                    Storage{"shuffle_gzip", {1, 6, 10}, true, true, core::Filter::deflate, true},
                    Storage{"frames_per_chunk", {3, 6, 10}},
                    Storage{"frames_per_chunk_gzip", {4, 6, 10}, true, true},
                    Storage{"rows", {1, 1, 10}}, Storage{"tiles", {1, 4, 4}},
                    Storage{"tiles_gzip", {2, 4, 3}, true, true},
                    Storage{"whole", {7, 6, 10}, false, true}, Storage{"columns", {7, 6, 1}}),
    [](auto const& one) { return one.param.name; });

TEST(Hdf5Frames, reads_chunks_at_the_edge_that_are_stored_without_filters) {
  auto const file = fresh_folder() / "scan.h5";
  std::vector<Dims> const chunks{{1, 4, 4}, {3, 6, 10}, {2, 4, 10}, {1, 6, 10}};
  {
    auto const open = create_file(file);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      auto const creation = dataset_creation(chunks[i]);
      H5Pset_shuffle(creation.get());
      H5Pset_deflate(creation.get(), 4);
      H5Pset_chunk_opts(creation.get(), H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
      auto const dataset =
          create_dataset(open, "data" + std::to_string(i), {7, 6, 10}, creation, H5T_STD_U16LE);
      write_frames<std::uint16_t>(dataset, 7, 60, H5T_NATIVE_UINT16);
    }
  }
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    Hdf5Frames source({file}, "data" + std::to_string(i));
    expect_numbered_frames<std::uint16_t>(source);
    EXPECT_EQ(source.problems_at_sight(std::vector<std::int64_t>{0, 6}),
              std::vector<std::string>(2));
  }
}

TEST(Hdf5Frames, reads_a_compact_dataset) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const creation = dataset_creation();
    H5Pset_layout(creation.get(), H5D_COMPACT);
    write_frames(create_dataset(open, "data", {3, 4, 5}, creation), 3, 20, H5T_NATIVE_UINT32);
  }
  Hdf5Frames source({file}, "data");
  EXPECT_THAT(source.layout(), HasSubstr("compact"));
  expect_numbered_frames(source);
}

TEST(Hdf5Frames, reads_lz4_and_unfiltered_chunks) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const creation = dataset_creation({1, 4, 6});
    H5Pset_filter(creation.get(), 32004, H5Z_FLAG_OPTIONAL, 0, nullptr);
    auto const dataset = create_dataset(open, "data", {2, 4, 6}, creation, H5T_STD_U16LE);
    // An LZ4 chunk of one block that did not shrink: decoded size (u64), block size (u32), stored
    // size (u32), all big endian; then the bytes.
    std::vector<std::byte> stored(16);
    stored[7] = stored[11] = stored[15] = std::byte{48};
    auto const raw = bytes_of(pixels_of<std::uint16_t>(0, 24));
    stored.insert(stored.end(), raw.begin(), raw.end());
    write_chunk(dataset, {0, 0, 0}, stored);
    write_chunk(dataset, {1, 0, 0}, bytes_of(pixels_of<std::uint16_t>(1, 24)), 1);
  }
  Hdf5Frames source({file}, "data");
  EXPECT_EQ(source.encoding().filter, core::Filter::lz4);
  expect_numbered_frames<std::uint16_t>(source);
  core::FrameBuffer buffer;
  source.read(std::vector<std::int64_t>{0, 1}, buffer);
  EXPECT_TRUE(buffer.batch.frames[0].filtered);
  EXPECT_FALSE(buffer.batch.frames[1].filtered);
}

TEST(Hdf5Frames, reads_one_frame_of_two_dimensions) {
  auto const folder = fresh_folder();
  std::vector<std::filesystem::path> files;
  for (int f = 0; f < 3; ++f) {
    files.push_back(folder / ("frame_" + std::to_string(f) + ".h5"));
    auto const creation = bslz4_creation({4, 6}, 4);
    auto const open = create_file(files.back());
    auto const dataset = create_dataset(open, "data", {4, 6}, creation);
    write_chunk(dataset, {0, 0}, codec::encode_bitshuffle_lz4(bytes_of(pixels_of(f, 24)), 4));
  }
  Hdf5Frames source(files, "/data");
  EXPECT_EQ(source.frames(), 3);
  EXPECT_EQ(source.encoding().filter, core::Filter::bitshuffle_lz4);
  expect_numbered_frames(source);
  EXPECT_EQ(source.describe(2), "frame 2 (" + files[2].string() + ":/data[0])");
  EXPECT_EQ(source.files().size(), 3U);
  EXPECT_EQ(source.files()[1].bytes,
            static_cast<std::int64_t>(std::filesystem::file_size(files[1])));
}

TEST(Hdf5Frames, counts_frames_over_all_leading_dimensions) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    for (std::string const name : {"tiles", "frames"}) {
      auto const creation = dataset_creation(name == "tiles" ? Dims{2, 2, 3, 4} : Dims{1, 1, 4, 5});
      write_frames(create_dataset(open, name, {3, 5, 4, 5}, creation), 15, 20, H5T_NATIVE_UINT32);
    }
  }
  for (std::string const name : {"tiles", "frames"}) {
    Hdf5Frames source({file}, name);
    EXPECT_EQ(source.frames(), 15);
    expect_numbered_frames(source);
  }
}

TEST(Hdf5Frames, reads_files_with_a_user_block) {
  auto const file = fresh_folder() / "scan.h5";
  {
    Hdf5Properties const creation(H5Pcreate(H5P_FILE_CREATE), "make properties");
    H5Pset_userblock(creation.get(), 1024);
    auto const open = create_file(file, creation.get());
    write_bslz4(open, "chunked", 3, 9, 13);
    write_frames(create_dataset(open, "contiguous", {3, 4, 5}, dataset_creation()), 3, 20,
                 H5T_NATIVE_UINT32);
  }
  Hdf5Frames chunked({file}, "chunked");
  expect_numbered_frames(chunked);
  Hdf5Frames contiguous({file}, "contiguous");
  expect_numbered_frames(contiguous);
}

TEST(Hdf5Frames, reads_more_chunks_than_are_looked_up_by_address) {
  auto const file = fresh_folder() / "scan.h5";
  hsize_t const frames = 20003;
  {
    auto const open = create_file(file);
    auto const dataset = create_dataset(open, "data", {frames, 2, 4}, bslz4_creation({1, 2, 4}, 4));
    for (hsize_t f = 0; f < frames; f += 100) {
      write_chunk(
          dataset, {f, 0, 0},
          codec::encode_bitshuffle_lz4(bytes_of(pixels_of(static_cast<std::int64_t>(f), 8)), 4));
    }
  }
  Hdf5Frames source({file}, "data");
  core::FrameBuffer buffer;
  auto const some = read_frames(source, {20000, 1, 0}, buffer);
  EXPECT_EQ(some[0], pixels_of(20000, 8));
  EXPECT_EQ(some[2], pixels_of(0, 8));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::unreadable);
  EXPECT_THAT(buffer.failures, testing::ElementsAre(HasSubstr("frame 1 (")));
}

TEST(Hdf5Frames, keeps_what_the_last_calls_located) {
  auto const file = fresh_folder() / "scan.h5";
  write_bslz4(create_file(file), "data", most_chunks_known + 1, 9, 13);
  Hdf5Frames source({file}, "data");
  EXPECT_EQ(source.composing_bytes(), 0u);
  std::vector<std::int64_t> const first{0, 1}, second{2, 3}, third{4, 5};
  source.locate(first);
  source.locate(second);
  core::FrameBuffer buffer;
  source.read(first, buffer);
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::good);
  source.locate(third);
  EXPECT_THROW(source.read(first, buffer), core::AssertionError);
  source.read(second, buffer);
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::good);
  source.keep_located(3);
  source.locate(first);
  source.read(second, buffer);
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::good);
  source.locate(first);
  EXPECT_THROW(source.read(second, buffer), core::AssertionError);
}

TEST(Hdf5Frames, knows_where_few_chunks_are_from_the_start) {
  auto const file = fresh_folder() / "scan.h5";
  write_bslz4(create_file(file), "data", most_chunks_known, 9, 13);
  Hdf5Frames source({file}, "data");
  core::FrameBuffer buffer;
  std::vector<std::int64_t> const last{most_chunks_known - 1};
  std::filesystem::remove(file);  // it is open all the same
  source.read(last, buffer);
  EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::good);
  EXPECT_THAT(source.problems_at_sight(last), testing::ElementsAre(""));
}

TEST(Hdf5Frames, is_read_by_several_threads_at_once) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const creation = dataset_creation({2, 4, 3});
    H5Pset_deflate(creation.get(), 4);
    write_frames<std::uint16_t>(create_dataset(open, "data", {16, 6, 10}, creation, H5T_STD_U16LE),
                                16, 60, H5T_NATIVE_UINT16);
  }
  Hdf5Frames source({file}, "data");
  EXPECT_EQ(source.composing_bytes(), 8u * 2 * 4 * 3 * 2)
      << "8 chunks of 2 × 4 × 3 values cover a frame";
  std::vector<std::int64_t> all(16);
  std::iota(all.begin(), all.end(), 0);
  source.locate(all);
  std::vector<core::FrameBuffer> buffers(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int again = 0; again < 20; ++again)
          source.read(std::span(all).subspan(4 * t, 4), buffers[t]);
      });
  }
  for (std::size_t f = 0; f < 16; ++f) {
    auto const bytes = buffers[f / 4].batch.frames[f % 4].bytes;
    auto const pixels = bytes_of(pixels_of<std::uint16_t>(static_cast<std::int64_t>(f), 60));
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), pixels.begin(), pixels.end()))
        << "frame " << f;
  }
}

TEST(Hdf5Frames, says_how_frames_are_stored) {
  auto const file = fresh_folder() / "scan.h5";
  write_bslz4<std::uint16_t>(create_file(file), "data", 2, 9, 13);
  EXPECT_EQ(Hdf5Frames({file}, "data").layout(), "u16 bitshuffle-LZ4, one frame per chunk, 1 file");
}

TEST(Hdf5Frames, says_whether_it_keeps_stored_bytes) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    create_dataset(open, "/few", {20000, 2, 3}, dataset_creation({1, 2, 3}));
    create_dataset(open, "/many", {20001, 2, 3}, dataset_creation({1, 2, 3}));
    create_dataset(open, "/plain", {20001, 2, 3}, dataset_creation());
  }
  EXPECT_FALSE(Hdf5Frames({file}, "/few").keeps_stored_bytes());
  EXPECT_TRUE(Hdf5Frames({file}, "/many").keeps_stored_bytes());
  EXPECT_FALSE(Hdf5Frames({file}, "/plain").keeps_stored_bytes());
}

}  // namespace
}  // namespace xrdct::io
