#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

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
  auto const run =
      xrdct(folder, "integrate scan/scan.h5:20 --poni scan/calib.poni --bins 100 --output one");
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
  if (data.empty())
    GTEST_SKIP()
        << "needs real images: set XRDCT_TEST_DATA to the folder that holds data/ and reference/";
  auto const folder = fresh_folder();
  std::string const raster = (data / "data" / "chess-raster").string();
  auto const expected =
      io::read_values(data / "reference" / "real.h5", "/chess-raster/PIL9/bbox/intensity");
  std::size_t const bins = 500;
  for (std::size_t frame = 0; frame < 6; ++frame) {
    auto const run = xrdct(folder, "integrate '" + raster + "/tiff-row/test_2d_PIL9_001_000_00" +
                                       std::to_string(frame) + ".tiff' --poni '" + raster +
                                       "/PIL9.poni' --mask '" + raster +
                                       "/PIL9.tif' --unit q_A^-1 --bins 500 --output row");
    ASSERT_EQ(run.status, 0) << run.errors;
    auto const rows = columns_of(folder / "row.xye");
    std::size_t row = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      double const value = expected[frame * bins + b];
      if (row < rows.size() && value != 0.0) {
        ASSERT_NEAR(rows[row][1], value, 1e-6 * std::abs(value))
            << "frame " << frame << " bin " << b;
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

std::vector<double> result(std::filesystem::path const& file, std::string const& name) {
  return io::read_values(file, "/entry/result/" + name);
}

TEST(Integrate, SeveralFramesGoIntoOneFile) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::string const common = " --poni scan/calib.poni --bins 50 --std";
  auto const run =
      xrdct(folder, "integrate scan/scan.h5 --frames 3:6" + common + " -o three.h5 -o three.xy");
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out,
              HasSubstr("scan/scan.h5:/entry/data[3] -> three_00000.xy, three.h5: 50 bins"));
  EXPECT_TRUE(std::filesystem::exists(folder / "three_00002.xy"));
  ASSERT_EQ(xrdct(folder, "integrate scan/scan.h5:5" + common + " -o one.h5 --engine spmm").status,
            0);
  for (std::string const name : {"I", "I_errors", "std", "sum_signal", "sum_variance",
                                 "sum_normalization", "sum_normalization2", "count", "pixels"}) {
    auto const three = result(folder / "three.h5", name), one = result(folder / "one.h5", name);
    ASSERT_EQ(three.size(), 150u) << name;
    ASSERT_EQ(one.size(), 50u) << name;
    for (std::size_t b = 0; b < 50; ++b) {
      if (std::isnan(one[b])) continue;
      EXPECT_NEAR(three[100 + b], one[b], 1e-5 * std::abs(one[b])) << name << " " << b;
    }
  }
  auto const signal = result(folder / "one.h5", "sum_signal"),
             norm = result(folder / "one.h5", "sum_normalization"),
             I = result(folder / "one.h5", "I");
  auto const pixels = result(folder / "one.h5", "pixels");
  int filled = 0;
  for (std::size_t b = 0; b < 50; ++b) {
    if (pixels[b] == 0.0) continue;
    EXPECT_EQ(static_cast<float>(signal[b] / norm[b]), static_cast<float>(I[b]));
    ++filled;
  }
  EXPECT_GT(filled, 30);
  double total = 0.0;
  for (std::string const name : {"used", "masked", "invalid", "out_of_range", "rejected"}) {
    total += io::read_values(folder / "three.h5", "/entry/frames/" + name)[1];
  }
  EXPECT_EQ(total, 64.0 * 80.0);
}

TEST(Integrate, OneBadImageLeavesTheOthers) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  write_text(folder / "broken.cbf", "###CBF: VERSION 1.5\n");
  auto const run =
      xrdct(folder,
            "integrate scan/scan.h5:0 broken.cbf scan/scan.h5:1 --poni scan/calib.poni -o all.h5");
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.errors, HasSubstr("broken.cbf: left out: cannot read CBF image"));
  auto const status = io::read_values(folder / "all.h5", "/entry/frames/status");
  EXPECT_THAT(status, testing::ElementsAre(0, 2, 0));
  auto const intensity = result(folder / "all.h5", "I");
  EXPECT_TRUE(std::isnan(intensity[1500]));
  EXPECT_GT(std::count_if(intensity.begin(), intensity.begin() + 1000,
                          [](double value) { return value > 0.0; }),
            100);
  auto const alone = xrdct(folder, "integrate broken.cbf --poni scan/calib.poni -o bad.h5");
  EXPECT_EQ(alone.status, 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "bad.h5"));
}

TEST(Integrate, CakesAndTheirSectors) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::string const common =
      "integrate scan/scan.h5:7 --poni scan/calib.poni --bins 40 --radial-range 1 20 "
      "--no-solid-angle";
  ASSERT_EQ(
      xrdct(folder, common + " --pattern cake --azimuthal-bins 8 -o cake.h5 -o cake.png").status,
      0);
  ASSERT_EQ(xrdct(folder, common + " -o ring.h5").status, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "cake.png"));
  EXPECT_THAT(result(folder / "cake.h5", "azimuthal_axis"),
              testing::ElementsAre(-157.5, -112.5, -67.5, -22.5, 22.5, 67.5, 112.5, 157.5));
  auto const cake = result(folder / "cake.h5", "sum_signal"),
             ring = result(folder / "ring.h5", "sum_signal");
  ASSERT_EQ(cake.size(), 320u);
  for (std::size_t b = 0; b < 40; ++b) {
    double sum = 0.0;
    for (std::size_t a = 0; a < 8; ++a) sum += cake[a * 40 + b];
    EXPECT_NEAR(sum, ring[b], 1e-5 * ring[b] + 1e-6);
  }
  auto const text = xrdct(folder, common + " --pattern cake -o cake.xy");
  EXPECT_EQ(text.status, 2);
  EXPECT_THAT(text.errors, HasSubstr("found a cake; write it as .png, .svg, .pdf, .h5"));
}

TEST(Integrate, SettingsOfPyFaiAndOptionsOnTop) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  write_text(
      folder / "worker.json",
      R"({"version": 5, "application": "worker", "poni": "scan/calib.poni", "nbpt_rad": 60, "unit": "q_nm^-1", "error_model": "poisson",)"
      R"( "method": ["bbox", "csr", "cython"], "normalization_factor": 2.0})");
  ASSERT_EQ(xrdct(folder, "integrate scan/scan.h5:4 --config worker.json -o config.h5").status, 0);
  ASSERT_EQ(xrdct(folder, "integrate scan/scan.h5:4 --poni scan/calib.poni --bins 60 -o options.h5")
                .status,
            0);
  auto const half = result(folder / "config.h5", "I"), whole = result(folder / "options.h5", "I");
  ASSERT_EQ(half.size(), 60u);
  for (std::size_t b = 0; b < 60; ++b) {
    if (std::isnan(whole[b])) continue;
    EXPECT_NEAR(2.0 * half[b], whole[b], 1e-6 * std::abs(whole[b]));
  }
  ASSERT_EQ(xrdct(folder,
                  "integrate scan/scan.h5:4 --config worker.json --bins 30 --normalization-factor "
                  "1 -o over.h5")
                .status,
            0);
  EXPECT_EQ(result(folder / "over.h5", "I").size(), 30u);
}

TEST(Integrate, RefusesWhatDoesNotFitTogether) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const errors = [&](std::string const& options) {
    auto const run = xrdct(folder, "integrate scan/scan.h5:0 --poni scan/calib.poni " + options);
    EXPECT_EQ(run.status, 2) << options;
    return run.errors;
  };
  EXPECT_THAT(errors("--threshold 3"), HasSubstr("expected --method sigma_clip"));
  EXPECT_THAT(errors("--method quantile_mean"), HasSubstr("--quantiles LOWER UPPER"));
  EXPECT_THAT(errors("--method sum --error-model azimuthal"),
              HasSubstr("none, variance or poisson"));
  EXPECT_THAT(errors("--error-model variance"), HasSubstr("--variance FILE"));
  EXPECT_THAT(errors("--radial-range 5 1"), HasSubstr("the lower first, found 5 and 1"));
  EXPECT_THAT(errors("--azimuth-range 0 400"), HasSubstr("at most 360 degrees"));
  EXPECT_THAT(errors("--invalid x"), HasSubstr("ranges such as -10:-1, found x"));
  EXPECT_THAT(errors("-o scan/scan.h5"), HasSubstr("found that of an image"));
  EXPECT_THAT(errors("-o none/a.h5"), HasSubstr("expected the folder none to exist"));
  EXPECT_THAT(errors("-o a.jpg"), HasSubstr("found \".jpg\""));
}

TEST(Integrate, RealCbfEqualsPyFai) {
  auto const data = test_data();
  if (data.empty())
    GTEST_SKIP()
        << "needs real images: set XRDCT_TEST_DATA to the folder that holds data/ and reference/";
  auto const folder = fresh_folder();
  std::string const ceria = (data / "data" / "ceo2-pilatus2m-cbf").string();
  ASSERT_EQ(xrdct(folder, "integrate '" + ceria + "/CeO2.cbf' --poni '" + ceria +
                              "/CeO2.poni' --bins 20 --splitting bounding_box -o a.dat")
                .status,
            0);
  auto const rows = columns_of(folder / "a.dat");
  // integrate1d(image, 20, unit="q_nm^-1", error_model="poisson", method=("bbox", "csr", "cython"))
  // of pyFAI 2026.9
  double const expected[20][2] = {
      {3.963646e+00, 2.710710e+02}, {1.001437e+01, 4.720354e+02}, {1.606510e+01, 4.177245e+02},
      {2.211582e+01, 2.666619e+03}, {2.816655e+01, 3.609135e+02}, {3.421728e+01, 1.417334e+03},
      {4.026800e+01, 1.445514e+03}, {4.631873e+01, 5.538813e+02}, {5.236945e+01, 1.034669e+03},
      {5.842018e+01, 1.058774e+03}, {6.447091e+01, 4.818029e+02}, {7.052163e+01, 9.444694e+02},
      {7.657236e+01, 5.770187e+02}, {8.262308e+01, 6.123022e+02}, {8.867381e+01, 7.086479e+02},
      {9.472453e+01, 4.858918e+02}, {1.007753e+02, 5.681347e+02}, {1.068260e+02, 5.589702e+02},
      {1.128767e+02, 4.867286e+02}, {1.189274e+02, 5.162191e+02}};
  ASSERT_EQ(rows.size(), 20u);
  for (std::size_t b = 0; b < 20; ++b) {
    EXPECT_NEAR(rows[b][0], expected[b][0], 2e-6 * expected[b][0]);
    EXPECT_NEAR(rows[b][1], expected[b][1], 1e-5 * expected[b][1]);
  }
}

}  // namespace
}  // namespace xrdct::test
