// The errors of voxels against many draws of noise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/tomography/angle_weights.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "tests/core/tomography/discs.hpp"

namespace xrdct::test {
namespace {

using kernels::LargeFloats;

TEST(SliceNoise, IsThatOfManyDraws) {
  auto geometry = even_geometry(90, 64, 0.5, 30.3);
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> shift(-0.02, 0.02);
  for (auto& angle : geometry.angles) angle += shift(random);
  auto const weights = core::angle_weights(geometry.angles);
  auto const exact = sinogram_of(geometry, {{4.0, -3.0, 7.0, 30.0}, {-6.0, 5.0, 4.0, 100.0}});
  constexpr std::size_t bins = 64, groups = 7;
  LargeFloats variance(geometry.samples() * bins);
  for (std::size_t i = 0; i < variance.size(); ++i)
    variance[i] = static_cast<float>(exact[i / bins] + 5.0);
  kernels::LargeFloats scratch, more;
  kernels::FilteredBackProjection engine(geometry, weights.weight, core::FilterWindow::none);
  LargeFloats wanted(geometry.voxels() * bins), slice(wanted.size()), sinogram(variance.size());
  engine.variance(variance, bins, scratch, more, wanted);
  std::vector<double> sum(geometry.voxels(), 0.0), square(geometry.voxels(), 0.0);
  std::normal_distribution<double> normal;
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t i = 0; i < sinogram.size(); ++i)
      sinogram[i] = static_cast<float>(
          exact[i / bins] + std::sqrt(static_cast<double>(variance[i])) * normal(random));
    engine.reconstruct(sinogram, bins, scratch, slice);
    for (std::size_t i = 0; i < slice.size(); ++i) {
      sum[i / bins] += static_cast<double>(slice[i]);
      square[i / bins] += static_cast<double>(slice[i]) * static_cast<double>(slice[i]);
    }
  }
  constexpr double draws = bins * groups;
  std::vector<double> ratio;
  for (std::size_t v = 0; v < sum.size(); ++v) {
    if (std::isnan(sum[v])) continue;
    double const found = (square[v] - sum[v] * sum[v] / draws) / (draws - 1.0);
    ratio.push_back(std::sqrt(static_cast<double>(wanted[v * bins]) / found));
  }
  std::sort(ratio.begin(), ratio.end());
  auto const at = [&](double share) {
    return ratio[static_cast<std::size_t>(share * static_cast<double>(ratio.size() - 1))];
  };
  RecordProperty("median_ratio", std::to_string(at(0.5)));
  EXPECT_NEAR(at(0.5), 1.0, 0.02);
  EXPECT_GT(at(0.05), 0.9);
  EXPECT_LT(at(0.95), 1.1);
}

}  // namespace
}  // namespace xrdct::test
