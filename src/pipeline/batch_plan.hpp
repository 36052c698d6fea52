#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "core/scan/blocks_to_do.hpp"
#include "core/scan/stages.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::pipeline {

/// Batches whose stored frames a rank keeps: those that are reduced at once, and as many that are
/// read ahead.
std::size_t batches_in_memory(core::BatchReducer const& reducer);

/// Threads that read ahead, and parts in which a batch is read: as many as the engine leaves free,
/// 1 to 8: enough for 10 000 frames of an Eiger 4M per second, if a stream gives an eighth of what
/// a thread copies out of the cache of the system.
std::size_t readers_ahead(core::BatchReducer const& reducer);

/// Some consecutive frames of a batch, [first, end).
struct FrameRange {
  std::size_t first = 0;
  std::size_t end = 0;

  std::size_t size() const noexcept { return end - first; }
};

/// Part number `part` of a batch that is read in `parts` ones. \param parts at most `frames`
FrameRange frames_of_part(std::size_t frames, std::size_t part, std::size_t parts);

/// Blocks of patterns that a rank keeps: those that the batches at hand and the ones read ahead lie
/// in. At most those that it has.
std::size_t blocks_in_memory(core::BlocksToDo const& blocks, std::size_t frames_per_batch);

/// Consecutive places of the scan, [first, end).
struct PlaceRange {
  std::size_t first = 0;
  std::size_t end = 0;

  std::size_t size() const noexcept { return end - first; }
};

/// One of the frames that make the pattern of a place.
struct PlacedFrame {
  std::size_t place = 0;
  std::size_t n = 0;   //!< which of them, in their order
  std::size_t of = 1;  //!< how many; 1 where the place has none: that is a frame that is missing

  /// The one that comes next in the order of the scan; it is not known how many its place has.
  PlacedFrame next() const noexcept {
    return n + 1 < of ? PlacedFrame{place, n + 1, of} : PlacedFrame{place + 1};
  }
  bool operator==(PlacedFrame const&) const = default;
};

/// How one rank goes through the scan: which blocks are its own, and which frames make a batch.
class BatchPlan {
 public:
  /// \param scan outlives this
  /// \param frames_per_batch of one thread, at least 1
  BatchPlan(ScanDescription const& scan, std::size_t frames_per_batch, int rank, int ranks);

  /// [first, last)
  std::pair<std::size_t, std::size_t> blocks() const noexcept { return blocks_; }
  PlaceRange places() const noexcept { return places_; }  //!< of the rank; {0, 0}: it has none
  /// Frames of the rank, those that are missing, too.
  std::size_t frames() const noexcept { return frames_; }
  /*!
   * Puts the batch that begins with this frame into `batch`: all frames of some places, or some of
   * a place that has more than a batch holds.
   * \returns false, and no frame: the rank is at its end, or some of the places are not before
   * `end_of_open`, the end of the blocks that have memory
   */
  bool batch_from(PlacedFrame const& first, std::size_t end_of_open,
                  std::vector<PlacedFrame>& batch) const;

 private:
  std::size_t frames_of(std::size_t place) const;

  ScanDescription const& scan_;
  std::size_t frames_per_batch_;
  std::pair<std::size_t, std::size_t> blocks_;
  PlaceRange places_;
  std::size_t frames_ = 0;
};

}  // namespace xrdct::pipeline
