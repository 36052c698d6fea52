#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

/// A real raster: 8 × 6 points seen by three detectors, against pyFAI's patterns of the same
/// frames.
namespace xrdct::test {
namespace {

std::string job_text(std::filesystem::path const& data, std::string const& detector,
                     std::string const& splitting) {
  auto const raster = (data / "data" / "chess-raster").string();
  return R"({"scan": {"files": [")" + raster +
         R"(/saxswaxs_test_2d_repacked_bslz4.h5"], "dataset": "/)" + detector + R"(/data",
  "shape": {"height": 1, "slow": 8, "fast": 6}, "slow": {"name": "samx", "unit": "mm"}, "fast": {"name": "samz", "unit": "mm"}},
  "calibration": {"poni": ")" +
         raster + "/" + detector + R"(.poni", "mask": [")" + raster + "/" + detector + R"(.tif"]},
  "reductions": [{"name": "mean", "method": "mean", "splitting": ")" +
         splitting + R"(", "unit": "q_A^-1", "bins": 500, "error_model": "poisson"}],
  "output": {"file": "out.h5"}})";
}

class Raster : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(Raster, EqualsPyFaiOnEveryNumberOfRanks) {
  auto const data = test_data();
  if (data.empty())
    GTEST_SKIP() << "needs the real raster: set XRDCT_TEST_DATA to the folder that holds data/ and "
                    "reference/";
  auto const [detector, splitting] = GetParam();
  auto const folder = fresh_folder();
  write_text(folder / "job.json", job_text(data, detector, splitting));
  std::string bytes;
  for (int const ranks : {1, 2, 4}) {
    auto const run = xrdct(folder, "reduce job.json --overwrite", ranks);
    ASSERT_EQ(run.status, 0) << run.errors;
    if (ranks == 1) bytes = read_text(folder / "out.h5");
    EXPECT_TRUE(read_text(folder / "out.h5") == bytes) << ranks << " ranks";
  }

  std::string const split = splitting == "bounding_box" ? "bbox"
                            : splitting == "none"       ? "no"
                                                        : "full";
  auto const reference = [&](std::string const& field) {
    return io::read_values(data / "reference" / "real.h5",
                           "/chess-raster/" + detector + "/" + split + "/" + field);
  };
  auto const intensity = reference("intensity");
  auto const sem = reference("sem");
  auto const count = reference("count");
  auto const radial = reference("radial");
  io::SinogramReader const reader(folder / "out.h5");
  ASSERT_EQ(reader.shape(), (core::ScanShape{1, 8, 6}));
  auto const axis = reader.radial("mean").positions;
  ASSERT_EQ(axis.size(), radial.size());
  for (std::size_t b = 0; b < axis.size(); ++b) ASSERT_NEAR(axis[b], radial[b], 1e-7 * radial[b]);
  std::size_t compared = 0;
  for (std::size_t frame = 0; frame < 48; ++frame) {
    auto const values = reader.pattern("mean", "I", 0, frame / 6, frame % 6);
    auto const errors = reader.pattern("mean", "I_errors", 0, frame / 6, frame % 6);
    auto const counts = reader.pattern("mean", "count", 0, frame / 6, frame % 6);
    for (std::size_t b = 0; b < values.size(); ++b) {
      std::size_t const i = frame * values.size() + b;
      if (count[i] == 0.0) {
        ASSERT_TRUE(std::isnan(values[b])) << "frame " << frame << " bin " << b;
        continue;
      }
      ASSERT_NEAR(values[b], intensity[i], 1e-6 * std::abs(intensity[i]))
          << "frame " << frame << " bin " << b;
      ASSERT_NEAR(errors[b], sem[i], 1e-6 * sem[i]) << "frame " << frame << " bin " << b;
      ASSERT_NEAR(counts[b], count[i], 1e-6 * count[i]) << "frame " << frame << " bin " << b;
      ++compared;
    }
  }
  EXPECT_GT(compared, 48u * 400);
}

INSTANTIATE_TEST_SUITE_P(Chess, Raster,
                         testing::Combine(testing::Values("PIL5", "PIL9", "PIL11"),
                                          testing::Values("none", "bounding_box", "full")),
                         [](auto const& parameters) {
                           return std::get<0>(parameters.param) + "_" +
                                  std::get<1>(parameters.param);
                         });

TEST(RasterMap, ShowsTheSample) {
  auto const data = test_data();
  if (data.empty())
    GTEST_SKIP() << "needs the real raster: set XRDCT_TEST_DATA to the folder that holds data/ and "
                    "reference/";
  auto const folder = fresh_folder();
  write_text(folder / "job.json", job_text(data, "PIL9", "bounding_box"));
  ASSERT_EQ(xrdct(folder, "reduce job.json", 2).status, 0);
  auto const run = xrdct(folder, "view out.h5 --channel q=1.515 --output map.png");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_GT(std::filesystem::file_size(folder / "map.png"), 2000u);
  // The peak at 1.515 A^-1 is there where the sample is: the map has contrast.
  io::SinogramReader const reader(folder / "out.h5");
  auto const axis = reader.radial("mean").positions;
  std::size_t bin = 0;
  while (axis[bin] < 1.515) ++bin;
  auto const map = reader.channel("mean", "I", 0, bin);
  auto const [low, high] = std::minmax_element(map.begin(), map.end());
  EXPECT_GT(*high, 1.2f * *low);
}

}  // namespace
}  // namespace xrdct::test
