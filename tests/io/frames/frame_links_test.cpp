#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

void link_external(Hdf5File const& file, std::string const& name, std::string const& target,
                   std::string const& path = "/entry/data/data") {
  Hdf5Properties const links(H5Pcreate(H5P_LINK_CREATE), "make properties");
  H5Pset_create_intermediate_group(links.get(), 1);
  hdf5_checked(H5Lcreate_external(target.c_str(), path.c_str(), file.get(), name.c_str(),
                                  links.get(), H5P_DEFAULT),
               "link " + name);
}

void link_soft(Hdf5File const& file, std::string const& name, std::string const& target) {
  Hdf5Properties const links(H5Pcreate(H5P_LINK_CREATE), "make properties");
  H5Pset_create_intermediate_group(links.get(), 1);
  hdf5_checked(H5Lcreate_soft(target.c_str(), file.get(), name.c_str(), links.get(), H5P_DEFAULT),
               "link " + name);
}

/// A master with three data files of 4 frames each, numbered 2, 9 and 10: their order by number is
/// not that of their names.
fs::path write_master(fs::path const& folder) {
  auto const master = folder / "scan_master.h5";
  auto const open = create_file(master);
  std::int64_t first = 0;
  for (std::string const number : {"2", "9", "10"}) {
    std::string const data = "scan_data_" + number + ".h5";
    write_bslz4(create_file(folder / data), "/entry/data/data", 4, 6, 10, first);
    link_external(open, "/entry/data/data_" + number, data);
    first += 4;
  }
  return master;
}

std::string input_error(fs::path const& file, std::string const& dataset) {
  return error_of<core::InputError>([&] { Hdf5Frames({file}, dataset); });
}
std::string io_error(fs::path const& file, std::string const& dataset) {
  return error_of<core::IoError>([&] { Hdf5Frames({file}, dataset); });
}

TEST(FrameLinks, reads_the_data_files_of_a_master_by_number) {
  auto const folder = fresh_folder();
  Hdf5Frames source({write_master(folder)}, "/entry/data");
  EXPECT_EQ(source.frames(), 12);
  expect_numbered_frames(source);
  EXPECT_EQ(source.files().size(), 4U);
  EXPECT_EQ(source.describe(9),
            "frame 9 (" + (folder / "scan_data_10.h5").string() + ":/entry/data/data[1])");
  EXPECT_THAT(source.layout(), HasSubstr("4 files"));
}

TEST(FrameLinks, finds_data_files_beside_the_real_master) {
  auto const folder = fresh_folder();
  fs::create_directories(folder / "raw");
  auto const master = write_master(folder / "raw");
  fs::create_symlink(master, folder / "link.h5");
  Hdf5Frames source({folder / "link.h5"}, "/entry/data");
  expect_numbered_frames(source);
}

TEST(FrameLinks, finds_moved_files_of_absolute_links) {
  auto const folder = fresh_folder();
  write_bslz4(create_file(folder / "data.h5"), "/entry/data/data", 2, 6, 10);
  link_external(create_file(folder / "master.h5"), "/frames", "/beamline/that/was/data.h5");
  Hdf5Frames source({folder / "master.h5"}, "/frames");
  expect_numbered_frames(source);
}

TEST(FrameLinks, names_a_missing_data_file) {
  auto const folder = fresh_folder();
  auto const master = write_master(folder);
  fs::remove(folder / "scan_data_9.h5");
  auto const text = io_error(master, "/entry/data");
  EXPECT_THAT(text, HasSubstr("cannot open " + (folder / "scan_data_9.h5").string()));
  EXPECT_THAT(text, HasSubstr("link /entry/data/data_9 of " + master.string()));
  EXPECT_THAT(text, HasSubstr("found no file"));
}

TEST(FrameLinks, names_a_truncated_data_file) {
  auto const folder = fresh_folder();
  auto const master = write_master(folder);
  fs::resize_file(folder / "scan_data_10.h5", fs::file_size(folder / "scan_data_10.h5") - 10);
  EXPECT_THAT(io_error(master, "/entry/data"),
              testing::AllOf(HasSubstr("scan_data_10.h5"), HasSubstr("truncated")));
}

TEST(FrameLinks, follows_soft_links_through_groups_and_files) {
  auto const folder = fresh_folder();
  {
    auto const open = create_file(folder / "scan.h5");
    write_bslz4(open, "/entry/instrument/detector/data", 3, 6, 10);
    link_soft(open, "/entry/detector", "instrument/detector");
    link_soft(open, "/entry/data/data", "/entry/detector/data");
    link_external(create_file(folder / "outer.h5"), "/outer", "scan.h5", "/entry/data");
  }
  for (auto const& [file, dataset] : {std::pair{"scan.h5", "/entry/data/data"},
                                      {"scan.h5", "entry/detector/./data"},
                                      {"outer.h5", "/outer/data"}}) {
    Hdf5Frames source({folder / file}, dataset);
    expect_numbered_frames(source);
  }
}

TEST(FrameLinks, ends_in_a_loop_of_links) {
  auto const file = fresh_folder() / "loop.h5";
  {
    auto const open = create_file(file);
    link_soft(open, "/a", "/b");
    link_soft(open, "/b", "/a");
  }
  EXPECT_THAT(input_error(file, "/a"), HasSubstr("found a loop"));
}

TEST(FrameLinks, takes_the_data_of_a_group) {
  auto const file = fresh_folder() / "scan.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/entry/frames/data", 3, 6, 10);
  }
  Hdf5Frames const source({file}, "/entry/frames");
  EXPECT_EQ(source.frames(), 3);
  EXPECT_EQ(source.shape(), (core::FrameShape{6, 10}));
}

TEST(FrameLinks, tells_what_is_there_instead) {
  auto const folder = fresh_folder();
  auto const file = folder / "scan.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/entry/data/data", 3, 6, 10);
    create_dataset(open, "/entry/energy", {4}, dataset_creation(), H5T_IEEE_F64LE);
    create_dataset(open, "/motors/rotation", {4}, dataset_creation(), H5T_IEEE_F64LE);
  }
  EXPECT_THAT(input_error(file, "/entry/dta"),
              testing::AllOf(HasSubstr("found data, energy"), HasSubstr("did you mean \"data\"?")));
  EXPECT_THAT(
      input_error(file, "/motors"),
      testing::AllOf(HasSubstr("expected datasets data_000001"), HasSubstr("found rotation;")));
  EXPECT_THAT(input_error(file, "/entry/data/data/x"), HasSubstr("is no group"));
  EXPECT_THAT(input_error(file, "/entry/energy"), HasSubstr("found 1 dimensions (4)"));
  EXPECT_THAT(io_error(folder / "none.h5", "/entry/data"), HasSubstr("found no file"));
  EXPECT_THAT(error_of<core::InputError>([] { Hdf5Frames({}, "/entry/data"); }),
              HasSubstr("at least one file"));
}

TEST(FrameLinks, joins_files_only_when_they_agree) {
  auto const folder = fresh_folder();
  write_bslz4(create_file(folder / "a.h5"), "data", 3, 6, 10);
  write_bslz4(create_file(folder / "b.h5"), "data", 2, 6, 10, 3);
  write_bslz4(create_file(folder / "shape.h5"), "data", 2, 6, 11);
  write_bslz4<std::uint16_t>(create_file(folder / "type.h5"), "data", 2, 6, 10);
  {
    auto const open = create_file(folder / "filter.h5");
    create_dataset(open, "data", {2, 6, 10}, dataset_creation({1, 6, 10}));
  }
  Hdf5Frames source({folder / "a.h5", folder / "b.h5"}, "data");
  EXPECT_EQ(source.frames(), 5);
  expect_numbered_frames(source);
  auto const text = [&](char const* other) {
    return error_of<core::InputError>([&] {
      Hdf5Frames({folder / "a.h5", folder / other}, "data");
    });
  };
  EXPECT_THAT(text("shape.h5"),
              HasSubstr("expected frames of 6 × 10 pixels as before, found 6 × 11"));
  EXPECT_THAT(text("type.h5"),
              HasSubstr("expected u32 bitshuffle-LZ4 as there, found u16 bitshuffle-LZ4"));
  EXPECT_THAT(text("filter.h5"), HasSubstr("found u32 uncompressed"));
}

TEST(FrameLinks, reads_more_files_than_may_be_open) {
  auto const folder = fresh_folder();
  std::vector<fs::path> files;
  for (int f = 0; f < 150; ++f) {
    files.push_back(folder / ("frame_" + std::to_string(f) + ".h5"));
    write_bslz4(create_file(files.back()), "data", 1, 6, 10, f);
  }
  Hdf5Frames source(files, "data");
  EXPECT_EQ(source.frames(), 150);
  expect_numbered_frames(source);
}

}  // namespace
}  // namespace xrdct::io
