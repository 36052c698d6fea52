// The five sums of a bin, as numbers and as lists of them.
#include "core/words/moments.hpp"

#include <gtest/gtest.h>

#include "core/words/patterns.hpp"

namespace xrdct::core {
namespace {

TEST(Moments, HandOutTheSameFieldOfAll) {
  BinSums const from{{1.0, 2.0, 3.0, 4.0, 5.0}, 6};
  PatternSums to(2, 3);
  each_field([](double here, std::vector<double>& there) { there[4] = here; }, from, to);
  EXPECT_EQ(to.signal[4], 1.0);
  EXPECT_EQ(to.variance[4], 2.0);
  EXPECT_EQ(to.normalization[4], 3.0);
  EXPECT_EQ(to.normalization2[4], 4.0);
  EXPECT_EQ(to.count[4], 5.0);
}

TEST(Moments, BeginAtZero) {
  Moments<double> const moments;
  int fields = 0;
  each_field(
      [&](double value) {
        EXPECT_EQ(value, 0.0);
        ++fields;
      },
      moments);
  EXPECT_EQ(fields, 5);
}

}  // namespace
}  // namespace xrdct::core
