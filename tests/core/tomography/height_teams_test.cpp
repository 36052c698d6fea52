#include "core/tomography/height_teams.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace {

using namespace xrdct::core;

TEST(HeightTeams, look_at_each_height_once) {
  for (std::size_t heights = 1; heights <= 20; ++heights) {
    for (int ranks = 1; ranks <= 12; ++ranks) {
      HeightTeams const teams(heights, ranks);
      std::vector<int> looks(heights, 0), leaders(heights, -1);
      for (int rank = 0; rank < ranks; ++rank) {
        auto const [first, last] = teams.alone(rank);
        EXPECT_EQ(last - first, heights / static_cast<std::size_t>(ranks));
        for (std::size_t height = first; height < last; ++height) {
          ++looks[height];
          leaders[height] = rank;
        }
        auto const team = teams.team(rank);
        EXPECT_EQ(team.has_value(), heights % static_cast<std::size_t>(ranks) != 0);
        if (!team) continue;
        EXPECT_TRUE(team->first <= rank && rank < team->first + team->ranks);
        if (team->first != rank) continue;
        ++looks[team->height];
        leaders[team->height] = rank;
      }
      EXPECT_EQ(looks, std::vector<int>(heights, 1)) << heights << " on " << ranks;
      for (std::size_t height = 0; height < heights; ++height)
        EXPECT_EQ(teams.looked_by(height), leaders[height]) << heights << " on " << ranks;
    }
  }
}

TEST(HeightTeams, share_out_all_ranks_among_the_heights_that_are_left) {
  HeightTeams const one(1, 3);
  for (int rank = 0; rank < 3; ++rank) EXPECT_EQ(one.team(rank), (HeightTeam{0, 0, 3}));
  HeightTeams const some(10, 7);  // three are left
  EXPECT_EQ(some.alone(6), (std::pair<std::size_t, std::size_t>{6, 7}));
  std::vector<HeightTeam> teams;
  for (int rank = 0; rank < 7; ++rank) teams.push_back(*some.team(rank));
  HeightTeam const first{7, 0, 3}, second{8, 3, 2}, third{9, 5, 2};
  EXPECT_EQ(teams, (std::vector<HeightTeam>{first, first, first, second, second, third, third}));
  EXPECT_FALSE(HeightTeams(14, 7).team(0));
}

}  // namespace
