// Real scans as they were left: inspected, a job written, reduced with values of the command line,
// and compared with pyFAI's patterns of the same frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class InspectReal : public testing::Test {
 protected:
  void SetUp() override {
    if (test_data().empty())
      GTEST_SKIP() << "needs real scans: set XRDCT_TEST_DATA to the folder that holds data/ and "
                      "reference/";
    folder_ = fresh_folder();
    raster_ = (test_data() / "data" / "chess-raster").string();
  }
  std::string settings() const {
    return " --set reductions[0].bins=500 --set 'reductions[0].unit=\"q_A^-1\"' --set "
           "'calibration.mask=[\"" +
           raster_ + "/PIL9.tif\"]' -q";
  }
  /// The first lines of the raster.
  void expect_like_pyfai(std::string const& output, std::size_t lines) const {
    auto const intensity =
        io::read_values(test_data() / "reference" / "real.h5", "/chess-raster/PIL9/bbox/intensity");
    auto const count =
        io::read_values(test_data() / "reference" / "real.h5", "/chess-raster/PIL9/bbox/count");
    io::SinogramReader const reader(folder_ / output);
    ASSERT_EQ(reader.shape(), (core::ScanShape{1, lines, 6}));
    std::size_t compared = 0;
    for (std::size_t place = 0; place < lines * 6; ++place) {
      auto const values = reader.pattern("mean", "I", 0, place / 6, place % 6);
      for (std::size_t b = 0; b < values.size(); ++b) {
        std::size_t const i = place * values.size() + b;
        if (count[i] == 0.0) continue;
        ASSERT_NEAR(values[b], intensity[i], 2e-6 * std::abs(intensity[i]) + 1e-9)
            << "place " << place << " bin " << b;
        ++compared;
      }
    }
    EXPECT_GT(compared, lines * 6 * 300);
  }

  fs::path folder_;
  std::string raster_;
};

TEST_F(InspectReal, ARasterSeenByThreeDetectors) {
  auto const file = raster_ + "/saxswaxs_test_2d_repacked_bslz4.h5";
  auto const asked = run_alone(folder_, "inspect " + file + " --poni " + raster_ + "/PIL9.poni");
  EXPECT_THAT(asked.out, HasSubstr("question: frames of /PIL9/data or /PIL11/data?"));
  auto const made = run_alone(folder_, "inspect " + file + " --detector PIL9 --poni " + raster_ +
                                           "/PIL9.poni --write-job job.json");
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out,
              AllOf(HasSubstr("8 places of samx × 6 places of samz, samz fast, all lines the same "
                              "way"),
                    HasSubstr("samx 141 … 141.7, 8 places in steps of 0.1"),
                    HasSubstr("job.json is written; next: xrdct check job.json")));
  auto const reduced = xrdct(folder_, "reduce job.json -o out.h5" + settings());
  ASSERT_EQ(reduced.status, 0) << reduced.errors;
  expect_like_pyfai("out.h5", 8);
}

TEST_F(InspectReal, ItsFirstLineAsImagesWithTheTableOfSpec) {
  auto const made = run_alone(folder_, "inspect " + raster_ + "/tiff-row --table " + raster_ +
                                           "/test_2d --poni " + raster_ +
                                           "/PIL9.poni --monitor ic1 --write-job job.json");
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, AllOf(HasSubstr("6 frames × 407 × 487"), HasSubstr("6 places in steps of "
                                                                           "0.4")));
  auto const reduced =
      xrdct(folder_, "reduce job.json -o out.h5 --set scan.monitor=null" + settings());
  ASSERT_EQ(reduced.status, 0) << reduced.errors;
  expect_like_pyfai("out.h5", 1);
  EXPECT_EQ(xrdct(folder_, "check job.json").status, 0);
}

TEST_F(InspectReal, AMonitorThatChangesIsNoMotor) {
  auto const made = run_alone(
      folder_, "inspect " + (test_data() / "data" / "i18-tomography" / "xrd_test.nxs").string());
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, AllOf(HasSubstr("2 heights × 2 lines × 2 points"), HasSubstr("17 keV"),
                              HasSubstr("counters     monitor"),
                              testing::Not(HasSubstr("fast         monitor"))));
}

}  // namespace
}  // namespace xrdct::test
