#include <gtest/gtest.h>

#include <limits>

#include "core/errors.hpp"
#include "core/reference_reduce.hpp"

namespace xrdct::core {
namespace {

// Six pixels, three bins: pixel 0 in bin 0, 1 shared by bins 0 and 1, 2 masked, 3 in no bin, 4 in bin 1, 5 in bin 1. Bin 2 is empty.
ReductionPlan plan() {
  ReductionPlan plan;
  plan.shape = {2, 3};
  plan.corrections.normalization = {1.0f, 2.0f, 1.0f, 1.0f, 0.5f, 1.0f};
  plan.corrections.dark = {1.0f, 0.0f, 0.0f, 0.0f, 2.0f, 0.0f};
  plan.corrections.mask = {0, 0, 1, 0, 0, 0};
  plan.valid = ValidValues::of(PixelType::i32);
  Reduction reduction;
  reduction.matrix.bins = 3;
  reduction.matrix.bin = {0, 0, 1, 1, 1};
  reduction.matrix.entry_begin = {0, 1, 3, 3, 3, 4, 5};
  reduction.matrix.coefficient = {1.0f, 0.25f, 0.75f, 1.0f, 1.0f};
  reduction.matrix.radial_axis = {0.5, 1.5, 2.5};
  plan.reductions.push_back(reduction);
  return plan;
}

TEST(ReferenceReduce, FiveSumsByHand) {
  std::vector<double> const frame{5, 8, 100, 100, 0, -1};
  PatternSums sums(1, 3);
  PixelTally tally;
  reference_reduce(plan(), plan().reductions[0], frame, sums, tally);
  EXPECT_EQ(sums.signal, (std::vector<double>{4 + 2, 6 - 2, 0}));
  EXPECT_EQ(sums.variance, (std::vector<double>{5 + 0.0625 * 8, 0.5625 * 8 + 1, 0})) << "of the raw value, at least 1";
  EXPECT_EQ(sums.normalization, (std::vector<double>{1 + 0.5, 1.5 + 0.5, 0}));
  EXPECT_EQ(sums.normalization2, (std::vector<double>{1 + 0.25, 2.25 + 0.25, 0}));
  EXPECT_EQ(sums.count, (std::vector<double>{1.25, 1.75, 0}));
  EXPECT_EQ(sums.pixels, (std::vector<std::int32_t>{2, 2, 0}));
  EXPECT_EQ(tally, (PixelTally{3, 1, 1, 1, 0}));
  EXPECT_EQ(tally.total(), 6);
}

TEST(ReferenceReduce, WritesFrameZeroAnew) {
  PatternSums sums(2, 3);
  PixelTally tally;
  std::vector<double> const frame{5, 8, 100, 100, 0, 3};
  reference_reduce(plan(), plan().reductions[0], frame, sums, tally);
  auto const first = sums.signal;
  reference_reduce(plan(), plan().reductions[0], frame, sums, tally);
  EXPECT_EQ(sums.signal, first);
  EXPECT_EQ(tally.total(), 6);
}

TEST(ReferenceReduce, NoErrorModelNoVariance) {
  auto with = plan();
  with.reductions[0].error_model = ErrorModel::none;
  PatternSums sums(1, 3);
  PixelTally tally;
  reference_reduce(with, with.reductions[0], std::vector<double>{5, 8, 1, 1, 1, 1}, sums, tally);
  EXPECT_EQ(sums.variance, std::vector<double>(3, 0.0));
  EXPECT_EQ(sums.pixels, (std::vector<std::int32_t>{2, 3, 0}));
}

TEST(ReferenceReduce, ValuesThatAreNoNumbersAreInvalid) {
  auto with = plan();
  with.valid = ValidValues::all();
  double const nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  PatternSums sums(1, 3);
  PixelTally tally;
  reference_reduce(with, with.reductions[0], std::vector<double>{nan, infinite, nan, -infinite, 1e300, -3}, sums, tally);
  EXPECT_EQ(tally, (PixelTally{1, 1, 4, 0, 0})) << "masked comes before invalid, invalid before out of range; 1e300 is infinite in float32";
  EXPECT_EQ(sums.signal, (std::vector<double>{0, -3, 0}));
}

TEST(ReferenceReduce, SizesHaveToFit) {
  PatternSums sums(1, 3);
  PixelTally tally;
  EXPECT_THROW(reference_reduce(plan(), plan().reductions[0], std::vector<double>(5), sums, tally), AssertionError);
}

}  // namespace
}  // namespace xrdct::core
