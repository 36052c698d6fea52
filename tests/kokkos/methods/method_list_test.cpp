// All methods with all error models, by the fused engine.
#include "kokkos/methods/method_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

using core::ErrorModel;
using core::Method;

struct Kind {
  Method method;
  ErrorModel model;
  core::SigmaClip clip = {};
  core::Quantiles quantiles = {};
};

std::vector<Kind> kinds() {
  std::vector<Kind> result;
  for (ErrorModel model : {ErrorModel::none, ErrorModel::variance, ErrorModel::poisson,
                           ErrorModel::azimuthal, ErrorModel::hybrid}) {
    for (Method method : {Method::mean, Method::sum, Method::maximum})
      result.push_back({method, model});
    for (core::Quantiles const& between :
         {core::Quantiles{0.5, 0.5}, {0.1, 0.9}, {0.0, 0.3}, {0.75, 1.0}, {0.0, 1.0}})
      result.push_back({Method::quantile_mean, model, {}, between});
    for (core::SigmaClip const& clip :
         {core::SigmaClip{5.0, 5}, {2.0, 3}, {1.0, 1}, {0.5, 20}, {3.0, 0}})
      result.push_back({Method::sigma_clip, model, clip});
  }
  return result;
}

void set_kind(core::Reduction& reduction, Kind const& kind) {
  reduction.method = kind.method;
  reduction.error_model = kind.model;
  reduction.clip = kind.clip;
  reduction.quantiles = kind.quantiles;
}

void add_variances(core::ReductionPlan& plan) {
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p) {
    plan.corrections.variance.push_back(static_cast<float>(noise(200, p) % 1000) / 37.0f);
    plan.corrections.dark_variance.push_back(static_cast<float>(noise(201, p) % 1000) / 91.0f);
  }
}

// All kinds as reductions of one plan: the same matrix for each.
core::ReductionPlan make_plan_of_kinds(PlanOptions const& options) {
  core::ReductionPlan plan = make_plan(options);
  add_variances(plan);
  core::Reduction const first = plan.reductions[0];
  plan.reductions.clear();
  for (Kind const& kind : kinds()) set_kind(plan.reductions.emplace_back(first), kind);
  return plan;
}

std::vector<std::vector<double>> make_frames(core::ReductionPlan const& plan, std::size_t number,
                                             double largest) {
  std::vector<std::vector<double>> frames;
  for (std::size_t f = 0; f < number; ++f)
    frames.push_back(make_frame(plan, f, f % 3 == 0 ? 100.0 : largest, f % 2 == 0));
  return frames;
}

core::ReducedBatch reduce(core::ReductionPlan const& plan, core::EncodedBatch const& batch) {
  FrameReducer reducer(plan, Engine::fused);
  core::ReducedBatch out;
  reducer.reduce(batch, out);
  return out;
}

std::string name_of(Kind const& kind) {
  return "method " + std::to_string(static_cast<int>(kind.method)) + ", model " +
         std::to_string(static_cast<int>(kind.model)) + ", threshold " +
         std::to_string(kind.clip.threshold) + ", cycles " + std::to_string(kind.clip.cycles) +
         ", quantiles " + std::to_string(kind.quantiles.lower) + " " +
         std::to_string(kind.quantiles.upper);
}

// The part of a result that belongs to one reduction.
core::ReducedBatch only(core::ReducedBatch const& all, std::size_t r) {
  return {{all.sums[r]}, {all.tally[r]}, all.status};
}

void expect_kinds_equal_reference(PlanOptions const& options, double largest,
                                  bool unit_norm = false) {
  core::ReductionPlan plan = make_plan_of_kinds(options);
  if (unit_norm)
    std::fill(plan.corrections.normalization.begin(), plan.corrections.normalization.end(), 1.0f);
  auto const frames = make_frames(plan, 18, largest);
  auto const found = reduce(plan, store(plan, frames).batch);
  auto const expected = reference(plan, frames);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    SCOPED_TRACE(name_of(kinds()[r]));
    expect_equal(only(expected, r), only(found, r), 1e-10);
  }
}

TEST(FusedMethods, EqualsTheReferenceWithSplitPixels) {
  expect_kinds_equal_reference({.filter = core::Filter::bitshuffle_lz4, .mask = true}, 1e6);
  expect_kinds_equal_reference({.type = core::PixelType::u16, .mask = true, .seed = 3}, 200.0);
}

TEST(FusedMethods, EqualsTheReferenceWithoutSplitting) {
  expect_kinds_equal_reference({.widest = 1, .mask = true}, 1e6);
  expect_kinds_equal_reference({.type = core::PixelType::u8, .widest = 1, .seed = 4}, 200.0);
}

TEST(FusedMethods, EqualsTheReferenceWithADark) {
  expect_kinds_equal_reference({.type = core::PixelType::i32, .dark = true, .mask = true}, 1e5);
  expect_kinds_equal_reference({.type = core::PixelType::f32, .widest = 1, .dark = true}, 1e4);
}

// Pixels lie on the limits, and many values are equal.
TEST(FusedMethods, EqualsTheReferenceWhereRoundingDecides) {
  expect_kinds_equal_reference({.shape = {70, 101}, .bins = 30, .widest = 1}, 4.0, true);
  expect_kinds_equal_reference({.shape = {6, 101}, .bins = 200, .widest = 1}, 4.0, true);
  expect_kinds_equal_reference({.shape = {6, 101}, .bins = 200, .widest = 2}, 4.0);
}

TEST(FusedMethods, EqualsTheReferenceWithManyPixelsPerBin) {
  expect_kinds_equal_reference({.shape = {97, 101}, .bins = 5, .mask = true}, 1e6);
}

TEST(FusedMethods, TakesNegativeNormalizations) {
  core::ReductionPlan plan = make_plan_of_kinds({.mask = true});
  for (std::size_t p = 0; p < plan.shape.pixels(); p += 7)
    plan.corrections.normalization[p] *= -0.25f;
  auto const frames = make_frames(plan, 3, 1e3);
  auto const found = reduce(plan, store(plan, frames).batch);
  auto const expected = reference(plan, frames);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    SCOPED_TRACE(name_of(kinds()[r]));
    EXPECT_EQ(expected.tally[r], found.tally[r]);
    EXPECT_EQ(expected.sums[r].pixels, found.sums[r].pixels);
  }
}

TEST(FusedMethods, GivesEachReductionWhatItWouldGetAlone) {
  core::ReductionPlan const plan = make_plan_of_kinds({.mask = true});
  auto const frames = make_frames(plan, 5, 1e6);
  auto const all = reduce(plan, store(plan, frames).batch);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    SCOPED_TRACE(name_of(kinds()[r]));
    core::ReductionPlan alone = plan;
    alone.reductions = {plan.reductions[r]};
    auto const one = reduce(alone, store(plan, frames).batch);
    for (std::size_t f = 0; f < frames.size(); ++f) expect_same_bits(one, f, only(all, r), f);
  }
}

TEST(FusedMethods, GivesTheSameBitsBesideOtherFrames) {
  core::ReductionPlan const plan = make_plan_of_kinds({.filter = core::Filter::bitshuffle_lz4});
  auto const frames = make_frames(plan, 21, 1e6);
  auto const together = reduce(plan, store(plan, frames).batch);
  for (std::size_t f : {0, 7, 20})
    expect_same_bits(reduce(plan, store(plan, {frames[f]}).batch), 0, together, f);
}

TEST(FusedMethods, LeavesCorruptFramesOut) {
  core::ReductionPlan const plan = make_plan_of_kinds({.filter = core::Filter::bitshuffle_lz4});
  auto const frames = make_frames(plan, 6, 1e6);
  auto const whole = reduce(plan, store(plan, frames).batch);
  auto stored = store(plan, frames);
  stored.batch.frames[2].bytes =
      stored.batch.frames[2].bytes.first(stored.batch.frames[2].bytes.size() / 2);
  auto const found = reduce(plan, stored.batch);
  for (std::size_t f : {0, 1, 3, 4, 5}) expect_same_bits(whole, f, found, f);
  EXPECT_EQ(found.status[2], core::FrameStatus::corrupt);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    EXPECT_EQ(found.tally[r][2], core::PixelTally{});
    for (std::size_t bin = 0; bin < found.sums[r].bins; ++bin) {
      std::size_t const k = 2 * found.sums[r].bins + bin;
      for (auto const* field : {&found.sums[r].signal, &found.sums[r].variance,
                                &found.sums[r].normalization, &found.sums[r].count})
        EXPECT_EQ((*field)[k], 0.0);
      EXPECT_EQ(found.sums[r].pixels[k], 0);
    }
  }
}

// Counts of a mean, and spots far above them in every bin.
std::vector<double> frame_with_spots(core::ReductionPlan const& plan, std::uint64_t seed,
                                     double mean, double spot) {
  std::vector<double> frame(plan.shape.pixels());
  for (std::size_t p = 0; p < frame.size(); ++p) {
    std::uint64_t const random = noise(seed, p);
    frame[p] = mean < 1.0 ? (static_cast<double>(random % 1000) < 1000.0 * mean ? 1.0 : 0.0)
                          : std::floor(mean) + static_cast<double>(random % 7) - 3.0;
    if (random / 1024 % 61 == 0) frame[p] = spot + static_cast<double>(random >> 50);
  }
  return frame;
}

TEST(SigmaClip, LosesNoDigitsBelowSpotsOfAMillion) {
  for (std::size_t widest : {1, 3})
    for (ErrorModel model : {ErrorModel::azimuthal, ErrorModel::hybrid, ErrorModel::poisson}) {
      core::ReductionPlan plan = make_plan({.shape = {300, 101}, .bins = 20, .widest = widest});
      set_kind(plan.reductions[0], {Method::sigma_clip, model, {3.0, 20}});
      std::vector<std::vector<double>> frames;
      for (double mean : {0.1, 10.0}) frames.push_back(frame_with_spots(plan, 5, mean, 1e6));
      auto const found = reduce(plan, store(plan, frames).batch);
      auto const expected = reference(plan, frames);
      expect_equal(expected, found, 1e-10);
      EXPECT_GT(found.tally[0][0].rejected, 100);
      if (model == ErrorModel::poisson)
        continue;  // the mean with the spots is so far from all counts that none is left
      for (std::size_t bin = 1; bin < 18; ++bin)
        EXPECT_NEAR(found.sums[0].signal[20 + bin] / found.sums[0].normalization[20 + bin], 10.0,
                    2.0);
    }
}

// Limits beyond float32 decide on pixels within it, whose norm is below 1.
TEST(SigmaClip, RejectsPixelsWhoseQuotientIsBeyondFloat32) {
  core::ReductionPlan plan =
      make_plan({.shape = {20, 94}, .type = core::PixelType::f32, .bins = 3, .widest = 1});
  set_kind(plan.reductions[0], {Method::sigma_clip, ErrorModel::azimuthal, {5.0, 3}});
  std::vector<std::vector<double>> frames;
  for (double sign : {1.0, -1.0}) {
    frames.push_back(make_frame(plan, 1, 10.0, false));
    for (std::size_t p = 0; p < frames.back().size(); p += 41)
      frames.back()[p] = sign * static_cast<double>(3.4e38f);
  }
  auto const found = reduce(plan, store(plan, frames).batch);
  EXPECT_EQ(found.tally, reference(plan, frames).tally);
  for (std::size_t f : {0, 1}) EXPECT_GT(found.tally[0][f].rejected, 10);
}

// Two values that both lie far outside of what their given variance allows.
TEST(SigmaClip, LeavesABinThatLosesAllEmpty) {
  core::ReductionPlan plan = make_plan({.shape = {1, 4}, .bins = 2, .widest = 1});
  plan.corrections.normalization = {1.0f, 1.0f, 1.0f, 1.0f};
  plan.corrections.variance = {1e-6f, 1e-6f, 1e-6f, 1e-6f};
  core::BinMatrix& matrix = plan.reductions[0].matrix;
  matrix.bins = 1;
  matrix.entry_begin = {0, 1, 2, 3, 4};
  matrix.bin = {0, 0, 0, 0};
  matrix.coefficient = {1.0f, 1.0f, 1.0f, 1.0f};
  set_kind(plan.reductions[0], {Method::sigma_clip, ErrorModel::variance, {3.0, 5}});
  std::vector<std::vector<double>> const frames{{10.0, 20.0, 10.0, 20.0}};
  auto const found = reduce(plan, store(plan, frames).batch);
  core::PatternSums const& sums = found.sums[0];
  EXPECT_EQ(sums.pixels[0], 0);
  for (auto const* field :
       {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count})
    EXPECT_EQ((*field)[0], 0.0);
  EXPECT_EQ(found.tally[0][0], (core::PixelTally{0, 0, 0, 0, 4}));
}

TEST(FusedMethods, TellsItsMemory) {
  if (backend() != "Serial" && backend() != "OpenMP")
    GTEST_SKIP() << "kernels run on " << backend();
  core::ReductionPlan plan = make_plan({.shape = {97, 131}});  // more pixels than a tile
  FrameReducer const plain(plan, Engine::fused);
  plan.reductions[0].method = Method::sigma_clip;
  FrameReducer const clipping(plan, Engine::fused);
  EXPECT_GE(clipping.memory().host, plain.memory().host +
                                        plan.shape.pixels() * lanes * sizeof(float) -
                                        8192 * lanes * sizeof(float));
}

TEST(FusedMethods, TellsTheMemoryThatItsFramesNeed) {
  if (backend() != "Serial" && backend() != "OpenMP")
    GTEST_SKIP() << "kernels run on " << backend();
  core::ReductionPlan const plan = make_plan(
      {.shape = {97, 131}, .filter = core::Filter::bitshuffle_lz4, .method = Method::sigma_clip});
  std::size_t const pixels = plan.shape.pixels();
  auto const bytes_with = [&](double counts) {
    FrameReducer reducer(plan, Engine::fused);
    core::ReducedBatch out;
    EXPECT_TRUE(reducer.keeps_decoded_pixels());
    reducer.reduce(
        store(plan, {std::vector<double>(pixels, counts), std::vector<double>(pixels, 1.0)}).batch,
        out);
    return reducer.memory().host;
  };
  std::size_t const most = FrameReducer(plan, Engine::fused).memory().host,
                    narrow = bytes_with(7.0);
  EXPECT_LE(narrow + pixels * lanes * 3, most);  // one byte for four
  EXPECT_GE(bytes_with(700.0), narrow + pixels * lanes - 8192 * lanes);
  EXPECT_GE(bytes_with(7e6), most);
  EXPECT_FALSE(FrameReducer(make_plan({}), Engine::fused).keeps_decoded_pixels());
}

}  // namespace
}  // namespace xrdct::kernels::test
