#include "core/positions/find_axes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/core/positions/made_scan.hpp"

namespace xrdct::core {
namespace {

/// Counters beside the motors of a scan.
std::vector<MotorTrack> with_counters(test::Dice& dice, std::vector<MotorTrack> motors) {
  std::size_t const frames = motors.front().positions.size();
  MotorTrack constant{"samz", std::vector<double>(frames, 12.5)}, noise{"ic1", {}},
      drift{"temperature", {}}, current{"current", {}}, time{"epoch", {}}, flicker{"gap", {}};
  double warm = 21.0;
  for (std::size_t i = 0; i < frames; ++i) {
    noise.positions.push_back(1e5 * (1.0 + 0.01 * dice.normal()));
    warm += 0.002 * dice.normal();
    drift.positions.push_back(std::round(10.0 * warm) / 10.0);
    current.positions.push_back(200.0 - 0.01 * static_cast<double>(i % 777) +
                                0.0005 * dice.normal());
    time.positions.push_back(1.6e9 + 0.1 * static_cast<double>(i) + 1e-4 * dice.uniform());
    flicker.positions.push_back(6.0 + 0.001 * static_cast<double>(dice.whole(0, 1)));
  }
  for (auto* counter : {&constant, &noise, &drift, &current, &time, &flicker})
    motors.insert(motors.begin() + dice.whole(0, static_cast<std::int64_t>(motors.size())),
                  *counter);
  return motors;
}

std::string name(std::vector<MotorTrack> const& motors, std::optional<std::size_t> number) {
  return number ? motors[*number].name : "";
}

TEST(FindAxes, tells_the_axes_from_counters_on_random_scans) {
  int right = 0, scans = 0;
  std::string wrong;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    auto const scan = test::make_scan(seed);
    if (scan.must_ask) continue;
    test::Dice dice(seed);
    std::vector<MotorTrack> motors{scan.tracks.slow, scan.tracks.fast};
    bool const heights = scan.what.find("heights") != std::string::npos;
    if (!scan.tracks.height.positions.empty()) motors.push_back(scan.tracks.height);
    motors = with_counters(dice, motors);
    auto const found = find_axes(motors);
    bool const good = name(motors, found.fast) == scan.tracks.fast.name &&
                      name(motors, found.slow) == scan.tracks.slow.name &&
                      (name(motors, found.height) == "dtz") == heights;
    ++scans;
    right += good || !found.questions.empty();
    if (!good && found.questions.empty())
      wrong += std::to_string(seed) + ": " + scan.what + "\n   " + name(motors, found.fast) + " " +
               name(motors, found.slow) + " " + name(motors, found.height) + "\n";
  }
  EXPECT_GE(right, 0.97 * scans) << wrong;
}

/// Rotation slow, translation fast.
std::vector<MotorTrack> raster(std::size_t lines, std::size_t points) {
  std::vector<MotorTrack> motors{{"rot", {}, true}, {"dty", {}, false}};
  for (std::size_t l = 0; l < lines; ++l)
    for (std::size_t i = 0; i < points; ++i) {
      motors[0].positions.push_back(3.0 * static_cast<double>(l));
      motors[1].positions.push_back(0.1 * static_cast<double>(i));
    }
  return motors;
}

TEST(FindAxes, takes_the_better_of_twins) {
  auto motors = raster(20, 15);
  test::Dice dice(1);
  MotorTrack encoder{"dty_encoder", motors[1].positions};
  for (double& x : encoder.positions) x = 5.0 + 2.0 * (x + 0.01 * dice.normal());
  motors.insert(motors.begin(), encoder);
  auto const found = find_axes(motors);
  EXPECT_EQ(name(motors, found.fast), "dty");
  EXPECT_EQ(name(motors, found.slow), "rot");
  ASSERT_EQ(found.twins.size(), 1u);
  EXPECT_EQ(motors[found.twins[0].taken].name, "dty");
  EXPECT_EQ(motors[found.twins[0].left_out].name, "dty_encoder");
}

TEST(FindAxes, finds_one_axis_of_a_line_and_none_of_a_motor_at_rest) {
  auto motors = raster(1, 50);
  auto found = find_axes(motors);
  EXPECT_EQ(name(motors, found.fast), "dty");
  EXPECT_FALSE(found.slow);
  motors = raster(1, 1);
  found = find_axes(motors);
  EXPECT_FALSE(found.fast);
  EXPECT_TRUE(found.moved.empty());
  EXPECT_FALSE(find_axes({}).fast);
}

TEST(FindAxes, asks_where_three_motors_went_through_steps) {
  auto motors = raster(24, 15);
  MotorTrack third{"samx", {}};
  for (std::size_t i = 0; i < motors[0].positions.size(); ++i)
    third.positions.push_back(static_cast<double>(i / 3 % 2));
  motors.push_back(third);
  auto const found = find_axes(motors);
  EXPECT_FALSE(found.questions.empty());
}

TEST(FindAxes, leaves_out_tracks_of_another_length) {
  auto motors = raster(20, 15);
  motors.push_back({"short", {1.0, 2.0, 3.0}, false});
  auto const found = find_axes(motors);
  EXPECT_EQ(found.moved.size(), 2u);
}

}  // namespace
}  // namespace xrdct::core
