#include "pipeline/performance.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace xrdct::pipeline {
namespace {

// Two ranks with 100 and 60 frames; decoding alone takes 20 and 18 s of the 25 s.
std::vector<StageTimes> two_ranks() {
  return {{.read_s = 4.0,
           .wait_s = 1.0,
           .reduce_s = 21.0,
           .finish_s = 2.0,
           .write_s = 0.5,
           .wall_s = 25.0,
           .decode_s_per_frame = 0.2,
           .frames = 100,
           .stored_bytes = 3000},
          {.read_s = 5.0,
           .wait_s = 0.0,
           .reduce_s = 11.0,
           .finish_s = 1.0,
           .write_s = 12.0,
           .wall_s = 24.0,
           .decode_s_per_frame = 0.3,
           .frames = 60,
           .stored_bytes = 2000}};
}

TEST(Performance, RatesAreOfAllRanksOverTheSlowest) {
  auto const found = performance_of(two_ranks());
  EXPECT_DOUBLE_EQ(found.frames_per_s, 160.0 / 25.0);
  EXPECT_DOUBLE_EQ(found.stored_bytes_per_s, 5000.0 / 25.0);
}

TEST(Performance, TheSlowestUnavoidableStageIsTheRoofline) {
  auto ranks = two_ranks();
  auto found = performance_of(ranks);
  EXPECT_EQ(found.slowest, Stage::decoding);
  EXPECT_DOUBLE_EQ(found.roofline_s, 20.0);
  EXPECT_DOUBLE_EQ(found.roofline_share, 0.8);
  ranks[1].read_s = 22.5;
  found = performance_of(ranks);
  EXPECT_EQ(found.slowest, Stage::reading);
  EXPECT_DOUBLE_EQ(found.roofline_share, 0.9);
  ranks[0].write_s = 23.0;
  EXPECT_EQ(performance_of(ranks).slowest, Stage::reading)
      << "the other rank writes as much in 12 s: this one waited";
  ranks[1].write_s = 23.5;
  found = performance_of(ranks);
  EXPECT_EQ(found.slowest, Stage::writing);
  EXPECT_DOUBLE_EQ(found.roofline_s, 23.0);
}

TEST(Performance, ImbalanceIsTheBusiestRankOverTheMean) {
  auto ranks = two_ranks();  // busy for 24 and 12 s
  EXPECT_NEAR(performance_of(ranks).imbalance, 24.0 / 18.0 - 1.0, 1e-15);
  ranks[1].reduce_s = 23.0;
  EXPECT_NEAR(performance_of(ranks).imbalance, 0.0, 1e-15)
      << "time in collective writing is no work";
  ranks.push_back({.write_s = 20.0, .wall_s = 25.0});
  EXPECT_NEAR(performance_of(ranks).imbalance, 0.5, 1e-15) << "an idle rank counts";
  EXPECT_DOUBLE_EQ(performance_of(ranks).roofline_s, 20.0);
}

TEST(Performance, NothingDoneIsZeroAndNoDivision) {
  for (auto const& ranks : {std::vector<StageTimes>{}, std::vector<StageTimes>(3)}) {
    auto const found = performance_of(ranks);
    EXPECT_EQ(found.frames_per_s, 0.0);
    EXPECT_EQ(found.roofline_share, 0.0);
    EXPECT_EQ(found.imbalance, 0.0);
  }
}

TEST(Performance, StagesHaveTheNamesOfTheLog) {
  EXPECT_EQ(name_of(Stage::reading), "reading");
  EXPECT_EQ(name_of(Stage::decoding), "decoding");
  EXPECT_EQ(name_of(Stage::writing), "writing");
}

}  // namespace
}  // namespace xrdct::pipeline
