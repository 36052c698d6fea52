#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <sstream>
#include <vector>

#include "command.hpp"
#include "io/frame_source.hpp"
#include "io/sinogram_reader.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

/// The numbers of a column file, comment lines left out: [row][column].
std::vector<std::vector<double>> columns_of(std::filesystem::path const& file) {
  std::vector<std::vector<double>> rows;
  std::istringstream text(read_text(file));
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    rows.emplace_back();
    for (double value = 0; words >> value;) rows.back().push_back(value);
  }
  return rows;
}

TEST(Integrate, OneFrameEqualsItsPlaceInTheScan) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--splitting bounding_box --polarization none --monitor-drift 0");
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json --output out.h5").status, 0);
  auto const run = xrdct(folder, "integrate scan/scan.h5:20 --poni scan/calib.poni --bins 100 --output one");
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("used"));
  EXPECT_TRUE(std::filesystem::exists(folder / "one.png"));
  auto const rows = columns_of(folder / "one.xye");
  io::SinogramReader const reader(folder / "out.h5");
  auto const expected = reader.pattern("mean", "I", 0, 20 / 6, 20 % 6);
  auto const errors = reader.pattern("mean", "I_errors", 0, 20 / 6, 20 % 6);
  std::size_t row = 0;
  for (std::size_t b = 0; b < expected.size(); ++b) {
    if (std::isnan(expected[b])) continue;
    ASSERT_LT(row, rows.size());
    ASSERT_EQ(rows[row].size(), 3u);
    EXPECT_NEAR(rows[row][1], expected[b], 1e-6 * expected[b]);
    EXPECT_NEAR(rows[row][2], errors[b], 1e-6 * errors[b]);
    ++row;
  }
  EXPECT_EQ(row, rows.size());
}

TEST(Integrate, RealTiffEqualsPyFai) {
  auto const data = test_data();
  if (data.empty()) GTEST_SKIP() << "needs real images: set XRDCT_TEST_DATA to the folder that holds data/ and reference/";
  auto const folder = fresh_folder();
  std::string const raster = (data / "data" / "chess-raster").string();
  auto const expected = io::read_values(data / "reference" / "real.h5", "/chess-raster/PIL9/bbox/intensity");
  std::size_t const bins = 500;
  for (std::size_t frame = 0; frame < 6; ++frame) {
    auto const run = xrdct(folder, "integrate '" + raster + "/tiff-row/test_2d_PIL9_001_000_00" + std::to_string(frame) + ".tiff' --poni '" + raster +
                                       "/PIL9.poni' --mask '" + raster + "/PIL9.tif' --unit q_A^-1 --bins 500 --output row");
    ASSERT_EQ(run.status, 0) << run.errors;
    auto const rows = columns_of(folder / "row.xye");
    std::size_t row = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      double const value = expected[frame * bins + b];
      if (row < rows.size() && value != 0.0) {
        ASSERT_NEAR(rows[row][1], value, 1e-6 * std::abs(value)) << "frame " << frame << " bin " << b;
        ++row;
      }
    }
    EXPECT_EQ(row, rows.size());
  }
}

TEST(Integrate, MistakesAreTold) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const far = xrdct(folder, "integrate scan/scan.h5:48 --poni scan/calib.poni");
  EXPECT_EQ(far.status, 2);
  EXPECT_THAT(far.errors, HasSubstr("48"));
  EXPECT_EQ(xrdct(folder, "integrate scan/scan.h5:0").status, 2);
  EXPECT_EQ(xrdct(folder, "integrate nothing.tif --poni scan/calib.poni").status, 3);
  auto const unit = xrdct(folder, "integrate scan/scan.h5:0 --poni scan/calib.poni --unit q_nm-1");
  EXPECT_EQ(unit.status, 2);
  EXPECT_THAT(unit.errors, HasSubstr("q_nm^-1"));
}

}  // namespace
}  // namespace xrdct::test
