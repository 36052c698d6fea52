#include "io/pictures/axis_ticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using xrdct::io::linear_ticks;
using xrdct::io::logarithmic_ticks;
using xrdct::io::Ticks;

std::vector<std::string> labels_of(Ticks const& ticks) {
  std::vector<std::string> labels;
  for (auto const& tick : ticks.ticks)
    if (!tick.label.empty()) labels.push_back(tick.label);
  return labels;
}

TEST(LinearTicks, are_round_numbers_inside_the_range) {
  EXPECT_THAT(labels_of(linear_ticks(-3.05, 3.05, 8)),
              ElementsAre("-3", "-2", "-1", "0", "1", "2", "3"));
  EXPECT_THAT(labels_of(linear_ticks(0.0, 178.125, 4)), ElementsAre("0", "50", "100", "150"));
  EXPECT_THAT(labels_of(linear_ticks(0.0, 1.0, 5)),
              ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
}

TEST(LinearTicks, leave_large_and_small_powers_out_of_the_labels) {
  auto const large = linear_ticks(0.0, 2.1e6, 4);
  EXPECT_THAT(labels_of(large), ElementsAre("0", "1", "2"));
  EXPECT_EQ(large.factor, "×10^6");
  EXPECT_EQ(linear_ticks(1e-7, 4e-7, 4).factor, "×10^-7");
  EXPECT_EQ(linear_ticks(0.0, 50.0, 4).factor, "");
}

TEST(LinearTicks, accept_an_axis_that_runs_backwards) {
  EXPECT_THAT(labels_of(linear_ticks(3.0, -3.0, 3)), ElementsAre("-2", "0", "2"));
}

TEST(LinearTicks, of_nothing_are_none) { EXPECT_THAT(linear_ticks(1.0, 1.0, 5).ticks, IsEmpty()); }

TEST(LogarithmicTicks, are_powers_of_ten_with_small_marks_between) {
  auto const ticks = logarithmic_ticks(0.5, 2e4);
  EXPECT_THAT(labels_of(ticks), ElementsAre("1", "10", "100", "1000", "10^4"));
  EXPECT_GT(ticks.ticks.size(), 30U);
}

TEST(LogarithmicTicks, name_more_where_powers_are_few) {
  EXPECT_THAT(labels_of(logarithmic_ticks(1.0, 30.0)), ElementsAre("1", "2", "5", "10", "20"));
  EXPECT_THAT(labels_of(logarithmic_ticks(2e5, 6e5)),
              ElementsAre("2×10^5", "3×10^5", "4×10^5", "5×10^5", "6×10^5"));
}

}  // namespace
