#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "core/positions/placed_scan.hpp"
#include "core/words/errors.hpp"
#include "tests/core/positions/made_scan.hpp"

namespace xrdct::core {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(PlaceFrames, places_random_scans_or_asks) {
  constexpr std::uint64_t seeds = 500;
  std::size_t frames = 0, right = 0, asked = 0, must = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    auto const scan = test::make_scan(seed);
    auto const placed = place_frames(scan.tracks, scan.wishes);
    must += scan.must_ask;
    if (!placed.questions.empty()) {
      asked += !scan.must_ask;
      continue;
    }
    EXPECT_FALSE(scan.must_ask) << seed << ": " << scan.what;
    auto const verdict = test::judge(scan, placed);
    EXPECT_EQ(verdict.wrong, 0u) << seed << ": " << scan.what;
    frames += verdict.frames;
    right += verdict.right;
  }
  EXPECT_GE(static_cast<double>(right), 0.99 * static_cast<double>(frames));
  EXPECT_LE(asked, seeds / 25) << "questions of scans that can be read in one way";
  EXPECT_GT(must, 5u);
}

/// Slow and fast positions of a plain scan; lines may run back.
ScanTracks plain(std::size_t lines, std::size_t points, bool zigzag = false) {
  ScanTracks tracks{{}, {"rot", {}, true}, {"dty", {}, false}};
  for (std::size_t l = 0; l < lines; ++l)
    for (std::size_t i = 0; i < points; ++i) {
      std::size_t const at = zigzag && l % 2 == 1 ? points - 1 - i : i;
      tracks.slow.positions.push_back(2.0 * static_cast<double>(l));
      tracks.fast.positions.push_back(-1.0 + 0.1 * static_cast<double>(at));
    }
  return tracks;
}

void erase(ScanTracks& tracks, std::size_t first, std::size_t count) {
  for (auto* positions : {&tracks.slow.positions, &tracks.fast.positions})
    positions->erase(positions->begin() + static_cast<long>(first),
                     positions->begin() + static_cast<long>(first + count));
}

TEST(PlaceFrames, finds_the_grid_of_a_plain_scan) {
  auto const scan = place_frames(plain(32, 31));
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_EQ(scan.shape(), (ScanShape{1, 32, 31}));
  EXPECT_NEAR(*scan.slow.step, 2.0, 1e-9);
  EXPECT_NEAR(*scan.fast.step, 0.1, 1e-9);
  EXPECT_NEAR(scan.fast.positions.front(), -1.0, 1e-9);
  EXPECT_NEAR(scan.fast.positions.back(), 2.0, 1e-9);
  for (std::size_t i = 0; i < scan.place.size(); ++i)
    ASSERT_EQ(scan.place[i], static_cast<std::int64_t>(i));
  EXPECT_EQ(course_text(scan), "32 rotations × 31 translations, dty fast, all lines the same way");
}

/// Turns of an encoder that wraps, one per height, that begin at the given angles.
ScanTracks turns_from(std::vector<double> const& begins, std::size_t lines, bool closed) {
  ScanTracks tracks{{"dtz", {}, false}, {"rot", {}, true}, {"dty", {}, false}};
  double const step = 360.0 / static_cast<double>(lines);
  for (std::size_t h = 0; h < begins.size(); ++h)
    for (std::size_t l = 0; l < lines + (closed ? 1 : 0); ++l)
      for (std::size_t i = 0; i < 8; ++i) {
        double const angle = l == 0       ? begins[h]
                             : l == lines ? 359.8
                                          : step * static_cast<double>(l);
        tracks.height.positions.push_back(static_cast<double>(h));
        tracks.slow.positions.push_back(angle);
        tracks.fast.positions.push_back(0.1 * static_cast<double>(i));
      }
  return tracks;
}

TEST(PlaceFrames, takes_turns_that_begin_before_and_behind_the_zero_of_an_encoder_as_one_place) {
  for (auto const& begins :
       {std::vector{0.4, 359.5, 0.1}, std::vector{359.0, 1.0}, std::vector{0.0, 359.9, 359.9}}) {
    auto const scan = place_frames(turns_from(begins, 24, false));
    EXPECT_TRUE(scan.questions.empty());
    EXPECT_EQ(scan.shape(), (ScanShape{begins.size(), 24, 8})) << begins[0] << " " << begins[1];
    EXPECT_EQ(scan.course.empty_places, 0u);
  }
}

TEST(PlaceFrames, keeps_both_ends_of_a_closed_turn_of_an_outer_motor) {
  auto const plain = turns_from({0.1, 0.2}, 24, true);
  EXPECT_EQ(place_frames(plain).shape(), (ScanShape{2, 25, 8}));
  // in four passes the last place is followed by one of the first
  auto const one = turns_from({0.1}, 24, true);
  ScanTracks passes{{}, {"rot", {}, true}, {"dty", {}, false}};
  for (std::size_t pass = 0; pass < 4; ++pass)
    for (std::size_t l = pass; l < 25; l += 4)
      for (std::size_t i = 0; i < 8; ++i) {
        passes.slow.positions.push_back(one.slow.positions[8 * l + i]);
        passes.fast.positions.push_back(one.fast.positions[8 * l + i]);
      }
  auto const scan = place_frames(passes);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 25, 8}));
  EXPECT_EQ(scan.course.empty_places, 0u);
}

TEST(PlaceFrames, says_what_went_wrong_in_words) {
  auto tracks = plain(32, 31, true);
  erase(tracks, 9 * 31, 31);
  for (int i = 0; i < 2; ++i) {
    tracks.slow.positions.push_back(tracks.slow.positions.back());
    tracks.fast.positions.push_back(tracks.fast.positions.back());
  }
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_EQ(course_text(scan),
            "32 rotations × 31 translations, dty fast, zigzag, line 10 missing, 2 frames more than "
            "places");
  EXPECT_EQ(scan.course.missing_lines, std::vector<std::size_t>{9});
  EXPECT_EQ(scan.course.empty_places, 31u);
  EXPECT_EQ(scan.course.repeated_frames, 2u);
  EXPECT_EQ(scan.course.most_at_a_place, 3u);
}

TEST(PlaceFrames, keeps_both_ends_of_a_closed_turn) {
  ScanTracks tracks{{}, {"dty", {}, false}, {"rot", {}, true}};
  for (int l = 0; l < 10; ++l)
    for (int i = 0; i <= 36; ++i) {
      tracks.slow.positions.push_back(l);
      tracks.fast.positions.push_back(10.0 * i);
    }
  auto scan = place_frames(tracks);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 10, 37}));
  EXPECT_EQ(scan.course.repeated_frames, 0u);
  EXPECT_EQ(scan.course.way, ScanCourse::Way::same);
  // The same with an encoder that wraps, and with a rotation that turns on.
  auto wrapped = tracks, turning = tracks;
  for (double& x : wrapped.fast.positions) x = std::fmod(x, 360.0);
  for (std::size_t i = 0; i < turning.fast.positions.size(); ++i)
    turning.fast.positions[i] += 360.0 * turning.slow.positions[i];
  for (auto const& other : {wrapped, turning}) {
    auto const placed = place_frames(other);
    EXPECT_TRUE(placed.questions.empty());
    EXPECT_EQ(placed.shape(), scan.shape());
    EXPECT_EQ(placed.place, scan.place);
  }
  EXPECT_EQ(place_frames(turning).course.way, ScanCourse::Way::turning_on);
  EXPECT_NEAR(place_frames(turning).fast.measured.back(), 360.0, 1e-9)
      << "in the turn of its place";
}

TEST(PlaceFrames, folds_a_rotation_of_many_turns_at_a_slow_motor_that_stands) {
  ScanTracks tracks{{}, {"dty", {}, false}, {"rot", {}, true}};
  for (int i = 0; i < 36 * 12; ++i) {
    tracks.slow.positions.push_back(i / 36);
    tracks.fast.positions.push_back(10.0 * i + 3.0);
  }
  auto const scan = place_frames(tracks);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 12, 36}));
  for (std::size_t i = 0; i < scan.place.size(); ++i)
    ASSERT_EQ(scan.place[i], static_cast<std::int64_t>(i));
}

TEST(PlaceFrames, takes_a_spiral_turn_by_turn) {
  ScanTracks tracks{{}, {"dty", {}, false}, {"rot", {}, true}};
  for (int i = 0; i < 36 * 12; ++i) {
    tracks.slow.positions.push_back(0.01 * i / 36.0);
    tracks.fast.positions.push_back(10.0 * i);
  }
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty()) << scan.questions[0];
  EXPECT_TRUE(scan.course.slow_moves_on);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 12, 36}));
  EXPECT_EQ(scan.place[100], 100);
}

TEST(PlaceFrames, asks_about_a_slow_motor_that_drifts_without_lines) {
  auto tracks = plain(1, 60);
  test::Dice dice(3);
  for (std::size_t i = 0; i < 60; ++i)
    tracks.slow.positions[i] = 1e-3 * std::sqrt(static_cast<double>(i)) + 1e-5 * dice.normal();
  tracks.slow.angle = false;
  EXPECT_FALSE(place_frames(tracks).questions.empty());
}

TEST(PlaceFrames, brings_continuous_zigzags_to_the_middle_of_the_exposure) {
  for (double const moment : {-0.5, 0.5}) {
    auto tracks = plain(20, 25, true);
    for (std::size_t i = 0; i < tracks.fast.positions.size(); ++i)
      tracks.fast.positions[i] += (i / 25 % 2 == 0 ? 1.0 : -1.0) * moment * 0.1;
    auto const untold = place_frames(tracks);
    ASSERT_EQ(untold.questions.size(), 1u);
    EXPECT_NE(untold.questions[0].find("scan.positions.taken"), std::string::npos);
    PlacementWishes wishes;
    wishes.taken = moment < 0.0 ? MomentTaken::start : MomentTaken::end;
    auto const told = place_frames(tracks, wishes);
    EXPECT_TRUE(told.questions.empty());
    EXPECT_EQ(told.shape(), (ScanShape{1, 20, 25}));
    EXPECT_NEAR(told.fast.positions.front(), -1.0, 1e-9);
    EXPECT_EQ(told.place[25], 49) << "the second line runs back";
  }
}

TEST(PlaceFrames, asks_about_slack_of_half_a_step) {
  for (double const slack : {0.2, 0.45}) {
    auto tracks = plain(20, 25, true);
    for (std::size_t i = 0; i < tracks.fast.positions.size(); ++i)
      if (i / 25 % 2 == 1) tracks.fast.positions[i] += slack * 0.1;
    auto const scan = place_frames(tracks);
    EXPECT_EQ(scan.questions.empty(), slack < 0.3);
    EXPECT_NEAR(scan.course.direction_offset, slack, 1e-6);
    EXPECT_NEAR(scan.fast.positions.front(), -1.0 + 0.05 * slack, 1e-9) << "in the midst of both";
    EXPECT_NEAR(scan.fast.largest_deviation, 0.5 * slack, 1e-6);
  }
}

TEST(PlaceFrames, leaves_frames_between_and_beside_the_places_out) {
  auto tracks = plain(12, 20);
  tracks.slow.positions.insert(tracks.slow.positions.begin(), 0.0);
  tracks.fast.positions.insert(tracks.fast.positions.begin(), -40.0);     // parked
  tracks.slow.positions.insert(tracks.slow.positions.begin() + 21, 1.0);  // on the way
  tracks.fast.positions.insert(tracks.fast.positions.begin() + 21, 0.0);
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_EQ(scan.shape(), (ScanShape{1, 12, 20}));
  EXPECT_EQ(scan.place[0], -1);
  EXPECT_EQ(scan.place[21], -1);
  EXPECT_EQ(scan.place[22], 20);
  EXPECT_EQ(scan.course.outside, 2u);
}

TEST(PlaceFrames, frames_with_unknown_positions_have_no_place) {
  auto tracks = plain(12, 20);
  tracks.slow.positions[5] = nan;
  tracks.fast.positions[30] = std::numeric_limits<double>::infinity();
  auto const scan = place_frames(tracks);
  EXPECT_EQ(scan.course.unknown, 2u);
  EXPECT_EQ(scan.place[5], -1);
  EXPECT_EQ(scan.place[30], -1);
  EXPECT_EQ(scan.place[31], 31);
  EXPECT_TRUE(std::isnan(scan.slow.measured[5]));
}

TEST(PlaceFrames, takes_axes_in_either_role_and_of_one_point) {
  auto tracks = plain(12, 20);
  std::swap(tracks.slow, tracks.fast);
  auto scan = place_frames(tracks);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 20, 12}));
  EXPECT_FALSE(scan.course.fast_is_fast);
  EXPECT_EQ(scan.place[1], 12) << "the second frame is on the second line";
  EXPECT_EQ(place_frames(plain(1, 20)).shape(), (ScanShape{1, 1, 20}));
  EXPECT_EQ(place_frames(plain(20, 1)).shape(), (ScanShape{1, 20, 1}));
  EXPECT_EQ(place_frames(plain(1, 1)).shape(), (ScanShape{1, 1, 1}));
  EXPECT_EQ(place_frames(plain(2, 2)).shape(), (ScanShape{1, 2, 2}));
}

TEST(PlaceFrames, a_height_that_trembles_is_one_height) {
  auto tracks = plain(12, 20);
  test::Dice dice(7);
  for (std::size_t i = 0; i < 240; ++i)
    tracks.height.positions.push_back(5.0 + 0.001 * static_cast<double>(dice.whole(0, 2)));
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_EQ(scan.shape().height, 1u);
}

TEST(PlaceFrames, uses_the_grid_that_is_given) {
  PlacementWishes wishes;
  wishes.slow = {0.0, 2.0, 10};
  wishes.fast = {-0.9, 0.1, 18};
  auto scan = place_frames(plain(12, 20), wishes);
  EXPECT_EQ(scan.shape(), (ScanShape{1, 10, 18}));
  EXPECT_EQ(scan.place[0], -1);
  EXPECT_EQ(scan.place[1], 0);
  EXPECT_EQ(scan.place[20 * 9 + 18], 10 * 18 - 1);
  EXPECT_EQ(scan.place[20 * 10 + 5], -1);
  wishes.fast = {0.9, -0.1, 20};
  wishes.slow = {};
  scan = place_frames(plain(12, 20), wishes);
  EXPECT_EQ(scan.place[0], 19) << "against the motor";
  EXPECT_EQ(scan.fast.positions.back(), -1.0);
  EXPECT_TRUE(scan.questions.empty());
}

TEST(PlaceFrames, asks_where_the_number_of_points_does_not_fit) {
  PlacementWishes wishes;
  wishes.fast.points = 19;
  EXPECT_FALSE(place_frames(plain(12, 20), wishes).questions.empty());
  wishes.fast.points = 21;
  EXPECT_FALSE(place_frames(plain(12, 20), wishes).questions.empty());
  wishes.fast.points = 20;
  EXPECT_TRUE(place_frames(plain(12, 20), wishes).questions.empty());
  wishes.slow.points = 15;
  auto const aborted = place_frames(plain(12, 20), wishes);
  EXPECT_TRUE(aborted.questions.empty()) << "a scan in order ended early";
  EXPECT_EQ(aborted.shape().slow, 15u);
  EXPECT_EQ(aborted.place.front(), 0);
}

TEST(PlaceFrames, asks_about_a_grid_that_lies_between_the_positions) {
  PlacementWishes wishes;
  wishes.fast = {-1.05, 0.1, 21};
  EXPECT_FALSE(place_frames(plain(12, 20), wishes).questions.empty());
  wishes.tolerance = 0.2;
  auto const strict = place_frames(plain(12, 20), wishes);
  EXPECT_EQ(strict.course.placed, 0u);
}

TEST(PlaceFrames, asks_where_lines_cover_halves_of_a_turn) {
  ScanTracks tracks{{}, {"dty", {}, false}, {"rot", {}, true}};
  for (int i = 0; i < 18 * 12; ++i) {
    tracks.slow.positions.push_back(i / 18);
    tracks.fast.positions.push_back(10.0 * i);
  }
  EXPECT_FALSE(place_frames(tracks).questions.empty());
}

TEST(PlaceFrames, places_the_same_after_a_repeated_line_and_a_broken_one) {
  auto tracks = plain(10, 20);
  erase(tracks, 4 * 20 + 7, 13);  // line 4 breaks off …
  std::vector<double> const fast(tracks.fast.positions.begin(), tracks.fast.positions.begin() + 20);
  tracks.fast.positions.insert(tracks.fast.positions.begin() + 87, fast.begin(), fast.end());
  tracks.slow.positions.insert(tracks.slow.positions.begin() + 87, 20, 8.0);  // … and is repeated
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_EQ(scan.course.repeated_frames, 7u);
  EXPECT_EQ(scan.place[87], 80);
  EXPECT_EQ(scan.place[107], 100);
  EXPECT_EQ(scan.course.empty_places, 0u);
}

TEST(PlaceFrames, keeps_lists_of_angles_as_they_are) {
  ScanTracks tracks{{}, {"rot", {}, true}, {"dty", {}, false}};
  std::vector<double> const angles{0.0, 17.3, 8.1, 121.0, 90.5, 44.0, 61.7, 29.9};
  for (double const angle : angles)
    for (int i = 0; i < 9; ++i) {
      tracks.slow.positions.push_back(angle);
      tracks.fast.positions.push_back(i);
    }
  auto const scan = place_frames(tracks);
  EXPECT_TRUE(scan.questions.empty());
  EXPECT_FALSE(scan.slow.step);
  EXPECT_EQ(scan.slow.positions,
            (std::vector<double>{0.0, 8.1, 17.3, 29.9, 44.0, 61.7, 90.5, 121.0}));
  EXPECT_EQ(scan.place[9], 2 * 9) << "the second line is at the third angle";
  EXPECT_FALSE(scan.course.slow_in_order);
}

TEST(PlaceFrames, refuses_what_cannot_be_placed) {
  auto tracks = plain(3, 3);
  tracks.slow.positions.pop_back();
  EXPECT_THROW(place_frames(tracks), InputError);
  EXPECT_THROW(place_frames({}), InputError);
  tracks = plain(1, 2);
  tracks.fast.positions = {nan, nan};
  EXPECT_THROW(place_frames(tracks), InputError);
  PlacementWishes wishes;
  wishes.fast.step = 0.0;
  EXPECT_THROW(place_frames(plain(3, 3), wishes), InputError);
  wishes = {};
  wishes.slow.points = 0;
  EXPECT_THROW(place_frames(plain(3, 3), wishes), InputError);
  wishes = {};
  wishes.tolerance = 0.6;
  EXPECT_THROW(place_frames(plain(3, 3), wishes), InputError);
}

}  // namespace
}  // namespace xrdct::core
