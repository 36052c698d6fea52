#pragma once
#include <cstddef>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/words/patterns.hpp"
#include "pipeline/batch_plan.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::pipeline {

/// What is known of a frame beside its sums.
struct FrameFacts {
  core::FrameStatus status = core::FrameStatus::good;
  double monitor = std::numeric_limits<double>::quiet_NaN();  //!< as stored
  double factor = 1.0;                                        //!< monitor / reference
  std::string reason = {};  //!< why it is bad; empty where the status says all
};

/*!
 * The sums of several frames at one place, added one by one in their order.
 *
 *     S = Σ S_i   V = Σ V_i   N = Σ N_i·m_i   N2 = Σ N2_i·m_i²   C = Σ C_i      m = monitor /
 * reference
 *
 * Frames that are not good are left out. Memory: 44 B per bin.
 */
class PlaceSums {
 public:
  explicit PlaceSums(std::vector<ReductionShape> const& reductions);
  /// Frame number `f` of a batch.
  void add(core::ReducedBatch const& reduced, std::size_t f, FrameFacts const& facts);

  /// Good: all frames are; partial: some are; else that of the first frame.
  core::FrameStatus status() const noexcept;
  std::string const& reason() const noexcept { return reason_; }  //!< of the first bad frame
  /// Mean over the good frames; over all where none is.
  double monitor() const noexcept;
  /// One frame, [bin]; what remains to be divided by has the factors of the frames already.
  core::PatternSums const& sums(std::size_t reduction) const { return sums_[reduction]; }
  core::PixelTally const& tally(std::size_t reduction) const { return tally_[reduction]; }

 private:
  std::vector<core::PatternSums> sums_;  //!< [reduction]
  std::vector<core::PixelTally> tally_;
  std::size_t good_ = 0, frames_ = 0;
  core::FrameStatus first_bad_ = core::FrameStatus::good;
  std::string reason_;
  double good_monitor_ = 0.0, all_monitor_ = 0.0;
};

/*!
 * Puts the frames of a place together, which come in one batch, or in several in any order in time.
 * Any thread, several at once. Memory: none for places whose frames come in one batch; else their
 * sums, and those of batches that came before their turn.
 */
class RepeatedFrames {
 public:
  /// \param reductions outlive this
  explicit RepeatedFrames(std::vector<ReductionShape> const& reductions)
      : reductions_(reductions) {}
  /*!
   * Adds consecutive frames of one place, beginning with `first`, which are number `f` and on of a
   * batch.
   * \returns the sums of the place, when these were the last frames that it lacked
   */
  std::optional<PlaceSums> add(PlacedFrame const& first, core::ReducedBatch const& reduced,
                               std::size_t f, std::span<FrameFacts const> facts);

 private:
  struct Waiting {
    core::ReducedBatch reduced;
    std::vector<FrameFacts> facts;
  };
  struct Place {
    PlaceSums sums;
    std::size_t next = 0;                    //!< frame that is to be added
    std::map<std::size_t, Waiting> waiting;  //!< by their first frame
  };

  std::vector<ReductionShape> const& reductions_;
  std::mutex mutex_;
  std::map<std::size_t, Place> places_;
};

}  // namespace xrdct::pipeline
