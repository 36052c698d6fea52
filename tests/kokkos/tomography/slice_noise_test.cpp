// The errors of voxels against many draws of noise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>

#include "core/conditioning/missing_samples.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "tests/core/tomography/discs.hpp"

namespace xrdct::test {
namespace {

using kernels::LargeFloats;

constexpr std::size_t bins = 64, groups = 7;

/// Half a turn at uneven angles, the axis off the middle.
core::SliceGeometry uneven_geometry(std::mt19937_64& random) {
  auto geometry = even_geometry(90, 64, 0.5, 30.3);
  std::uniform_real_distribution<double> shift(-0.02, 0.02);
  for (auto& angle : geometry.angles) angle += shift(random);
  return geometry;
}

/// Ratios of the errors that are told to those that are seen, over all voxels, rising.
/// \param missing [sample]: 1 where there is none
std::vector<double> ratios(core::SliceGeometry const& geometry,
                           std::vector<std::uint8_t> const& missing, std::mt19937_64& random) {
  auto const exact = sinogram_of(geometry, {{4.0, -3.0, 7.0, 30.0}, {-6.0, 5.0, 4.0, 100.0}});
  auto const sum =
      core::summed_sinogram(geometry.angles, geometry.translations, exact, {}, missing);
  auto const imputation = core::impute(sum, geometry.centres);
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  LargeFloats variance(geometry.samples() * bins);
  for (std::size_t i = 0; i < variance.size(); ++i)
    variance[i] = missing[i / bins] != 0 ? none : static_cast<float>(exact[i / bins] + 5.0);
  LargeFloats deviation(variance);
  core::fill_variance(imputation, bins, std::span<float>(variance));
  LargeFloats scratch, more, wanted(geometry.voxels() * bins), slice(wanted.size()),
      sinogram(variance.size());
  kernels::FilteredBackProjection engine(geometry, core::measured_angle_weights(sum).weight,
                                         core::FilterWindow::none);
  engine.variance(variance, bins, scratch, more, wanted);
  std::vector<double> total(geometry.voxels(), 0.0), square(geometry.voxels(), 0.0);
  std::normal_distribution<double> normal;
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t i = 0; i < sinogram.size(); ++i)
      sinogram[i] = static_cast<float>(
          exact[i / bins] + std::sqrt(static_cast<double>(deviation[i])) * normal(random));
    core::fill(imputation, bins, std::span<float>(sinogram));
    engine.reconstruct(sinogram, bins, scratch, slice);
    for (std::size_t i = 0; i < slice.size(); ++i) {
      auto const value = static_cast<double>(slice[i]);
      total[i / bins] += value;
      square[i / bins] += value * value;
    }
  }
  constexpr double draws = bins * groups;
  std::vector<double> ratio;
  for (std::size_t v = 0; v < total.size(); ++v) {
    if (std::isnan(wanted[v * bins])) continue;
    double const found = (square[v] - total[v] * total[v] / draws) / (draws - 1.0);
    EXPECT_GT(wanted[v * bins], 0.0F);
    ratio.push_back(std::sqrt(static_cast<double>(wanted[v * bins]) / found));
  }
  std::sort(ratio.begin(), ratio.end());
  return ratio;
}

void expect_true_errors(std::vector<double> const& ratio) {
  auto const at = [&](double share) {
    return ratio[static_cast<std::size_t>(share * static_cast<double>(ratio.size() - 1))];
  };
  testing::Test::RecordProperty("median_ratio", std::to_string(at(0.5)));
  testing::Test::RecordProperty("ratio_5_percent", std::to_string(at(0.05)));
  testing::Test::RecordProperty("ratio_95_percent", std::to_string(at(0.95)));
  EXPECT_NEAR(at(0.5), 1.0, 0.02);
  EXPECT_GT(at(0.05), 0.9);
  EXPECT_LT(at(0.95), 1.1);
}

TEST(SliceNoise, IsThatOfManyDraws) {
  std::mt19937_64 random(5);
  auto const geometry = uneven_geometry(random);
  expect_true_errors(ratios(geometry, std::vector<std::uint8_t>(geometry.samples(), 0), random));
}

// What fills a gap varies with its neighbours, which its variance does not know: in the middle,
// where all of them see a voxel alike, errors are told too small by as much as samples are missing.
TEST(SliceNoise, IsThatOfManyDrawsWhereSamplesAreMissing) {
  std::mt19937_64 random(6);
  auto const geometry = uneven_geometry(random);
  std::vector<std::uint8_t> missing(geometry.samples(), 0);
  std::bernoulli_distribution lost(0.05);
  for (auto& mark : missing) mark = lost(random) ? 1 : 0;
  auto const line = [&](std::size_t projection) {
    return missing.begin() + static_cast<std::ptrdiff_t>(projection * geometry.translations);
  };
  std::fill(line(20), line(21), std::uint8_t{1});       // a projection …
  std::fill(line(40), line(40) + 25, std::uint8_t{1});  // … and a part of another one
  expect_true_errors(ratios(geometry, missing, random));
}

}  // namespace
}  // namespace xrdct::test
