#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/scan/blocks_to_do.hpp"
#include "core/scan/place_map.hpp"
#include "core/scan/stages.hpp"
#include "core/words/choices.hpp"
#include "pipeline/bad_places.hpp"
#include "pipeline/performance.hpp"
#include "pipeline/preview_sums.hpp"

namespace xrdct::pipeline {

/// What the pipeline has to know of a reduction.
struct ReductionShape {
  std::size_t bins = 0;
  core::FinishRule rule = {};
  bool deviation = false;  //!< the standard deviation of the pixels is wanted, too
};

/// One scan, cut and ordered.
struct ScanDescription {
  core::PlaceMap places;
  core::BlocksToDo blocks;
  std::vector<ReductionShape> reductions;
  /// of the frames of the files, as stored; nullptr: no monitor
  core::FrameValues* monitor = nullptr;
  double monitor_reference = 1.0;  //!< norm is multiplied by monitor / reference
  core::BadFrames bad_frames = core::BadFrames::mark;
  /// Of the motors that are written for each place, by the frames of the files; empty: frames lie
  /// in the order of lines
  std::vector<core::FrameValues*> positions = {};

  /// The frame of a place, counted as by `blocks`, of several the last; −1: none.
  std::int64_t frame_of(std::size_t place) const {
    return places.frame_of(blocks.place_of_scan(place));
  }
  /// How many frames make its pattern, and number `n` of them.
  std::size_t frames_at(std::size_t place) const {
    return places.frames_at(blocks.place_of_scan(place));
  }
  std::int64_t frame_of(std::size_t place, std::size_t n) const {
    return places.frame_of(blocks.place_of_scan(place), n);
  }
};

/// The stages of one rank.
struct Stages {
  core::FrameReader& reader;
  core::BatchReducer& reducer;
  core::BlockWriter& writer;
  core::Peers& peers;
};

/// Places of all ranks by what happened to their frames: those by status add up to all places.
struct FrameCounts {
  std::int64_t good = 0;
  std::int64_t missing = 0;
  std::int64_t unreadable = 0;
  std::int64_t corrupt = 0;
  std::int64_t monitor_low = 0;
  std::int64_t partial = 0;  //!< of several frames some are not good
  /// of the good and partial ones: those of which a reduction has no pixel with a valid value
  std::int64_t without_pixels = 0;
};
inline constexpr std::array frame_counts{&FrameCounts::good,          &FrameCounts::missing,
                                         &FrameCounts::unreadable,    &FrameCounts::corrupt,
                                         &FrameCounts::monitor_low,   &FrameCounts::partial,
                                         &FrameCounts::without_pixels};

/// What earlier runs have made of the scan, as far as this rank has read it.
struct EarlierBlocks {
  std::vector<std::byte> preview;  //!< of `BlockTree::packed`
  FrameCounts frames;
  BadPlaceList bad;
};

struct ScanReport {
  StageTimes times;              //!< of this rank
  FrameCounts frames;            //!< of all ranks, on all ranks
  std::vector<BinSums> preview;  //!< [reduction], on rank 0; empty where the run was stopped
  BadPlaceList bad;              //!< of all ranks, on rank 0
  std::int64_t blocks = 0;       //!< written by all ranks, on all ranks
  bool stopped = false;          //!< before all blocks were written, on all ranks
};

/// Called after each batch with the frames done and to do of this rank.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/*!
 * Reduces the blocks of this rank: read ahead on `readers_ahead` helper threads, reduce and finish
 * on all threads of the reducer, write in collective rounds.
 *
 * Collective: every rank calls it, and takes part in every round where the writer makes ranks meet.
 * Ranks own contiguous runs of blocks. The result is a function of the scan alone. Memory:
 * `batches_in_memory` batches of stored frames, sums of `batches_at_once` batches,
 * `blocks_in_memory` blocks of patterns, previews.
 *
 * When a rank was asked to stop (`Peers::stop_asked`), all finish the batches that they reduce, and
 * write the blocks that are full then.
 * \param earlier what other runs have made of the scan, when `scan.blocks` are those that are left
 * \param decoding_time measures the first batches of the rank before they are reduced, for
 * `StageTimes::decode_s_per_frame`; empty: nothing is measured
 * \throws core::IoError with BadFrames::error: a frame is unreadable or corrupt; what the stages
 * throw, on any thread. Of several frames the rank names the one that comes first in the order of
 * the scan; which rank of several names its own first is a matter of time.
 */
ScanReport reduce_scan(ScanDescription const& scan, Stages stages, EarlierBlocks const& earlier,
                       DecodingTime const& decoding_time, Progress const& progress);

}  // namespace xrdct::pipeline
