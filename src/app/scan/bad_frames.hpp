#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "app/scan/inputs.hpp"
#include "config/job/run_log.hpp"
#include "core/scan/scan_layout.hpp"
#include "pipeline/reduce_scan.hpp"

/// Frames that are not in the result: looked for before a run, counted and listed after it.
namespace xrdct::app {

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
