// Lines of a rotation that goes on turning lie in one turn of the grid: the wished one, or the
// first.
#include <gtest/gtest.h>

#include "core/positions/placed_scan.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t lines = 9, points = 12;
constexpr double step = 30.0;

// Line 5 has a frame more than a turn.
ScanTracks tracks(double start) {
  ScanTracks t;
  t.slow.name = "dty";
  t.fast.name = "rot";
  t.fast.angle = true;
  for (std::size_t l = 0; l < lines; ++l) {
    for (std::size_t f = 0; f < (l == 5 ? points + 1 : points); ++f) {
      t.slow.positions.push_back(0.1 * static_cast<double>(l));
      t.fast.positions.push_back(start + 360.0 * static_cast<double>(l) +
                                 step * static_cast<double>(f));
    }
  }
  return t;
}

void expect_places(PlacedScan const& scan) {
  EXPECT_EQ(scan.questions, std::vector<std::string>{});
  std::size_t n = 0;
  for (std::size_t l = 0; l < lines; ++l) {
    for (std::size_t f = 0; f < points; ++f, ++n)
      EXPECT_EQ(scan.place[n], static_cast<std::int64_t>(l * scan.fast.positions.size() + f));
    if (l == 5) ++n;
  }
}

TEST(TurningOn, ALineThatIsLongerThanATurnDoesNotMoveTheGridFromItsWishedStart) {
  for (double const start : {0.0, -96.25, 360.0}) {
    PlacementWishes wishes;
    wishes.slow = {.start = 0.0, .step = 0.1, .points = lines};
    wishes.fast = {.start = start, .step = step, .points = points};
    auto const scan = place_frames(tracks(start), wishes);
    expect_places(scan);
    EXPECT_DOUBLE_EQ(scan.fast.positions.front(), start);
    EXPECT_EQ(scan.course.outside, 1U);
  }
}

TEST(TurningOn, TheGridIsFoundInTheTurnOfTheFirstLine) {
  auto const scan = place_frames(tracks(-96.25));
  expect_places(scan);
  EXPECT_NEAR(scan.fast.positions.front(), -96.25, 1e-6);
}

}  // namespace
}  // namespace xrdct::core
