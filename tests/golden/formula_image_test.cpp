#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/plan_building.hpp"
#include "tests/golden/comparison.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::golden {
namespace {

using core::Splitting;
using test::ReferenceCase;

Splitting splitting_of(std::string const& name) {
  static std::map<std::string, Splitting> const names{{"no", Splitting::none}, {"bbox", Splitting::bounding_box}, {"full", Splitting::full}};
  return names.at(name);
}

/// Radial range whose axis is `centers`: an explicit one, so that the masked pixels need not set it.
std::pair<double, double> range_of(std::vector<double> const& centers) {
  double const half = 0.5 * (centers.back() - centers.front()) / static_cast<double>(centers.size() - 1);
  return {centers.front() - half, (centers.back() + half) / (1.0 + 0x1p-23)};
}

/// The histogram engine without splitting takes its axis from masked pixels, too.
bool has_axis_of_its_own(ReferenceCase const& c) { return c.algorithm == "histogram" && c.splitting == "no" && c.mask; }

core::ReductionPlan plan_of(ReferenceCase const& c, test::FormulaImage const& image) {
  auto const& vectors = test::reference_vectors();
  auto const& p = vectors.poni;
  core::Calibration const calibration{p.at("dist"), p.at("poni1"), p.at("poni2"), p.at("rot1"), p.at("rot2"), p.at("rot3"), p.at("wavelength"), {}};
  core::Detector const detector{"Detector", vectors.pixel, vectors.pixel, {vectors.rows, vectors.columns}, c.orientation, {}};
  core::Geometry const geometry(calibration, detector);
  core::CorrectionChoice choice{.solid_angle = c.solid_angle, .polarization = {}};
  if (c.polarization) choice.polarization = std::pair{*c.polarization, 0.0};

  core::ReductionPlan plan;
  plan.shape = detector.shape;
  plan.encoding = {.type = core::PixelType::i32};
  plan.valid = core::ValidValues::all();
  if (c.dummy) plan.valid.invalid.push_back({*c.dummy, *c.dummy});
  plan.corrections = core::build_corrections(geometry, choice, true,
                                             {.mask = c.mask ? std::span<std::uint8_t const>(image.mask) : std::span<std::uint8_t const>(),
                                              .flat = c.flat ? std::span<float const>(image.flat) : std::span<float const>(),
                                              .dark = c.dark ? std::span<float const>(image.dark) : std::span<float const>()});
  core::Binning binning{.unit = core::unit_of(c.unit), .bins = c.bins, .splitting = splitting_of(c.splitting), .radial_range = {}};
  if (has_axis_of_its_own(c)) binning.radial_range = range_of(c.values.at("radial"));
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, binning),
                             c.error_model == "poisson" ? core::ErrorModel::poisson : core::ErrorModel::none});
  return plan;
}

/// A field as pyFAI gives it: the monitor is part of its norm.
std::vector<double> with_monitor(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

void compare_sums(ReferenceCase const& c, core::PatternSums const& sums, Comparison& comparison) {
  SumTolerance tolerance = sum_tolerance(splitting_of(c.splitting));
  if (c.algorithm == "histogram") tolerance = {1e-6, 0.0};
  // pyFAI multiplies the monitor in float32.
  SumTolerance const of_norm = c.monitor == 1.0 ? tolerance : SumTolerance{1e-6, 0.0};
  bool const dark_in_variance = c.algorithm == "histogram" && c.dark;
  auto const field = [&](char const* name, std::vector<double> const& found, SumTolerance t) {
    auto const expected = c.values.find(name);
    if (expected == c.values.end()) return;
    comparison.equal(c.title() + " " + name, found, expected->second, t.all, t.most);
  };
  field("sum_signal", sums.signal, tolerance);
  field("count", sums.count, tolerance);
  field("sum_normalization", with_monitor(sums.normalization, c.monitor), of_norm);
  field("sum_normalization2", with_monitor(sums.normalization2, c.monitor * c.monitor), of_norm);
  if (dark_in_variance) {
    comparison.leave_out(2 * sums.bins);
  } else {
    field("sum_variance", sums.variance, tolerance);
  }
}

void compare_pattern(ReferenceCase const& c, core::PatternSums const& sums, core::ErrorModel model, Comparison& comparison) {
  std::vector<float> intensity(sums.bins), error(sums.bins), count(sums.bins);
  core::finish_pattern(sums, 0, c.monitor, {.error_model = model}, {intensity, error, {}, count});
  auto const field = [&](char const* name, std::vector<float> const& found) {
    std::vector<double> expected = c.values.at(name);
    for (std::size_t bin = 0; bin < expected.size(); ++bin) {
      if (sums.pixels[bin] == 0) expected[bin] = std::nan("");  // pyFAI's 0 is our "nothing measured"
    }
    comparison.equal(c.title() + " " + name, std::vector<double>(found.begin(), found.end()), expected, 1e-6);
  };
  field("intensity", intensity);
  if (model != core::ErrorModel::none && !(c.algorithm == "histogram" && c.dark)) field("sem", error);
}

class FormulaImage : public testing::TestWithParam<std::string> {
 protected:
  void expect(std::string const& name, std::vector<std::string> const& units = {}) const {
    Comparison comparison(GetParam() + " " + name);
    auto const image = test::formula_image();
    for (auto const& c : test::reference_vectors().named(name)) {
      if (!units.empty() && std::find(units.begin(), units.end(), c.unit) == units.end()) continue;
      auto const plan = plan_of(c, image);
      auto const& reduction = plan.reductions[0];
      comparison.equal(c.title() + " radial", reduction.matrix.radial_axis, c.values.at("radial"), 1e-7);
      auto const result = integrate(GetParam(), plan, {image.image});
      ASSERT_EQ(result.status.at(0), core::FrameStatus::good);
      EXPECT_EQ(result.tally.at(0).at(0).total(), 64 * 80) << c.title();
      compare_sums(c, result.sums.at(0), comparison);
      compare_pattern(c, result.sums.at(0), reduction.error_model, comparison);
      expect_like_loops(plan, result, image.image);
    }
    EXPECT_GT(comparison.compared(), 0u);
  }

 private:
  /// Every engine, given the same matrix: sums within 1e-12 of the loops, the same pixels.
  void expect_like_loops(core::ReductionPlan const& plan, core::ReducedBatch const& result, std::vector<double> const& image) const {
    auto const loops = integrate("loops", plan, {image});
    auto const &found = result.sums.at(0), &expected = loops.sums.at(0);
    Comparison comparison(GetParam() + " against the loops");
    comparison.equal("signal", found.signal, expected.signal, 1e-12);
    comparison.equal("variance", found.variance, expected.variance, 1e-12);
    comparison.equal("normalization", found.normalization, expected.normalization, 1e-12);
    comparison.equal("normalization2", found.normalization2, expected.normalization2, 1e-12);
    comparison.equal("count", found.count, expected.count, 1e-12);
    EXPECT_EQ(found.pixels, expected.pixels);
    EXPECT_EQ(result.tally, loops.tally);
  }
};

TEST_P(FormulaImage, Basic) { expect("basic"); }
TEST_P(FormulaImage, SolidAngle) { expect("sa"); }
TEST_P(FormulaImage, MaskFlatDarkPolarizationMonitorPoisson) { expect("full_corr"); }
TEST_P(FormulaImage, Orientation) { expect("orientation"); }
TEST_P(FormulaImage, Units) { expect("units", {"q_A^-1", "r_mm", "2th_rad"}); }

INSTANTIATE_TEST_SUITE_P(Golden, FormulaImage, testing::ValuesIn(integrators()), [](auto const& name) { return name.param; });

}  // namespace
}  // namespace xrdct::golden
