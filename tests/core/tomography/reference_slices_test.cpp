#include "core/tomography/reference_slices.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/tomography/angle_weights.hpp"
#include "tests/core/tomography/discs.hpp"

namespace xrdct::test {
namespace {

TEST(FilteredBackProjection, ShowsADiscWhereItIsWithItsValue) {
  for (std::size_t const samples : {std::size_t{100}, std::size_t{101}}) {
    double const middle = (static_cast<double>(samples) - 1.0) / 2.0;
    for (double const centre : {middle, middle + 5.3}) {
      auto const geometry = even_geometry(160, samples, 0.05, centre);
      Disc const disc{0.6, 0.4, 0.9, 1.0};
      auto const sinogram = sinogram_of(geometry, {disc});
      auto const weights = core::angle_weights(geometry.angles);
      auto const slice = core::filtered_back_projection(geometry, weights.weight,
                                                        core::FilterWindow::none, sinogram);
      auto const seen = look_at<double>(geometry, slice, disc);
      EXPECT_NEAR(seen.inside, 1.0, 0.002);
      EXPECT_LT(std::abs(seen.outside), 1e-3);
      EXPECT_NEAR(seen.x, disc.x, 0.1 * geometry.step);
      EXPECT_NEAR(seen.y, disc.y, 0.1 * geometry.step);
    }
  }
}

TEST(FilteredBackProjection, KeepsTheValueWithEveryWindow) {
  auto const geometry = even_geometry(120, 81, 1.0, 40.0);
  Disc const disc{5.0, -7.0, 20.0, 1.0};
  auto const sinogram = sinogram_of(geometry, {disc});
  auto const weights = core::angle_weights(geometry.angles);
  for (auto const window : {core::FilterWindow::hann, core::FilterWindow::hamming,
                            core::FilterWindow::cosine, core::FilterWindow::shepp_logan}) {
    auto const slice = core::filtered_back_projection(geometry, weights.weight, window, sinogram);
    EXPECT_NEAR(look_at<double>(geometry, slice, disc).inside, 1.0, 0.004) << core::name_of(window);
  }
}

TEST(IterativeReconstruction, FindsADisc) {
  auto const geometry = even_geometry(60, 41, 0.5, 20.0);
  Disc const disc{2.0, 1.5, 5.0, 1.0};
  auto const sinogram = sinogram_of(geometry, {disc});
  std::vector<double> const weights(geometry.samples(), 1.0);
  for (auto const footprint : {core::Footprint::linear, core::Footprint::strip}) {
    auto const by_sirt = core::sirt(geometry, footprint, {.count = 80}, weights, sinogram);
    EXPECT_NEAR(look_at<double>(geometry, by_sirt, disc).inside, 1.0, 0.01);
    auto const by_cgls = core::cgls(geometry, footprint, 12, weights, sinogram);
    EXPECT_NEAR(look_at<double>(geometry, by_cgls, disc).inside, 1.0, 0.01);
  }
}

TEST(IterativeReconstruction, LeavesSamplesOfWeightZeroOut) {
  auto const geometry = even_geometry(60, 41, 1.0, 20.0);
  Disc const disc{2.0, 1.5, 9.0, 1.0};
  auto sinogram = sinogram_of(geometry, {disc});
  std::vector<double> weights(geometry.samples(), 1.0);
  for (std::size_t i = 7; i < sinogram.size(); i += 50) {
    sinogram[i] = 1e6;
    weights[i] = 0.0;
  }
  auto const slice =
      core::sirt(geometry, core::Footprint::linear, {.count = 80}, weights, sinogram);
  EXPECT_NEAR(look_at<double>(geometry, slice, disc).inside, 1.0, 0.01);
}

}  // namespace
}  // namespace xrdct::test
