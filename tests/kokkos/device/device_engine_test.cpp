// The settings of the engine for GPUs. That it equals the specification: frame_reducer_test.cpp,
// methods_test.cpp.
#include "kokkos/device/device_engine.hpp"

#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/host_work.hpp"
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
  std::size_t sent, at_once;
  EngineMemory memory;
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
  engine.begin(batch, places, run.out);
  engine.finish();
  run.sent = engine.sent_bytes();
  run.memory = engine.memory();
  run.at_once = engine.frames_per_batch();
  run.card = engine.card_plan();
  return run;
}

// What the kernels work in: the memory of the card where there is one.
std::size_t of_kernels(Run const& run) {
  return kernels_run_on_host() ? run.memory.host : run.memory.card;
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
    EXPECT_LT(of_kernels(narrow), of_kernels(wide));
    EXPECT_LT(narrow.at_once, wide.at_once);
    for (std::size_t f = 0; f < 35; ++f) expect_same_bits(wide.out, f, narrow.out, f);
  }
}

std::string& steps() {
  static std::string text;
  return text;
}

void note_step(char const* name, std::uint32_t, std::uint64_t*) {
  std::string const label = name;
  if (label == "xrdct::take_frames") steps() += "take ";
  if (label == "xrdct::decode_blocks") steps() += "start ";
  if (label == "xrdct::reduce_bins") steps() += "reduce ";
  if (label == "xrdct::write_frames") steps() += "write ";
}

// Two batches of two frames, one at a time.
TEST(DeviceEngine, HasWorkWhileTheHostWritesAlsoAcrossBatches) {
  auto const plan = make_plan({.filter = core::Filter::bitshuffle_lz4});
  auto const stored = store(plan, make_frames(plan, 2));
  DeviceEngine engine(plan, {.memory_bytes = 1});
  ASSERT_EQ(engine.frames_per_batch(), 4u);
  std::vector<std::size_t> const places{0, 1};
  core::ReducedBatch out[2];
  for (auto& of : out) {
    of.status.assign(2, core::FrameStatus::good);
    of.sums.emplace_back(2, plan.reductions[0].matrix.bins);
    of.tally.emplace_back(2);
  }
  steps().clear();
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(note_step);
  engine.begin(stored.batch, places, out[0]);
  EXPECT_EQ(steps(), "take start take start write ");
  steps().clear();
  engine.begin(stored.batch, places, out[1]);
  EXPECT_EQ(steps(), "take start write take start write ") << "begun before the last was written";
  steps().clear();
  engine.begin(stored.batch, {}, out[0]);
  EXPECT_EQ(steps(), "write ") << "of a batch without good frames the one before is finished";
  engine.finish();
  EXPECT_EQ(steps(), "write ");
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(nullptr);
  for (std::size_t f : places) expect_same_bits(out[0], f, out[1], f);
}

TEST(DeviceEngine, DoesNotWaitForMethodsThatNeedWholeBins) {
  auto plan = make_plan({.filter = core::Filter::bitshuffle_lz4, .reductions = 2});
  for (auto& reduction : plan.reductions) reduction.method = core::Method::sigma_clip;
  auto const frames = make_frames(plan, 2);
  auto const stored = store(plan, frames);
  steps().clear();
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(note_step);
  auto const found = reduce(plan, stored.batch, {.memory_bytes = 1});
  EXPECT_EQ(steps(), "take start reduce reduce take start reduce reduce write write ");
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(nullptr);
  expect_equal(reference(plan, frames), found.out, 1e-12, !plan.corrections.dark.empty());
}

TEST(DeviceEngine, PlansForWhatIsFree) {
  auto plan = make_plan_of_three();
  plan.reductions.pop_back();  // its workspace is as large as a card's
  auto const stored = store(plan, make_frames(plan, 5));
  auto const wide = reduce(plan, stored.batch, {.free_bytes = {}});
  auto const narrow = reduce(plan, stored.batch, {.free_bytes = std::size_t{2} << 20});
  EXPECT_LT(narrow.at_once, wide.at_once);
  EXPECT_LT(of_kernels(narrow), std::size_t{2} << 20);
  for (std::size_t free = 1000000; free <= 4000000; free += 500000)
    EXPECT_LE(of_kernels(reduce(plan, stored.batch, {.free_bytes = free})), free) << free;
  EXPECT_EQ(narrow.card.free, std::size_t{2} << 20);
  EXPECT_EQ(narrow.card.frames * 4, narrow.at_once);
  EXPECT_LE(narrow.card.total(), (std::size_t{2} << 20) / 10 * 9);
  EXPECT_GT(narrow.card.total() + narrow.card.frame, (std::size_t{2} << 20) / 10 * 9);
  EXPECT_GE(narrow.card.total(), of_kernels(narrow));
  EXPECT_GT(narrow.memory.host, 0u) << "buffers for what is sent and fetched";
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

// Pixels are handed on as bytes where they can, and looked up in the image where not: every type,
// rule and edge has the bits of the specification, in whole groups of frames and others.
class Types : public testing::TestWithParam<core::PixelType> {};
INSTANTIATE_TEST_SUITE_P(DeviceEngine, Types,
                         testing::Values(core::PixelType::u8, core::PixelType::i8,
                                         core::PixelType::u16, core::PixelType::i16,
                                         core::PixelType::u32, core::PixelType::i32,
                                         core::PixelType::f32, core::PixelType::f64),
                         [](auto const& example) {
                           return std::string(core::name_of(example.param));
                         });

core::ReductionPlan make_plan_of_two(core::PixelType type, bool dark) {
  auto plan = make_plan({.shape = {41, 251},
                         .type = type,
                         .filter = core::Filter::bitshuffle_lz4,
                         .reductions = 2,
                         .dark = dark,
                         .mask = true});
  plan.reductions[1].method = core::Method::maximum;
  return plan;
}

// Small counts, the values about the largest that a byte can say, bright ones, and all bits set.
std::vector<std::vector<double>> make_edges(core::ReductionPlan const& plan) {
  auto frames = make_frames(plan, 6);
  core::PixelType const type = plan.encoding.type;
  double const bits = 8.0 * static_cast<double>(core::size_of(type));
  double const most = type == core::PixelType::i8 ? 127.0
                      : !core::is_integer(type)   ? 1e5
                      : core::is_signed(type)     ? std::exp2(bits - 1.0) - 1.0
                                                  : std::exp2(bits) - 1.0;
  double const all_bits = core::is_signed(type) ? -1.0 : most;
  double const edges[] = {0, 1, 125, 126, 127, 252, 253, 254, 255, 256, 257, 511, 65535, 1e5};
  for (std::size_t f = 0; f < frames.size(); ++f)
    for (std::size_t p = 0; p < frames[f].size(); p += 3) {
      double const edge = edges[(p / 3 + f) % std::size(edges)];
      if (f != 2) frames[f][p] = p % 30 == 0 ? all_bits : std::min(edge, most);
    }
  return frames;
}

void expect_bits_of_the_specification(core::ReductionPlan const& plan) {
  auto const frames = make_edges(plan);
  auto const expected = reference(plan, frames);
  for (auto const where : {DecodeOn::space, DecodeOn::host}) {
    auto const stored = store(plan, frames);
    DeviceSettings settings;
    settings.decoding.where = where;
    auto const found = reduce(plan, stored.batch, settings);
    expect_equal(expected, found.out, 1e-12, !plan.corrections.dark.empty());
    if (!kernels_run_on_host()) continue;  // a GPU adds in an order of its own
    for (std::size_t f = 0; f < frames.size(); ++f) expect_same_bits(expected, f, found.out, f);
  }
}

TEST_P(Types, HaveTheBitsOfTheSpecification) {
  for (bool const dark : {false, true})
    expect_bits_of_the_specification(make_plan_of_two(GetParam(), dark));
}

TEST_P(Types, MayHoldAnyValidValue) {
  auto plan = make_plan_of_two(GetParam(), false);
  plan.valid = core::ValidValues::all();
  expect_bits_of_the_specification(plan);
}

TEST_P(Types, ObeyRulesAboutSmallCounts) {
  auto plan = make_plan_of_two(GetParam(), false);
  plan.valid.invalid = {{1.0, 2.0}, {126.0, 126.0}, {254.0, 300.0}};
  expect_bits_of_the_specification(plan);
  plan.valid.invalid.clear();
  plan.valid.lowest = 2.0;
  expect_bits_of_the_specification(plan);
}

TEST_P(Types, LosePixelsWhoseDarkIsNotFinite) {
  auto plan = make_plan_of_two(GetParam(), true);
  for (std::size_t p = 0; p < plan.corrections.dark.size(); p += 7)
    plan.corrections.dark[p] = p % 2 == 0 ? HUGE_VALF : NAN;
  expect_bits_of_the_specification(plan);
}

TEST(DeviceEngine, KeepsTheSignOfZero) {
  auto plan = make_plan_of_two(core::PixelType::f32, false);
  plan.reductions[1].error_model = core::ErrorModel::none;
  auto const stored = store(plan, {std::vector(plan.shape.pixels(), -0.0)});
  auto const found = reduce(plan, stored.batch, {});
  for (std::size_t bin = 0; bin + 1 < found.out.sums[1].bins; ++bin)
    ASSERT_TRUE(std::signbit(found.out.sums[1].signal[bin])) << "the largest of bin " << bin;
}

// Long parts of frames, and more frames than a group: no count of pixels may overflow.
TEST(DeviceEngine, CountsPixelsOfLargeFrames) {
  auto const plan = make_plan({.shape = {300, 331}, .filter = core::Filter::bitshuffle_lz4});
  auto frames = make_frames(plan, 5);
  for (double& value : frames[1]) value = 7.0;
  for (double& value : frames[3]) value = 4294967295.0;
  auto const found = reduce(plan, store(plan, frames).batch, {});
  EXPECT_EQ(found.out.tally, reference(plan, frames).tally);
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
