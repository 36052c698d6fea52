#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr hsize_t rows = 6, columns = 10;

/// Frames start, start + stride … (count times, block frames each) of a dataset with `frames`
/// frames.
Hdf5Space frames_of(hsize_t frames, hsize_t start, hsize_t count, hsize_t stride = 1,
                    hsize_t block = 1, hsize_t most = 0) {
  Dims const dims{frames, rows, columns};
  Dims const maximum{most == 0 ? frames : most, rows, columns};
  Hdf5Space space(H5Screate_simple(3, dims.data(), maximum.data()), "make a space");
  Dims const from{start, 0, 0}, step{stride, 1, 1}, times{count, 1, 1}, size{block, rows, columns};
  hdf5_checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), step.data(),
                                   times.data(), size.data()),
               "select");
  return space;
}

Hdf5Space all_frames(hsize_t frames) {
  Dims const dims{frames, rows, columns};
  return Hdf5Space(H5Screate_simple(3, dims.data(), nullptr), "make a space");
}

void map(Hdf5Properties const& creation, Hdf5Space const& target, std::string const& file,
         Hdf5Space const& source, std::string const& dataset = "/data") {
  hdf5_checked(
      H5Pset_virtual(creation.get(), target.get(), file.c_str(), dataset.c_str(), source.get()),
      "map");
}

/// Two files of 5 frames, numbered 0 … 9.
void write_sources(fs::path const& folder, std::int64_t step = 5) {
  for (int i = 0; i < 2; ++i) {
    write_bslz4(create_file(folder / ("source_" + std::to_string(i) + ".h5")), "/data", 5, rows,
                columns, step * i);
  }
}

TEST(VirtualDataset, joins_whole_files) {
  auto const folder = fresh_folder();
  write_sources(folder);
  {
    auto const creation = dataset_creation();
    map(creation, frames_of(10, 0, 5), "source_0.h5", all_frames(5));
    map(creation, frames_of(10, 5, 5), "source_1.h5", frames_of(5, 0, 5));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {10, rows, columns}, creation);
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  EXPECT_EQ(source.frames(), 10);
  EXPECT_EQ(source.encoding().filter, core::Filter::bitshuffle_lz4);
  expect_numbered_frames(source);
  EXPECT_EQ(source.files().size(), 3U);
}

TEST(VirtualDataset, takes_frames_in_turn_from_several_files) {
  auto const folder = fresh_folder();
  for (int i = 0; i < 2; ++i) {
    auto const dataset =
        create_dataset(create_file(folder / ("source_" + std::to_string(i) + ".h5")), "/data",
                       {5, rows, columns}, dataset_creation());
    std::vector<std::uint32_t> all;
    for (int f = 0; f < 5; ++f) {
      auto const one = pixels_of(2 * f + i, rows * columns);
      all.insert(all.end(), one.begin(), one.end());
    }
    H5Dwrite(dataset.get(), H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data());
  }
  {
    auto const creation = dataset_creation();
    map(creation, frames_of(10, 1, 5, 2), "source_1.h5", all_frames(5));
    map(creation, frames_of(10, 0, 5, 2), "source_0.h5", all_frames(5));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {10, rows, columns}, creation);
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  expect_numbered_frames(source);
}

// Ten times the frames must not take more memory: only the number of files and mappings counts
// where there are more chunks than are kept in mind.
TEST(VirtualDataset, takes_memory_by_files_and_not_by_frames) {
  auto const folder = fresh_folder();
  auto const empty = [&](std::string const& file,
                         hsize_t frames) {  // chunked, never written: no bytes
    create_dataset(create_file(folder / file), "/data", {frames, rows, columns},
                   dataset_creation({1, rows, columns}));
  };
  auto const table_bytes = [&](hsize_t frames, hsize_t block) {
    hsize_t const all = 4 * frames;
    for (hsize_t i = 0; i < 4; ++i) empty("part_" + std::to_string(i) + ".h5", frames);
    {
      auto const in_turn = dataset_creation(), one_after_another = dataset_creation(),
                 odd = dataset_creation();
      for (hsize_t i = 0; i < 4; ++i) {
        auto const name = "part_" + std::to_string(i) + ".h5";
        map(in_turn, frames_of(all, i * block, frames / block, 4 * block, block), name,
            all_frames(frames));
        map(one_after_another, frames_of(all, i * frames, frames), name,
            frames_of(frames, 0, frames));
      }
      auto const open = create_file(folder / "virtual.h5");
      create_dataset(open, "/in_turn", {all, rows, columns}, in_turn);
      create_dataset(open, "/one_after_another", {all, rows, columns}, one_after_another);
      map(odd, all_frames(all / 2), ".", frames_of(all, 1, all / 2, 2), "/in_turn");
      create_dataset(open, "/odd", {all / 2, rows, columns}, odd);
    }
    Hdf5Frames const in_turn({folder / "virtual.h5"}, "/in_turn"),
        joined({folder / "virtual.h5"}, "/one_after_another");
    Hdf5Frames const odd({folder / "virtual.h5"}, "/odd");
    EXPECT_EQ(in_turn.frames(), static_cast<std::int64_t>(all));
    auto const last = "part_3.h5:/data[" + std::to_string(frames - 1) + "]";
    EXPECT_THAT(in_turn.describe(static_cast<std::int64_t>(all) - 1), HasSubstr(last));
    EXPECT_THAT(in_turn.describe(static_cast<std::int64_t>(5 * block)),
                HasSubstr("part_1.h5:/data[" + std::to_string(block) + "]"));
    EXPECT_THAT(joined.describe(static_cast<std::int64_t>(all) - 1), HasSubstr(last));
    EXPECT_THAT(odd.describe(static_cast<std::int64_t>(all / 2) - 1), HasSubstr(last));
    return std::vector<std::size_t>{in_turn.table_bytes(), joined.table_bytes(), odd.table_bytes()};
  };
  auto const few = table_bytes(300, 1);
  for (auto const bytes : few) EXPECT_LT(bytes, 4000U);
  EXPECT_EQ(table_bytes(3000, 1), few);
  EXPECT_EQ(table_bytes(3000, 10), few);
}

TEST(VirtualDataset, maps_single_frames_like_a_rule) {
  auto const folder = fresh_folder();
  auto const bytes = [&](hsize_t frames) {
    for (int i = 0; i < 2; ++i)
      write_bslz4(create_file(folder / ("part_" + std::to_string(i) + ".h5")), "/data", frames,
                  rows, columns, 0);
    {
      auto const creation = dataset_creation();
      for (hsize_t f = 0; f < 2 * frames; ++f)
        map(creation, frames_of(2 * frames, f, 1), "part_" + std::to_string(f % 2) + ".h5",
            frames_of(frames, f / 2, 1));
      create_dataset(create_file(folder / "virtual.h5"), "/data", {2 * frames, rows, columns},
                     creation);
    }
    Hdf5Frames source({folder / "virtual.h5"}, "/data");
    core::FrameBuffer buffer;
    for (std::int64_t f = 0; f < source.frames(); ++f)
      EXPECT_EQ(read_frames(source, {f}, buffer)[0], pixels_of(f / 2, rows * columns)) << f;
    return source.table_bytes();
  };
  EXPECT_EQ(bytes(300), bytes(260));  // more chunks than are kept in mind
}

TEST(VirtualDataset, maps_lines_of_a_grid) {
  auto const folder = fresh_folder();
  write_bslz4(create_file(folder / "source.h5"), "/data", 12, rows, columns, 0);
  {
    auto const creation = dataset_creation();
    Dims const grid{3, 5, rows, columns}, source_dims{12, rows, columns};
    Hdf5Space const target(H5Screate_simple(4, grid.data(), nullptr), "make a space");
    Dims const from{0, 1, 0, 0}, step{2, 1, 1, 1}, times{2, 1, 1, 1},
        size{1, 3, rows, columns};  // columns 1, 2, 3 of lines 0 and 2
    hdf5_checked(H5Sselect_hyperslab(target.get(), H5S_SELECT_SET, from.data(), step.data(),
                                     times.data(), size.data()),
                 "select");
    map(creation, target, "source.h5", frames_of(12, 1, 2, 6, 3));  // 1, 2, 3, 7, 8, 9
    create_dataset(create_file(folder / "virtual.h5"), "/data", grid, creation);
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  ASSERT_EQ(source.frames(), 15);
  core::FrameBuffer buffer;
  for (auto const& [frame, expected] : {std::pair{1, 1}, {2, 2}, {3, 3}, {11, 7}, {12, 8}, {13, 9}})
    EXPECT_EQ(read_frames(source, {frame}, buffer)[0], pixels_of(expected, rows * columns))
        << frame;
  for (std::int64_t const frame : {0, 4, 5, 9, 10, 14}) {
    read_frames(source, {frame}, buffer);
    EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::unreadable) << frame;
  }
}

TEST(VirtualDataset, maps_parts_irregular_parts_and_the_same_file) {
  auto const file = fresh_folder() / "virtual.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/raw", 8, rows, columns);
    auto const creation = dataset_creation();
    auto irregular = frames_of(8, 2, 1);  // frames 2, 3, 6
    Dims const one{1, rows, columns}, third{3, 0, 0}, sixth{6, 0, 0};
    H5Sselect_hyperslab(irregular.get(), H5S_SELECT_OR, third.data(), nullptr, one.data(), nullptr);
    H5Sselect_hyperslab(irregular.get(), H5S_SELECT_OR, sixth.data(), nullptr, one.data(), nullptr);
    map(creation, frames_of(5, 0, 3), ".", irregular, "/raw");
    map(creation, frames_of(5, 3, 2), ".", frames_of(8, 0, 2, 7), "/raw");
    create_dataset(open, "/data", {5, rows, columns}, creation);
    auto const outer = dataset_creation();
    map(outer, frames_of(2, 0, 2), ".", frames_of(5, 2, 2), "/data");
    create_dataset(open, "/nested", {2, rows, columns}, outer);
  }
  auto const numbers = [&](std::string const& dataset, std::vector<std::int64_t> const& expected) {
    Hdf5Frames source({file}, dataset);
    core::FrameBuffer buffer;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(read_frames(source, {static_cast<std::int64_t>(i)}, buffer)[0],
                pixels_of(expected[i], rows * columns))
          << dataset << " " << i;
    }
  };
  numbers("/data", {2, 3, 6, 0, 7});
  numbers("/nested", {6, 0});
}

TEST(VirtualDataset, stacks_files_of_one_image) {
  auto const folder = fresh_folder();
  {
    auto const creation = dataset_creation();
    Dims const image{rows, columns};
    Hdf5Space const plane(H5Screate_simple(2, image.data(), nullptr), "make a space");
    for (hsize_t f = 0; f < 3; ++f) {
      auto const name = "image_" + std::to_string(f) + ".h5";
      auto const dataset =
          create_dataset(create_file(folder / name), "/data", image, dataset_creation());
      write_frames(dataset, 1, rows * columns, H5T_NATIVE_UINT32, static_cast<std::int64_t>(f));
      map(creation, frames_of(3, f, 1), name, plane);
    }
    create_dataset(create_file(folder / "virtual.h5"), "/data", {3, rows, columns}, creation);
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  expect_numbered_frames(source);
}

TEST(VirtualDataset, grows_with_an_unlimited_source) {
  auto const folder = fresh_folder();
  {
    auto const creation = dataset_creation({1, rows, columns});
    auto const dataset =
        create_dataset(create_file(folder / "source.h5"), "/data", {7, rows, columns}, creation,
                       H5T_STD_U32LE, {H5S_UNLIMITED, rows, columns});
    write_frames(dataset, 7, rows * columns, H5T_NATIVE_UINT32);
    auto const mapping = dataset_creation();
    map(mapping, frames_of(1, 0, H5S_UNLIMITED, 1, 1, H5S_UNLIMITED), "source.h5",
        frames_of(1, 0, H5S_UNLIMITED, 1, 1, H5S_UNLIMITED));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {1, rows, columns}, mapping,
                   H5T_STD_U32LE, {H5S_UNLIMITED, rows, columns});
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  EXPECT_EQ(source.frames(), 7);
  expect_numbered_frames(source);
}

TEST(VirtualDataset, counts_numbered_files) {
  auto const folder = fresh_folder();
  {
    auto const mapping = dataset_creation();
    map(mapping, frames_of(5, 0, H5S_UNLIMITED, 5, 5, H5S_UNLIMITED), "source_%b.h5",
        all_frames(5));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {5, rows, columns}, mapping,
                   H5T_STD_U32LE, {H5S_UNLIMITED, rows, columns});
  }
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({folder / "virtual.h5"}, "/data"); }),
              HasSubstr("source_0.h5"));
  write_sources(folder);
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  EXPECT_EQ(source.frames(), 10);
  expect_numbered_frames(source);
}

TEST(VirtualDataset, never_takes_a_missing_source_for_zeros) {
  auto const folder = fresh_folder();
  write_sources(folder);
  {
    auto const creation = dataset_creation();
    map(creation, frames_of(10, 0, 5), "source_0.h5", all_frames(5));
    map(creation, frames_of(10, 5, 5), "source_1.h5", all_frames(5));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {10, rows, columns}, creation);
  }
  auto const text = [&] {
    return error_of<core::IoError>([&] { Hdf5Frames({folder / "virtual.h5"}, "/data"); });
  };
  write_bslz4(create_file(folder / "source_1.h5"), "/data", 4, rows, columns, 5);
  EXPECT_THAT(text(), HasSubstr("expected 5 frames from /data in source_1.h5, found 4"));
  write_bslz4(create_file(folder / "source_1.h5"), "/data", 5, rows, columns, 5);
  EXPECT_EQ(text(), "");
  fs::resize_file(folder / "source_1.h5", fs::file_size(folder / "source_1.h5") - 1);
  EXPECT_THAT(text(), testing::AllOf(HasSubstr("source_1.h5"), HasSubstr("truncated")));
  fs::remove(folder / "source_1.h5");
  EXPECT_THAT(text(),
              testing::AllOf(HasSubstr("source_1.h5"), HasSubstr("virtual dataset /data in"),
                             HasSubstr("found no file")));
}

TEST(VirtualDataset, marks_frames_that_no_mapping_covers) {
  auto const folder = fresh_folder();
  write_sources(folder);
  {
    auto const creation = dataset_creation();
    map(creation, frames_of(10, 0, 5), "source_0.h5", all_frames(5));
    create_dataset(create_file(folder / "virtual.h5"), "/data", {10, rows, columns}, creation);
  }
  Hdf5Frames source({folder / "virtual.h5"}, "/data");
  EXPECT_EQ(source.frames(), 10);
  core::FrameBuffer buffer;
  auto const frames = read_frames(source, {4, 5}, buffer);
  EXPECT_EQ(frames[0], pixels_of(4, rows * columns));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::unreadable);
  EXPECT_THAT(buffer.failures,
              testing::ElementsAre(HasSubstr("cannot read frame 5: expected a source")));
  std::vector<std::int64_t> const both{4, 5};
  EXPECT_THAT(source.problems_at_sight(both),
              testing::ElementsAre("", HasSubstr("cannot read frame 5: expected a source")));
}

TEST(VirtualDataset, refuses_parts_of_frames_and_double_cover) {
  auto const folder = fresh_folder();
  write_sources(folder);
  {
    auto const halves = dataset_creation();
    Dims const half{5, rows, columns / 2}, origin{0, 0, 0};
    Hdf5Space const left(H5Scopy(all_frames(5).get()), "copy a space");
    H5Sselect_hyperslab(left.get(), H5S_SELECT_SET, origin.data(), nullptr, half.data(), nullptr);
    map(halves, left, "source_0.h5", left);
    auto const open = create_file(folder / "virtual.h5");
    create_dataset(open, "/halves", {5, rows, columns}, halves);
    auto const twice = dataset_creation();
    map(twice, frames_of(5, 0, 5), "source_0.h5", all_frames(5));
    map(twice, frames_of(5, 3, 2), "source_1.h5", frames_of(5, 0, 2));
    create_dataset(open, "/twice", {5, rows, columns}, twice);
  }
  auto const text = [&](std::string const& dataset) {
    return error_of<core::InputError>([&] { Hdf5Frames({folder / "virtual.h5"}, dataset); });
  };
  EXPECT_THAT(text("/halves"), HasSubstr("parts of frames"));
  EXPECT_THAT(text("/twice"), HasSubstr("found two for frame 3"));
}

}  // namespace
}  // namespace xrdct::io
