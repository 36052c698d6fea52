#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class View : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
    ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --output out.h5").status, 0);
  }
  Outcome view(std::string const& arguments) { return xrdct(folder_, "view out.h5 " + arguments); }
  std::filesystem::path folder_;
};

TEST_F(View, ChannelsBecomePictures) {
  for (std::string const arguments : {"--output map.png", "--channel q=20 --output map.png",
                                      "--channel bin=7 --log --output map.png"}) {
    std::filesystem::remove(folder_ / "map.png");
    auto const run = view(arguments);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(read_text(folder_ / "map.png"), StartsWith("\x89PNG"));
    EXPECT_THAT(run.out, HasSubstr("8 x 6 places"));
  }
}

TEST_F(View, PatternsBecomePicturesAndColumns) {
  EXPECT_EQ(view("--pattern 3,2 --output one.png").status, 0);
  EXPECT_THAT(read_text(folder_ / "one.png"), StartsWith("\x89PNG"));
  ASSERT_EQ(view("--pattern 0,3,2 --output one.xye").status, 0);
  std::string const columns = read_text(folder_ / "one.xye");
  EXPECT_THAT(columns, HasSubstr("# "));
  EXPECT_GE(std::count(columns.begin(), columns.end(), '\n'), 90);
  ASSERT_EQ(view("--pattern 3,2 --output one.xy").status, 0);
}

TEST_F(View, ShowsTheSampleBesideTheMeanPatternFirst) {
  auto const run = view("");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("out_overview.png: total intensity of 8 x 6 places, beside 100 "
                                 "bins, mean of all places"));
  EXPECT_EQ(read_text(folder_ / "out_overview.png").substr(16, 8),
            std::string("\0\0\x07\xd0\0\0\x03\x84", 8))
      << "2000 x 900 pixels";
  EXPECT_EQ(view("--log --unit d_A -o o.png").status, 0);
  EXPECT_THAT(view("--channel strongest -o c.png").out, HasSubstr("8 x 6 places"));
  EXPECT_THAT(view("--field count -o c.png").out, HasSubstr("8 x 6 places"));
}

TEST_F(View, ErrorsAndCountsAreThoseOfTheStrongestChannel) {
  auto const channel_of = [](std::string const& text) {
    auto const at = text.find("bin ");
    return at == std::string::npos ? text : text.substr(at, text.find(',', at) - at);
  };
  auto const strongest = channel_of(view("--channel strongest -o c.png").out);
  EXPECT_THAT(strongest, StartsWith("bin "));
  for (std::string const field : {"I_errors", "count"})
    EXPECT_EQ(channel_of(view("-o f.png --field " + field).out), strongest) << field;
}

TEST_F(View, ChoosesAndNamesChannelsInTheUnitThatIsAskedFor) {
  auto const bin_of = [&](std::string const& arguments) {
    auto const run = view("-o c.png " + arguments);
    EXPECT_EQ(run.status, 0) << run.errors;
    return run.out.substr(0, run.out.find(", "));
  };
  EXPECT_EQ(bin_of("--channel 2theta=3.8 --unit 2th_deg"), bin_of("--channel q=20.16"));
  EXPECT_EQ(bin_of("--channel d=3.1166 --unit d_A"), bin_of("--channel q=20.16"));
  EXPECT_THAT(view("-o c.png --channel 3.8 --unit 2th_deg").out, HasSubstr("2theta = 3.7"));
  EXPECT_EQ(view("-o c.png --channel q=3.8 --unit 2th_deg").status, 2);
  EXPECT_EQ(view("-o c.png --channel d=1000 --unit d_A").status, 2);
}

TEST(ViewOfScans, OfEveryShapeIsDrawn) {
  for (std::string const shape :
       {"--rotations 1 --translations 1", "--rotations 1 --translations 5",
        "--rotations 5 --translations 1", "--rotations 2 --translations 3 --heights 2"}) {
    auto const folder = fresh_folder();
    ASSERT_EQ(xrdct(folder, "simulate --shape 32x32 --counts 20 --output scan " + shape).status, 0)
        << shape;
    ASSERT_EQ(xrdct(folder, "reduce scan/job.json --output out.h5").status, 0) << shape;
    bool const two = shape.find("--heights") != std::string::npos;
    auto const run =
        xrdct(folder, std::string("view out.h5 -o a.png") + (two ? " --height 1" : ""));
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_EQ(run.out.find(", height 1,") != std::string::npos, two) << run.out;
    EXPECT_EQ(xrdct(folder, "view out.h5 -o b.png --channel strongest --log").status, 0) << shape;
    EXPECT_EQ(xrdct(folder, "view out.h5 -o c.xye --pattern 0,0").status, 0) << shape;
  }
}

TEST_F(View, MistakesAreTold) {
  auto const far = view("--channel q=1000");
  EXPECT_EQ(far.status, 2);
  EXPECT_THAT(far.errors, HasSubstr("expected a value from"));
  EXPECT_EQ(view("--channel 2theta=3").status, 2);
  EXPECT_EQ(view("--channel q=abc").status, 2);
  EXPECT_EQ(view("--pattern 8,0").status, 2);
  EXPECT_EQ(view("--pattern -1,0").status, 2);
  EXPECT_EQ(view("--height 1").status, 2);
  auto const other = view("--reduction meen");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.errors, HasSubstr("mean"));
  write_text(folder_ / "no.h5", "this is no HDF5 file");
  auto const broken = xrdct(folder_, "view no.h5");
  EXPECT_EQ(broken.status, 3);
  EXPECT_THAT(broken.errors, HasSubstr("no.h5"));
}

}  // namespace
}  // namespace xrdct::test
