#include "core/scan/place_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

TEST(PlaceMap, CountsFromTheFirstFrame) {
  PlaceMap const map({2, 3, 4}, false, 5, 1000);
  EXPECT_EQ(map.frame_of(0), 5);
  EXPECT_EQ(map.frame_of(23), 28);
  EXPECT_THROW(map.frame_of(24), AssertionError);
}

TEST(PlaceMap, SnakeTurnsOddLinesThroughAllHeights) {
  PlaceMap const map({2, 3, 4}, true, 0, 24);
  EXPECT_EQ(map.frame_of(3), 3);
  EXPECT_EQ(map.frame_of(4), 7);
  EXPECT_EQ(map.frame_of(7), 4);
  EXPECT_EQ(map.frame_of(8), 8);
  EXPECT_EQ(map.frame_of(12), 15) << "the first line of the second height is line 3: odd";
}

TEST(PlaceMap, PlacesAfterTheEndOfTheScanHaveNoFrame) {
  PlaceMap const map({1, 2, 3}, true, 1, 5);
  EXPECT_EQ(map.frame_of(2), 3);
  EXPECT_EQ(map.frame_of(5), 4);
  EXPECT_EQ(map.frame_of(4), -1);
  EXPECT_EQ(map.frame_of(3), -1);
}

using Places = std::vector<std::int64_t>;

TEST(PlaceMap, FramesLieWhereAListPutsThem) {
  Places const places{2, 1, 0, -1, 3, 4, 5, 5};
  PlaceMap const map({1, 2, 4}, places, Repeated::sum);
  EXPECT_EQ(map.most_frames(), 2u);
  EXPECT_EQ(map.frame_of(0), 2);
  EXPECT_EQ(map.frame_of(2), 0);
  EXPECT_EQ(map.frame_of(3), 4);
  EXPECT_EQ(map.frames_at(5), 2u);
  EXPECT_EQ(map.frame_of(5), 7) << "of several the last";
  EXPECT_EQ(map.frame_of(5, 0), 6);
  EXPECT_EQ(map.frame_of(5, 1), 7);
  EXPECT_EQ(map.frames_at(6), 0u);
  EXPECT_EQ(map.frame_of(7), -1);
  EXPECT_THROW(map.frame_of(8), AssertionError);
}

TEST(PlaceMap, TheLastOfSeveralCountsAloneWhereAskedFor) {
  Places const places{0, 1, 1, 2, 1};
  PlaceMap const map({1, 1, 3}, places, Repeated::last);
  EXPECT_EQ(map.most_frames(), 1u);
  EXPECT_EQ(map.frames_at(1), 1u);
  EXPECT_EQ(map.frame_of(1), 4);
  EXPECT_EQ(map.frame_of(1, 0), 4);
  EXPECT_EQ(map.all_at(1), 3u);
}

TEST(PlaceMap, AScanInRegularLinesTakesARunForEach) {
  ScanShape const shape{2, 50, 40};
  for (bool const snake : {false, true}) {
    PlaceMap const order(shape, snake, 0, 4000);
    Places places(4000);
    for (std::size_t place = 0; place < 4000; ++place)
      places[static_cast<std::size_t>(order.frame_of(place))] = static_cast<std::int64_t>(place);
    PlaceMap const map(shape, places, Repeated::error);
    for (std::size_t place = 0; place < 4000; ++place)
      ASSERT_EQ(map.frame_of(place), order.frame_of(place));
    EXPECT_LE(map.memory_bytes(), 101 * 24u) << snake;
  }
}

TEST(PlaceMap, HoldsFramesInAnyOrder) {
  std::mt19937 numbers(7);
  for (int trial = 0; trial < 20; ++trial) {
    ScanShape const shape{2, 7, 5};
    Places places(60 + trial * 5);
    for (auto& place : places) place = static_cast<std::int64_t>(numbers() % 71) - 1;
    std::map<std::int64_t, Places> frames;
    for (std::size_t frame = 0; frame < places.size(); ++frame)
      frames[places[frame]].push_back(static_cast<std::int64_t>(frame));
    PlaceMap const all(shape, places, Repeated::sum), last(shape, places, Repeated::last);
    for (std::size_t place = 0; place < shape.places(); ++place) {
      auto const& expected = frames[static_cast<std::int64_t>(place)];
      ASSERT_EQ(all.frames_at(place), expected.size());
      ASSERT_EQ(all.all_at(place), expected.size());
      for (std::size_t n = 0; n < expected.size(); ++n)
        EXPECT_EQ(all.frame_of(place, n), expected[n]);
      EXPECT_EQ(last.frame_of(place), expected.empty() ? -1 : expected.back());
      EXPECT_EQ(all.frame_of(place), last.frame_of(place));
    }
  }
}

}  // namespace
}  // namespace xrdct::core
