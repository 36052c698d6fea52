#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/plan_building.hpp"
#include "kokkos/frame_reducer.hpp"
#include "tests/golden/comparison.hpp"

namespace xrdct::golden {

/// Tests on real frames; skipped where XRDCT_TEST_DATA does not name the folder that holds data/ and reference/.
class RealData : public testing::Test {
 protected:
  void SetUp() override;
  std::filesystem::path data(std::string const& path) const { return folder_ / "data" / path; }
  std::filesystem::path reference() const { return folder_ / "reference" / "real.h5"; }

 private:
  std::filesystem::path folder_;
};

/// Frames of a dataset, a calibration and a mask beside the detector's own [pixel] (empty: none).
struct RealScan {
  std::filesystem::path file;
  std::string dataset;
  std::filesystem::path poni;
  std::vector<std::uint8_t> mask;
};

/// The plan of one reduction with solid angle, Poisson errors and the sentinels of the type.
core::ReductionPlan plan_of(RealScan const& scan, core::Binning const& binning);

/// Sums of all frames: stored bytes as the reader delivers them, through the reducer. Every frame has to be good.
core::PatternSums reduce_all(RealScan const& scan, core::ReductionPlan const& plan, kernels::Engine engine);

/// Compares sums, intensities, errors and the axis with the group of real.h5 that pyFAI filled.
void compare_with_reference(std::filesystem::path const& file, std::string const& group, core::ReductionPlan const& plan,
                            core::PatternSums const& sums, core::Splitting splitting, Comparison& comparison);

}  // namespace xrdct::golden
