// Shares the heights out among ranks, and ranks among the heights that are left.
#include "core/tomography/height_teams.hpp"

#include "core/scan/scan_layout.hpp"

namespace xrdct::core {

std::pair<std::size_t, std::size_t> HeightTeams::alone(int rank) const noexcept {
  auto const number = static_cast<std::size_t>(rank);
  return {number * each(), (number + 1) * each()};
}

HeightTeam HeightTeams::team_of_height(std::size_t height) const noexcept {
  auto const [first, last] =
      blocks_of_rank(static_cast<std::size_t>(ranks_),
                     static_cast<int>(height - (heights_ - left())), static_cast<int>(left()));
  return {height, static_cast<int>(first), static_cast<int>(last - first)};
}

std::optional<HeightTeam> HeightTeams::team(int rank) const noexcept {
  for (std::size_t height = heights_ - left(); height < heights_; ++height) {
    auto const team = team_of_height(height);
    if (rank < team.first + team.ranks) return team;
  }
  return std::nullopt;
}

int HeightTeams::looked_by(std::size_t height) const noexcept {
  if (height < heights_ - left()) return static_cast<int>(height / each());
  return team_of_height(height).first;
}

}  // namespace xrdct::core
