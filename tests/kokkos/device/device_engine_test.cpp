// The settings of the engine for GPUs. That it equals the specification: frame_reducer_test.cpp,
// methods_test.cpp.
#include "kokkos/device/device_engine.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

// Two plain reductions, and one that needs whole bins.
core::ReductionPlan make_plan_of_three() {
  auto plan = make_plan({.shape = {70, 101},
                         .filter = core::Filter::bitshuffle_lz4,
                         .reductions = 3,
                         .dark = true,
                         .mask = true});
  plan.reductions[1].error_model = core::ErrorModel::none;
  plan.reductions[2].method = core::Method::sigma_clip;
  return plan;
}

std::vector<std::vector<double>> make_frames(core::ReductionPlan const& plan, std::size_t frames) {
  std::vector<std::vector<double>> result;
  for (std::size_t f = 0; f < frames; ++f) result.push_back(make_frame(plan, 70 + f));
  return result;
}

struct Run {
  core::ReducedBatch out;
  std::size_t sent, memory, at_once;
  CardPlan card;
};

Run reduce(core::ReductionPlan const& plan, core::EncodedBatch const& batch,
           DeviceSettings const& settings) {
  Run run;
  run.out.status.assign(batch.frames.size(), core::FrameStatus::good);
  for (core::Reduction const& reduction : plan.reductions) {
    run.out.sums.emplace_back(batch.frames.size(), reduction.matrix.bins);
    run.out.tally.emplace_back(batch.frames.size());
  }
  std::vector<std::size_t> places(batch.frames.size());
  std::iota(places.begin(), places.end(), 0);
  DeviceEngine engine(plan, settings);
  engine.reduce(batch, places, run.out);
  run.sent = engine.sent_bytes();
  run.memory = engine.memory_bytes();
  run.at_once = engine.frames_per_batch();
  run.card = engine.card_plan();
  return run;
}

TEST(DeviceEngine, GivesTheSameBitsWhereverFramesAreDecoded) {
  auto const plan = make_plan_of_three();
  auto const stored = store(plan, make_frames(plan, 40));
  DeviceSettings on_host;
  on_host.decoding.where = DecodeOn::host;
  auto const there = reduce(plan, stored.batch, {}), here = reduce(plan, stored.batch, on_host);
  for (std::size_t f = 0; f < 40; ++f) expect_same_bits(there.out, f, here.out, f);
  EXPECT_GT(here.sent, 40 * plan.shape.pixels() * 4);
  EXPECT_LT(there.sent, here.sent * 9 / 10) << "compressed bytes go over";
}

TEST(DeviceEngine, GivesTheSameBitsWithEveryMemory) {
  auto const plan = make_plan_of_three();
  auto const stored = store(plan, make_frames(plan, 35));
  auto const wide = reduce(plan, stored.batch, {});
  for (std::size_t bytes : {std::size_t{1}, std::size_t{300000}}) {
    auto const narrow = reduce(plan, stored.batch, {.memory_bytes = bytes});
    EXPECT_LT(narrow.memory, wide.memory);
    EXPECT_LT(narrow.at_once, wide.at_once);
    for (std::size_t f = 0; f < 35; ++f) expect_same_bits(wide.out, f, narrow.out, f);
  }
}

TEST(DeviceEngine, PlansForWhatIsFree) {
  auto plan = make_plan_of_three();
  plan.reductions.pop_back();  // its workspace is as large as a card's
  auto const stored = store(plan, make_frames(plan, 5));
  auto const wide = reduce(plan, stored.batch, {.free_bytes = {}});
  auto const narrow = reduce(plan, stored.batch, {.free_bytes = std::size_t{2} << 20});
  EXPECT_LT(narrow.at_once, wide.at_once);
  EXPECT_LT(narrow.memory, std::size_t{2} << 20);
  EXPECT_EQ(narrow.card.free, std::size_t{2} << 20);
  EXPECT_EQ(narrow.card.frames * 4, narrow.at_once);
  EXPECT_LE(narrow.card.total(), (std::size_t{2} << 20) / 10 * 9);
  EXPECT_GT(narrow.card.total() + narrow.card.frame, (std::size_t{2} << 20) / 10 * 9);
  EXPECT_GE(narrow.card.total(), narrow.memory);
  EXPECT_EQ(wide.card.free, std::nullopt);
  EXPECT_EQ(wide.card.fixed, narrow.card.fixed);
  for (std::size_t f = 0; f < 5; ++f) expect_same_bits(wide.out, f, narrow.out, f);
  try {
    DeviceEngine const engine(plan, {.free_bytes = 10000});
    FAIL() << "there is no room";
  } catch (core::InputError const& error) {
    EXPECT_NE(std::string(error.what()).find("found 9 kB that can be used"), std::string::npos)
        << error.what();
  }
}

TEST(DeviceEngine, TakesAnyNumberOfRangesOfInvalidValues) {
  auto plan = make_plan_of_three();
  for (int k = 0; k < 40; ++k) plan.valid.invalid.push_back({3.0 * k, 3.0 * k});
  auto const frames = make_frames(plan, 3);
  auto const found = reduce(plan, store(plan, frames).batch, {});
  expect_equal(reference(plan, frames), found.out, 1e-12, !plan.corrections.dark.empty());
}

// The kernels as a GPU runs them.
class Engines : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Teams, Engines, testing::Values(2, 3, 32));

TEST_P(Engines, EqualTheReference) {
  if (backend() != "Cuda" && backend() != "HIP" && GetParam() > threads())
    GTEST_SKIP() << "there are " << threads() << " threads";
  auto const plan = make_plan_of_three();
  auto const frames = make_frames(plan, 5);
  auto const stored = store(plan, frames);
  DeviceSettings settings;
  settings.decoding.threads = settings.threads = GetParam();
  auto const found = reduce(plan, stored.batch, settings);
  expect_equal(reference(plan, frames), found.out, 1e-12, !plan.corrections.dark.empty());
  auto const again = reduce(plan, stored.batch, settings);
  for (std::size_t f = 0; f < 5; ++f) expect_same_bits(found.out, f, again.out, f);
}

}  // namespace
}  // namespace xrdct::kernels::test
