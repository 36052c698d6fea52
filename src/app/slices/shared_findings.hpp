#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/slices/height_look.hpp"
#include "app/slices/slice_findings.hpp"
#include "core/tomography/height_teams.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/*!
 * What is found of all heights. Each height is looked at once, by one rank or by a team that shares
 * the work (`core::HeightTeams`), however many ranks and reductions work on it. Memory: some 10 kB
 * for each height that was looked at or is worked on.
 */
class SharedFindings {
 public:
  /// Collective: looks at all heights. \throws AgreedError
  SharedFindings(SliceInputs const& inputs, io::Communicator& communicator);

  double centre() const noexcept { return centre_; }          //!< that all heights share
  std::int64_t missing() const noexcept { return missing_; }  //!< samples of all heights
  /// What people are to know, in the order of heights; on rank 0.
  std::string const& lines() const noexcept { return lines_; }

  /// Collective: brings what is known of heights to the ranks that work on them, and forgets the
  /// others. \param units of all ranks, shared out in blocks (`core::blocks_of_rank`)
  void bring(std::vector<std::size_t> const& units);
  /// Of a height that this rank works on.
  HeightFindings of(std::size_t height) const;

 private:
  void look_alone();
  void look_with(core::HeightTeam const& team);
  std::string keep(std::size_t height, LookedAt const& looked);  //!< \returns lines to tell
  void tell(std::string const& lines);
  void agree_on_centre();
  std::set<std::size_t> heights_of(std::vector<std::size_t> const& units, int rank) const;

  SliceInputs const& inputs_;
  io::Communicator& communicator_;
  core::HeightTeams teams_;
  std::vector<double> centres_;                //!< that this rank has found
  std::map<std::size_t, std::string> packed_;  //!< by height
  double centre_ = 0.0;
  std::int64_t missing_ = 0;  //!< of the heights of this rank, in the end of all
  std::string lines_;
};

}  // namespace xrdct::app
