#include "core/tomography/projector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "tests/core/tomography/discs.hpp"

namespace xrdct::test {
namespace {

/// Numbers between −1 and 1 that are always the same.
std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
  std::vector<double> values(count);
  std::uint64_t state = seed * 2862933555777941757U + 3037000493U;
  for (auto& value : values) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    value = static_cast<double>(state >> 11) / 4503599627370496.0 - 1.0;
  }
  return values;
}

double dot(std::vector<double> const& a, std::vector<double> const& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

class Projector : public testing::TestWithParam<core::Footprint> {};

TEST_P(Projector, GoesBackByItsTranspose) {
  for (double const centre : {20.0, 25.3, 3.7}) {
    auto geometry = even_geometry(37, 41, 0.05, centre, 360.0);
    geometry.side = 44;
    auto const x = numbers(geometry.voxels(), 1), y = numbers(geometry.samples(), 2);
    double const there = dot(core::project(geometry, GetParam(), x), y);
    double const back = dot(x, core::project_back(geometry, GetParam(), y));
    EXPECT_NEAR(there, back, 1e-12 * std::sqrt(dot(x, x) * dot(y, y)));
  }
}

TEST_P(Projector, KeepsTheAmountOfEveryProjection) {
  auto const geometry = even_geometry(16, 60, 0.5, 29.5);
  std::vector<double> slice(geometry.voxels(), 0.0);
  for (std::size_t row = 25; row < 35; ++row)
    for (std::size_t column = 22; column < 30; ++column) slice[row * geometry.side + column] = 2.0;
  double const amount = 80 * 2.0 * geometry.step;
  auto const sinogram = core::project(geometry, GetParam(), slice);
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    double const sum = std::accumulate(
        sinogram.begin() + static_cast<std::ptrdiff_t>(p * geometry.translations),
        sinogram.begin() + static_cast<std::ptrdiff_t>((p + 1) * geometry.translations), 0.0);
    EXPECT_NEAR(sum, amount, 1e-9) << "projection " << p;
  }
}

TEST_P(Projector, SeesADiscAsItsChords) {
  auto const geometry = even_geometry(8, 101, 0.1, 52.3);
  Disc const disc{1.2, -0.8, 2.0, 3.0};
  std::vector<double> slice(geometry.voxels(), 0.0);
  for (std::size_t row = 0; row < geometry.side; ++row)
    for (std::size_t column = 0; column < geometry.side; ++column)
      if (disc.contains(geometry.x(column), geometry.y(row)))
        slice[row * geometry.side + column] = disc.value;
  auto const seen = core::project(geometry, GetParam(), slice);
  auto const chords = sinogram_of(geometry, {disc});
  double difference = 0.0, strength = 0.0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    difference += (seen[i] - chords[i]) * (seen[i] - chords[i]);
    strength += chords[i] * chords[i];
  }
  EXPECT_LT(std::sqrt(difference / strength), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Footprints, Projector,
                         testing::Values(core::Footprint::linear, core::Footprint::strip),
                         [](auto const& test) {
                           return test.param == core::Footprint::linear ? "Linear" : "Strip";
                         });

TEST(StripShares, AreTheAreaOfTheVoxelInEachStrip) {
  for (double const angle : {0.0, 0.1, 0.4, std::numbers::pi / 4, 1.2, std::numbers::pi / 2, 2.9}) {
    for (double const place : {0.0, 0.2, 0.5, 0.99, 3.3}) {
      double const cosine = std::cos(angle), sine = std::sin(angle);
      auto const shares = core::strip_shares(place, cosine, sine);
      std::array<double, 3> counted{};
      int const grid = 400;
      for (int i = 0; i < grid; ++i)
        for (int j = 0; j < grid; ++j) {
          double const s =
              place + ((i + 0.5) / grid - 0.5) * cosine + ((j + 0.5) / grid - 0.5) * sine;
          auto const strip = std::llround(s) - shares.first;
          ASSERT_TRUE(strip >= 0 && strip < 3) << angle << " " << place << " " << strip;
          counted[static_cast<std::size_t>(strip)] += 1.0 / (grid * grid);
        }
      for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(shares.share[i], counted[i], 4e-3);
    }
  }
}

}  // namespace
}  // namespace xrdct::test
