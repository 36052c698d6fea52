#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "core/matrix/plan_building.hpp"
#include "core/phantom/simulated_truth.hpp"
#include "core/reference/reference_reduce.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "tests/core/phantom/small_scan.hpp"
#include "truth_comparison.hpp"

namespace xrdct {
namespace {

constexpr std::size_t bins = 60;

class KernelsRun : public testing::Environment {
  void SetUp() override { kernels::start(2); }
  void TearDown() override { kernels::stop(); }
};
auto* const kernels_run = testing::AddGlobalTestEnvironment(new KernelsRun);

// The plan that a user's job gives: all of it from the calibration, by the program's own geometry.
core::ReductionPlan plan_of(core::SimulationSettings const& settings,
                            core::Calibration const& calibration) {
  core::ReductionPlan plan;
  plan.shape = settings.frame;
  plan.encoding = {settings.type, core::Filter::bitshuffle_lz4, false, false};
  plan.valid = core::ValidValues::of(settings.type);
  core::Geometry const geometry(calibration,
                                core::make_detector(calibration.detector, settings.frame));
  core::CorrectionChoice const choice{.solid_angle = settings.solid_angle,
                                      .polarization = std::pair(settings.polarization_factor, 0.0)};
  plan.corrections = core::build_corrections(geometry, choice, true, {});
  core::Binning binning;
  binning.bins = bins;
  binning.splitting = core::Splitting::none;
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, binning),
                             core::ErrorModel::poisson});
  return plan;
}

// The plan of the truth: bins and corrections from the simulator's own angles.
core::ReductionPlan true_plan(core::SimulatedScan const& scan, core::SimulatedTruth const& truth) {
  core::ReductionPlan plan;
  plan.shape = scan.settings().frame;
  plan.valid = core::ValidValues::all();
  plan.corrections.mask = scan.mask();
  for (double norm : scan.rays().norm)
    plan.corrections.normalization.push_back(static_cast<float>(norm));
  core::BinMatrix matrix;
  matrix.bins = truth.bins;
  matrix.radial_axis = truth.radial_axis;
  for (auto bin : truth.bin_of_pixel) {
    if (bin >= 0) {
      matrix.bin.push_back(static_cast<std::uint32_t>(bin));
      matrix.coefficient.push_back(1.0F);
    }
    matrix.entry_begin.push_back(static_cast<std::uint32_t>(matrix.coefficient.size()));
  }
  plan.reductions.push_back({std::move(matrix), core::ErrorModel::none});
  return plan;
}

// Every frame of the scan, reduced by the kernels under test with a calibration, against its truth.
test::TruthComparison compared(core::SimulationSettings const& settings,
                               core::Calibration const& calibration, kernels::Engine engine) {
  core::SimulatedScan const scan(settings);
  auto const truth = core::simulated_truth(scan, bins, {});
  auto const reference = true_plan(scan, truth);
  auto const plan = plan_of(settings, calibration);
  kernels::FrameReducer reducer(plan, engine);
  test::TruthComparison comparison(bins);
  std::vector<std::vector<std::byte>> bytes(static_cast<std::size_t>(scan.frames()));
  core::EncodedBatch batch{plan.shape, plan.encoding, {}};
  std::vector<std::byte> pixels(settings.frame.pixels() * core::size_of(settings.type));
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    scan.draw(static_cast<std::int64_t>(n), pixels);
    bytes[n] = codec::encode_bitshuffle_lz4(pixels, core::size_of(settings.type));
    batch.frames.push_back({bytes[n], true, core::FrameStatus::good});
  }
  core::ReducedBatch reduced;
  reducer.reduce(batch, reduced);
  std::vector<double> expectation(settings.frame.pixels()), expected(bins), norm(bins);
  std::vector<float> intensity(bins), error(bins), count(bins);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    auto const frame = static_cast<std::int64_t>(n);
    core::finish_pattern(reduced.sums.at(0), n, scan.monitor(frame), {},
                         {intensity, error, {}, count});
    scan.expectation(frame, 0, expectation);
    core::PatternSums sums(1, bins);
    core::PixelTally tally;
    core::reference_reduce(reference, reference.reductions[0], expectation, sums, tally);
    for (std::size_t b = 0; b < bins; ++b) {
      norm[b] = scan.monitor(frame) * sums.normalization[b];
      expected[b] = sums.signal[b] / norm[b];
    }
    comparison.add(intensity, expected, norm);
  }
  comparison.print(std::cout);
  return comparison;
}

class SimulatedTruthAt : public testing::TestWithParam<double> {};

TEST_P(SimulatedTruthAt, FusedEngineAgrees) {
  auto const settings = test::small_scan(GetParam());
  EXPECT_TRUE(compared(settings, settings.calibration, kernels::Engine::fused).agrees());
}

TEST_P(SimulatedTruthAt, SpmmEngineAgrees) {
  auto const settings = test::small_scan(GetParam());
  EXPECT_TRUE(compared(settings, settings.calibration, kernels::Engine::spmm).agrees());
}

TEST_P(SimulatedTruthAt, APoniThatIsOnePixelOffIsFound) {
  auto const settings = test::small_scan(GetParam());
  auto calibration = settings.calibration;
  calibration.poni1_m += *calibration.detector.pixel1_m;
  EXPECT_FALSE(compared(settings, calibration, kernels::Engine::fused).agrees());
  calibration = settings.calibration;
  calibration.poni2_m -= *calibration.detector.pixel2_m;
  EXPECT_FALSE(compared(settings, calibration, kernels::Engine::fused).agrees());
}

INSTANTIATE_TEST_SUITE_P(CountsPerPixel, SimulatedTruthAt, testing::Values(0.05, 50.0));

TEST(SimulatedTruth, LinearFormIsTheReferenceIntegrationOfTheExpectation) {
  core::SimulatedScan const scan(test::small_scan(5.0));
  auto const truth = core::simulated_truth(scan, bins, {});
  auto const reference = true_plan(scan, truth);
  std::vector<double> expectation(scan.mask().size()), pattern(bins);
  for (std::int64_t frame : {0, 50, 123, 207}) {
    scan.expectation(frame, 0, expectation);
    core::PatternSums sums(1, bins);
    core::PixelTally tally;
    core::reference_reduce(reference, reference.reductions[0], expectation, sums, tally);
    core::expected_pattern(truth, scan.frame_weights(frame), pattern);
    for (std::size_t b = 0; b < bins; ++b) {
      double const expected = sums.signal[b] / (sums.normalization[b] * scan.monitor(frame));
      EXPECT_NEAR(pattern[b], expected,
                  1e-6 * expected);  // signal and norm are float32 in the reference
      EXPECT_NEAR(truth.norm[b], sums.normalization[b], 1e-6 * truth.norm[b]);
    }
  }
}

TEST(SimulatedTruth, AxisIsThatOfTheProgram) {
  auto const settings = test::small_scan(5.0);
  core::SimulatedScan const scan(settings);
  auto const truth = core::simulated_truth(scan, bins, {});
  auto const plan = plan_of(settings, settings.calibration);
  for (std::size_t b = 0; b < bins; ++b)
    EXPECT_NEAR(truth.radial_axis[b], plan.reductions[0].matrix.radial_axis[b],
                1e-9 * truth.radial_axis[b]);
  std::size_t elsewhere = 0;
  auto const& matrix = plan.reductions[0].matrix;
  for (std::size_t p = 0; p < scan.mask().size(); ++p) {
    auto const bin =
        matrix.has_entry(p) ? static_cast<std::int64_t>(matrix.bin[matrix.entry_begin[p]]) : -1;
    elsewhere += truth.bin_of_pixel[p] != bin ? 1 : 0;
  }
  EXPECT_LE(elsewhere, 2u);  // only a pixel on the border of two bins may differ
}

}  // namespace
}  // namespace xrdct
