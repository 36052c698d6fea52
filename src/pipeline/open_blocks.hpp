#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/scan/blocks_to_do.hpp"
#include "core/scan/stages.hpp"
#include "core/words/patterns.hpp"
#include "pipeline/bad_places.hpp"
#include "pipeline/batch_plan.hpp"
#include "pipeline/place_sums.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::pipeline {

/// The most blocks that so many consecutive places can lie in.
std::size_t most_blocks_met(core::BlocksToDo const& blocks, std::size_t places);

/// Why frame number `f` of a batch is unreadable or corrupt.
using ReasonOf = std::function<std::string(std::size_t f)>;

/*!
 * The blocks of a rank that are being filled: consecutive ones, the first of them is the next to be
 * written.
 *
 * Sums become patterns here, each frame by the thread that reduced it. Memory: `at_once` blocks of
 * patterns.
 */
class OpenBlocks {
 public:
  /// \param first, last blocks [first, last) of the rank
  /// \param at_once the most that are open
  OpenBlocks(ScanDescription const& scan, std::size_t first, std::size_t last, std::size_t at_once);

  bool all_written() const { return first_ == last_; }
  /// Places before this one are in open blocks, or written.
  std::size_t end_place() const;
  /// Finishes the frames of a batch, whose places are in open blocks. Any thread, several at once
  /// with frames of their own, also beside the functions below.
  /// \returns the places that are finished and not good, counted as here, each alone
  std::vector<BadPlaces> add(std::span<PlacedFrame const> frames, core::ReducedBatch const& reduced,
                             ReasonOf const& reason);
  /// Says that these frames were added. As everything below: one thread at a time.
  void count(std::span<PlacedFrame const> frames);
  bool first_is_full() const { return !all_written() && of(first_).frames_left == 0; }
  core::BlockResult const& first() const { return of(first_).result; }
  /// Opens the next block with the memory of the first, and reads its monitor. Main thread.
  void close_first();

 private:
  struct Open {
    std::size_t frames_left = 0;
    core::BlockResult result;
    /// [frame] in the order of the places, where a place may have several; empty: those of `result`
    std::vector<double> monitors;
    std::vector<std::size_t> first_monitor;  //!< [place]
  };
  Open& of(std::size_t block) { return ring_[block % ring_.size()]; }
  Open const& of(std::size_t block) const { return ring_[block % ring_.size()]; }
  void open_next();
  void count_frames(std::size_t number, Open& block);
  void read_monitor(std::size_t number, Open& block);
  void read_positions(std::size_t number, core::BlockResult& block);
  FrameFacts facts_of(PlacedFrame const& frame, std::size_t p, core::FrameStatus status,
                      Open const& block) const;
  /// \returns the status that the place gets
  core::FrameStatus add_frame(PlacedFrame const& frame, std::size_t p, std::size_t f,
                              core::ReducedBatch const& reduced, Open& block) const;
  /// Consecutive frames of one place of several. \returns the place, when it is finished and not
  /// good
  std::vector<BadPlaces> add_frames(std::span<PlacedFrame const> frames, std::size_t p,
                                    std::size_t f, core::ReducedBatch const& reduced,
                                    ReasonOf const& reason, Open& block);

  ScanDescription const& scan_;
  std::size_t first_;  //!< block to write, as all here of those that are to be made
  std::size_t next_;   //!< block to open
  std::size_t last_;
  std::vector<Open> ring_;  //!< [block % size]; of fixed size, so that blocks stay where they are
  RepeatedFrames repeated_;
};

}  // namespace xrdct::pipeline
