#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "io/values/value_reader.hpp"
#include "tests/golden/comparison.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/golden/pyfai_rules.hpp"
#include "tests/golden/real_case.hpp"
#include "tests/golden/real_data.hpp"

namespace xrdct::golden {
namespace {

/// First and last azimuthal bins of a cake whose pixels are split; bins of quantile means that
/// pyFAI leaves to chance.
std::vector<bool> bins_left_out(RealCase const& c, RealRun const& run) {
  if (c.method == core::Method::quantile_mean)
    return bins_left_to_chance(run.plan, run.frames.at(0));
  std::size_t const bins = c.binning.bins, azimuthal = c.binning.azimuthal_bins;
  if (c.binning.kind != core::PatternKind::cake || c.binning.splitting == core::Splitting::none)
    return {};
  std::vector<bool> out(bins * azimuthal);
  for (std::size_t k = 0; k < out.size(); ++k) {
    std::size_t const row = k / bins;
    out[k] = row == 0 || row + 1 == azimuthal;
  }
  return out;
}

class RealFrames : public RealData,
                   public testing::WithParamInterface<std::tuple<std::string, std::string>> {
 protected:
  void compare(RealCase const& c, RealRun const& run, core::PatternSums const& sums,
               Comparison& comparison) const {
    core::BinMatrix const& matrix = run.plan.reductions[0].matrix;
    auto const expected = [&](char const* name) {
      return io::read_values(reference(), c.group + "/" + name);
    };
    SumTolerance const tolerance = sum_tolerance(c.binning.splitting);
    SumTolerance const of_variance =
        c.error_model == core::ErrorModel::azimuthal ? SumTolerance{1e-5, 0.0} : tolerance;
    comparison.equal("radial", matrix.radial_axis, expected("radial"), 1e-7);
    if (c.binning.kind == core::PatternKind::cake)
      comparison.equal("azimuthal", matrix.azimuthal_axis, expected("azimuthal"), 1e-7);
    comparison.leave_out_bins(bins_left_out(c, run));
    core::PatternSums border;
    if (run.border.of_pyfai.entries() > 0)
      border = sums_with(run.plan, run.border.of_pyfai, run.frames.at(0));
    auto const field = [&](char const* name, std::vector<double> core::PatternSums::*member,
                           SumTolerance t) {
      auto values = expected(name);
      for (std::size_t bin = 0; bin < (border.*member).size(); ++bin)
        values[bin] -= (border.*member)[bin];
      bool const is_count = member == &core::PatternSums::count;
      comparison.equal(name, is_count ? count_of_pyfai(c.method, sums, values) : sums.*member,
                       values, t.all, t.most);
    };
    field("sum_signal", &core::PatternSums::signal, tolerance);
    field("sum_normalization", &core::PatternSums::normalization, tolerance);
    field("sum_normalization2", &core::PatternSums::normalization2, tolerance);
    field("count", &core::PatternSums::count, tolerance);
    if (c.error_model != core::ErrorModel::none)
      field("sum_variance", &core::PatternSums::variance, of_variance);
    if (border.bins == 0) return compare_patterns(c, sums, comparison);
    auto const pixels = std::count(run.border.across.begin(), run.border.across.end(), true);
    std::printf("%s: %td pixels across the ends of the azimuthal axis left out\n", c.group.c_str(),
                pixels);
  }

  /// All bins of a quantile mean, also those that pyFAI leaves to chance.
  void expect_close(RealCase const& c, core::PatternSums const& sums) const {
    auto const intensity = io::read_values(reference(), c.group + "/intensity");
    for (std::size_t bin = 0; bin < sums.bins; ++bin) {
      if (sums.pixels[bin] == 0) continue;
      EXPECT_NEAR(sums.signal[bin] / sums.normalization[bin], intensity[bin], 0.02 * intensity[bin])
          << "bin " << bin;
    }
  }

 private:
  void compare_patterns(RealCase const& c, core::PatternSums const& sums,
                        Comparison& comparison) const {
    std::size_t const values = sums.frames * sums.bins;
    std::vector<float> intensity(values), error(values), deviation(values), count(values);
    for (std::size_t frame = 0; frame < sums.frames; ++frame) {
      auto const part = [&](std::vector<float>& field) {
        return std::span(field).subspan(frame * sums.bins, sums.bins);
      };
      core::finish_pattern(sums, frame, 1.0, {.method = c.method, .error_model = c.error_model},
                           {part(intensity), part(error), part(deviation), part(count)});
    }
    double const of_error = c.error_model == core::ErrorModel::azimuthal ? 1e-5 : 1e-6;
    auto const field = [&](char const* name, std::vector<float> const& found, double tolerance) {
      auto const expected =
          nothing_measured_where_empty(io::read_values(reference(), c.group + "/" + name), sums);
      comparison.equal(name, std::vector<double>(found.begin(), found.end()), expected, tolerance);
    };
    field("intensity", intensity, 1e-6);
    if (c.error_model == core::ErrorModel::none) return;
    field("sem", error, of_error);
    field("std", deviation, of_error);
  }
};

TEST_P(RealFrames, AgreeWithPyFai) {
  auto const& [integrator, group] = GetParam();
  RealCase const& c = real_case(group);
  RealRun const run = load(c, data(""), reference());
  bool const stored = !c.dataset.empty();
  auto const result =
      stored ? reduce_stored(c, run.plan,
                             integrator == "fused" ? kernels::Engine::fused : kernels::Engine::spmm,
                             data(""))
             : integrate(integrator, run.plan, run.frames);
  for (std::size_t frame = 0; frame < result.status.size(); ++frame) {
    ASSERT_EQ(result.status.at(frame), core::FrameStatus::good);
    EXPECT_EQ(result.tally.at(0).at(frame).total(),
              static_cast<std::int64_t>(run.plan.shape.pixels()));
  }
  Comparison comparison(integrator + " " + group);
  compare(c, run, result.sums.at(0), comparison);
  if (c.method == core::Method::quantile_mean) expect_close(c, result.sums.at(0));
  EXPECT_GT(comparison.compared(), 0u);
}

std::vector<std::string> groups() {
  std::vector<std::string> names;
  for (auto const& c : real_cases()) names.push_back(c.group);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Golden, RealFrames,
                         testing::Combine(testing::Values("fused", "spmm"),
                                          testing::ValuesIn(groups())),
                         [](auto const& setting) {
                           return std::get<0>(setting.param) + "_" +
                                  real_case(std::get<1>(setting.param)).name();
                         });

TEST(RealCases, AreAllThatTheReferenceHolds) {
  auto const names = groups();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 37u);
}

}  // namespace
}  // namespace xrdct::golden
