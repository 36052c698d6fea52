#include "io/frames/find_stacks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/frames/frame_source.hpp"
#include "tests/io/frames/hdf5_frames.hpp"
#include "tests/support/linked_files.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> paths_of(StackSearch const& found) {
  std::vector<std::string> paths;
  for (auto const& stack : found.stacks) paths.push_back(stack.path);
  return paths;
}

std::string choice_error(std::filesystem::path const& file) {
  return error_of<core::InputError>([&] { only_stack(file); });
}

TEST(FindStacks, lists_images_with_what_is_known_of_them) {
  auto const file = fresh_folder() / "a.h5";
  {
    auto const open = create_file(file);
    write_bslz4<std::uint16_t>(open, "/1.1/measurement/eiger", 4, 3, 5);
    create_dataset(open, "/1.1/measurement/diode", {4}, dataset_creation());
    create_dataset(open, "/1.1/measurement/column", {4, 1}, dataset_creation());
    create_dataset(open, "/1.1/measurement/mca", {4, 1024}, dataset_creation(), H5T_STD_I32BE);
    create_dataset(open, "/1.1/text", {4, 4}, dataset_creation(), H5T_C_S1);
    create_dataset(open, "/grid", {2, 7, 3, 5}, dataset_creation(), H5T_IEEE_F32LE);
  }
  auto const found = find_stacks(file);
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(paths_of(found),
              ElementsAre("/1.1/measurement/eiger", "/1.1/measurement/mca", "/grid"));
  auto const& eiger = found.stacks[0];
  EXPECT_EQ(eiger.frames(), 4);
  EXPECT_EQ(eiger.shape(), (core::FrameShape{3, 5}));
  ASSERT_TRUE(eiger.encoding);
  EXPECT_EQ(encoding_text(*eiger.encoding), "u16 bitshuffle-LZ4");
  EXPECT_FALSE(eiger.virtual_dataset);
  EXPECT_TRUE(eiger.is_list());
  EXPECT_FALSE(found.stacks[1].is_list());
  EXPECT_EQ(found.stacks[2].frames(), 14);
  for (auto const& stack : found.stacks) EXPECT_EQ(stack.problem, "");
  EXPECT_THAT(choice_error(file),
              AllOf(HasSubstr("found 2: /1.1/measurement/eiger (4 frames of 3 × 5)"),
                    HasSubstr("/grid (14 frames of 3 × 5)")));
}

TEST(FindStacks, one_object_is_one_stack_whatever_its_names) {
  auto const file = fresh_folder() / "a.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/1.1/instrument/eiger/data", 4, 3, 5);
    Hdf5Group const group(
        H5Gcreate2(open.get(), "/1.1/measurement", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), "make");
    H5Lcreate_soft("/1.1/instrument/eiger/data", open.get(), "/1.1/measurement/eiger", H5P_DEFAULT,
                   H5P_DEFAULT);
    H5Lcreate_hard(open.get(), "/1.1/instrument/eiger/data", open.get(),
                   "/1.1/instrument/eiger/image", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/1.1", open.get(), "/1.1/instrument/again", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/nowhere", open.get(), "/1.1/instrument/nothing", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/1.1/loop", open.get(), "/1.1/loop", H5P_DEFAULT, H5P_DEFAULT);
  }
  auto const found = find_stacks(file);
  EXPECT_THAT(paths_of(found), ElementsAre("/1.1/measurement/eiger"));
  EXPECT_THAT(found.stacks[0].other_paths,
              ElementsAre("/1.1/instrument/eiger/data", "/1.1/instrument/eiger/image"));
  EXPECT_EQ(only_stack(file), "/1.1/measurement/eiger");
}

TEST(FindStacks, the_group_of_an_eiger_is_one_stack) {
  auto const folder = fresh_folder();
  auto const master = folder / "series_master.h5";
  {
    auto const open = create_file(master);
    create_dataset(open, "/entry/instrument/detector/pixel_mask", {3, 5}, dataset_creation());
    create_dataset(open, "/entry/instrument/detector/flatfield", {3, 5}, dataset_creation());
  }
  for (int part = 1; part < 4; ++part) {
    auto const name = "series_data_00000" + std::to_string(part) + ".h5";
    write_bslz4(create_file(folder / name), "/entry/data/data", 2, 3, 5, 2 * part - 2);
    xrdct::test::write_external_link(master, "/entry/data/data_00000" + std::to_string(part), name,
                                     "/entry/data/data");
  }
  auto const found = find_stacks(master);
  EXPECT_THAT(paths_of(found), ElementsAre("/entry/data", "/entry/instrument/detector/flatfield",
                                           "/entry/instrument/detector/pixel_mask"));
  EXPECT_EQ(found.stacks[0].members, 3u);
  EXPECT_EQ(found.stacks[0].frames(), 6);
  EXPECT_EQ(only_stack(master), "/entry/data");
  std::filesystem::remove(folder / "series_data_000002.h5");
  auto const broken = find_stacks(master);
  EXPECT_THAT(broken.stacks[0].problem, HasSubstr("series_data_000002.h5"));
  EXPECT_EQ(only_stack(master), "/entry/data") << "opening it says what is wrong";
}

TEST(FindStacks, the_same_detector_in_several_entries_is_one_family) {
  auto const folder = fresh_folder();
  auto const file = folder / "bliss.h5";
  {
    auto const open = create_file(file);
    for (int entry = 1; entry < 12; ++entry)
      write_bslz4(open, "/" + std::to_string(entry) + ".1/measurement/eiger", 2, 3, 5);
    create_dataset(open, "/entry_0000/measurement/data", {4, 7, 7}, dataset_creation());
  }
  for (std::size_t const most : {50000u, 20u, 1u}) {
    auto const found = find_stacks(file, most);
    EXPECT_EQ(found.complete, most > 1000) << most;
    if (most == 1) continue;
    EXPECT_THAT(found.stacks, testing::SizeIs(most > 1000 ? 12 : 11)) << most;
    auto const groups = families(found.stacks);
    EXPECT_EQ(groups[0].path, "/*.1/measurement/eiger");
    EXPECT_THAT(groups[0].stacks, testing::SizeIs(11));
  }
  EXPECT_THAT(choice_error(file),
              AllOf(HasSubstr("cannot choose the frames in " + file.string() +
                              ": expected one dataset of images, found 12: /*.1/measurement/eiger "
                              "(11 entries, 22 frames of 3 × 5), /entry_0000/measurement/data (4 "
                              "frames of 7 × 7)"),
                    HasSubstr("name one of them as dataset; `*` in a path stands for all")));
}

TEST(FindStacks, detectors_and_other_shapes_are_no_family) {
  auto const paths = [](std::vector<ImageStack> const& stacks) {
    std::vector<std::string> found;
    for (auto const& family : families(stacks)) found.push_back(family.path);
    return found;
  };
  EXPECT_THAT(paths({{.path = "/entry_0001/d", .dims = {2, 3, 5}},
                     {.path = "/entry_0002/d", .dims = {9, 3, 5}},
                     {.path = "/entry_0003/d", .dims = {2, 3, 7}},
                     {.path = "/entry_0003/d2", .dims = {2, 3, 5}}}),
              ElementsAre("/entry_*/d", "/entry_0003/d", "/entry_0003/d2"));
  EXPECT_THAT(
      paths({{.path = "/PIL5/data", .dims = {2, 3, 5}}, {.path = "/PIL9/data", .dims = {2, 3, 5}}}),
      ElementsAre("/PIL5/data", "/PIL9/data"));
}

TEST(FindStacks, virtual_datasets_and_links_lead_to_other_files) {
  auto const folder = fresh_folder();
  write_bslz4(create_file(folder / "pilatus.h5"), "/entry/measurement/Pilatus/data", 4, 3, 5);
  auto const file = folder / "scan.h5";
  create_file(file);
  xrdct::test::write_external_link(file, "/entry/measurement/pilatus", "pilatus.h5",
                                   "/entry/measurement/Pilatus");
  EXPECT_THAT(paths_of(find_stacks(file)), ElementsAre("/entry/measurement/pilatus/data"));
  EXPECT_EQ(only_stack(file), "/entry/measurement/pilatus/data");
  auto const bliss = folder / "bliss.h5";
  create_file(bliss);
  xrdct::test::write_virtual(bliss, "/1.1/measurement/eiger", {4, 3, 5}, "pilatus.h5",
                             "/entry/measurement/Pilatus/data");
  auto const found = find_stacks(bliss);
  ASSERT_EQ(found.stacks.size(), 1u);
  EXPECT_TRUE(found.stacks[0].virtual_dataset);
  EXPECT_EQ(encoding_text(*found.stacks[0].encoding), "u32 bitshuffle-LZ4");
  EXPECT_EQ(dataset_of_frames(bliss), "/1.1/measurement/eiger");
  std::filesystem::remove(folder / "pilatus.h5");
  EXPECT_THAT(find_stacks(bliss).stacks[0].problem, HasSubstr("pilatus.h5"));
  EXPECT_EQ(find_stacks(bliss).stacks[0].frames(), 4);
  auto const gone = find_stacks(file);
  ASSERT_EQ(gone.stacks.size(), 1u);
  EXPECT_THAT(gone.stacks[0].problem, HasSubstr("pilatus.h5"));
  EXPECT_THAT(error_of<core::IoError>([&] { only_stack(file); }), HasSubstr("pilatus.h5"));
}

TEST(OnlyStack, is_entry_data_where_that_is_frames) {
  auto const folder = fresh_folder();
  auto const file = folder / "a.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/entry/data/data", 4, 3, 5);
    write_bslz4(open, "/entry/other", 4, 3, 5);
  }
  EXPECT_EQ(only_stack(file), "/entry/data");
  auto const another = folder / "b.h5";
  {
    auto const open = create_file(another);
    create_dataset(open, "/entry/data/temperature", {4}, dataset_creation());
    write_bslz4(open, "/entry/detector", 4, 3, 5);
  }
  EXPECT_EQ(only_stack(another), "/entry/detector");
}

TEST(OnlyStack, lists_are_taken_before_single_images) {
  auto const file = fresh_folder() / "a.h5";
  {
    auto const open = create_file(file);
    create_dataset(open, "/mask", {3, 5}, dataset_creation());
    create_dataset(open, "/flat", {3, 5}, dataset_creation());
  }
  EXPECT_THAT(choice_error(file), HasSubstr("found 2: /flat (1 frame of 3 × 5), /mask"));
  {
    Hdf5File const open(H5Fopen(file.c_str(), H5F_ACC_RDWR, unlocked_file_access().get()), "open");
    create_dataset(open, "/frames", {9, 3, 5}, dataset_creation());
  }
  EXPECT_EQ(only_stack(file), "/frames");
  auto const empty = fresh_folder() / "b.h5";
  create_dataset(create_file(empty), "/x", {3}, dataset_creation());
  EXPECT_THAT(choice_error(empty), HasSubstr("found none; name the dataset that holds the frames"));
}

TEST(DatasetOfFrames, is_none_for_images) {
  auto const file = fresh_folder() / "a.cbf";
  std::ofstream(file) << "###CBF: VERSION 1.5\r\n";
  EXPECT_EQ(dataset_of_frames(file), "");
  EXPECT_THAT(error_of<core::IoError>([&] { dataset_of_frames(file.string() + "x"); }),
              HasSubstr("found no file"));
}

}  // namespace
}  // namespace xrdct::io
