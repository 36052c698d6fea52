#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/positions/axis_places.hpp"
#include "core/positions/axis_range.hpp"
#include "core/positions/placed_scan.hpp"

namespace xrdct::core {

/// One axis of a scan on its way to the grid. Frames are those whose positions are all known, in
/// the order of time. Internal to place_frames.
struct AxisTrack {
  AxisQuery query;
  std::vector<double> x;  //!< [frame] positions; empty: no such motor
  AxisPlaces places;
  std::vector<std::int64_t> index;  //!< [frame] of the place, or `no_place`
  AxisRange range;

  bool is_placed() const { return places.kind != AxisPlaces::Kind::none; }
  /// How often a frame has another place than the one before.
  std::int64_t changes() const;
  /// Whether hardly a place is met twice.
  bool never_returns() const;
  /// +1 or −1 where it goes through its places in order, else 0.
  int way() const;

  /// Places and index by all positions together. \param tolerance that was given
  void place(std::size_t frames, std::optional<double> tolerance);
  /// Takes start and step as they are wished for, in place of those found.
  void apply_wish();
  /// Frames beyond a tolerance that was given lose their place. \returns the share of frames that
  /// lie between two places
  double keep_within(std::optional<double> tolerance);

  /// Adds a question where its places are doubtful.
  void ask_about_places(std::vector<std::string>& questions) const;
  /// The same where so large a share of the frames lies between places that the grid may be
  /// another one.
  void ask_about_share(double between, std::vector<std::string>& questions) const;

  /// The axis of the grid, without what is measured.
  GridAxis grid(MotorTrack const& track, std::optional<double> tolerance) const;
};

}  // namespace xrdct::core
