#include "io/frames/scan_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"
#include "tests/support/linked_files.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts_of(std::vector<FramePart> const& parts) {
  std::vector<std::string> texts;
  for (auto const& part : parts)
    texts.push_back(std::filesystem::path(part.file).filename().string() + ":" + part.dataset +
                    " " + std::to_string(part.first) + "+" + std::to_string(part.frames));
  return texts;
}

// BLISS: a detector in each entry, a virtual dataset over a file of LImA.
void add_entry(std::filesystem::path const& folder, std::string const& entry, std::int64_t first,
               hsize_t frames) {
  auto const lima = "scan" + entry + "/eiger_0000.h5";
  std::filesystem::create_directories((folder / lima).parent_path());
  write_bslz4(create_file(folder / lima), "/entry_0000/measurement/data", frames, 3, 5, first);
  xrdct::test::write_virtual(folder / "bliss.h5", "/" + entry + "/instrument/eiger/data",
                             {frames, 3, 5}, "./" + lima, "/entry_0000/measurement/data");
}

TEST(ScanParts, entries_follow_each_other_in_each_file) {
  auto const folder = fresh_folder();
  {
    auto const open = create_file(folder / "a.h5");
    write_bslz4(open, "/10.1/measurement/eiger", 2, 3, 5, 4);
    write_bslz4(open, "/2.1/measurement/eiger", 3, 3, 5, 1);
    write_bslz4(open, "/1.1/measurement/eiger", 1, 3, 5, 0);
    write_bslz4(create_file(folder / "b.h5"), "/1.1/measurement/eiger", 2, 3, 5, 6);
  }
  Hdf5Frames source({folder / "a.h5", folder / "b.h5"}, "/*.1/measurement/eiger");
  EXPECT_THAT(texts_of(source.parts()),
              ElementsAre("a.h5:/1.1/measurement/eiger 0+1", "a.h5:/2.1/measurement/eiger 1+3",
                          "a.h5:/10.1/measurement/eiger 4+2", "b.h5:/1.1/measurement/eiger 6+2"));
  EXPECT_THAT(source.parts()[2].stars, ElementsAre("10"));
  EXPECT_THAT(source.remarks(), ElementsAre());
  expect_numbered_frames(source);
  EXPECT_THAT(source.describe(5), HasSubstr("/10.1/measurement/eiger[1]"));
}

TEST(ScanParts, what_has_no_frames_is_passed_over_where_a_pattern_found_it) {
  auto const folder = fresh_folder();
  write_bslz4(create_file(folder / "scan_1.h5"), "/entry/data", 2, 3, 5, 0);
  write_bslz4(create_file(folder / "scan_2.h5"), "/entry/mean", 2, 3, 5, 0);
  write_bslz4(create_file(folder / "scan_3.h5"), "/entry/data", 1, 3, 5, 2);
  auto const without = [](std::filesystem::path const& file) {
    return std::string(file.filename() == "scan_2.h5" ? "a result" : "");
  };
  FileNames found;
  for (char const* name : {"scan_1.h5", "scan_2.h5", "scan_3.h5"})
    found.push_found(folder.native(), name);
  Hdf5Frames source(found, "/entry/data", without);
  EXPECT_THAT(source.remarks(), ElementsAre("passed over: scan_2.h5 (a result)"));
  expect_numbered_frames(source);
  EXPECT_THROW(Hdf5Frames(found, "/entry/data"), core::InputError);
  EXPECT_THROW(Hdf5Frames(FileNames(found.paths()), "/entry/data", without), core::InputError)
      << "files that are named";
}

TEST(ScanParts, virtual_datasets_of_entries_are_resolved) {
  auto const folder = fresh_folder();
  create_file(folder / "bliss.h5");
  for (auto const& [entry, first, frames] :
       std::vector<std::tuple<std::string, std::int64_t, hsize_t>>{
           {"1.1", 0, 2}, {"2.1", 2, 3}, {"11.1", 5, 1}})
    add_entry(folder, entry, first, frames);
  Hdf5Frames source({folder / "bliss.h5"}, "/*.1/instrument/eiger/data");
  EXPECT_EQ(source.parts().size(), 3u);
  expect_numbered_frames(source);
}

TEST(ScanParts, says_what_is_left_out_empty_and_aborted) {
  auto const file = fresh_folder() / "bliss.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/1.1/measurement/eiger", 2, 3, 5, 0);
    write_bslz4(open, "/2.1/measurement/eiger", 1, 3, 5, 2);
    create_dataset(open, "/3.1/measurement/eiger", {0, 3, 5}, bslz4_creation({1, 3, 5}, 4),
                   H5T_STD_U32LE, {H5S_UNLIMITED, 3, 5});
    create_dataset(open, "/4.1/measurement/diode", {7}, dataset_creation());
  }
  xrdct::test::write_hdf5_text(file, "/1.1/end_reason", "SUCCESS");
  xrdct::test::write_hdf5_text(file, "/2.1/end_reason", "USER_ABORT");
  xrdct::test::write_hdf5_text(file, "/2.1/title", "fscan dty 0 0.1 31 0.01");
  xrdct::test::write_hdf5_text(file, "/4.1/title", "ascan dz 0 1 6 0.1");
  Hdf5Frames source({file}, "/*.1/measurement/eiger");
  EXPECT_EQ(source.frames(), 3);
  EXPECT_THAT(source.remarks(),
              ElementsAre("1 entry left out: " + file.string() +
                              ":/4.1 has no measurement/eiger (\"ascan dz 0 1 6 0.1\")",
                          "1 entry without frames: " + file.string() + ":/3.1/measurement/eiger",
                          "1 entry stopped before the end of the scan: " + file.string() +
                              ":/2.1 after 1 frames (USER_ABORT) (\"fscan dty 0 0.1 31 0.01\")"));
}

TEST(ScanParts, names_five_entries_and_counts_the_others) {
  auto const file = fresh_folder() / "bliss.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/1.1/eiger", 1, 3, 5, 0);
    for (int entry = 2; entry < 10; ++entry)
      create_dataset(open, "/" + std::to_string(entry) + ".1/diode", {7}, dataset_creation());
  }
  Hdf5Frames const source({file}, "/*.1/eiger");
  ASSERT_EQ(source.remarks().size(), 1u);
  EXPECT_THAT(source.remarks().front(),
              testing::AllOf(HasSubstr("8 entries left out: "), HasSubstr(":/6.1 has no eiger"),
                             HasSubstr(", 3 more"), testing::Not(HasSubstr("/7.1"))));
}

TEST(ScanParts, entries_must_agree_and_have_frames) {
  auto const file = fresh_folder() / "bliss.h5";
  {
    auto const open = create_file(file);
    write_bslz4(open, "/1.1/eiger", 1, 3, 5, 0);
    write_bslz4(open, "/2.1/eiger", 1, 3, 7, 0);
    create_dataset(open, "/1.1/none", {0, 3, 5}, bslz4_creation({1, 3, 5}, 4), H5T_STD_U32LE,
                   {H5S_UNLIMITED, 3, 5});
  }
  auto const error = [&](std::string const& dataset) {
    return error_of<core::InputError>([&] { Hdf5Frames({file}, dataset); });
  };
  EXPECT_THAT(error("/*.1/eiger"),
              HasSubstr("cannot join /2.1/eiger in " + file.string() +
                        ": expected frames of 3 × 5 pixels as before, found 3 × 7"));
  EXPECT_THAT(error("/*.1/none"), HasSubstr("expected frames, found none"));
}

}  // namespace
}  // namespace xrdct::io
