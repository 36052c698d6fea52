#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/scan/inputs.hpp"
#include "config/job/job.hpp"
#include "config/job/run_log.hpp"
#include "core/geometry/geometry.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/scan/stages.hpp"
#include "pipeline/reduce_scan.hpp"

/// Results without content, and frames that are not in them: reported before a run where that is
/// known, counted and listed after it.
namespace xrdct::app {

/// What a reduction does with the pixels of the detector, before any of them has a value. pixels =
/// masked + used + outside
struct PixelUse {
  std::size_t pixels = 0;
  std::size_t masked = 0;
  std::size_t used = 0;        //!< with a coefficient in a bin
  std::size_t outside = 0;     //!< of the ranges
  std::size_t bins = 0;        //!< of a pattern
  std::size_t empty_bins = 0;  //!< without a coefficient: in every frame without a pixel
};
PixelUse pixel_use(core::BinMatrix const& matrix, std::span<std::uint8_t const> mask);
/// Of all reductions of a plan.
std::vector<PixelUse> pixel_uses(core::ReductionPlan const& plan);

/// "reduction mean: 3 of 100 bins have no pixel"; "" when all have one.
std::string empty_bins_text(std::string const& name, PixelUse const& use);

/// \throws core::InputError no pixel reaches any bin: tells the ranges that the pixels have
void expect_pixels(core::BinMatrix const& matrix, core::Geometry const& geometry,
                   std::span<std::uint8_t const> mask, config::ReductionJob const& reduction);

/*!
 * A monitor without one usable value among `count` frames from `first` on makes nothing but NaN.
 * Stops at the first value above 0.
 * \param name of the monitor, for the message
 * \throws core::InputError
 */
void expect_usable_value(core::FrameValues& monitor, std::int64_t first, std::int64_t count,
                         std::string const& name);

/// "azimuth -90 to 0 deg, 2th_deg 1.2 to 33": what the unmasked pixels reach by their centres.
std::string reach_text(core::Geometry const& geometry, std::span<std::uint8_t const> mask,
                       core::Unit unit);

/*!
 * A warning of the frames that cannot be read, as far as that is seen without reading any; empty:
 * none is. Takes about a microsecond for each chunk.
 * \throws core::IoError with BadFrames::error the first of them, in the order of the scan; else
 * where all are such
 */
std::vector<std::string> frames_bad_at_sight(Inputs& inputs);

/// \throws core::IoError not one frame of a scan is good, and some are unreadable or corrupt: then
/// its files or their file system are at fault. The list is that of rank 0.
void expect_a_good_frame(pipeline::FrameCounts const& counts, pipeline::BadPlaceList const& bad,
                         config::Scan const& scan);

/// Frames whose pattern is empty or NaN: they make the exit status 4.
std::int64_t lost(pipeline::FrameCounts const& counts);

/// Frames that are not in the result, a sentence for each kind, with the first one; empty: all are
/// there.
std::vector<std::string> lost_frames(pipeline::FrameCounts const& counts, std::int64_t places,
                                     pipeline::BadPlaceList const& bad = {});

/// "12 good, 1 missing, 3 corrupt": all statuses that occur, good always.
std::string counts_text(pipeline::FrameCounts const& counts);

/// Places without a good frame that are beyond the end of the list.
std::int64_t not_listed(pipeline::FrameCounts const& counts, pipeline::BadPlaceList const& bad);

/// The list of a run as its log has it.
std::vector<config::BadFramesOfLog> bad_frames_of_log(pipeline::BadPlaceList const& bad,
                                                      core::ScanShape const& shape);

}  // namespace xrdct::app
