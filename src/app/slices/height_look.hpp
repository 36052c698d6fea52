#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "app/slices/slice_findings.hpp"
#include "core/centre/rotation_centre.hpp"
#include "io/stored/sinogram_units.hpp"

namespace xrdct::app {

/// A height that was looked at.
struct LookedAt {
  HeightFindings found;
  /// What people are to know of it: centres by all methods, what was refused and why, samples that
  /// were left out. One line each.
  std::string lines;
};

/// One of the ranks that look at a height together.
struct TeamMember {
  int number = 0, members = 1;
  bool leads() const noexcept { return number == 0; }
};

/*!
 * The look of one rank at one height. What takes long is shared by the members of a team: reading
 * and adding up (blocks of slow lines), and the double wedge (centres that are tried). The rest
 * each does for itself, but that the leader alone looks for the centre by the other methods
 * meanwhile. The bits do not depend on the number of members.
 *
 * Calls in this order; between them shares of all members are put together in the order of their
 * numbers. Main thread. Memory: some 60 B for each sample of the height.
 */
class HeightLook {
 public:
  HeightLook(SliceInputs const& inputs, std::size_t height, TeamMember member);

  /// The sum over channels of the places of this member. \throws core::IoError
  io::ChannelSum read_share() const;
  /// Estimates zingers, air and drift from the sum of all members.
  void condition(io::ChannelSum const& total);
  /// Badness of the centres that are this member's (`double_wedge_badness`).
  std::vector<double> search_share();
  /// What was found. Of the leader. \param wedge badness of the centres of all members
  LookedAt conclude(std::vector<double> const& wedge);

 private:
  bool looks_for_centre() const;

  SliceInputs const& inputs_;
  std::size_t height_;
  TeamMember member_;
  HeightFindings found_;
  core::SummedSinogram cleaned_;  //!< as the centre is looked for on it
  core::RotationCentre centre_;
};

/// The look of a rank that is alone.
LookedAt look_at_height(SliceInputs const& inputs, std::size_t height);

}  // namespace xrdct::app
