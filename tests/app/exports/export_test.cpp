#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/app/command.hpp"

/// Slices in pictures and in the files of other programs, by the commands.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Slices : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    ASSERT_EQ(xrdct(folder_,
                    "simulate --shape 64x64 --heights 2 --rotations 24 --translations 21 "
                    "--bins 60 --counts 20 --output scan")
                  .status,
              0);
    ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --quiet -o sinograms.h5").status, 0);
    ASSERT_EQ(xrdct(folder_, "reconstruct sinograms.h5 --quiet -o slices.h5").status, 0);
  }
  Outcome view(std::string const& arguments) {
    return xrdct(folder_, "view slices.h5 " + arguments);
  }
  std::string picture(std::string const& name) const { return read_text(folder_ / name); }
  std::filesystem::path folder_;
};

TEST_F(Slices, BecomePictures) {
  auto const overview = view("--centre");
  EXPECT_EQ(overview.status, 0) << overview.errors;
  EXPECT_THAT(overview.out, HasSubstr("mean slice of 21 x 21 voxels, height 0"));
  EXPECT_THAT(picture("slices_overview.png"), StartsWith("\x89PNG"));
  for (std::string const arguments :
       {"--channel q=20", "--channel strongest --centre --height 1", "--roi 19:21",
        "--roi 19:21 --background 14:17", "--field I_errors --channel bin=20"}) {
    auto const run = view(arguments + " -o one.svg");
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.out, HasSubstr("21 x 21 voxels"));
    EXPECT_THAT(picture("one.svg"), StartsWith("<?xml"));
  }
  EXPECT_NE((view("--channel q=20 -o a.svg"), picture("a.svg")),
            (view("--channel q=20 --centre -o b.svg"), picture("b.svg")));
  EXPECT_THAT(view("--channel q=20 --height 2").errors, HasSubstr("an index below 2"));
}

TEST_F(Slices, BecomePatternsOfVoxels) {
  ASSERT_EQ(view("--pattern 1,10,10 -o one.xye").status, 0);
  EXPECT_THAT(picture("one.xye"), StartsWith("# xrdct"));
  ASSERT_EQ(view("--pattern 10,10").status, 0);
}

TEST_F(Slices, BecomePagesWithTheirSinograms) {
  auto const page = view("--page strongest --centre");
  EXPECT_EQ(page.status, 0) << page.errors;
  EXPECT_THAT(page.out, HasSubstr("3 channels, and their sinograms"));
  EXPECT_THAT(view("--page q=20,q=33 -o two.png").out, HasSubstr("2 channels, and"));
  std::filesystem::rename(folder_ / "sinograms.h5", folder_ / "elsewhere.h5");
  auto const alone = view("--page bin=20 -o alone.png");
  EXPECT_EQ(alone.status, 0);
  EXPECT_THAT(alone.errors, HasSubstr("give them with --sinograms"));
  EXPECT_THAT(view("--page bin=20 --sinograms elsewhere.h5 -o alone.png").out,
              HasSubstr("1 channels, and their sinograms"));
  ASSERT_EQ(xrdct(folder_, "simulate --shape 32x32 --output other").status, 0);
  ASSERT_EQ(xrdct(folder_, "reduce other/job.json --quiet -o other.h5").status, 0);
  EXPECT_THAT(view("--page bin=20 --sinograms other.h5 -o alone.png").errors,
              HasSubstr("those that the slices were made of"));
}

TEST_F(Slices, HaveOptionsThatSinogramsHaveNot) {
  for (std::string const option :
       {"--conditioning", "--centre", "--page strongest", "--sinograms slices.h5"}) {
    auto const run = xrdct(folder_, "view sinograms.h5 " + option);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, HasSubstr("expected slices"));
  }
  EXPECT_THAT(xrdct(folder_, "export sinograms.h5 --tiff t").errors,
              HasSubstr("an output of xrdct reconstruct"));
}

TEST_F(Slices, AreExportedAndReplaceNothing) {
  auto const tiff = xrdct(folder_, "export slices.h5 --tiff tiff");
  EXPECT_EQ(tiff.status, 0) << tiff.errors;
  EXPECT_THAT(tiff.out, AllOf(HasSubstr("_height_0000.tif: 60 pages of 21 x 21 voxels"),
                              HasSubstr("_height_0001.tif")));
  EXPECT_THAT(xrdct(folder_, "export slices.h5 --tiff tiff --channel bin=7").out,
              HasSubstr("_bin_0007.tif: 2 pages"));
  EXPECT_THAT(xrdct(folder_, "export slices.h5 --tiff one --height 1").out,
              HasSubstr("_height_0001.tif"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "one/slices_mean_height_0000.tif"));
  EXPECT_THAT(xrdct(folder_, "export slices.h5 --ndtomo volume.h5").out,
              HasSubstr("21 x 21 voxels of 60 channels"));
  std::ofstream(folder_ / "precious.h5") << "precious";
  for (std::string const arguments :
       {"--tiff tiff", "--ndtomo volume.h5", "--ndtomo precious.h5", "--ndtomo slices.h5"}) {
    auto const run = xrdct(folder_, "export slices.h5 " + arguments);
    EXPECT_EQ(run.status, 2) << arguments;
    EXPECT_THAT(run.errors, HasSubstr("cannot write"));
  }
  EXPECT_EQ(read_text(folder_ / "precious.h5"), "precious");
  EXPECT_EQ(xrdct(folder_, "verify slices.h5").status, 0);
}

TEST_F(Slices, AreExportedInOneWayAtATime) {
  for (std::string const arguments : {"", "--tiff t --ndtomo n.h5"})
    EXPECT_THAT(xrdct(folder_, "export slices.h5 " + arguments).errors,
                HasSubstr("expected --tiff FOLDER or --ndtomo FILE"));
  EXPECT_THAT(xrdct(folder_, "export slices.h5 --ndtomo n.h5 --height 2").errors,
              HasSubstr("an index below 2"));
  EXPECT_THAT(xrdct(folder_, "export slices.h5 --ndtomo n.h5 --reduction maen").errors,
              HasSubstr("expected one of"));
}

}  // namespace
}  // namespace xrdct::test
