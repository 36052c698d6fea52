#include "kokkos/tile/static_sums.hpp"

#include <gtest/gtest.h>

#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

TEST(DoubleDouble, KeepsWhatADoubleLoses) {
  DoubleDouble total, dropped;
  total.add(1e16);
  for (int k = 0; k < 1000; ++k) total.add(1.0);
  dropped.add(1e16);
  EXPECT_EQ(difference(total, dropped), 1000.0);
}

// One bin of three pixels; next to the squares of the two that are dropped, a double would lose the
// kept one wholly.
TEST(StaticSums, AreExactHoweverMuchIsDropped) {
  core::ReductionPlan plan;
  plan.shape = {1, 3};
  plan.corrections.normalization = {3e7f, 1e-2f, 1.7e7f};
  plan.corrections.mask = {0, 0, 0};
  core::BinMatrix matrix;
  matrix.bins = 1;
  matrix.bin = {0, 0, 0};
  matrix.entry_begin = {0, 1, 2, 3};
  matrix.coefficient = {0.7f, 0.3f, 0.9f};
  plan.reductions.push_back({matrix, core::ErrorModel::poisson});
  StaticSums const sums(plan, plan.reductions[0]);
  StaticBins scratch(1);
  core::PatternSums out(1, 1);
  core::PixelTally tally;
  std::uint64_t const dropped = 0b101;
  sums.fill(0, 1, std::vector<std::size_t>{0}, out);
  sums.finish({&dropped, 1}, scratch, out, 0, tally);
  double const c = 0.3f, weight = c * static_cast<double>(1e-2f);
  EXPECT_EQ(out.normalization[0], weight);
  EXPECT_NEAR(out.normalization2[0], weight * weight, 1e-11 * weight * weight);
  EXPECT_EQ(out.count[0], c);
  EXPECT_EQ(out.pixels[0], 1);
  EXPECT_EQ(tally, (core::PixelTally{1, 0, 2, 0, 0}));
}

TEST(StaticSums, OfABinWithoutPixelsAreZero) {
  auto const plan = make_plan({.shape = {8, 40}, .bins = 11});
  StaticSums const sums(plan, plan.reductions[0]);
  StaticBins scratch(11);
  core::PatternSums out(1, 11), filled(1, 11);
  sums.fill(0, 11, std::vector<std::size_t>{0}, out);
  filled = out;
  for (std::size_t bin = 0; bin < 11; ++bin)
    if (out.pixels[bin] != 0) out.signal[bin] = out.variance[bin] = 7.0;
  core::PixelTally tally;
  std::vector<std::uint64_t> const all(5, ~std::uint64_t{0});
  sums.finish(all, scratch, out, 0, tally);
  EXPECT_EQ(tally, (core::PixelTally{0, 0, 320, 0, 0}));
  for (auto const* field :
       {&out.signal, &out.variance, &out.normalization, &out.normalization2, &out.count})
    EXPECT_EQ(*field, std::vector<double>(11, 0.0));
  // The scratch is left as it was found: the next frame is reported the same as the first.
  sums.fill(0, 11, std::vector<std::size_t>{0}, out);
  sums.finish({}, scratch, out, 0, tally);
  EXPECT_EQ(out.normalization, filled.normalization);
  EXPECT_EQ(out.pixels, filled.pixels);
}

}  // namespace
}  // namespace xrdct::kernels::test
