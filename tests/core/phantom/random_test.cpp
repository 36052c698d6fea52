#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/phantom/random_philox.hpp"
#include "core/phantom/random_poisson.hpp"

namespace xrdct::core {
namespace {

// The known answers that come with Random123 (Salmon et al. 2011).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32_10({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32_10({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      philox4x32_10({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, UnitIntervalIsHalfOpen) {
  EXPECT_EQ(unit_interval(0, 0), 0.0);
  EXPECT_EQ(unit_interval(0xffffffff, 0xffffffff), 1.0 - 0x1.0p-53);
}

TEST(Philox, UsesFramesAndSeedsDiffer) {
  RandomFrame const one(7, 3);
  EXPECT_NE(one.block(RandomUse::hot_place, 1), one.block(RandomUse::hot_counts, 1));
  EXPECT_NE(one.block(RandomUse::hot_place, 1), RandomFrame(7, 4).block(RandomUse::hot_place, 1));
  EXPECT_NE(one.block(RandomUse::hot_place, 1),
            RandomFrame(7 + (std::uint64_t{1} << 32), 3).block(RandomUse::hot_place, 1));
}

double probability(double mean, double k) {
  return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
}

struct Sample {
  double mean = 0.0, variance = 0.0;
  double chi2 = 0.0;
  int degrees = -1;
};

// n numbers of one mean; χ² over the values that are expected at least 10 times, the tails as two
// more cells.
Sample sample_of(double mean, int n) {
  std::vector<double> seen(static_cast<std::size_t>(mean + 40.0 * std::sqrt(mean) + 50.0), 0.0);
  RandomFrame const random(12345, 6);
  std::vector<double> const means(static_cast<std::size_t>(n), mean);
  std::vector<std::uint64_t> counts(means.size());
  draw_counts(means, random, 0, counts);
  Sample s;
  for (auto k : counts) {
    s.mean += static_cast<double>(k) / n;
    seen.at(k) += 1.0;
  }
  for (auto k : counts)
    s.variance += (static_cast<double>(k) - s.mean) * (static_cast<double>(k) - s.mean) / (n - 1);
  double rest_seen = 0.0, rest_expected = 0.0, expected_so_far = 0.0;
  auto const cell = [&](double found, double expected) {
    s.chi2 += (found - expected) * (found - expected) / expected;
    ++s.degrees;
  };
  for (std::size_t k = 0; k < seen.size(); ++k) {
    double const expected = n * probability(mean, static_cast<double>(k));
    expected_so_far += expected;
    rest_seen += seen[k];
    rest_expected += expected;
    if (rest_expected < 10.0 || n - expected_so_far < 10.0) continue;
    cell(rest_seen, rest_expected);
    rest_seen = rest_expected = 0.0;
  }
  if (rest_expected > 0.0) cell(rest_seen, rest_expected + (n - expected_so_far));
  return s;
}

class PoissonOfMean : public testing::TestWithParam<double> {};

TEST_P(PoissonOfMean, HasItsMeanVarianceAndDistribution) {
  double const mean = GetParam();
  int const n = 200000;
  auto const s = sample_of(mean, n);
  EXPECT_NEAR(s.mean, mean, 4.5 * std::sqrt(mean / n));
  EXPECT_NEAR(s.variance, mean, 4.5 * std::sqrt((2.0 * mean * mean + mean) / n));
  EXPECT_LT(s.chi2, s.degrees + 4.5 * std::sqrt(2.0 * s.degrees) + 4.0)
      << s.degrees << " degrees of freedom";
}

INSTANTIATE_TEST_SUITE_P(Means, PoissonOfMean,
                         testing::Values(1e-3, 0.05, 0.7, 3.0, 9.99, 10.0, 12.5, 50.0, 400.0,
                                         2.5e4));

TEST(Poisson, LargeMeans) {
  RandomFrame const random(99, 0);
  double const mean = 3e8;
  double sum = 0.0, squares = 0.0;
  int const n = 20000;
  for (std::uint32_t i = 0; i < n; ++i) {
    double const z = (static_cast<double>(poisson(mean, random, RandomUse::hot_counts, i)) - mean) /
                     std::sqrt(mean);
    sum += z;
    squares += z * z;
  }
  EXPECT_LT(std::abs(sum / n), 4.5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1.0, 4.5 * std::sqrt(2.0 / n));
}

TEST(Poisson, InversionAtTheEndsOfItsRange) {
  EXPECT_EQ(poisson_by_inversion(0.0, 0.0), 0u);
  EXPECT_EQ(poisson_by_inversion(0.0, 1.0 - 0x1.0p-53), 0u);
  EXPECT_EQ(poisson_by_inversion(0.5, 0.0), 0u);
  EXPECT_EQ(poisson_by_inversion(0.5, 0.60), 0u);  // e^−½ = 0.6065
  EXPECT_EQ(poisson_by_inversion(0.5, 0.61), 1u);
  EXPECT_LT(poisson_by_inversion(9.999, 1.0 - 0x1.0p-53), 60u);
}

TEST(Poisson, APixelDoesNotDependOnHowTheFrameIsCut) {
  RandomFrame const random(1, 2);
  std::vector<double> mean(64);
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = 0.4 * static_cast<double>(i);
  std::vector<std::uint64_t> whole(64), parts(64);
  draw_counts(mean, random, 100, whole);
  for (std::size_t first = 0; first < 64; first += 8) {
    draw_counts(std::span(mean).subspan(first, 8), random, 100 + first,
                std::span(parts).subspan(first, 8));
  }
  EXPECT_EQ(whole, parts);
}

}  // namespace
}  // namespace xrdct::core
