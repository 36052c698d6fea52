#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "command.hpp"

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
  for (std::string const arguments : {"--output map.png", "--channel q=20 --output map.png", "--channel bin=7 --log --output map.png"}) {
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
