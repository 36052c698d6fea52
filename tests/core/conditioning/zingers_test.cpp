// Zingers are found; noise, grains, spots and edges are not taken for them.
#include "core/conditioning/zingers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

/// Counts of up to some 1000 over a level of 20.
SummedSinogram scan(std::uint64_t seed, bool variance, double scale = 8.0) {
  auto const angles = test::even_angles(192, pi);
  auto const counts = test::drawn(
      test::scaled(test::chords(test::many_discs(50.0), angles, 121, 63.0), scale, 20.0), seed);
  return summed_sinogram(angles, 121, counts, variance ? counts : std::vector<double>{});
}

TEST(Zingers, clean_poisson_data_holds_none) {
  std::size_t known = 0, unknown = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    known += find_zingers(scan(seed, true), usual_zinger_limit).size();
    unknown += find_zingers(scan(seed, false), usual_zinger_limit).size();
  }
  // 8·192·121 = 186 000 samples
  EXPECT_EQ(known, 0U);
  EXPECT_LE(unknown, 4U);
  RecordProperty("false_with_variance", std::to_string(known));
  RecordProperty("false_without_variance", std::to_string(unknown));
}

TEST(Zingers, few_counts_among_zeros_are_none) {
  for (double const scale : {0.02, 0.2}) {
    auto const angles = test::even_angles(192, pi);
    auto const counts = test::drawn(
        test::scaled(test::chords(test::many_discs(50.0), angles, 121, 63.0), scale), 5);
    EXPECT_EQ(find_zingers(summed_sinogram(angles, 121, counts, counts), usual_zinger_limit).size(),
              0U);
  }
}

TEST(Zingers, are_found_wherever_they_stand_out) {
  for (bool const variance : {true, false}) {
    auto sinogram = scan(1, variance);
    std::vector<std::size_t> planted;
    for (std::size_t i = 0; i < sinogram.samples(); ++i) {
      if (test::uniform(8, i) >= 1e-3) continue;
      planted.push_back(i);
      sinogram.value[i] += 1500.0;
      if (variance) sinogram.variance[i] += 1500.0;
    }
    ASSERT_GT(planted.size(), 15U);
    auto const found = find_zingers(sinogram, usual_zinger_limit);
    std::size_t hit = 0;
    for (auto const& zinger : found) {
      EXPECT_GT(zinger.z, usual_zinger_limit);
      hit += static_cast<std::size_t>(std::count(planted.begin(), planted.end(), zinger.sample));
    }
    EXPECT_EQ(hit, planted.size());
    EXPECT_LE(found.size(), planted.size() + 1);
    auto const clean = without_zingers(sinogram, found);
    for (auto const i : planted) EXPECT_EQ(clean.missing[i], 1);
  }
}

TEST(Zingers, neighbours_and_failed_readouts) {
  auto sinogram = scan(2, true);
  std::size_t const middle = 100 * 121 + 60;
  sinogram.value[middle] = 9000.0;
  sinogram.value[middle + 1] = 9000.0;  // two beside each other
  sinogram.value[50 * 121 + 60] = 0.0;  // no beam
  auto const found = find_zingers(sinogram, usual_zinger_limit);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].sample, 50U * 121 + 60);
  EXPECT_LT(found[0].z, -usual_zinger_limit);
  EXPECT_EQ(found[1].sample, middle);
  EXPECT_EQ(found[2].sample, middle + 1);
}

TEST(Zingers, grains_and_edges_are_none) {
  for (std::size_t const projections : {std::size_t{60}, std::size_t{192}}) {
    for (bool const variance : {true, false}) {
      // bright grains as small as a voxel, far from the axis, and the sharp edge of a bright disc
      auto const angles = test::even_angles(projections, pi);
      auto means = test::chords({{0.0, 0.0, 30.0, 1.0},
                                 {10.0, 5.0, 8.0, 20.0},
                                 {48.0, 0.0, 0.6, 400.0},
                                 {-35.0, 30.0, 1.0, 200.0},
                                 {0.0, -20.0, 0.5, 900.0}},
                                angles, 121, 60.0);
      auto const counts = test::drawn(test::scaled(means, 2.0, 5.0), 6);
      auto const sinogram =
          summed_sinogram(angles, 121, counts, variance ? counts : std::vector<double>{});
      EXPECT_EQ(find_zingers(sinogram, usual_zinger_limit).size(), 0U)
          << projections << " " << variance;
    }
  }
}

TEST(Zingers, spots_of_several_samples_are_none) {
  auto sinogram = scan(3, true);
  for (std::size_t p : {20U, 90U, 150U}) {
    for (std::size_t dp = 0; dp < 2; ++dp)
      for (std::size_t dk = 0; dk < 2; ++dk) sinogram.value[(p + dp) * 121 + 55 + dk] += 4000.0;
  }
  EXPECT_TRUE(find_zingers(sinogram, usual_zinger_limit).empty());
}

TEST(Zingers, order_of_projections_plays_no_part) {
  auto sinogram = scan(4, true);
  sinogram.value[40 * 121 + 60] = 9000.0;
  auto reversed = sinogram;
  for (std::size_t p = 0; p < 192; ++p) {
    reversed.angles[p] = sinogram.angles[191 - p];
    std::copy_n(sinogram.value.begin() + static_cast<std::ptrdiff_t>((191 - p) * 121), 121,
                reversed.value.begin() + static_cast<std::ptrdiff_t>(p * 121));
    std::copy_n(sinogram.variance.begin() + static_cast<std::ptrdiff_t>((191 - p) * 121), 121,
                reversed.variance.begin() + static_cast<std::ptrdiff_t>(p * 121));
  }
  auto const found = find_zingers(sinogram, usual_zinger_limit);
  auto const again = find_zingers(reversed, usual_zinger_limit);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].sample, (191U - 40) * 121 + 60);
  EXPECT_EQ(again[0].z, found[0].z);
}

}  // namespace
}  // namespace xrdct::core
