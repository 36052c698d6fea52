// Ranges of values keep what the rules that they stand for keep, where rounding decides, too.
#include "kokkos/teams/kept_range.hpp"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

namespace xrdct::kernels::test {
namespace {

struct Limit {
  double mean, cut;
};

bool keeps(std::vector<Limit> const& limits, double value) {
  for (auto const& [mean, cut] : limits)
    if (std::fabs(value - mean) > cut) return false;
  return true;
}

KeptBetween range_of(std::vector<Limit> const& limits) {
  KeptBetween range;
  for (auto const& [mean, cut] : limits) range.narrow(mean, cut);
  return range;
}

bool keeps(KeptBetween const& range, float signal, float norm) {
  return range.keeps(signal, signal * rough_inverse(norm), norm, 0);
}

// A value and those that lie next to it, as signals of norm 1 and as quotients near it.
void expect_same(std::vector<Limit> const& limits, double about) {
  auto const range = range_of(limits);
  float signal = static_cast<float>(about);
  for (int step = 0; step < 6; ++step) signal = std::nextafter(signal, -HUGE_VALF);
  for (int step = 0; step < 12; ++step, signal = std::nextafter(signal, HUGE_VALF))
    for (float const norm : {1.0f, 0.7f, 3.1f, 1e-35f, 1e35f})
      for (float const scaled : {signal, signal * norm})
        ASSERT_EQ(keeps(range, scaled, norm),
                  keeps(limits, static_cast<double>(scaled) / static_cast<double>(norm)))
            << limits.back().mean << ' ' << limits.back().cut << ' ' << scaled << ' ' << norm;
}

TEST(KeptBetween, KeepsWhatLiesWithinTheCutOfEveryCycle) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (int k = 0; k < 300; ++k) {
    double const scale = std::exp(10.0 * normal(random));
    Limit const first{scale * normal(random), scale * std::fabs(normal(random))},
        second{first.mean + 0.1 * scale * normal(random), 0.7 * first.cut};
    for (double const edge : {first.mean - first.cut, first.mean + first.cut}) {
      expect_same({first}, edge);
      expect_same({first, second}, edge);
    }
    for (double const edge : {second.mean - second.cut, second.mean, second.mean + second.cut})
      expect_same({first, second}, edge);
    if (HasFatalFailure()) return;
  }
}

TEST(KeptBetween, KeepsTheLargestValueWhoseDifferenceIsRoundedDown) {
  for (Limit const& limit : {Limit{-1.0, 1.0}, Limit{1.0, 1.0}, Limit{-1e9, 1e9}, Limit{-3.0, 3.5},
                             Limit{1e-3, 1e9}, Limit{5.0, 0.0}, Limit{0.0, 0.0}}) {
    double const high = range_of({limit}).high, low = range_of({limit}).low;
    EXPECT_TRUE(keeps({limit}, high)) << limit.mean;
    EXPECT_FALSE(keeps({limit}, std::nextafter(high, HUGE_VAL))) << limit.mean;
    EXPECT_TRUE(keeps({limit}, low)) << limit.mean;
    EXPECT_FALSE(keeps({limit}, std::nextafter(low, -HUGE_VAL))) << limit.mean;
  }
}

// Where a rough value is infinite, and the value is not.
TEST(KeptBetween, KeepsWhatLiesWithinBeyondTheRangeOfFloats) {
  for (double const side : {-1.0, 1.0})
    for (Limit const& limit : {Limit{side * 1e40, 2e39}, Limit{side * 3e38, 1e38}})
      for (float const signal : {1e36f, 3e36f, 4e36f, 9e37f, 9.5e37f, 1e38f, 3e38f, FLT_MAX})
        for (float const norm : {1e-5f, 0.01f, 0.3f, 1.0f}) {
          auto const scaled = static_cast<float>(side) * signal;
          EXPECT_EQ(keeps(range_of({limit}), scaled, norm),
                    keeps({limit}, static_cast<double>(scaled) / static_cast<double>(norm)))
              << limit.mean << ' ' << scaled << ' ' << norm;
        }
}

TEST(KeptBetween, KeepsAllWhereNothingIsKnownOfTheMean) {
  for (Limit const& limit : {Limit{NAN, 1.0}, Limit{1.0, NAN}, Limit{1.0, HUGE_VAL}})
    for (float const signal : {-1e30f, 0.0f, 1e30f})
      EXPECT_TRUE(keeps(range_of({limit}), signal, 0.7f));
}

TEST(KeptByKeys, KeepsWhatLiesBetweenTheKeys) {
  std::vector<float> const signals{0.0f, 0.0f, 1.0f, 1.0f, 2.0f, -3.0f, 0.0f, 1e30f};
  float const norm = 0.83f;
  auto const key = [&](int k) { return sort_key(signals[static_cast<std::size_t>(k)], norm, k); };
  for (int first = 0; first < 8; ++first)
    for (int last = 0; last < 8; ++last) {
      KeptByKeys open{.after = key(first), .before = key(last)},
          closed{.first = key(first), .last = key(last)};
      open.find_rough_values();
      closed.find_rough_values();
      for (int k = 0; k < 8; ++k) {
        float const signal = signals[static_cast<std::size_t>(k)],
                    rough = signal * rough_inverse(norm);
        EXPECT_EQ(open.keeps(signal, rough, norm, k), key(first) < key(k) && key(k) < key(last));
        EXPECT_EQ(closed.keeps(signal, rough, norm, k),
                  key(first) <= key(k) && key(k) <= key(last));
      }
    }
}

}  // namespace
}  // namespace xrdct::kernels::test
