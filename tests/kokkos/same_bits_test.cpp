// The bits of the sums are written down here. ctest runs this with other numbers of threads and
// other instruction sets, too.
#include <gtest/gtest.h>

#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "test_plans.hpp"
#include "tests/kokkos/checksum.hpp"

namespace xrdct::kernels::test {
namespace {

std::uint64_t checksum_of(core::ReductionPlan const& plan, double largest) {
  std::vector<std::vector<double>> frames;
  for (std::size_t f = 0; f < 40; ++f)
    frames.push_back(make_frame(plan, f, f % 3 == 0 ? 100.0 : largest, f % 2 == 0));
  auto const stored = store(plan, frames);
  FrameReducer reducer(plan, Engine::fused);
  core::ReducedBatch out;
  reducer.reduce(stored.batch, out);
  Checksum checksum;
  for (core::PatternSums const& sums : out.sums) {
    for (auto const* field :
         {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count})
      checksum.add(*field);
    checksum.add(sums.pixels);
  }
  return checksum.value();
}

std::uint64_t checksum_of(core::PixelType type, bool dark) {
  return checksum_of(make_plan({.shape = {97, 131},
                                .type = type,
                                .filter = core::Filter::bitshuffle_lz4,
                                .dark = dark,
                                .mask = true}),
                     1e6);
}

std::uint64_t checksum_of(core::Method method, core::ErrorModel model, std::size_t widest) {
  core::ReductionPlan plan = make_plan(
      {.shape = {97, 131}, .filter = core::Filter::bitshuffle_lz4, .widest = widest, .mask = true});
  plan.reductions[0].method = method;
  plan.reductions[0].error_model = model;
  plan.reductions[0].clip.threshold = 3.0;
  plan.reductions[0].quantiles = {0.1, 0.8};
  return checksum_of(plan, 1e4);
}

bool runs_on_host() { return backend() == "Serial" || backend() == "OpenMP"; }

TEST(SameBits, WithEveryNumberOfThreadsAndInstructionSet) {
  if (!runs_on_host()) GTEST_SKIP() << "kernels run on " << backend();
  EXPECT_EQ(checksum_of(core::PixelType::u32, false), 0x829c96308434f699u);
  EXPECT_EQ(checksum_of(core::PixelType::u16, false), 0xa669799472c31427u);
  EXPECT_EQ(checksum_of(core::PixelType::f32, true), 0x2f418a0007a9fe9au);
}

TEST(SameBits, WithEveryMethod) {
  if (!runs_on_host()) GTEST_SKIP() << "kernels run on " << backend();
  using core::ErrorModel, core::Method;
  EXPECT_EQ(checksum_of(Method::mean, ErrorModel::azimuthal, 3), 0x9ecd32cd091e332eu);
  EXPECT_EQ(checksum_of(Method::sigma_clip, ErrorModel::azimuthal, 1), 0x004d08fb6d2b03a0u);
  EXPECT_EQ(checksum_of(Method::sigma_clip, ErrorModel::hybrid, 3), 0x1b9758b5b4c9d2ebu);
  EXPECT_EQ(checksum_of(Method::sigma_clip, ErrorModel::poisson, 3), 0xc0b33e92c466cb6eu);
  EXPECT_EQ(checksum_of(Method::quantile_mean, ErrorModel::azimuthal, 3), 0x59f7f65f5cb8e083u);
  EXPECT_EQ(checksum_of(Method::maximum, ErrorModel::poisson, 1), 0x72352d7875ffbf49u);
}

}  // namespace
}  // namespace xrdct::kernels::test
