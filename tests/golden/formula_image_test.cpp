#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "tests/golden/comparison.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/golden/pyfai_rules.hpp"
#include "tests/golden/reference_case.hpp"

namespace xrdct::golden {
namespace {

using test::ReferenceCase;

std::vector<double> times(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

/// Sums of pyFAI without those of the pixels across the border of a range.
class ExpectedSums {
 public:
  ExpectedSums(ReferenceCase const& c, ReferencePlan const& reference,
               test::FormulaImage const& image)
      : case_(c) {
    if (reference.pixels_across_border > 0)
      border_ = sums_with(reference.plan, reference.across_border, image.image);
  }

  bool has(char const* name) const { return case_.values.count(name) > 0; }
  std::vector<double> of(char const* name, std::vector<double> core::PatternSums::*field) const {
    std::vector<double> sums = case_.values.at(name);
    for (std::size_t bin = 0; bin < (border_.*field).size(); ++bin)
      sums[bin] -= (border_.*field)[bin];
    return sums;
  }

 private:
  ReferenceCase const& case_;
  core::PatternSums border_;
};

void compare_sums(ReferenceCase const& c, core::Method method, ExpectedSums const& expected,
                  core::PatternSums const& sums, Comparison& comparison) {
  SumTolerance tolerance = sum_tolerance(c.splitting == "no"     ? core::Splitting::none
                                         : c.splitting == "bbox" ? core::Splitting::bounding_box
                                                                 : core::Splitting::full);
  // Histograms are summed in float32 in part; χ from 0 on has other float32 corners than χ from −π
  // on.
  if (c.algorithm == "histogram" || !c.discontinuity_at_pi) tolerance = {1e-6, 0.0};
  // pyFAI multiplies the monitor in float32.
  SumTolerance const of_norm = c.monitor == 1.0 ? tolerance : SumTolerance{1e-6, 0.0};
  SumTolerance const of_variance =
      c.error_model == "azimuthal" ? SumTolerance{1e-5, 0.0} : tolerance;
  auto const field = [&](char const* name, std::vector<double> core::PatternSums::*member,
                         double factor, SumTolerance t) {
    if (expected.has(name))
      comparison.equal(c.title() + " " + name, times(sums.*member, factor),
                       expected.of(name, member), t.all, t.most);
  };
  field("sum_signal", &core::PatternSums::signal, 1.0, tolerance);
  field("sum_normalization", &core::PatternSums::normalization, c.monitor, of_norm);
  field("sum_normalization2", &core::PatternSums::normalization2, c.monitor * c.monitor, of_norm);
  auto const count = expected.of("count", &core::PatternSums::count);
  comparison.equal(c.title() + " count", count_of_pyfai(method, sums, count), count, tolerance.all,
                   tolerance.most);
  if (c.algorithm == "histogram" && c.dark) {
    comparison.leave_out(sums.bins);  // there the dark is part of the Poisson variance
  } else {
    field("sum_variance", &core::PatternSums::variance, 1.0, of_variance);
  }
}

void compare_pattern(ReferenceCase const& c, core::PatternSums const& sums, core::ErrorModel model,
                     double tolerance, Comparison& comparison) {
  std::vector<float> intensity(sums.bins), error(sums.bins), deviation(sums.bins), count(sums.bins);
  core::finish_pattern(sums, 0, c.monitor, {.error_model = model},
                       {intensity, error, deviation, count});
  auto const field = [&](char const* name, std::vector<float> const& found) {
    comparison.equal(c.title() + " " + name, std::vector<double>(found.begin(), found.end()),
                     nothing_measured_where_empty(c.values.at(name), sums), tolerance);
  };
  field("intensity", intensity);
  if (model == core::ErrorModel::none) return;
  if (c.algorithm == "histogram" && c.dark) return comparison.leave_out(2 * sums.bins);
  field("sem", error);
  field("std", deviation);
}

/// Every engine, given the same matrix: sums within 1e-12 of the loops, the same pixels.
void expect_like_loops(std::string const& integrator, core::ReductionPlan const& plan,
                       core::ReducedBatch const& result, std::vector<double> const& image) {
  auto const loops = integrate("loops", plan, {image});
  auto const &found = result.sums.at(0), &expected = loops.sums.at(0);
  Comparison comparison(integrator + " against the loops");
  comparison.equal("signal", found.signal, expected.signal, 1e-12);
  comparison.equal("variance", found.variance, expected.variance, 1e-12);
  comparison.equal("normalization", found.normalization, expected.normalization, 1e-12);
  comparison.equal("normalization2", found.normalization2, expected.normalization2, 1e-12);
  comparison.equal("count", found.count, expected.count, 1e-12);
  EXPECT_EQ(found.pixels, expected.pixels);
  EXPECT_EQ(result.tally, loops.tally);
}

/// Cakes with full splitting: bins into which pyFAI puts the pixel that holds the beam, or those on
/// the discontinuity of χ: its counts differ, too.
std::vector<bool> bins_of_other_pixels(std::vector<bool> left_out, std::vector<double> const& count,
                                       core::PatternSums const& sums) {
  for (std::size_t bin = 0; bin < sums.bins; ++bin)
    left_out[bin] = left_out[bin] || std::abs(sums.count[bin] - count[bin]) > 0.01 * count[bin];
  return left_out;
}

void compare_case(std::string const& integrator, ReferenceCase const& c, Comparison& comparison) {
  SCOPED_TRACE(c.title());
  auto const image = test::formula_image();
  auto const reference = plan_of(c, image);
  auto const& reduction = reference.plan.reductions[0];
  comparison.equal(c.title() + " radial", reduction.matrix.radial_axis, c.values.at("radial"),
                   1e-7);
  if (c.azimuthal_bins > 0)
    comparison.equal(c.title() + " azimuthal", reduction.matrix.azimuthal_axis,
                     c.values.at("azimuthal"), 1e-7);
  auto const result = integrate(integrator, reference.plan, {image.image});
  ASSERT_EQ(result.status.at(0), core::FrameStatus::good);
  EXPECT_EQ(result.tally.at(0).at(0).total(), 64 * 80);
  comparison.leave_out_bins(
      reference.sums
          ? reference.left_out
          : bins_of_other_pixels(reference.left_out, c.values.at("count"), result.sums.at(0)));
  if (reference.sums)
    compare_sums(c, reduction.method, ExpectedSums(c, reference, image), result.sums.at(0),
                 comparison);
  if (reference.pixels_across_border == 0) {
    compare_pattern(c, result.sums.at(0), reduction.error_model, reference.intensity_tolerance,
                    comparison);
  } else {
    std::printf("%s: %zu pixels across the border of a range left out\n", c.title().c_str(),
                reference.pixels_across_border);
  }
  comparison.leave_out_bins({});
  expect_like_loops(integrator, reference.plan, result, image.image);
}

class FormulaImage : public testing::TestWithParam<std::string> {
 protected:
  void expect(std::string const& name) const {
    Comparison comparison(GetParam() + " " + name);
    for (auto const& c : test::reference_vectors().named(name)) {
      if (is_offered(c)) compare_case(GetParam(), c, comparison);
    }
    EXPECT_GT(comparison.compared(), 0u);
  }
};

TEST_P(FormulaImage, Basic) { expect("basic"); }
TEST_P(FormulaImage, SolidAngle) { expect("sa"); }
TEST_P(FormulaImage, MaskFlatDarkPolarizationMonitorPoisson) { expect("full_corr"); }
TEST_P(FormulaImage, Azimuthal) { expect("azimuthal"); }
TEST_P(FormulaImage, Ranges) { expect("ranges"); }
TEST_P(FormulaImage, Units) { expect("units"); }
TEST_P(FormulaImage, Cake) { expect("2d"); }
TEST_P(FormulaImage, SigmaClip) { expect("sigma_clip"); }
TEST_P(FormulaImage, Median) { expect("medfilt"); }
TEST_P(FormulaImage, Orientation) { expect("orientation"); }
TEST_P(FormulaImage, OrientationOfCakes) { expect("orientation2d"); }

/// Nothing is left out but what the contract lists: all 97 cases are compared in something, but for
/// the two of pseudo splitting.
TEST_P(FormulaImage, EveryCaseIsCompared) {
  std::size_t compared = 0, left_out = 0, cases = 0, not_offered = 0;
  for (auto const& c : test::reference_vectors().cases) {
    if (!is_offered(c)) {
      ++not_offered;
      continue;
    }
    Comparison comparison(GetParam() + " " + c.title(), Comparison::Report::nothing);
    compare_case(GetParam(), c, comparison);
    EXPECT_GT(comparison.compared(), 0u) << c.title();
    compared += comparison.compared();
    left_out += comparison.left_out();
    ++cases;
  }
  EXPECT_EQ(cases + not_offered, 97u);
  EXPECT_EQ(not_offered, 2u);
  std::printf("%s: %zu cases, %zu values of bins compared, %zu left out\n", GetParam().c_str(),
              cases, compared, left_out);
  EXPECT_LT(static_cast<double>(left_out), 0.1 * static_cast<double>(compared));
}

INSTANTIATE_TEST_SUITE_P(Golden, FormulaImage, testing::ValuesIn(integrators()),
                         [](auto const& name) { return name.param; });

}  // namespace
}  // namespace xrdct::golden
