#include "io/hdf5/path_pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using test::create_dataset;
using test::create_file;
using test::dataset_creation;
using test::error_of;
using test::fresh_folder;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> paths_of(MatchedPaths const& matched) {
  std::vector<std::string> paths;
  for (auto const& found : matched.found) paths.push_back(found.path);
  return paths;
}

std::vector<std::string> left_out(MatchedPaths const& matched) {
  std::vector<std::string> texts;
  for (auto const& [path, why] : matched.left_out) texts.push_back(path + " " + why);
  return texts;
}

std::filesystem::path file_with(std::vector<std::string> const& datasets) {
  auto const file = fresh_folder() / "a.h5";
  auto const open = create_file(file);
  for (auto const& path : datasets) create_dataset(open, path, {2}, dataset_creation());
  return file;
}

TEST(PathPattern, a_star_is_any_text_of_one_name) {
  auto const stars = [](char const* name, char const* pattern) {
    std::vector<std::string> found;
    return matches(name, pattern, found) ? found : std::vector<std::string>{"no match"};
  };
  EXPECT_THAT(stars("12.1", "*.1"), ElementsAre("12"));
  EXPECT_THAT(stars("2.1", "*"), ElementsAre("2.1"));
  EXPECT_THAT(stars("entry", "entry*"), ElementsAre(""));
  EXPECT_THAT(stars("a_1_b_22", "a_*_b_*"), ElementsAre("1", "22"));
  EXPECT_THAT(stars("1.1.1", "*.1"), ElementsAre("1.1"));
  EXPECT_THAT(stars("12.2", "*.1"), ElementsAre("no match"));
  EXPECT_THAT(stars("entry", "entry"), ElementsAre());
}

TEST(PathPattern, finds_entries_in_natural_order) {
  auto const file = file_with({"/10.1/measurement/eiger", "/2.1/measurement/eiger",
                               "/1.1/measurement/eiger", "/1.2/measurement/eiger"});
  Hdf5Files files;
  auto const matched = match_paths(files, file, "/*.1/measurement/eiger");
  EXPECT_THAT(paths_of(matched), ElementsAre("/1.1/measurement/eiger", "/2.1/measurement/eiger",
                                             "/10.1/measurement/eiger"));
  EXPECT_THAT(matched.found[2].stars, ElementsAre("10"));
  EXPECT_THAT(left_out(matched), ElementsAre());
  EXPECT_THAT(paths_of(match_paths(files, file, "/1.1/measurement/eiger")),
              ElementsAre("/1.1/measurement/eiger"));
  EXPECT_THAT(paths_of(match_paths(files, file, "/2.*/*/eiger")),
              ElementsAre("/2.1/measurement/eiger"));
}

TEST(PathPattern, subscans_are_no_lines_unless_they_are_named) {
  auto const file = file_with({"/1.1/m/d", "/1.2/m/d", "/2.1/m/d"});
  Hdf5Files files;
  for (char const* pattern : {"/*/m/d", "/*.*/m/d"}) {
    auto const matched = match_paths(files, file, pattern);
    EXPECT_THAT(paths_of(matched), ElementsAre("/1.1/m/d", "/2.1/m/d"));
    EXPECT_THAT(left_out(matched), ElementsAre("/1.2 is a subscan"));
  }
  EXPECT_THAT(paths_of(match_paths(files, file, "/*.2/m/d")), ElementsAre("/1.2/m/d"));
}

TEST(PathPattern, tells_entries_that_lack_the_rest) {
  auto const file = file_with({"/1.1/measurement/eiger", "/2.1/measurement/diode", "/3.1/title"});
  Hdf5Files files;
  auto const matched = match_paths(files, file, "/*.1/measurement/eiger");
  EXPECT_THAT(paths_of(matched), ElementsAre("/1.1/measurement/eiger"));
  EXPECT_THAT(left_out(matched),
              ElementsAre("/2.1 has no measurement/eiger", "/3.1 has no measurement/eiger"));
  auto const by_members = match_paths(files, file, "/*.1/measurement/eig*");
  EXPECT_THAT(left_out(by_members),
              ElementsAre("/2.1 has no measurement/eig*", "/3.1 has no measurement"));
}

TEST(PathPattern, a_link_to_nothing_is_left_out_and_a_missing_file_is_an_error) {
  auto const file = file_with({"/1.1/d", "/2.1/other", "/3.1/other"});
  {
    Hdf5File const open(H5Fopen(file.c_str(), H5F_ACC_RDWR, unlocked_file_access().get()), "open");
    H5Lcreate_soft("/2.1/nothing", open.get(), "/2.1/d", H5P_DEFAULT, H5P_DEFAULT);
  }
  {
    Hdf5Files files;
    EXPECT_THAT(left_out(match_paths(files, file, "/*.1/d")),
                ElementsAre("/2.1 has no d", "/3.1 has no d"));
  }
  {
    Hdf5File const open(H5Fopen(file.c_str(), H5F_ACC_RDWR, unlocked_file_access().get()), "open");
    H5Lcreate_external("gone.h5", "/d", open.get(), "/3.1/d", H5P_DEFAULT, H5P_DEFAULT);
  }
  Hdf5Files again;
  EXPECT_THAT(error_of<core::IoError>([&] { match_paths(again, file, "/*.1/d"); }),
              HasSubstr("gone.h5"));
}

TEST(PathPattern, says_what_is_there_when_nothing_matches) {
  auto const file = file_with({"/1.1/measurement/eiger", "/1.2/measurement/mca"});
  Hdf5Files files;
  auto const error = [&](std::string const& pattern) {
    return error_of<core::InputError>([&] { match_paths(files, file, pattern); });
  };
  EXPECT_THAT(
      error("/scan*/measurement/eiger"),
      HasSubstr("expected a name like \"scan*\" in / of " + file.string() + ", found 1.1, 1.2"));
  EXPECT_THAT(error("/*.1/measurement/eigr"), HasSubstr("did you mean \"eiger\"?"));
  EXPECT_THAT(error("/*.1/measurements/*"), HasSubstr("did you mean \"measurement\"?"));
  EXPECT_THAT(error("/*.1/measurement/pilatus*"),
              HasSubstr("a name like \"pilatus*\" in /1.1/measurement"));
  EXPECT_THAT(error("/*.1/measurement/eiger/*"), HasSubstr("found nothing"));
  auto const subscans = file_with({"/1.2/m", "/2.2/m"});
  EXPECT_THAT(error_of<core::InputError>([&] {
                Hdf5Files fresh;
                match_paths(fresh, subscans, "/*/m");
              }),
              HasSubstr("found /1.2, which is a subscan"));
}

TEST(PathPattern, fills_stars_of_other_paths) {
  EXPECT_EQ(filled_pattern("/*.1/measurement/dty", {"12"}), "/12.1/measurement/dty");
  EXPECT_EQ(filled_pattern("/entry/dty", {"12"}), "/entry/dty");
  EXPECT_EQ(filled_pattern("/*/a_*", {"x", "y"}), "/x/a_y");
  EXPECT_THAT(error_of<core::InputError>([] { filled_pattern("/*/a_*", {"x"}); }),
              HasSubstr("expected at most 1 `*`, as in the dataset of the frames, found 2"));
}

}  // namespace
}  // namespace xrdct::io
