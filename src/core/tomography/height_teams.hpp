#pragma once
#include <cstddef>
#include <optional>
#include <utility>

namespace xrdct::core {

/// Neighbouring ranks that look at one height together; the first of them leads.
struct HeightTeam {
  std::size_t height = 0;
  int first = 0, ranks = 1;

  bool operator==(HeightTeam const&) const = default;
};

/*!
 * Which ranks look at which heights of a reconstruction, before any slice is made.
 *
 * Heights are as many as there are for each rank: H div R consecutive ones, which it looks at
 * alone, without a word to the others. Of the H mod R that are left each has a team of ranks, whose
 * sizes differ by at most one, so that no rank waits.
 */
class HeightTeams {
 public:
  HeightTeams(std::size_t heights, int ranks) noexcept : heights_(heights), ranks_(ranks) {}

  /// Heights [first, last) that a rank looks at alone.
  std::pair<std::size_t, std::size_t> alone(int rank) const noexcept;
  /// The team of a rank, for one height more; none, and for no rank: all heights are looked at.
  std::optional<HeightTeam> team(int rank) const noexcept;
  /// Who knows what was found of a height: the one rank, or the first of its team.
  int looked_by(std::size_t height) const noexcept;

 private:
  std::size_t each() const noexcept { return heights_ / static_cast<std::size_t>(ranks_); }
  std::size_t left() const noexcept { return heights_ % static_cast<std::size_t>(ranks_); }
  HeightTeam team_of_height(std::size_t height) const noexcept;

  std::size_t heights_;
  int ranks_;
};

}  // namespace xrdct::core
