// Which files the names of a scan stand for, in which order, and what is told where none do.
#include "io/files/file_patterns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/files/name_matching.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct FilePatterns : testing::Test {
  std::filesystem::path const folder = fresh_folder();
  void make(std::vector<std::string> const& names, std::string const& content = "") const {
    for (auto const& name : names) {
      std::filesystem::create_directories((folder / name).parent_path());
      std::ofstream(folder / name) << content;
    }
  }
  NamedFiles find(std::vector<std::string> const& names, SeriesOf kind = SeriesOf::images) const {
    return find_files(names, folder, kind);
  }
  /// Relative to the folder; "-" before what is not there.
  std::vector<std::string> names(std::vector<std::string> const& wanted,
                                 SeriesOf kind = SeriesOf::images) const {
    auto const found = find(wanted, kind).names;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < found.size(); ++i)
      texts.push_back((found.is_gap(i) ? "-" : "") +
                      std::filesystem::path(found[i]).lexically_relative(folder).string());
    return texts;
  }
  template <class Error = core::InputError>
  std::string refusal(std::string const& name, SeriesOf kind = SeriesOf::images) const {
    return error_of<Error>([&] { find({name}, kind); });
  }
};

TEST_F(FilePatterns, FoldersAndPatternsPassOverHdf5FilesWithoutFrames) {
  make({"h/a_2.h5", "h/a_1.h5", "h/a_result.h5", "h/b_result.h5", "h/notes.txt"});
  auto const without = [](std::filesystem::path const& file) {
    return std::string(file.stem().string().ends_with("_result") ? "a result" : "");
  };
  for (char const* name : {"h", "h/*.h5"}) {
    auto const found = find_files({name}, folder, SeriesOf::hdf5, without);
    ASSERT_EQ(found.names.size(), 2u) << name;
    EXPECT_THAT(found.names[0], HasSubstr("a_1.h5"));
    EXPECT_THAT(found.warnings, testing::Contains(HasSubstr("a_result.h5 (a result)"))) << name;
  }
  EXPECT_EQ(find_files({"h/a_result.h5"}, folder, SeriesOf::hdf5, without).names.size(), 1u)
      << "a name is taken as it is";
  EXPECT_THAT(error_of<core::InputError>(
                  [&] { find_files({"h/*_result.h5"}, folder, SeriesOf::hdf5, without); }),
              AllOf(HasSubstr("files that match"), HasSubstr("passed over: a_result.h5")));
}

TEST_F(FilePatterns, TellsFoldersInAFolder) {
  make({"top/one/a.cbf", "top/two/a.cbf", "top/README"});
  EXPECT_THAT(refusal("top"),
              AllOf(HasSubstr("2 folders (one, …)"), HasSubstr("1 without ending (README)")));
}

TEST_F(FilePatterns, AFolderIsItsImagesInNaturalOrder) {
  make({"img/a_10.cbf", "img/a_2.cbf", "img/a_1.cbf", "img/scan.log", "img/a_1.jpg", "img/.a_3.cbf",
        "img/notes"});
  EXPECT_THAT(names({"img"}), ElementsAre("img/a_1.cbf", "img/a_2.cbf", "img/a_10.cbf"));
  EXPECT_THAT(names({"img/"}), ElementsAre("img/a_1.cbf", "img/a_2.cbf", "img/a_10.cbf"));
  make({"img/b.TIF"});
  EXPECT_THAT(refusal("img"), AllOf(HasSubstr("images of one ending"), HasSubstr("3 .cbf (a_1.cbf"),
                                    HasSubstr("1 .tif (b.TIF)"), HasSubstr("1 .log")));
  make({"packed/a.cbf", "packed/a.cbf.gz"});
  EXPECT_THAT(refusal("packed"), HasSubstr("1 .cbf.gz"));
}

TEST_F(FilePatterns, AFolderOfHdf5IsItsMasters) {
  make({"h/s_10.h5", "h/s_9.h5", "h/a.cbf"});
  EXPECT_THAT(names({"h"}, SeriesOf::hdf5), ElementsAre("h/s_9.h5", "h/s_10.h5"));
  make({"e/s_1_master.h5", "e/s_1_data_000001.h5", "e/s_2_master.h5"});
  EXPECT_THAT(names({"e"}, SeriesOf::hdf5), ElementsAre("e/s_1_master.h5", "e/s_2_master.h5"));
  EXPECT_THAT(refusal("e", SeriesOf::images), HasSubstr("images in the folder"));
}

TEST_F(FilePatterns, WildcardsMatchInEveryPartOfThePath) {
  make({"run_2/img_1.tif", "run_10/img_1.tif", "run_10/img_02.tif", "run_10/img_1.log",
        "run_10/other.tif", "run_x/.img_1.tif"});
  EXPECT_THAT(names({"run_*/img_*.tif"}),
              ElementsAre("run_2/img_1.tif", "run_10/img_1.tif", "run_10/img_02.tif"));
  EXPECT_THAT(names({"run_*/img_*"}),
              ElementsAre("run_2/img_1.tif", "run_10/img_1.tif", "run_10/img_02.tif"))
      << "images alone where there are some";
  EXPECT_THAT(names({"run_?/img_?.tif"}), ElementsAre("run_2/img_1.tif"));
  EXPECT_THAT(names({"./run_2/../run_2/*.tif"}), ElementsAre("run_2/img_1.tif"));
  EXPECT_THAT(names({(folder / "run_2/*.tif").string()}), ElementsAre("run_2/img_1.tif"));
  EXPECT_THAT(refusal("run_2/*.cbf"),
              AllOf(HasSubstr("files that match"), HasSubstr("1 .tif (img_1.tif)")));
  EXPECT_THAT(refusal("no_*/*.cbf"), HasSubstr("no folder that does"));
  EXPECT_THAT(refusal("nowhere/*.cbf"), HasSubstr("find the files nowhere/*.cbf"));
}

TEST_F(FilePatterns, NumbersKeepThePlacesOfThoseThatAreMissing) {
  make({"a_00008.cbf", "a_00009.cbf", "a_00011.cbf", "a_9.cbf", "a_000010.cbf", "b_00010.cbf"});
  EXPECT_THAT(names({"a_%05d.cbf"}),
              ElementsAre("a_00008.cbf", "a_00009.cbf", "-a_00010.cbf", "a_00011.cbf"));
  EXPECT_THAT(find({"a_%05d.cbf"}).warnings,
              ElementsAre(HasSubstr("from 8 to 11, 1 of 4 are not there")));
  EXPECT_THAT(names({"a_%d.cbf"}), ElementsAre("a_9.cbf"));
  EXPECT_THAT(refusal("c_%05d.cbf"), HasSubstr("6 .cbf"));
  make({"far_00001.cbf", "far_90000.cbf"});
  EXPECT_THAT(refusal("far_%05d.cbf"), HasSubstr("2 files from far_00001.cbf to far_90000.cbf"));
}

TEST_F(FilePatterns, GapsInFoldersAreTold) {
  make({"g/a_1.cbf", "g/a_2.cbf", "g/a_3.cbf", "g/a_4.cbf", "g/a_6.cbf"});
  EXPECT_THAT(find({"g"}).warnings,
              ElementsAre(AllOf(HasSubstr("a_5.cbf is missing"), HasSubstr("a_%01d.cbf"))));
  make({"g/a_5.cbf"});
  EXPECT_THAT(find({"g"}).warnings, IsEmpty());
  make({"s/a_10.cbf", "s/a_20.cbf", "s/a_30.cbf", "s/a_40.cbf"});
  EXPECT_THAT(find({"s/*.cbf"}).warnings, IsEmpty()) << "numbered in steps of ten";
}

TEST_F(FilePatterns, ListsNameFilesRelativeToThemselves) {
  make({"x/b.cbf", "x/a.cbf", "x/c_1.tif"});
  make({"x/list.txt"}, "# frames\nb.cbf\r\n\n  a.cbf \nc_*.tif\n");
  EXPECT_THAT(names({"@x/list.txt"}), ElementsAre("x/b.cbf", "x/a.cbf", "x/c_1.tif"));
  make({"x/empty.txt"}, "# nothing\n");
  EXPECT_THAT(refusal("@x/empty.txt"), HasSubstr("a name in each line"));
  make({"x/nested.txt"}, "@list.txt\n");
  EXPECT_THAT(refusal("@x/nested.txt"), HasSubstr("found the list @list.txt"));
  EXPECT_THAT(refusal<core::IoError>("@no.txt"), HasSubstr("no such list"));
}

TEST_F(FilePatterns, NamesThatAreFilesAreNoPatterns) {
  make({"a_%d.cbf", "a_*.cbf", "a_1.cbf"});
  EXPECT_THAT(names({"a_%d.cbf", "a_*.cbf", "gone.cbf", "s.h5:/x[3]"}),
              ElementsAre("a_%d.cbf", "a_*.cbf", "gone.cbf", "s.h5:/x[3]"));
}

TEST(FileNames, KeepFoldersOnce) {
  FileNames names{"/a/b/1.cbf", "/a/b/2.cbf", "3.cbf", "/c/4.cbf"};
  names.push_gap("/c", "5.cbf");
  EXPECT_EQ(names.size(), 5U);
  EXPECT_EQ(names[1], "/a/b/2.cbf");
  EXPECT_EQ(names[2], "3.cbf");
  EXPECT_EQ(names[4], "/c/5.cbf");
  EXPECT_EQ(names.name(3), "4.cbf");
  EXPECT_TRUE(names.is_gap(4));
  EXPECT_FALSE(names.is_gap(3));
  FileNames many;
  for (int i = 0; i < 1000; ++i) many.push_back("/a/very/long/folder/of/a/beamline", "i.cbf");
  EXPECT_LT(many.memory_bytes(), 1000 * (2 * (5 + 8)) + 200U);
}

TEST(NameMatching, StarsAndQuestionMarks) {
  EXPECT_TRUE(matches("abc", "a*c"));
  EXPECT_TRUE(matches("abcbc", "a*bc"));
  EXPECT_TRUE(matches("a", "*a*"));
  EXPECT_TRUE(matches("a*", "a?"));
  EXPECT_FALSE(matches("abc", "a?"));
  EXPECT_FALSE(matches("", "?"));
  EXPECT_TRUE(matches("", "*"));
  EXPECT_FALSE(matches("abd", "a*c"));
}

TEST(NameMatching, OneNumberMakesAPattern) {
  EXPECT_FALSE(number_pattern("a.cbf"));
  EXPECT_FALSE(number_pattern("a_%d_%d.cbf"));
  EXPECT_FALSE(number_pattern("a_%s.cbf"));
  EXPECT_FALSE(number_pattern("100%.cbf"));
  ASSERT_TRUE(number_pattern("50%_%03d.cbf"));
  EXPECT_EQ(number_pattern("50%_%03d.cbf")->name_of(7), "50%_007.cbf");
  EXPECT_EQ(number_pattern("%03d")->number_of("1234"), 1234U);
  EXPECT_EQ(number_pattern("%03d")->number_of("0123"), std::nullopt);
  EXPECT_EQ(number_pattern("%d")->number_of("99999999999999999999"), std::nullopt);
}

TEST_F(FilePatterns, LookIntoOneOfTheFilesWhoseNamesDifferInNumbers) {
  std::vector<std::string> names;
  for (int i = 1; i <= 300; ++i)
    for (char const* what : {"scan_", "2_result_"})
      names.push_back(what + std::to_string(i) + ".h5");
  std::vector<std::string> looked_into;
  auto const told = pass_over({}, names, [&](std::filesystem::path const& file) {
    looked_into.push_back(file.string());
    return std::string(file.string().starts_with("2_result_") ? "a result" : "");
  });
  EXPECT_EQ(looked_into.size(), 301u) << "all results, and one scan";
  EXPECT_EQ(looked_into.back(), "scan_1.h5");
  EXPECT_EQ(names.size(), 300u);
  EXPECT_EQ(names[20], "scan_21.h5");
  EXPECT_THAT(told, HasSubstr("passed over: 2_result_1.h5 (a result)"));
  EXPECT_THAT(told, HasSubstr("296 more"));
}

TEST_F(FilePatterns, MarkWhatWasFoundByAPatternOrInAFolder) {
  make({"h/a_1.h5", "h/a_2.h5", "h/b.h5"});
  auto const found = find({"h/b.h5", "h/a_*.h5", "h/a_1.h5"}, SeriesOf::hdf5).names;
  ASSERT_EQ(found.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found.is_found(i), i == 1 || i == 2) << i;
}

}  // namespace
}  // namespace xrdct::io
