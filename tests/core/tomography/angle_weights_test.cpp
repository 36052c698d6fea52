#include "core/tomography/angle_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace xrdct::test {
namespace {

using std::numbers::pi;
using testing::DoubleNear;
using testing::Each;

std::vector<double> even_angles(std::size_t count, double turn) {
  std::vector<double> angles;
  for (std::size_t i = 0; i < count; ++i)
    angles.push_back(turn * static_cast<double>(i) / static_cast<double>(count));
  return angles;
}

TEST(AngleWeights, AreEqualForEqualSteps) {
  for (double const turn : {pi, 2 * pi, 4 * pi}) {
    auto const weights = core::angle_weights(even_angles(60, turn));
    EXPECT_THAT(weights.weight, Each(DoubleNear(pi / 60, 1e-12)));
    EXPECT_NEAR(weights.covered, pi, 1e-12);
    EXPECT_FALSE(weights.wedge_missing);
  }
}

TEST(AngleWeights, AreSharedByEqualAngles) {
  auto angles = even_angles(30, pi);
  angles.push_back(pi);  // as 0
  angles.push_back(angles[10]);
  angles.push_back(angles[10] - 3 * pi);
  auto const weights = core::angle_weights(angles);
  EXPECT_NEAR(weights.weight[0], pi / 60, 1e-9);
  EXPECT_NEAR(weights.weight[30], pi / 60, 1e-9);
  EXPECT_NEAR(weights.weight[10], pi / 90, 1e-9);
  EXPECT_NEAR(weights.weight[32], pi / 90, 1e-9);
  EXPECT_NEAR(weights.covered, pi, 1e-9);
}

TEST(AngleWeights, AreHalfOfBothGapsInAnyOrder) {
  std::vector<double> const angles{0.0, 0.2, 0.3, 0.7, 1.1, 1.6, 2.0, 2.4, 2.8};
  auto const weights = core::angle_weights(angles);
  EXPECT_NEAR(weights.weight[2], 0.25, 1e-12);
  EXPECT_NEAR(weights.weight[0], (0.2 + pi - 2.8) / 2, 1e-12);
  std::vector<double> reversed(angles.rbegin(), angles.rend());
  auto const backwards = core::angle_weights(reversed);
  for (std::size_t i = 0; i < angles.size(); ++i)
    EXPECT_EQ(backwards.weight[i], weights.weight[angles.size() - 1 - i]);
}

TEST(AngleWeights, TellAMissingWedgeAndDoNotFillIt) {
  auto const weights = core::angle_weights(even_angles(40, pi / 3));
  EXPECT_TRUE(weights.wedge_missing);
  EXPECT_NEAR(weights.largest_gap, 2 * pi / 3 + pi / 120, 1e-9);
  EXPECT_NEAR(*std::max_element(weights.weight.begin(), weights.weight.end()), pi / 120, 1e-9);
  EXPECT_NEAR(weights.covered, pi / 3, 1e-9);
}

TEST(AngleWeights, OfNoAngleAndOfOne) {
  EXPECT_TRUE(core::angle_weights({}).weight.empty());
  EXPECT_NEAR(core::angle_weights(std::vector<double>{1.0}).covered, pi, 1e-12);
}

}  // namespace
}  // namespace xrdct::test
