#include "tests/golden/real_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "config/poni.hpp"
#include "io/frame_source.hpp"

namespace xrdct::golden {
namespace {

/// Copies the sums of a batch behind those of the frames before.
void append(core::PatternSums const& batch, std::size_t first_frame, core::PatternSums& all) {
  auto const place = static_cast<std::ptrdiff_t>(first_frame * all.bins);
  std::copy(batch.signal.begin(), batch.signal.end(), all.signal.begin() + place);
  std::copy(batch.variance.begin(), batch.variance.end(), all.variance.begin() + place);
  std::copy(batch.normalization.begin(), batch.normalization.end(), all.normalization.begin() + place);
  std::copy(batch.normalization2.begin(), batch.normalization2.end(), all.normalization2.begin() + place);
  std::copy(batch.count.begin(), batch.count.end(), all.count.begin() + place);
  std::copy(batch.pixels.begin(), batch.pixels.end(), all.pixels.begin() + place);
}

}  // namespace

void RealData::SetUp() {
  char const* folder = std::getenv("XRDCT_TEST_DATA");
  if (folder == nullptr || *folder == '\0')
    GTEST_SKIP() << "XRDCT_TEST_DATA does not name the folder with data/ and reference/: real frames not tested";
  folder_ = folder;
  ASSERT_TRUE(std::filesystem::exists(reference())) << reference() << " is missing";
}

core::ReductionPlan plan_of(RealScan const& scan, core::Binning const& binning) {
  io::FrameSource const source({scan.file}, scan.dataset);
  core::Calibration const calibration = config::read_poni(scan.poni).calibration;
  core::Geometry const geometry(calibration, core::make_detector(calibration.detector, source.shape()));
  core::ReductionPlan plan;
  plan.shape = source.shape();
  plan.encoding = source.encoding();
  plan.valid = core::ValidValues::of(plan.encoding.type);
  plan.corrections = core::build_corrections(geometry, {}, true, {.mask = scan.mask});
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, binning), core::ErrorModel::poisson});
  return plan;
}

core::PatternSums reduce_all(RealScan const& scan, core::ReductionPlan const& plan, kernels::Engine engine) {
  io::FrameSource source({scan.file}, scan.dataset);
  kernels::FrameReducer reducer(plan, engine);
  std::vector<std::int64_t> frames(static_cast<std::size_t>(source.frames()));
  std::iota(frames.begin(), frames.end(), std::int64_t{0});
  core::PatternSums all(frames.size(), plan.reductions[0].matrix.bins);
  core::FrameBuffer buffer;
  core::ReducedBatch reduced;
  constexpr std::size_t batch = 20;  // the last batch of 48 frames is a partial one
  for (std::size_t first = 0; first < frames.size(); first += batch) {
    auto const some = std::span(frames).subspan(first, std::min(batch, frames.size() - first));
    source.locate(some);
    source.read(some, buffer);
    reducer.reduce(buffer.batch, reduced);
    for (auto status : reduced.status) EXPECT_EQ(status, core::FrameStatus::good);
    for (auto const& tally : reduced.tally.at(0)) EXPECT_EQ(tally.total(), static_cast<std::int64_t>(plan.shape.pixels()));
    append(reduced.sums.at(0), first, all);
  }
  return all;
}

void compare_with_reference(std::filesystem::path const& file, std::string const& group, core::ReductionPlan const& plan,
                            core::PatternSums const& sums, core::Splitting splitting, Comparison& comparison) {
  SumTolerance const tolerance = sum_tolerance(splitting);
  auto const field = [&](char const* name, std::vector<double> const& found) {
    comparison.equal(group + " " + name, found, io::read_values(file, group + "/" + name), tolerance.all, tolerance.most);
  };
  comparison.equal(group + " radial", plan.reductions[0].matrix.radial_axis, io::read_values(file, group + "/radial"), 1e-7);
  field("sum_signal", sums.signal);
  field("sum_variance", sums.variance);
  field("sum_normalization", sums.normalization);
  field("sum_normalization2", sums.normalization2);
  field("count", sums.count);

  std::vector<double> intensity, sem;
  std::vector<float> i(sums.bins), e(sums.bins), c(sums.bins);
  auto expected_intensity = io::read_values(file, group + "/intensity"), expected_sem = io::read_values(file, group + "/sem");
  for (std::size_t frame = 0; frame < sums.frames; ++frame) {
    core::finish_pattern(sums, frame, 1.0, {}, {i, e, {}, c});
    intensity.insert(intensity.end(), i.begin(), i.end());
    sem.insert(sem.end(), e.begin(), e.end());
  }
  ASSERT_EQ(expected_intensity.size(), sums.pixels.size());
  for (std::size_t k = 0; k < sums.pixels.size(); ++k) {
    if (sums.pixels[k] == 0) expected_intensity[k] = expected_sem[k] = std::nan("");  // pyFAI's 0 is our "nothing measured"
  }
  comparison.equal(group + " intensity", intensity, expected_intensity, 1e-6);
  comparison.equal(group + " sem", sem, expected_sem, 1e-6);
}

}  // namespace xrdct::golden
