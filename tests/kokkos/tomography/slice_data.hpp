#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "kokkos/tomography/slice_projector.hpp"
#include "tests/core/tomography/discs.hpp"

/// Geometries and values that engines of slices are tested with.
namespace xrdct::test {

/// Odd on purpose: tails of tiles and blocks, uneven angles, a centre of its own for each
/// projection.
inline core::SliceGeometry odd_geometry() {
  auto geometry = even_geometry(53, 71, 0.3, 33.7, 360.0);
  geometry.side = 75;
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    geometry.angles[p] += 0.02 * std::sin(static_cast<double>(7 * p));
    geometry.centres[p] += 0.4 * std::cos(static_cast<double>(3 * p));
  }
  return geometry;
}

inline kernels::LargeFloats random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  kernels::LargeFloats values(count);
  for (auto& value : values) value = static_cast<float>(random()) / 4294967296.0F;
  return values;
}

inline std::vector<double> of_bin(std::span<float const> values, std::size_t bins,
                                  std::size_t bin) {
  std::vector<double> out(values.size() / bins);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(values[i * bins + bin]);
  return out;
}

/// √(Σ (a − b)²/Σ b²) over all that is a number in b; other values of a have to be NaN there.
inline double difference(std::vector<double> const& a, std::vector<double> const& b) {
  double sum = 0.0, all = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(std::isnan(a[i]), std::isnan(b[i]));
    if (std::isnan(b[i])) continue;
    sum += (a[i] - b[i]) * (a[i] - b[i]);
    all += b[i] * b[i];
  }
  return std::sqrt(sum / all);
}

}  // namespace xrdct::test
