#pragma once
#include <cstddef>
#include <vector>

#include "core/scan/blocks_to_do.hpp"
#include "core/scan/stages.hpp"
#include "core/words/patterns.hpp"
#include "pipeline/bad_places.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::pipeline {

/// The most blocks that so many consecutive places can lie in.
std::size_t most_blocks_met(core::BlocksToDo const& blocks, std::size_t places);

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
  /// Finishes the frames of consecutive places in open blocks. Any thread, several at once with
  /// places of their own, also beside the functions below.
  /// \returns the places whose frame is not good, counted as here, each alone and without a reason
  std::vector<BadPlaces> add(std::size_t first_place, core::ReducedBatch const& reduced);
  /// Says that these places were added. As everything below: one thread at a time.
  void count(std::size_t first_place, std::size_t places);
  bool first_is_full() const { return !all_written() && of(first_).places_left == 0; }
  core::BlockResult const& first() const { return of(first_).result; }
  /// Opens the next block with the memory of the first, and reads its monitor. Main thread.
  void close_first();

 private:
  struct Open {
    std::size_t places_left = 0;
    core::BlockResult result;
  };
  Open& of(std::size_t block) { return ring_[block % ring_.size()]; }
  Open const& of(std::size_t block) const { return ring_[block % ring_.size()]; }
  void open_next();
  void read_monitor(std::size_t number, core::BlockResult& block);
  /// \returns the status that the place gets
  core::FrameStatus add_frame(std::size_t p, std::size_t place, std::size_t f,
                              core::ReducedBatch const& reduced, core::BlockResult& block) const;

  ScanDescription const& scan_;
  std::size_t first_;  //!< block to write, as all here of those that are to be made
  std::size_t next_;   //!< block to open
  std::size_t last_;
  std::vector<Open> ring_;  //!< [block % size]; of fixed size, so that blocks stay where they are
};

}  // namespace xrdct::pipeline
