#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "tests/app/command.hpp"

/// How the pictures of `view` and `integrate` look, and what may be asked of them.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Pictures : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
    ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --output out.h5").status, 0);
  }
  Outcome view(std::string const& arguments, std::string const& environment = "") {
    return xrdct(folder_, "view out.h5 " + arguments, 1, environment);
  }
  void refused(std::string const& arguments, std::string const& words) {
    auto const run = view(arguments + " -o no.png");
    EXPECT_EQ(run.status, 2) << arguments;
    EXPECT_THAT(run.errors, HasSubstr(words)) << arguments;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "no.png")) << arguments;
  }
  std::filesystem::path folder_;
};

std::string const integrate = "integrate scan/scan.h5:7 --poni scan/calib.poni --bins 50 ";

TEST_F(Pictures, AreOfTheKindThatTheirNameSays) {
  for (std::string const command :
       {"view out.h5 -o ", "view out.h5 --channel q=20 -o ", "view out.h5 --roi 19:21 -o ",
        "view out.h5 --pattern 3,2 -o ", "integrate scan/scan.h5:7 --poni scan/calib.poni -o ",
        "integrate scan/scan.h5:7 --poni scan/calib.poni --pattern cake -o "}) {
    for (auto const& [name, start] : {std::pair("a.png", "\x89PNG"), std::pair("a.svg", "<?xml"),
                                      std::pair("a.PDF", "%PDF-")}) {
      auto const run = xrdct(folder_, command + name);
      EXPECT_EQ(run.status, 0) << command << name << run.errors;
      EXPECT_THAT(read_text(folder_ / name), StartsWith(start)) << command << name;
    }
  }
}

// With all fonts out of reach, too.
TEST_F(Pictures, AreTheSameBytesEverywhere) {
  std::string const bare =
      "FONTCONFIG_FILE=/dev/null FONTCONFIG_PATH=/nonexistent XDG_DATA_HOME=/nonexistent "
      "HOME=/nonexistent LANG=C";
  for (std::string const name : {"p.png", "p.svg", "p.pdf"}) {
    ASSERT_EQ(view("-o " + name).status, 0);
    auto const first = read_text(folder_ / name);
    std::filesystem::remove(folder_ / name);
    auto const again = view("-o " + name, bare);
    EXPECT_EQ(again.status, 0);
    EXPECT_EQ(again.errors, "");
    EXPECT_TRUE(read_text(folder_ / name) == first) << name;
  }
  // Alone and behind others.
  ASSERT_EQ(
      xrdct(folder_, "integrate scan/scan.h5 --frames 0:8 --poni scan/calib.poni -o s.svg").status,
      0);
  ASSERT_EQ(xrdct(folder_, integrate.substr(0, integrate.find(" --bins")) + " -o one.svg").status,
            0);
  auto const lines = [](std::string const& text) { return text.substr(0, text.rfind("<!--")); };
  EXPECT_TRUE(lines(read_text(folder_ / "s_00007.svg")) == lines(read_text(folder_ / "one.svg")));
}

TEST_F(Pictures, ChangeWithEveryOption) {
  ASSERT_EQ(view("--channel q=20 -o plain.png").status, 0);
  auto const plain = read_text(folder_ / "plain.png");
  for (std::string const option :
       {"--log", "--colours grey", "--colours coolwarm", "--limits 10:90", "--range -5:300"}) {
    auto const run = view("--channel q=20 -o other.png " + option);
    EXPECT_EQ(run.status, 0) << option << run.errors;
    EXPECT_FALSE(read_text(folder_ / "other.png") == plain) << option;
  }
  ASSERT_EQ(view("--pattern 3,2 -o plain.png").status, 0);
  ASSERT_EQ(view("--pattern 3,2 --range 0:10 -o other.png").status, 0);
  EXPECT_FALSE(read_text(folder_ / "other.png") == read_text(folder_ / "plain.png"));
  EXPECT_EQ(view("--limits 1:99 --colours grey -o both.png").status, 0) << "of the map alone";
  EXPECT_THAT(view("--roi 19:21 --background 15:18 --background 23:24").out,
              AllOf(StartsWith("out_roi.png: mean over q = 19 to 21 nm^-1, less 15 to 18 and "
                               "23 to 24, 8 x 6 places")));
  EXPECT_EQ(xrdct(folder_, integrate + "-o a.svg --log --range 1:20").status, 0);
  EXPECT_EQ(
      xrdct(folder_, integrate + "--pattern cake -o a.svg --colours grey --limits 1:90").status, 0);
}

/// Width over height of the first image of an SVG, as it is placed on the page.
double aspect_of_map(std::string const& svg) {
  int columns = 0, rows = 0;
  double x_scale = 0.0, y_scale = 0.0;
  auto const image = svg.find("<image "), use = svg.find("<use ");
  auto const size = svg.find("width=", image), matrix = svg.find("matrix(", use);
  EXPECT_EQ(std::sscanf(svg.c_str() + size, "width=\"%d\" height=\"%d\"", &columns, &rows), 2);
  EXPECT_EQ(std::sscanf(svg.c_str() + matrix, "matrix(%lf,0,0,%lf", &x_scale, &y_scale), 2);
  return columns * x_scale / (rows * y_scale);
}

TEST_F(Pictures, HaveTheTrueAspectOfPlacesAlone) {
  ASSERT_EQ(view("--channel q=20 -o turned.svg").status, 0);  // degrees over millimetres
  EXPECT_NEAR(aspect_of_map(read_text(folder_ / "turned.svg")), 860.0 / 720.0, 0.01);
  replace_in(folder_ / "scan/job.json", "\"step\": 22.5, \"unit\": \"deg\"",
             "\"step\": 0.5, \"unit\": \"mm\"");
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --output raster.h5").status, 0);
  double const expected = 6 * 1.0166666666666666 / (8 * 0.5);
  for (std::string const choice : {"--channel q=20", "--roi 19:21"}) {
    ASSERT_EQ(xrdct(folder_, "view raster.h5 -o raster.svg " + choice).status, 0);
    EXPECT_NEAR(aspect_of_map(read_text(folder_ / "raster.svg")), expected, 0.01) << choice;
  }
  ASSERT_EQ(xrdct(folder_,
                  "integrate scan/scan.h5:7 --poni scan/calib.poni --pattern cake --unit "
                  "2th_deg -o cake.svg")
                .status,
            0);
  EXPECT_NEAR(aspect_of_map(read_text(folder_ / "cake.svg")), 860.0 / 720.0, 0.01)
      << "angles, but not of one plane";
}

TEST_F(Pictures, RefuseWhatHasNoMeaning) {
  refused("--colours virdis",
          "expected viridis, grey, coolwarm, found virdis; did you mean viridis?");
  refused("--colours gray", "did you mean grey?");
  refused("--colours jet", "expected viridis, grey, coolwarm, found jet");
  for (std::string const text :
       {"98:2", "2", "2:", ":98", "2:101", "-1:50", "5:5", "a:b", "nan:3", "2:98:99", "2:98x"})
    refused("--limits " + text, "expected two numbers from 0 to 100 as LOW:HIGH");
  for (std::string const text : {"3:2", "inf:inf", "0:inf", "1", "1e400:2"})
    refused("--range " + text, "expected two finite numbers as LOW:HIGH");
  refused("--log --range 0:5", "expected values above 0, found 0");
  refused("--limits 2:98 --range 1:2", "excludes");
  refused("--background 1:2", "requires --roi");
  refused("--roi 19:21 --channel q=20", "excludes");
  refused("--roi 19:21 --pattern 1,1", "excludes");
  refused("--pattern 1,1 --limits 2:98", "expected a map, which has colours, found a pattern");
  refused("--pattern 1,1 --colours grey", "cannot use --colours grey with a curve");
  auto const curve = xrdct(folder_, integrate + "-o no.pdf --colours grey");
  EXPECT_EQ(curve.status, 2);
  EXPECT_THAT(curve.errors, HasSubstr("cannot use --colours grey with a curve"));
  refused("--colour grey", "did you mean --colours?");
}

}  // namespace
}  // namespace xrdct::test
