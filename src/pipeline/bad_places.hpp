#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::pipeline {

/// Whether there is a frame that could not be read or decoded.
constexpr bool is_bad(core::FrameStatus status) {
  return status == core::FrameStatus::unreadable || status == core::FrameStatus::corrupt;
}

/// Consecutive places of a scan whose frames have one status that is not good.
struct BadPlaces {
  core::FrameStatus status = core::FrameStatus::missing;
  std::size_t first = 0, last = 0;                 //!< places, both included
  std::int64_t first_frame = -1, last_frame = -1;  //!< of these two places; −1: none
  std::string reason = {};  //!< of the first place; empty where the status says all
  std::size_t places() const noexcept { return last - first + 1; }
};

/*!
 * The places of a scan without a good frame, for the log.
 *
 * Takes them in any order and keeps the first `most` runs of them in the order of the scan, so that
 * a scan of which everything is lost takes no more memory than another. Not one is lost by that:
 * all are counted in `FrameCounts`, and the output has a status for each.
 */
class BadPlaceList {
 public:
  static constexpr std::size_t most = 1000;

  void add(BadPlaces places);
  /// By first place.
  std::map<std::size_t, BadPlaces> const& runs() const noexcept { return runs_; }
  std::size_t places() const noexcept;  //!< of all runs

  /// The first `runs` of them.
  std::vector<std::byte> packed(std::size_t runs = most) const;
  void add_packed(std::span<std::byte const> bytes);

 private:
  std::map<std::size_t, BadPlaces> runs_;
};

}  // namespace xrdct::pipeline
