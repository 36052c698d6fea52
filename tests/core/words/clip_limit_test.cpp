// The limit of sigma clipping: a threshold, or Chauvenet's criterion.
#include "core/words/clip_limit.hpp"

#include <gtest/gtest.h>

namespace xrdct::core {
namespace {

TEST(ClipLimit, IsTheLargerOfThresholdAndCriterion) {
  EXPECT_EQ((ClipLimit{5.0, 1000.0}.sigmas), 5.0);
  EXPECT_NEAR((ClipLimit{0.0, 1000.0}.sigmas), 3.4609, 1e-4);
  EXPECT_NEAR((ClipLimit{3.0, 1000.0}.sigmas), 3.4609, 1e-4);
}

TEST(ClipLimit, TakesFewPixelsForThree) {
  EXPECT_EQ((ClipLimit{0.0, 0.0}.sigmas), (ClipLimit{0.0, 3.0}.sigmas));
  EXPECT_LT((ClipLimit{0.0, 3.0}.sigmas), (ClipLimit{0.0, 4.0}.sigmas));
}

TEST(ClipLimit, ReachesTheThresholdAtACount) {
  double const count = count_at_threshold(4.0);
  EXPECT_EQ((ClipLimit{4.0, 0.999 * count}.sigmas), 4.0);
  EXPECT_GT((ClipLimit{4.0, 1.001 * count}.sigmas), 4.0);
}

}  // namespace
}  // namespace xrdct::core
