#include <gtest/gtest.h>

#include <limits>

#include "core/reference/reference_reduce.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

// Six pixels, three bins: pixel 0 in bin 0, 1 shared by bins 0 and 1, 2 masked, 3 in no bin, 4 in
// bin 1, 5 in bin 1. Bin 2 is empty.
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
  EXPECT_EQ(sums.variance, (std::vector<double>{5 + 0.0625 * 8, 0.5625 * 8 + 1, 0}))
      << "of the raw value, at least 1";
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

/// One bin that holds the given pixels with these coefficients and norms.
ReductionPlan one_bin(std::vector<float> const& coefficients, std::vector<float> const& norms) {
  ReductionPlan plan;
  plan.shape = {1, norms.size()};
  plan.corrections.normalization = norms;
  plan.corrections.mask.assign(norms.size(), 0);
  plan.valid = ValidValues::all();
  Reduction reduction;
  reduction.matrix.bins = 1;
  reduction.matrix.bin.assign(norms.size(), 0);
  reduction.matrix.coefficient = coefficients;
  for (std::size_t pixel = 0; pixel < norms.size(); ++pixel)
    reduction.matrix.entry_begin.push_back(static_cast<std::uint32_t>(pixel + 1));
  plan.reductions.push_back(reduction);
  return plan;
}

struct OneBin {
  PatternSums sums{1, 1};
  PixelTally tally;
  OneBin(ReductionPlan const& plan, std::vector<double> const& frame) {
    reference_reduce(plan, plan.reductions[0], frame, sums, tally);
  }
};

TEST(ReferenceReduce, AzimuthalVarianceOfEqualWeightsIsTheSumOfSquares) {
  auto with = one_bin({1, 1, 1, 1}, {2, 2, 2, 2});
  with.reductions[0].error_model = ErrorModel::azimuthal;
  EXPECT_NEAR(OneBin(with, {2, 4, 6, 12}).sums.variance[0], 4 * (4 + 1 + 0 + 9), 1e-12)
      << "x = 1, 2, 3, 6: mean 3";
}

TEST(ReferenceReduce, AzimuthalVarianceTakesPixelsInOrder) {
  auto with = one_bin({1, 0.5f}, {1, 1});
  with.reductions[0].error_model = ErrorModel::azimuthal;
  // m1 = 0, m2 = 1.5/1.5 = 1: 0.25·(0 − 3)·(1 − 3)
  EXPECT_NEAR(OneBin(with, {0, 3}).sums.variance[0], 1.5, 1e-15);
  // The other order: m1 = 3, m2 = 3/1.5 = 2: 0.25·3·2
  EXPECT_NEAR(OneBin(with, {3, 0}).sums.variance[0], 1.5, 1e-15);
  with = one_bin({0.5f, 1}, {1, 1});
  with.reductions[0].error_model = ErrorModel::azimuthal;
  EXPECT_NEAR(OneBin(with, {3, 0}).sums.variance[0], 3.0, 1e-15) << "1·3·1";
}

TEST(ReferenceReduce, ClippingRejectsWhatIsFarAndCountsIt) {
  auto with = one_bin(std::vector<float>(12, 1.0f), std::vector<float>(12, 1.0f));
  with.reductions[0].method = Method::sigma_clip;
  with.reductions[0].error_model = ErrorModel::azimuthal;
  with.reductions[0].clip = {3.0, 5};
  OneBin const found(with, {9, 10, 11, 10, 9, 11, 10, 9, 11, 10, 10, 1e6});
  EXPECT_EQ(found.sums.signal[0], 110.0);
  EXPECT_EQ(found.sums.pixels[0], 11);
  EXPECT_NEAR(found.sums.variance[0], 6.0, 1e-12);
  EXPECT_EQ(found.tally, (PixelTally{11, 0, 0, 0, 1}));
  with.reductions[0].clip = {3.0, 0};
  EXPECT_EQ(OneBin(with, {9, 10, 11, 10, 9, 11, 10, 9, 11, 10, 10, 1e6}).sums.pixels[0], 12)
      << "no cycle, nothing rejected";
}

TEST(ReferenceReduce, HybridClipsWithTheSpreadAndEndsWithPoisson) {
  auto with = one_bin(std::vector<float>(12, 1.0f), std::vector<float>(12, 1.0f));
  with.reductions[0].method = Method::sigma_clip;
  with.reductions[0].error_model = ErrorModel::hybrid;
  with.reductions[0].clip = {3.0, 5};
  OneBin const found(with, {9, 10, 11, 10, 9, 11, 10, 9, 11, 10, 10, 1e6});
  EXPECT_EQ(found.sums.signal[0], 110.0);
  EXPECT_EQ(found.sums.variance[0], 110.0);
}

TEST(ReferenceReduce, PoissonClippingMayEmptyABin) {
  auto with = one_bin({1, 1}, {1, 1});
  with.reductions[0].method = Method::sigma_clip;
  with.reductions[0].clip = {1.0, 5};
  OneBin const found(with, {0, 1e6});  // mean 5e5, deviation 707
  EXPECT_EQ(found.sums.pixels[0], 0);
  EXPECT_EQ(found.sums.normalization2[0], 0.0);
  EXPECT_EQ(found.tally, (PixelTally{0, 0, 0, 0, 2}));
}

TEST(ReferenceReduce, MedianAndQuantiles) {
  auto with = one_bin(std::vector<float>(5, 1.0f), {1, 1, 0.1f, 1, 1});
  with.reductions[0].method = Method::quantile_mean;
  OneBin const median(with, {50, 10, 3, 20, 40});
  EXPECT_EQ(median.sums.signal[0], 3.0)
      << "x = 30 of weight 0.1: half of the weight lies before it";
  EXPECT_EQ(median.sums.normalization2[0], static_cast<double>(0.1f * 0.1f))
      << "rounded to float32";
  EXPECT_EQ(median.tally, (PixelTally{1, 0, 0, 0, 4}));
  with = one_bin(std::vector<float>(4, 1.0f), std::vector<float>(4, 1.0f));
  with.reductions[0].method = Method::quantile_mean;
  EXPECT_EQ(OneBin(with, {4, 1, 3, 2}).sums.signal[0], 5.0)
      << "the median of an even number is the mean of the two in the middle";
  with.reductions[0].quantiles = {0.0, 0.5};
  EXPECT_EQ(OneBin(with, {4, 1, 3, 2}).sums.signal[0], 3.0);
  with.reductions[0].quantiles = {0.0, 1.0};
  EXPECT_EQ(OneBin(with, {4, 1, 3, 2}).sums.signal[0], 10.0);
}

TEST(ReferenceReduce, MaximumIsOnePixelAndCountsAll) {
  auto with = one_bin({1, 0.25f, 1}, {1, 0.5f, 1});
  with.reductions[0].method = Method::maximum;
  OneBin const found(with, {5, 4, 8});  // x = 5, 8, 8
  EXPECT_EQ(found.sums.signal[0], 4.0) << "the first of equal ones, without its coefficient";
  EXPECT_EQ(found.sums.variance[0], 4.0);
  EXPECT_EQ(found.sums.normalization[0], 0.5);
  EXPECT_EQ(found.sums.normalization2[0], 0.25);
  EXPECT_EQ(found.sums.count[0], 2.25);
  EXPECT_EQ(found.tally, (PixelTally{3, 0, 0, 0, 0}));
}

TEST(ReferenceReduce, ValuesThatAreNoNumbersAreInvalid) {
  auto with = plan();
  with.valid = ValidValues::all();
  double const nan = std::numeric_limits<double>::quiet_NaN(),
               infinite = std::numeric_limits<double>::infinity();
  PatternSums sums(1, 3);
  PixelTally tally;
  reference_reduce(with, with.reductions[0],
                   std::vector<double>{nan, infinite, nan, -infinite, 1e300, -3}, sums, tally);
  EXPECT_EQ(tally, (PixelTally{1, 1, 4, 0, 0}))
      << "masked comes before invalid, invalid before out of range; 1e300 is infinite in float32";
  EXPECT_EQ(sums.signal, (std::vector<double>{0, -3, 0}));
}

TEST(ReferenceReduce, SizesHaveToFit) {
  PatternSums sums(1, 3);
  PixelTally tally;
  EXPECT_THROW(reference_reduce(plan(), plan().reductions[0], std::vector<double>(5), sums, tally),
               AssertionError);
}

}  // namespace
}  // namespace xrdct::core
