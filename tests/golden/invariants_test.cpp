#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

#include "core/plan_building.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::golden {
namespace {

using core::ErrorModel;
using core::Splitting;

struct Setting {
  std::string integrator;
  Splitting splitting;
  ErrorModel error_model;
  bool range;
};

std::string name_of(Setting const& s) {
  std::string const splitting = s.splitting == Splitting::none ? "none" : s.splitting == Splitting::full ? "full" : "bounding_box";
  return s.integrator + "_" + splitting + (s.error_model == ErrorModel::poisson ? "_poisson" : "_no_errors") + (s.range ? "_range" : "");
}

std::vector<Setting> settings() {
  std::vector<Setting> all;
  for (auto const& integrator : integrators())
    for (auto splitting : {Splitting::none, Splitting::bounding_box, Splitting::full})
      for (auto model : {ErrorModel::none, ErrorModel::poisson})
        for (bool range : {false, true}) all.push_back({integrator, splitting, model, range});
  return all;
}

class Invariants : public testing::TestWithParam<Setting> {
 protected:
  /// The formula image's geometry with all corrections; more bins than pixels across, so that some are empty.
  core::ReductionPlan plan(bool dark) const {
    auto const image = test::formula_image();
    core::Calibration const calibration{0.1, 0.0032, 0.0041, 0.02, -0.03, 0.1, 1e-10, {}};
    core::Geometry const geometry(calibration, core::Detector{"Detector", 1e-4, 1e-4, {64, 80}, 3, {}});
    core::ReductionPlan plan;
    plan.shape = {64, 80};
    plan.encoding = {.type = core::PixelType::f32};
    plan.valid = core::ValidValues::of(core::PixelType::f32);
    plan.corrections = core::build_corrections(
        geometry, {.solid_angle = true, .polarization = std::pair{0.95, 0.1}}, true,
        {.mask = image.mask, .flat = image.flat, .dark = dark ? std::span<float const>(image.dark) : std::span<float const>()});
    core::Binning binning{.unit = core::Unit::q_nm, .bins = 300, .splitting = GetParam().splitting, .radial_range = {}};
    if (GetParam().range) binning.radial_range = std::pair{0.5, 2.5};
    plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, binning), GetParam().error_model});
    return plan;
  }
};

TEST_P(Invariants, AnImageEqualToItsNormalizationIntegratesToOne) {
  for (bool dark : {false, true}) {
    auto const with = plan(dark);
    std::vector<double> frame(with.corrections.normalization.begin(), with.corrections.normalization.end());
    for (std::size_t pixel = 0; pixel < frame.size() && dark; ++pixel) frame[pixel] += with.corrections.dark[pixel];
    auto const result = integrate(GetParam().integrator, with, {frame});
    auto const& sums = result.sums.at(0);
    std::vector<float> intensity(sums.bins), error(sums.bins), count(sums.bins);
    core::finish_pattern(sums, 0, 1.0, {.error_model = GetParam().error_model}, {intensity, error, {}, count});
    std::size_t filled = 0;
    for (std::size_t bin = 0; bin < sums.bins; ++bin) {
      if (sums.pixels[bin] == 0) {
        EXPECT_TRUE(std::isnan(intensity[bin]));
        EXPECT_EQ(count[bin], 0.0f);
        EXPECT_EQ(sums.signal[bin], 0.0);
        EXPECT_EQ(sums.normalization[bin], 0.0);
        continue;
      }
      ++filled;
      EXPECT_NEAR(intensity[bin], 1.0, dark ? 1e-6 : 1e-7) << "bin " << bin;  // with a dark the frame itself is rounded to float32
      EXPECT_GT(count[bin], 0.0f);
      EXPECT_TRUE(GetParam().error_model == ErrorModel::none || error[bin] > 0.0f);
    }
    EXPECT_GT(filled, sums.bins / 2);
  }
}

TEST_P(Invariants, EveryPixelIsCountedOnce) {
  auto with = plan(true);
  with.valid.highest = 90.0;
  with.valid.invalid = {{7.0, 7.0}};
  std::vector<double> frame = test::formula_image().image;
  frame[5] = std::numeric_limits<double>::quiet_NaN();
  frame[600] = std::numeric_limits<double>::infinity();
  auto const result = integrate(GetParam().integrator, with, {frame, std::vector<double>(frame.size(), 7.0)});
  for (std::size_t k = 0; k < 2; ++k) {
    auto const& tally = result.tally.at(0).at(k);
    EXPECT_EQ(tally.used + tally.masked + tally.invalid + tally.out_of_range + tally.rejected, 64 * 80);
    EXPECT_EQ(tally.masked, 53);
    EXPECT_GT(tally.invalid, 100);
    EXPECT_EQ(tally.rejected, 0);
    EXPECT_EQ(tally.out_of_range > 0, GetParam().range && k == 0);
  }
  auto const& nothing = result.sums.at(0);
  EXPECT_EQ(result.tally.at(0).at(1).used, 0);
  for (std::size_t bin = 0; bin < nothing.bins; ++bin) {
    EXPECT_EQ(nothing.pixels[nothing.bins + bin], 0);
    EXPECT_EQ(nothing.count[nothing.bins + bin], 0.0) << "a bin without a pixel has sums of exactly 0";
    EXPECT_EQ(nothing.normalization2[nothing.bins + bin], 0.0);
  }
}

TEST_P(Invariants, WhatFloat32CannotHoldIsInvalid) {
  auto with = plan(false);
  with.encoding.type = core::PixelType::f64;
  with.valid = core::ValidValues::of(core::PixelType::f64);
  std::vector<double> frame = test::formula_image().image;
  frame[1000] = 1e300;
  frame[2000] = -1e300;
  frame[3000] = 1e-300;
  auto const found = integrate(GetParam().integrator, with, {frame}), loops = integrate("loops", with, {frame});
  EXPECT_EQ(found.tally, loops.tally);
  EXPECT_EQ(found.sums.at(0).pixels, loops.sums.at(0).pixels);
  EXPECT_EQ(found.tally.at(0).at(0).invalid, 2);
  for (double signal : found.sums.at(0).signal) EXPECT_TRUE(std::isfinite(signal));
}

INSTANTIATE_TEST_SUITE_P(Golden, Invariants, testing::ValuesIn(settings()), [](auto const& setting) { return name_of(setting.param); });

}  // namespace
}  // namespace xrdct::golden
