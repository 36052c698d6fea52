#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "app/scan/empty_results.hpp"
#include "app/scan/inputs.hpp"
#include "core/detector/calibration.hpp"
#include "core/detector/detector.hpp"
#include "core/matrix/reduction_plan.hpp"

/// What can be right and hardly ever is: a warning each, with figures. Nothing here changes a
/// number or ends a run, but `expect_sensible_bins`.
namespace xrdct::app {

/// Of the job, its calibration and its monitor, whose values are read once. Rank 0.
std::vector<std::string> plausibility_warnings(Inputs& inputs);

/// Of the pixels that masks and ranges leave, and of the bins that they fill: `uses` of the plan.
/// `user_mask` is the union of the masks of the user; empty: none.
std::vector<std::string> pixel_warnings(core::ReductionPlan const& plan,
                                        std::span<PixelUse const> uses,
                                        std::vector<config::ReductionJob> const& reductions,
                                        std::span<std::uint8_t const> user_mask,
                                        std::string const& mask_name);

/// Distance, wavelength and beam centre. \param name of the PONI file
std::vector<std::string> calibration_warnings(core::Calibration const& calibration,
                                              core::Detector const& detector,
                                              std::string const& name);

/*!
 * More bins than 100 for each pixel along the diagonal of the frame (and 10 000) show nothing new
 * and take the memory of what they do not show.
 * \param patterns of the output
 * \throws core::InputError with the memory that they would take
 */
void expect_sensible_bins(config::ReductionJob const& reduction, core::FrameShape frame,
                          std::size_t patterns);

}  // namespace xrdct::app
