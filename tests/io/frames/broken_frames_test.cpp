#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"
#include "io/chunks/chunk_index.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

TEST(BrokenFrames, a_file_cut_at_any_length_is_an_error) {
  auto const folder = fresh_folder();
  auto const whole = folder / "whole.h5";
  write_bslz4(create_file(whole), "/entry/data", 3, 9, 13);
  auto const size = fs::file_size(whole);
  auto const cut = folder / "cut.h5";
  for (std::uintmax_t bytes = 0; bytes < size; bytes += 1 + size / 97) {
    fs::remove(cut);
    fs::copy_file(whole, cut);
    fs::resize_file(cut, bytes);
    auto const text = error_of<core::IoError>([&] { Hdf5Frames({cut}, "/entry/data"); });
    EXPECT_THAT(text, HasSubstr("cannot open " + cut.string())) << bytes;
  }
}

TEST(BrokenFrames, a_file_that_shrinks_after_opening_fails_its_frames_alone) {
  auto const file = fresh_folder() / "scan.h5";
  write_bslz4(create_file(file), "data", 3, 64, 64);
  Hdf5Frames source({file}, "data");
  std::vector<std::int64_t> const frames{0, 2};
  source.locate(frames);
  fs::resize_file(file, fs::file_size(file) - 1);
  core::FrameBuffer buffer;
  source.read(frames, buffer);
  EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::good);
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::unreadable);
  EXPECT_THAT(buffer.failures, testing::ElementsAre(testing::AllOf(
                                   HasSubstr("cannot read frame 2 ("), HasSubstr("truncated"))));
  fs::remove(file);
  Hdf5Frames const* const gone = &source;
  EXPECT_EQ(gone->describe(2), "frame 2 (" + file.string() + ":/data[2])");
}

TEST(BrokenFrames, a_file_that_is_gone_before_its_frames_are_located_fails_them_alone) {
  auto const folder = fresh_folder();
  constexpr std::int64_t files = 40,  // more than HDF5 is let keep open
      each = most_chunks_known + 1;   // frames, whose places are not kept
  std::vector<fs::path> names;
  for (std::int64_t n = 0; n < files; ++n) {
    names.push_back(folder / (std::to_string(n) + ".h5"));
    write_bslz4(create_file(names.back()), "data", each, 9, 13, static_cast<int>(n * each));
  }
  Hdf5Frames source(names, "data");
  fs::remove(names[3]);
  core::FrameBuffer buffer;
  auto const frames = read_frames(source, {2 * each, 3 * each, 4 * each}, buffer);
  EXPECT_EQ(frames[0], pixels_of(2 * each, 117));
  EXPECT_EQ(frames[2], pixels_of(4 * each, 117));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::unreadable);
  EXPECT_THAT(buffer.failures,
              testing::ElementsAre(testing::AllOf(HasSubstr("cannot read frame 771 ("),
                                                  HasSubstr("found no file"))));
  write_bslz4(create_file(names[3]), "data", each, 9, 13, 3 * each);
  EXPECT_EQ(read_frames(source, {3 * each}, buffer)[0], pixels_of(3 * each, 117))
      << "it is there again";
}

TEST(BrokenFrames, are_seen_from_the_sizes_of_their_chunks) {
  auto const file = fresh_folder() / "scan.h5";
  hsize_t const many = 20003;  // their bytes are fetched by HDF5
  auto const written = codec::encode_bitshuffle_lz4(bytes_of(pixels_of(1, 117)), 4);
  {
    auto const open = create_file(file);
    for (auto const& [name, number] : {std::pair("few", hsize_t{4}), std::pair("many", many)}) {
      auto const dataset =
          create_dataset(open, name, {number, 9, 13}, bslz4_creation({1, 9, 13}, 4));
      write_chunk(dataset, {1, 0, 0}, written);
      write_chunk(dataset, {3, 0, 0}, std::vector<std::byte>(9000));
    }
    create_dataset(open, "none", {4, 9, 13}, bslz4_creation({1, 9, 13}, 4));
    create_dataset(open, "contiguous", {4, 9, 13}, dataset_creation());
    auto const pairs = create_dataset(open, "pairs", {4, 9, 13}, bslz4_creation({2, 9, 13}, 4));
    write_chunk(pairs, {2, 0, 0}, written);
  }
  std::vector<std::int64_t> const frames{0, 1, -1, 2, 3};
  auto const never = testing::AllOf(HasSubstr("cannot read frame "), HasSubstr("never written"));
  for (std::string const name : {"few", "many"})
    EXPECT_THAT(Hdf5Frames({file}, name).problems_at_sight(frames),
                testing::ElementsAre(never, "", "", never, HasSubstr("found 9000 stored ones")));
  for (std::string const name : {"none", "contiguous"})
    EXPECT_THAT(Hdf5Frames({file}, name).problems_at_sight(frames),
                testing::ElementsAre(never, never, "", never, never));
  EXPECT_THAT(Hdf5Frames({file}, "pairs").problems_at_sight(frames),
              testing::ElementsAre(never, never, "", "", ""));
}

TEST(BrokenFrames, a_dataset_without_frames_adds_none) {
  auto const folder = fresh_folder();
  auto const empty = folder / "empty.h5", whole = folder / "whole.h5";
  create_dataset(create_file(empty), "data", {0, 9, 13}, dataset_creation({2, 9, 13}),
                 H5T_STD_U16LE, {H5S_UNLIMITED, 9, 13});
  write_bslz4(create_file(whole), "data", 3, 9, 13);
  Hdf5Frames source({empty, whole, empty}, "data");
  EXPECT_EQ(source.frames(), 3);
  EXPECT_EQ(source.encoding().type, core::PixelType::u32);
  EXPECT_EQ(source.composing_bytes(), 0u);
  expect_numbered_frames(source);
  EXPECT_THAT(error_of<core::InputError>([&] { Hdf5Frames({empty}, "data"); }),
              testing::AllOf(HasSubstr(empty.string()), HasSubstr("expected frames, found none")));
}

TEST(BrokenFrames, a_frame_never_written_is_unreadable) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const dataset = create_dataset(open, "frames", {3, 9, 13}, bslz4_creation({1, 9, 13}, 4));
    write_chunk(dataset, {1, 0, 0}, codec::encode_bitshuffle_lz4(bytes_of(pixels_of(1, 117)), 4));
    create_dataset(open, "contiguous", {3, 9, 13}, dataset_creation());
    create_dataset(open, "tiles", {3, 9, 13}, dataset_creation({1, 5, 5}));
  }
  for (std::string const name : {"frames", "contiguous", "tiles"}) {
    Hdf5Frames source({file}, name);
    core::FrameBuffer buffer;
    auto const frames = read_frames(source, {0, 1}, buffer);
    EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::unreadable);
    EXPECT_THAT(buffer.failures[0],
                testing::AllOf(HasSubstr("cannot read frame 0 ("), HasSubstr("never written")));
    EXPECT_EQ(frames[1].empty(), name != "frames");
  }
}

TEST(BrokenFrames, a_broken_chunk_of_several_frames_is_corrupt) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const dataset = create_dataset(open, "data", {4, 4, 8}, bslz4_creation({2, 4, 8}, 4));
    std::vector<std::uint32_t> pixels = pixels_of(0, 32);
    auto const second = pixels_of(1, 32);
    pixels.insert(pixels.end(), second.begin(), second.end());
    auto bytes = codec::encode_bitshuffle_lz4(bytes_of(pixels), 4);
    write_chunk(dataset, {0, 0, 0}, bytes);
    bytes.resize(bytes.size() / 2);
    write_chunk(dataset, {2, 0, 0}, bytes);
  }
  Hdf5Frames source({file}, "data");
  core::FrameBuffer buffer;
  auto const frames = read_frames(source, {1, 2}, buffer);
  EXPECT_EQ(frames[0], pixels_of(1, 32));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::corrupt);
  EXPECT_THAT(buffer.failures, testing::ElementsAre(testing::AllOf(
                                   HasSubstr("cannot decode frame 2 ("),
                                   HasSubstr("expected a chunk that decodes to 256 bytes"))));
}

TEST(BrokenFrames, a_chunk_with_a_part_of_its_filters_is_unreadable) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const creation = dataset_creation({1, 4, 8});
    H5Pset_shuffle(creation.get());
    H5Pset_deflate(creation.get(), 3);
    auto const dataset = create_dataset(create_file(file), "data", {2, 4, 8}, creation);
    write_chunk(dataset, {0, 0, 0}, bytes_of(pixels_of(0, 32)), 3);
    write_chunk(dataset, {1, 0, 0}, bytes_of(pixels_of(1, 32)), 2);
  }
  Hdf5Frames source({file}, "data");
  core::FrameBuffer buffer;
  auto const frames = read_frames(source, {0, 1}, buffer);
  EXPECT_EQ(frames[0], pixels_of(0, 32));
  EXPECT_THAT(buffer.failures, testing::ElementsAre(HasSubstr("filter mask 2")));
}

TEST(BrokenFrames, sizes_that_cannot_be_are_unreadable) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    auto const filtered = create_dataset(open, "filtered", {1, 4, 8}, bslz4_creation({1, 4, 8}, 4));
    write_chunk(filtered, {0, 0, 0}, std::vector<std::byte>(9000));
    auto const masked = create_dataset(open, "masked", {1, 4, 8}, bslz4_creation({1, 4, 8}, 4));
    write_chunk(masked, {0, 0, 0}, std::vector<std::byte>(127), 1);
  }
  for (auto const& [name, text] : {std::pair{"filtered", "found 9000 stored ones"},
                                   {"masked", "unfiltered chunk of 128 bytes, found 127"}}) {
    Hdf5Frames source({file}, name);
    core::FrameBuffer buffer;
    read_frames(source, {0}, buffer);
    EXPECT_THAT(buffer.failures, testing::ElementsAre(HasSubstr(text)));
  }
}

struct Refused {
  std::string name;
  H5Z_filter_t filter;
  std::vector<unsigned> values;
  std::string text;
};

class RefusedFilters : public testing::TestWithParam<Refused> {};

TEST_P(RefusedFilters, are_named) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const creation = dataset_creation({1, 4, 8});
    H5Pset_filter(creation.get(), GetParam().filter, H5Z_FLAG_OPTIONAL, GetParam().values.size(),
                  GetParam().values.data());
    create_dataset(create_file(file), "data", {2, 4, 8}, creation);
  }
  auto const text = error_of<core::InputError>([&] { Hdf5Frames({file}, "data"); });
  EXPECT_THAT(text, HasSubstr("cannot decode /data in " + file.string()));
  EXPECT_THAT(text, HasSubstr(GetParam().text));
  EXPECT_THAT(text, HasSubstr("write the dataset again"));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedFilters,
    testing::Values(Refused{"blosc", 32001, {}, "found filter 32001 (blosc)"},
                    Refused{"blosc2", 32026, {}, "32026 (blosc2)"},
                    Refused{"lzf", 32000, {}, "32000 (lzf)"},
                    Refused{"fletcher", H5Z_FILTER_FLETCHER32, {}, "3 (fletcher32)"},
                    Refused{"shuffle", H5Z_FILTER_SHUFFLE, {}, "2 (shuffle)"},
                    Refused{"unknown", 4711, {}, "4711 (no name)"},
                    Refused{"pixel", 32008, {0, 3, 2, 0, 2}, "not of 2 bytes"},
                    Refused{"codec", 32008, {0, 3, 4, 0, 7}, "not 7"},
                    Refused{"block", 32008, {0, 3, 4, 64, 0}, "in blocks of 8192 bytes"}),
    [](auto const& one) { return one.param.name; });

TEST(BrokenFrames, refuses_types_that_are_no_pixels) {
  auto const file = fresh_folder() / "scan.h5";
  Hdf5Type const complex(H5Tcreate(H5T_COMPOUND, 8), "make a type");
  H5Tinsert(complex.get(), "r", 0, H5T_IEEE_F32LE);
  H5Tinsert(complex.get(), "i", 4, H5T_IEEE_F32LE);
  Hdf5Type const narrow(H5Tcopy(H5T_STD_U16LE), "make a type");
  H5Tset_precision(narrow.get(), 12);
  {
    auto const open = create_file(file);
    create_dataset(open, "wide", {2, 4, 8}, dataset_creation(), H5T_STD_U64LE);
    create_dataset(open, "complex", {2, 4, 8}, dataset_creation(), complex.get());
    create_dataset(open, "narrow", {2, 4, 8}, dataset_creation(), narrow.get());
  }
  for (auto const& [name, text] : {std::pair{"wide", "64-bit unsigned integers"},
                                   {"complex", "a compound type"},
                                   {"narrow", "of precision 12"}}) {
    EXPECT_THAT(error_of<core::InputError>([&, dataset = name] { Hdf5Frames({file}, dataset); }),
                HasSubstr(text));
  }
}

/// Whatever bytes of a file are changed: a typed error, a frame that is not good, or wrong pixels,
/// but no crash.
TEST(BrokenFrames, changed_bytes_give_only_typed_errors) {
  auto const folder = fresh_folder();
  auto const whole = folder / "whole.h5";
  write_bslz4(create_file(whole), "data", 3, 9, 13);
  std::ifstream stream(whole, std::ios::binary);
  std::string const good{std::istreambuf_iterator<char>(stream), {}};
  std::uint32_t state = 99;
  auto const random = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  for (int trial = 0; trial < 300; ++trial) {
    std::string content = good;
    for (std::uint32_t i = 0; i <= random() % 3; ++i)
      content[random() % content.size()] = static_cast<char>(random());
    auto const file = folder / ("broken_" + std::to_string(trial) + ".h5");
    std::ofstream(file, std::ios::binary) << content;
    try {
      Hdf5Frames source({file}, "data");
      std::vector<std::int64_t> const frames{0, source.frames() - 1};
      core::FrameBuffer buffer;
      source.locate(frames);
      source.read(frames, buffer);
    } catch (core::InputError const&) {
    } catch (core::IoError const&) {
    }
    fs::remove(file);
  }
}

}  // namespace
}  // namespace xrdct::io
