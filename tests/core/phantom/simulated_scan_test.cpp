#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "core/phantom/simulated_scan.hpp"
#include "core/scan/place_map.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"
#include "small_scan.hpp"

namespace xrdct::core {
namespace {

using test::small_scan;

template <class Pixel>
std::vector<Pixel> drawn(SimulatedScan const& scan, std::int64_t frame) {
  std::vector<Pixel> pixels(scan.mask().size());
  scan.draw(frame, std::as_writable_bytes(std::span(pixels)));
  return pixels;
}

TEST(SimulatedScan, MeanCountsAreAsWanted) {
  for (double air : {0.0, 0.2}) {
    auto settings = small_scan(3.0);
    settings.air_share = air;
    SimulatedScan const scan(settings);
    double expected = 0.0, air_part = 0.0;
    std::vector<double> frame(scan.mask().size());
    for (std::int64_t n = 0; n < scan.frames(); ++n) {
      scan.expectation(n, 0, frame);
      expected += std::accumulate(frame.begin(), frame.end(), 0.0);
      auto const g = scan.image(scan.components() - 1);
      air_part += scan.monitor(n) * std::accumulate(g.begin(), g.end(), 0.0);
    }
    double const pixels = static_cast<double>(scan.frames()) * static_cast<double>(frame.size());
    EXPECT_NEAR(expected / pixels, 3.0, 1e-6);
    EXPECT_NEAR(air_part / pixels, 3.0 * air, 1e-6);
    EXPECT_GE(scan.largest_expectation(), *std::max_element(frame.begin(), frame.end()));
  }
}

TEST(SimulatedScan, CountsOfAPixelAreAFunctionOfSeedFrameAndPixel) {
  auto settings = small_scan(20.0);
  SimulatedScan const one(settings);
  auto const frame = drawn<std::uint32_t>(one, 77);
  EXPECT_EQ(frame, drawn<std::uint32_t>(one, 77));
  EXPECT_NE(frame, drawn<std::uint32_t>(one, 78));
  settings.seed = 21;
  EXPECT_NE(frame, drawn<std::uint32_t>(SimulatedScan(settings), 77));
}

TEST(SimulatedScan, EveryTypeHoldsTheSameCounts) {
  auto settings = small_scan(20.0);
  auto const wide = drawn<std::uint32_t>(SimulatedScan(settings), 5);
  settings.type = PixelType::u16;
  auto const narrow = drawn<std::uint16_t>(SimulatedScan(settings), 5);
  settings.type = PixelType::i32;
  auto const signed_ones = drawn<std::int32_t>(SimulatedScan(settings), 5);
  EXPECT_TRUE(std::equal(wide.begin(), wide.end(), narrow.begin(), narrow.end()));
  EXPECT_TRUE(std::equal(wide.begin(), wide.end(), signed_ones.begin(), signed_ones.end()));
}

TEST(SimulatedScan, GapsHoldTheSentinelOfTheType) {
  auto settings = small_scan(0.5);
  settings.calibration.detector = {};
  settings.calibration.detector.name = "Pilatus300k";
  settings.frame = detector_shape("Pilatus300k");
  settings.hot_pixels = 20;
  for (auto type : {PixelType::u32, PixelType::i32}) {
    settings.type = type;
    SimulatedScan const scan(settings);
    auto const frame = drawn<std::uint32_t>(scan, 0);
    ASSERT_GT(std::count(scan.mask().begin(), scan.mask().end(), std::uint8_t{1}), 0);
    std::size_t wrong = 0;
    for (std::size_t p = 0; p < frame.size(); ++p)
      wrong += (frame[p] == 0xffffffff) != (scan.mask()[p] != 0) ? 1 : 0;
    EXPECT_EQ(wrong, 0u);
    for (auto pixel : scan.hot_pixels()) EXPECT_EQ(scan.mask()[pixel], 0);
  }
}

TEST(SimulatedScan, HotPixelsAreHotInEveryFrameAndNothingElseChanges) {
  auto settings = small_scan(0.5);
  auto const plain = drawn<std::uint32_t>(SimulatedScan(settings), 9);
  settings.hot_pixels = 25;
  SimulatedScan const scan(settings);
  std::set<std::uint32_t> const hot(scan.hot_pixels().begin(), scan.hot_pixels().end());
  ASSERT_EQ(hot.size(), 25u);
  auto const frame = drawn<std::uint32_t>(scan, 9);
  for (std::uint32_t p = 0; p < frame.size(); ++p) {
    if (hot.count(p) == 0) {
      EXPECT_EQ(frame[p], plain[p]);
    } else {
      EXPECT_NEAR(frame[p], 1000.0, 250.0);
    }
  }
}

TEST(SimulatedScan, SpotsLieOnRingsOfThePhasesInTheBeam) {
  auto settings = small_scan(0.5);
  auto const plain = drawn<std::uint32_t>(SimulatedScan(settings), 6);
  settings.spots = 3;
  SimulatedScan const scan(settings);
  auto const centers = scan.spots(6);
  ASSERT_EQ(centers.size(), 3u);
  auto const frame = drawn<std::uint32_t>(scan, 6);
  std::size_t changed = 0;
  for (std::size_t p = 0; p < frame.size(); ++p) changed += frame[p] != plain[p] ? 1 : 0;
  EXPECT_GT(changed, 0u);
  EXPECT_LE(changed, 75u);
  for (auto center : centers) EXPECT_GT(frame[center], 700u);
  settings.translation_mm = {-40.0, 3.3};  // most frames miss the sample
  EXPECT_TRUE(SimulatedScan(settings).spots(0).empty());
}

TEST(SimulatedScan, PlacesAreThoseOfTheScanLayout) {
  for (bool snake : {false, true}) {
    auto settings = small_scan(0.5);
    settings.scan = {3, 5, 4};
    settings.course.zigzag = snake;
    SimulatedScan const scan(settings);
    PlaceMap const places(settings.scan, snake, 0, scan.frames());
    for (std::int64_t n = 0; n < scan.frames(); ++n)
      EXPECT_EQ(places.frame_of(static_cast<std::size_t>(scan.course()[n].place)), n);
  }
}

TEST(SimulatedScan, MonitorFallsAndIsFilledThreeTimes) {
  auto settings = small_scan(0.5);
  SimulatedScan const scan(settings);
  int fillings = 0;
  for (std::int64_t n = 0; n < scan.frames(); ++n) {
    EXPECT_LE(scan.monitor(n), 1.0);
    EXPECT_GT(scan.monitor(n), 0.8);
    fillings += scan.monitor(n) == 1.0 ? 1 : 0;
  }
  EXPECT_EQ(fillings, 3);
}

TEST(SimulatedScan, EveryProblemIsToldAtOnce) {
  auto settings = small_scan(-1.0);
  settings.air_share = 1.5;
  settings.monitor_drift = 1.0;
  settings.scan.fast = 0;
  settings.calibration.distance_m = 0.0;
  settings.type = PixelType::f32;
  try {
    SimulatedScan const scan(settings);
    FAIL();
  } catch (InputError const& error) {
    EXPECT_EQ(error.problems().size(), 6u);
    for (char const* word :
         {"--counts", "--air", "--monitor-drift", "--translations", "--distance", "--type"}) {
      EXPECT_THAT(std::string(error.what()), testing::HasSubstr(word));
    }
  }
}

TEST(SimulatedScan, CountsThatDoNotFitTheTypeAreRefused) {
  auto settings = small_scan(20000.0);
  settings.type = PixelType::u16;
  EXPECT_THROW(SimulatedScan{settings}, InputError);
  settings.type = PixelType::u32;
  EXPECT_NO_THROW(SimulatedScan{settings});
}

TEST(SimulatedScan, AScanBesideTheSampleIsRefused) {
  auto settings = small_scan(1.0);
  settings.translation_mm = {100.0, 0.1};
  EXPECT_THROW(SimulatedScan{settings}, InputError);
}

}  // namespace
}  // namespace xrdct::core
