#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "core/tomography/angle_weights.hpp"
#include "core/tomography/projector.hpp"
#include "core/tomography/reference_slices.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/iterative_slices.hpp"
#include "tests/core/tomography/discs.hpp"
#include "tests/kokkos/tomography/slice_data.hpp"

/// Engines against the specification, bin by bin.
namespace xrdct::test {
namespace {

using kernels::LargeFloats;

class SliceEngines : public testing::TestWithParam<core::Footprint> {};

TEST_P(SliceEngines, ProjectAsSpecified) {
  auto const geometry = odd_geometry();
  kernels::SliceProjector const projector(geometry, GetParam());
  for (std::size_t const bins : {16U, 32U, 48U, 64U}) {
    auto const slice = random_floats(geometry.voxels() * bins, 1);
    LargeFloats padded(projector.padded_samples() * bins);
    projector.forward(slice, bins, padded);
    for (std::size_t const bin : {std::size_t{0}, bins - 1}) {
      auto const wanted = core::project(geometry, GetParam(), of_bin(slice, bins, bin));
      std::vector<double> found;
      for (std::size_t p = 0; p < geometry.projections(); ++p)
        for (std::size_t k = 0; k < geometry.translations; ++k)
          found.push_back(
              geometry.step *
              static_cast<double>(
                  padded[(p * projector.line() + projector.before() + k) * bins + bin]));
      EXPECT_LT(difference(found, wanted), 3e-7);
    }
  }
}

TEST_P(SliceEngines, ProjectBackByTheTranspose) {
  auto const geometry = odd_geometry();
  kernels::SliceProjector const projector(geometry, GetParam());
  constexpr std::size_t bins = 16;
  auto const x = random_floats(geometry.voxels() * bins, 2),
             y = random_floats(projector.padded_samples() * bins, 3);
  LargeFloats forward(y.size()), back(x.size());
  projector.forward(x, bins, forward);
  projector.back(y, bins, back);
  for (std::size_t bin = 0; bin < bins; ++bin) {
    double there = 0.0, here = 0.0;
    for (std::size_t i = bin; i < y.size(); i += bins)
      there += static_cast<double>(forward[i]) * static_cast<double>(y[i]);
    for (std::size_t i = bin; i < x.size(); i += bins)
      here += static_cast<double>(x[i]) * static_cast<double>(back[i]);
    EXPECT_NEAR(there / here, 1.0, 1e-6);
  }
}

TEST_P(SliceEngines, IterateAsSpecified) {
  auto geometry = odd_geometry();
  constexpr std::size_t bins = 32;
  auto values = random_floats(geometry.samples() * bins, 4);
  auto weights = random_floats(geometry.samples() * bins, 5);
  for (std::size_t i = 0; i < weights.size(); i += 37) {
    weights[i] = 0.0F;
    values[i] = std::numeric_limits<float>::quiet_NaN();  // is not looked at
  }
  kernels::IterativeSlices engine(geometry, GetParam());
  LargeFloats slice(geometry.voxels() * bins);
  std::size_t const bin = 5;
  auto const weight = of_bin(weights, bins, bin);
  auto value = of_bin(values, bins, bin);
  for (auto& number : value)
    if (std::isnan(number)) number = 0.0;
  for (bool const non_negative : {false, true}) {
    engine.sirt({values, weights, {}}, bins,
                {.count = 8, .relaxation = 1.0, .non_negative = non_negative}, slice);
    auto const wanted =
        core::sirt(geometry, GetParam(),
                   {.count = 8, .relaxation = 1.0, .non_negative = non_negative}, weight, value);
    EXPECT_LT(difference(of_bin(slice, bins, bin), wanted), 1e-6);
  }
  engine.cgls({values, weights, {}}, bins, 5, slice);
  auto const wanted = core::cgls(geometry, GetParam(), 5, weight, value);
  EXPECT_LT(difference(of_bin(slice, bins, bin), wanted),
            3e-5);  // float, as gradients become small
}

INSTANTIATE_TEST_SUITE_P(Footprints, SliceEngines,
                         testing::Values(core::Footprint::linear, core::Footprint::strip),
                         [](auto const& test) {
                           return test.param == core::Footprint::linear ? "Linear" : "Strip";
                         });

TEST(SliceFilter, ReconstructsAsSpecifiedWithItsVariance) {
  auto const geometry = odd_geometry();
  auto const weights = core::angle_weights(geometry.angles);
  constexpr std::size_t bins = 48, bin = 17;
  auto const sinogram = random_floats(geometry.samples() * bins, 6);
  LargeFloats slice(geometry.voxels() * bins);
  for (auto const window : {core::FilterWindow::none, core::FilterWindow::hann}) {
    kernels::LargeFloats scratch, more;
    kernels::FilteredBackProjection engine(geometry, weights.weight, window);
    engine.reconstruct(sinogram, bins, scratch, slice);
    auto const wanted = core::filtered_back_projection(geometry, weights.weight, window,
                                                       of_bin(sinogram, bins, bin));
    EXPECT_LT(difference(of_bin(slice, bins, bin), wanted), 2e-6);
    engine.variance(sinogram, bins, scratch, more, slice);
    auto const variance = core::filtered_back_projection_variance(geometry, weights.weight, window,
                                                                  of_bin(sinogram, bins, bin));
    EXPECT_LT(difference(of_bin(slice, bins, bin), variance), 2e-6);
    EXPECT_TRUE(std::none_of(slice.begin(), slice.end(), [](float v) { return v < 0.0F; }));
  }
}

TEST(SliceFilter, ShowsADiscWhereItIsWithItsValue) {
  for (std::size_t const samples : {std::size_t{200}, std::size_t{201}}) {
    double const middle = (static_cast<double>(samples) - 1.0) / 2.0;
    for (double const step : {1.0, 0.05}) {
      for (double const centre : {middle, middle + 5.3, middle - 5.3}) {
        auto const geometry = even_geometry(300, samples, step, centre);
        Disc const disc{30.0 * step, 18.0 * step, 45.0 * step, 1.0};
        auto const exact = sinogram_of(geometry, {disc});
        constexpr std::size_t bins = 16;
        LargeFloats sinogram(geometry.samples() * bins), slice(geometry.voxels() * bins);
        for (std::size_t i = 0; i < sinogram.size(); ++i)
          sinogram[i] = static_cast<float>(exact[i / bins]);
        kernels::LargeFloats scratch, more;
        kernels::FilteredBackProjection engine(
            geometry, core::angle_weights(geometry.angles).weight, core::FilterWindow::none);
        engine.reconstruct(sinogram, bins, scratch, slice);
        auto const seen = look_at<float>(geometry, slice, disc, bins);
        EXPECT_NEAR(seen.inside, 1.0, 0.002);
        EXPECT_LT(std::abs(seen.outside), 1e-3);
        EXPECT_NEAR(seen.x, disc.x, 0.05 * step);
        EXPECT_NEAR(seen.y, disc.y, 0.05 * step);
        // what other conventions would show is not what is there
        Disc const mirrored{-disc.x, disc.y, disc.radius, 1.0},
            flipped{disc.x, -disc.y, disc.radius, 1.0};
        EXPECT_LT(look_at<float>(geometry, slice, mirrored, bins).inside, 0.9);
        EXPECT_LT(look_at<float>(geometry, slice, flipped, bins).inside, 0.9);
      }
    }
  }
}

/// The value of a disc from projections at these angles, its bits, and its deviation.
struct FromAngles {
  Seen seen;
  LargeFloats slice;
  bool wedge = false;
};

FromAngles from_angles(std::vector<double> const& angles) {
  auto geometry = even_geometry(angles.size(), 128, 1.0, 63.0);
  geometry.angles = angles;
  Disc const disc{12.0, -9.0, 30.0, 1.0};
  auto const exact = sinogram_of(geometry, {disc});
  constexpr std::size_t bins = 16;
  LargeFloats sinogram(geometry.samples() * bins);
  for (std::size_t i = 0; i < sinogram.size(); ++i)
    sinogram[i] = static_cast<float>(exact[i / bins]);
  auto const weights = core::angle_weights(geometry.angles);
  kernels::LargeFloats scratch, more;
  kernels::FilteredBackProjection engine(geometry, weights.weight, core::FilterWindow::none);
  FromAngles found{{}, LargeFloats(geometry.voxels() * bins), weights.wedge_missing};
  engine.reconstruct(sinogram, bins, scratch, found.slice);
  found.seen = look_at<float>(geometry, found.slice, disc, bins);
  return found;
}

TEST(SliceFilter, TakesAnglesAsTheyAre) {
  using std::numbers::pi;
  std::mt19937 random(3);
  std::vector<double> half, full, golden, some, repeated;
  for (int i = 0; i < 240; ++i) {
    half.push_back(pi * i / 240);
    full.push_back(2 * pi * i / 240);
    golden.push_back(std::fmod(i * 0.6180339887498949, 1.0) * pi);
    some.push_back(static_cast<double>(random()) / 4294967296.0 * 2 * pi);
    repeated.push_back(pi * (i / 2) / 120);
  }
  for (auto const& angles : {half, full, golden, some, repeated}) {
    auto const found = from_angles(angles);
    EXPECT_NEAR(found.seen.inside, 1.0, 0.003);
    EXPECT_FALSE(found.wedge);
  }
  std::vector<double> wedge;
  for (int i = 0; i < 80; ++i) wedge.push_back(pi / 3 * i / 80);
  EXPECT_TRUE(from_angles(wedge).wedge);
}

}  // namespace
}  // namespace xrdct::test
