// Every method with every error model, in both engines, against the specification.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/teams/bin_reducer.hpp"
#include "test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

using core::ErrorModel;
using core::Method;

constexpr Method all_methods[] = {Method::mean, Method::sum, Method::sigma_clip,
                                  Method::quantile_mean, Method::maximum};
constexpr ErrorModel all_models[] = {ErrorModel::none, ErrorModel::variance, ErrorModel::poisson,
                                     ErrorModel::azimuthal, ErrorModel::hybrid};

bool runs_on_host() {
  return backend() == "Serial" || backend() == "OpenMP" || backend() == "Threads";
}

using Case = std::tuple<Engine, Method, ErrorModel>;

class Methods : public testing::TestWithParam<Case> {
 protected:
  PlanOptions options() const {
    auto const& [engine, method, model] = GetParam();
    PlanOptions options;
    options.type = core::PixelType::f32;
    options.error_model = model;
    options.method = method;
    options.clip = {2.0, 3};
    options.quantiles = {0.2, 0.7};
    return options;
  }
  core::ReducedBatch found(core::ReductionPlan const& plan,
                           std::vector<std::vector<double>> const& frames) const {
    return reduce(plan, std::get<Engine>(GetParam()), store(plan, frames).batch);
  }
  void expect_as_specified(core::ReductionPlan const& plan,
                           std::vector<std::vector<double>> const& frames,
                           double relative = 1e-12) const {
    expect_equal(reference(plan, frames), found(plan, frames), relative,
                 !plan.corrections.dark.empty());
  }
};

std::string name_of_case(testing::TestParamInfo<Case> const& info) {
  auto const& [engine, method, model] = info.param;
  return name_of(engine) + "_" + std::string(core::name_of(method)) + "_" +
         std::string(core::name_of(model));
}

INSTANTIATE_TEST_SUITE_P(Kernels, Methods,
                         testing::Combine(testing::Values(Engine::fused, Engine::spmm),
                                          testing::ValuesIn(all_methods),
                                          testing::ValuesIn(all_models)),
                         name_of_case);
// Its own sums, and what it takes from the reducer of whole bins that the other one has.
INSTANTIATE_TEST_SUITE_P(DeviceKernels, Methods,
                         testing::Combine(testing::Values(Engine::device),
                                          testing::Values(Method::mean, Method::sigma_clip),
                                          testing::ValuesIn(all_models)),
                         name_of_case);

TEST_P(Methods, EqualTheReference) {
  for (unsigned choice = 0; choice < 32; ++choice) {
    SCOPED_TRACE(choice);
    PlanOptions with = options();
    with.widest = (choice & 1) != 0 ? 3 : 1;
    with.dark = (choice & 2) != 0;
    with.mask = (choice & 4) != 0;
    with.dark_variance = (choice & 8) != 0;
    bool const invalid = (choice & 16) != 0;
    if (invalid) with.type = core::PixelType::u16;
    auto const plan = make_plan(with);
    expect_as_specified(plan, {make_frame(plan, choice, 1000.0, invalid),
                               make_frame(plan, choice + 100, 3.0, invalid),
                               make_frame(plan, choice + 200, 60000.0, invalid)});
    if (HasFatalFailure()) return;
  }
}

TEST_P(Methods, SumWhatIsKeptDirectly) {
  for (double background : {10.0, 0.1})
    for (std::size_t widest : {1, 3}) {
      PlanOptions with = options();
      with.shape = {120, 101};
      with.widest = widest;
      with.clip = {3.0, 5};
      auto const plan = make_plan(with);
      std::vector const frames{make_spotty_frame(plan, 5, background, 1e6),
                               make_spotty_frame(plan, 6, background, 1e6)};
      auto const expected = reference(plan, frames), out = found(plan, frames);
      expect_equal(expected, out, 1e-10);
      if (with.method != Method::sigma_clip || with.error_model == ErrorModel::none) continue;
      EXPECT_GT(out.tally[0][0].rejected, 50);
      for (std::size_t bin = 0; bin < out.sums[0].bins; ++bin)
        EXPECT_LE(out.sums[0].signal[bin], 5.0 * background * out.sums[0].normalization[bin])
            << "a spot is left";
    }
}

TEST_P(Methods, OfSharedValuesTakeTheFirstPixels) {
  for (auto const& quantiles : {core::Quantiles{0.5, 0.5}, core::Quantiles{0.0, 1.0},
                                core::Quantiles{0.3, 0.3}, core::Quantiles{0.1, 0.4}})
    for (std::size_t widest : {1, 3}) {
      PlanOptions with = options();
      with.type = core::PixelType::u8;
      with.equal_norm = true;
      with.widest = widest;
      with.quantiles = quantiles;
      auto const plan = make_plan(with);
      expect_as_specified(plan, {make_frame(plan, 1, 4.0), make_frame(plan, 2, 4.0, false)});
    }
}

TEST_P(Methods, OfOneOrTwoPixelsPerBin) {
  PlanOptions with = options();
  with.shape = {1, 101};
  with.bins = 120;
  auto const plan = make_plan(with);
  expect_as_specified(plan,
                      {make_frame(plan, 1), make_frame(plan, 2), make_frame(plan, 3, 1e6, false)});
}

TEST_P(Methods, RejectNothingOfEqualPixels) {
  PlanOptions with = options();
  with.widest = 1;
  with.equal_norm = true;
  auto const plan = make_plan(with);
  std::vector<std::vector<double>> const frames(1, std::vector<double>(plan.shape.pixels(), 7.0));
  auto const out = found(plan, frames);
  expect_equal(reference(plan, frames), out, 1e-12, !plan.corrections.dark.empty());
  if (with.method != Method::quantile_mean) {
    EXPECT_EQ(out.tally[0][0].rejected, 0);
  }
  if (with.error_model == ErrorModel::azimuthal) {
    EXPECT_EQ(out.sums[0].variance, std::vector<double>(out.sums[0].bins, 0.0));
  }
}

TEST_P(Methods, LeaveNothingInABinWithoutAPixel) {
  PlanOptions with = options();
  with.type = core::PixelType::u16;
  auto plan = make_plan(with);
  std::vector<std::vector<double>> frames{std::vector<double>(plan.shape.pixels(), 65535.0),
                                          make_frame(plan, 1, 1000.0, false)};
  for (std::size_t p = 0; p < frames[1].size(); ++p)
    if (p % plan.shape.columns < 30) frames[1][p] = 65534.0;
  expect_as_specified(plan, frames);
  auto const out = found(plan, frames);
  EXPECT_EQ(out.tally[0][0].used + out.tally[0][0].rejected, 0);
  for (auto field :
       {&core::PatternSums::signal, &core::PatternSums::variance, &core::PatternSums::normalization,
        &core::PatternSums::normalization2, &core::PatternSums::count})
    for (std::size_t bin = 0; bin < out.sums[0].bins; ++bin)
      EXPECT_EQ((out.sums[0].*field)[bin], 0.0);
}

TEST_P(Methods, PassOverCorruptFrames) {
  PlanOptions with = options();
  with.filter = core::Filter::bitshuffle_lz4;
  auto const plan = make_plan(with);
  std::vector const frames{make_frame(plan, 1), make_frame(plan, 2), make_frame(plan, 3)};
  auto stored = store(plan, frames);
  auto const clean = reduce(plan, std::get<Engine>(GetParam()), stored.batch);
  stored.batch.frames[0].bytes = stored.batch.frames[0].bytes.first(20);
  auto const some = reduce(plan, std::get<Engine>(GetParam()), stored.batch);
  for (std::size_t f : {1, 2}) expect_same_bits(clean, f, some, f);
  for (auto& frame : stored.batch.frames) frame.bytes = frame.bytes.first(20);
  auto const none = reduce(plan, std::get<Engine>(GetParam()), stored.batch);
  for (std::size_t f : {0, 1, 2}) {
    EXPECT_EQ(none.status[f], core::FrameStatus::corrupt);
    EXPECT_EQ(none.sums[0].pixels[f * none.sums[0].bins + 3], 0);
    EXPECT_EQ(none.sums[0].signal[f * none.sums[0].bins + 3], 0.0);
  }
}

TEST_P(Methods, AreAFunctionOfTheFrameAlone) {
  PlanOptions with = options();
  with.mask = true;
  auto const plan = make_plan(with);
  std::vector<std::vector<double>> frames, permuted;
  for (std::size_t f = 0; f < 19; ++f) frames.push_back(make_frame(plan, 50 + f));
  auto const whole = found(plan, frames);
  for (std::size_t size : {1, 7, 16}) {
    for (std::size_t first = 0; first < frames.size(); first += size) {
      std::size_t const last = std::min(first + size, frames.size());
      auto const part = found(plan, {frames.begin() + static_cast<std::ptrdiff_t>(first),
                                     frames.begin() + static_cast<std::ptrdiff_t>(last)});
      for (std::size_t f = first; f < last; ++f) expect_same_bits(whole, f, part, f - first);
    }
  }
  for (std::size_t k = 0; k < frames.size(); ++k)
    permuted.push_back(frames[k * 12 % frames.size()]);
  auto const out = found(plan, permuted);
  for (std::size_t k = 0; k < frames.size(); ++k)
    expect_same_bits(whole, k * 12 % frames.size(), out, k);
}

// One plan with every reduction that needs whole bins, of different numbers of bins.
core::ReductionPlan plan_of_all(bool equal_norm) {
  PlanOptions with;
  with.type = core::PixelType::i32;
  with.dark = with.mask = with.dark_variance = true;
  with.equal_norm = equal_norm;
  with.error_model = ErrorModel::variance;
  auto plan = make_plan(with);
  plan.reductions.clear();
  for (Method method : all_methods)
    for (ErrorModel model : all_models) {
      with.bins = 20 + 3 * plan.reductions.size();
      with.seed = plan.reductions.size() + 1;
      auto reduction = make_plan(with).reductions.front();
      reduction.method = method;
      reduction.error_model = model;
      reduction.clip = {1.5, 4};
      reduction.quantiles = {0.25, 0.75};
      if (needs_whole_bins(reduction)) plan.reductions.push_back(reduction);
    }
  return plan;
}

// On a host it is the same arithmetic in the same order, whatever the number of threads.
TEST(WholeBinMethods, GiveTheBitsOfTheReferenceOnAHost) {
  if (!runs_on_host()) GTEST_SKIP() << "kernels run on " << backend();
  for (bool equal_norm : {false, true}) {
    auto const plan = plan_of_all(equal_norm);
    std::vector<std::vector<double>> frames;
    for (std::size_t f = 0; f < 10; ++f)
      frames.push_back(make_frame(plan, f, f % 2 == 0 ? 5.0 : 1e6));
    auto const expected = reference(plan, frames),
               out = reduce(plan, Engine::spmm, store(plan, frames).batch);
    for (std::size_t f = 0; f < frames.size(); ++f) expect_same_bits(expected, f, out, f);
  }
}

// The kernels as a GPU runs them: teams of several threads, few of which look for keys at once.
class Teams : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Kernels, Teams, testing::Values(1, 2, 3, 4));

TEST_P(Teams, EqualTheReference) {
  if (GetParam() > threads() && runs_on_host())
    GTEST_SKIP() << "there are " << threads() << " threads";
  for (bool equal_norm : {true, false})
    for (std::size_t workspace : {std::size_t{1}, std::size_t{1} << 20}) {
      auto const plan = plan_of_all(equal_norm);
      std::vector<std::vector<double>> const frames{make_frame(plan, 1, 1e6), make_frame(plan, 2),
                                                    make_spotty_frame(plan, 3, 1000.0, 1e6)};
      std::vector<float> raw;
      for (auto const& frame : frames)
        for (double value : frame)
          raw.push_back(plan.valid.contains(value) ? static_cast<float>(value)
                                                   : std::numeric_limits<float>::quiet_NaN());
      auto const expected = reference(plan, frames);
      core::ReducedBatch out;
      out.status = expected.status;
      for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
        out.sums.emplace_back(frames.size(), plan.reductions[r].matrix.bins);
        out.tally.push_back(expected.tally[r]);
        for (core::PixelTally& tally : out.tally.back()) {
          tally.used += tally.rejected;
          tally.rejected = 0;
        }
      }
      BinReducer reducer(plan, frames.size(), {GetParam(), workspace});
      reducer.load(raw);
      reducer.reduce(frames.size(), 1);
      reducer.wait();
      for (std::size_t f = 0; f < frames.size(); ++f) reducer.write(1, f, f, out);
      expect_equal(expected, out, 1e-12);
      if (HasFatalFailure()) return;
    }
}

}  // namespace
}  // namespace xrdct::kernels::test
