// Several frames at one place, against plain loops over them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/words/patterns.hpp"
#include "pipeline/place_sums.hpp"
#include "tests/pipeline/scan_in_memory.hpp"

namespace xrdct::pipeline {
namespace {

using Places = std::vector<std::int64_t>;
double const none = std::numeric_limits<double>::quiet_NaN();

/// A scan in lines, of which some are repeated and some are missing, some places have many frames,
/// and some frames have no place.
Places places_of_frames(core::ScanShape shape) {
  std::mt19937 numbers(3);
  Places places;
  for (std::size_t line = 0; line < shape.height * shape.slow; ++line) {
    std::size_t const times = line % 5 == 3 ? 0 : line % 4 == 1 ? 3 : 1;
    for (std::size_t n = 0; n < times; ++n) {
      for (std::size_t i = 0; i < shape.fast; ++i) {
        std::size_t const fast = (line + n) % 2 == 0 ? i : shape.fast - 1 - i;
        std::size_t const frames = line == 2 && fast == 1 ? 11 : 1;
        places.insert(places.end(), frames, static_cast<std::int64_t>(line * shape.fast + fast));
      }
      if (numbers() % 3 == 0) places.push_back(-1);
    }
  }
  return places;
}

/// Read by ranks that are threads.
class Values final : public core::FrameValues {
 public:
  explicit Values(std::vector<double> const& values) : values_(values) {}
  double at(std::int64_t frame) override { return values_.at(static_cast<std::size_t>(frame)); }

 private:
  std::vector<double> const& values_;
};

struct Scan {
  ScanDescription description;
  std::vector<double> monitor_values, positions;
  Values monitor, motor;

  Scan(core::ScanShape shape, Places const& places, core::Repeated repeated)
      : description(scan_of(shape, 0)),
        monitor_values(values(places.size(), 0.5, 1.0 / 7.0)),
        positions(values(places.size(), -3.0, 0.1)),
        monitor(monitor_values),
        motor(positions) {
    description.places = core::PlaceMap(shape, places, repeated);
    description.monitor = &monitor;
    description.monitor_reference = 1.5;
    description.positions = {&motor};
    description.reductions[0].deviation = true;
  }
  static std::vector<double> values(std::size_t count, double first, double step) {
    std::vector<double> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = first + step * static_cast<double>(i % 17);
    return all;
  }
};

/// Intensity, error, deviation, count of bin `b` by the definition; NaN: no pixel.
std::array<double, 4> sum_of(Places const& frames, std::size_t b, Scan const& scan) {
  double s = 0.0, v = 0.0, n = 0.0, n2 = 0.0, c = 0.0;
  for (auto const frame : frames) {
    if (b == 2 && frame % 4 == 0) continue;
    double const m = scan.monitor_values[static_cast<std::size_t>(frame)] / 1.5;
    s += static_cast<double>(frame) + static_cast<double>(b) / 8.0;
    v += static_cast<double>(frame);
    n += 2.0 * m;
    n2 += 4.0 * m * m;
    c += 1.0;
  }
  if (c == 0.0) return {none, none, none, 0.0};
  return {s / n, std::sqrt(v) / n, std::sqrt(v / n2), c};
}

void expect_near(float found, double expected) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found));
  } else {
    EXPECT_FLOAT_EQ(found, static_cast<float>(expected));
  }
}

/// Compares all places with plain loops. \param bad frames that are left out
void expect_sums(Outcome const& outcome, Scan const& scan, Places const& places,
                 core::Repeated repeated, FrameSet const& bad = {}) {
  std::map<std::size_t, Places> frames_of_place;
  for (std::size_t frame = 0; frame < places.size(); ++frame)
    if (places[frame] >= 0)
      frames_of_place[static_cast<std::size_t>(places[frame])].push_back(
          static_cast<std::int64_t>(frame));
  auto const& plan = scan.description.blocks;
  for (auto const& [number, block] : outcome.blocks) {
    auto const [first, size] = plan.places_of(number);
    for (std::size_t p = 0; p < size; ++p) {
      SCOPED_TRACE(first + p);
      auto all = frames_of_place[first + p];
      EXPECT_EQ(block.number[p], static_cast<std::int64_t>(all.size()));
      EXPECT_EQ(block.index[p], all.empty() ? -1 : all.back());
      if (repeated == core::Repeated::last && !all.empty()) all = {all.back()};
      double position = 0.0;
      for (auto const frame : all) position += scan.positions[static_cast<std::size_t>(frame)];
      expect_near(static_cast<float>(block.positions[0][p]),
                  all.empty() ? none : position / static_cast<double>(all.size()));
      Places good;
      for (auto const frame : all)
        if (!bad.contains(frame)) good.push_back(frame);
      auto const expected = all.empty()                ? core::FrameStatus::missing
                            : good.empty()             ? core::FrameStatus::unreadable
                            : good.size() < all.size() ? core::FrameStatus::partial
                                                       : core::FrameStatus::good;
      EXPECT_EQ(block.status[p], expected);
      double monitor = 0.0;
      for (auto const frame : good) monitor += scan.monitor_values[static_cast<std::size_t>(frame)];
      if (!good.empty()) {
        EXPECT_DOUBLE_EQ(block.monitor[p], monitor / static_cast<double>(good.size()));
      }
      auto const& patterns = block.reductions[0];
      std::int64_t used = 0;
      for (auto const frame : good) used += frame;
      EXPECT_EQ(patterns.tally[p].used, used);
      for (std::size_t b = 0; b < bins; ++b) {
        auto const [intensity, error, deviation, count] = sum_of(good, b, scan);
        expect_near(patterns.intensity[p * bins + b], intensity);
        expect_near(patterns.error[p * bins + b], error);
        expect_near(patterns.deviation[p * bins + b], deviation);
        expect_near(patterns.count[p * bins + b], count);
      }
    }
  }
}

class RepeatedFramesOf : public testing::TestWithParam<core::Repeated> {};

TEST_P(RepeatedFramesOf, AreThoseOfPlainLoops) {
  core::ScanShape const shape{2, 19, 5};
  auto const places = places_of_frames(shape);
  Scan const one(shape, places, GetParam());
  auto const alone = run(one.description, 1, 64);
  expect_sums(alone, one, places, GetParam());
  for (int const ranks : {1, 2, 5})
    for (std::size_t const threads : {one_ahead, std::size_t{1}, std::size_t{3}})
      for (std::size_t const batch : {1u, 4u, 16u})
        expect_same(run(one.description, ranks, batch, no_frame_broken, threads), alone);
}
INSTANTIATE_TEST_SUITE_P(Each, RepeatedFramesOf,
                         testing::Values(core::Repeated::last, core::Repeated::sum));

TEST(RepeatedFrames, ABadOneIsLeftOutAndItsPlaceIsMarked) {
  core::ScanShape const shape{2, 19, 5};
  auto const places = places_of_frames(shape);
  Scan const scan(shape, places, core::Repeated::sum);
  FrameSet bad;
  for (std::size_t frame = 0; frame < places.size(); frame += 7)
    if (places[frame] >= 0) bad.insert(static_cast<std::int64_t>(frame));
  auto const alone = run(scan.description, 1, 64, bad);
  expect_sums(alone, scan, places, core::Repeated::sum, bad);
  EXPECT_GT(alone.counts.partial, 5);
  EXPECT_EQ(
      alone.counts.partial + alone.counts.good + alone.counts.missing + alone.counts.unreadable,
      static_cast<std::int64_t>(shape.places()));
  std::size_t partial = 0;
  for (auto const& [place, run] : alone.bad.runs()) {
    if (run.status != core::FrameStatus::partial) continue;
    partial += run.places();
    EXPECT_THAT(run.reason, testing::HasSubstr("cannot read frame "));
  }
  EXPECT_EQ(static_cast<std::int64_t>(partial), alone.counts.partial);
  for (int const ranks : {1, 2, 5})
    for (std::size_t const threads : {one_ahead, std::size_t{1}, std::size_t{3}})
      expect_same(run(scan.description, ranks, 4, bad, threads), alone);
}

TEST(RepeatedFrames, APlaceWithOneFrameIsAsWithoutRepeatedOnes) {
  core::ScanShape const shape{1, 6, 6};
  Places places(36);
  for (std::size_t i = 0; i < 36; ++i) places[i] = static_cast<std::int64_t>(i);
  places.push_back(35);
  auto plain = scan_of(shape, 36);
  Scan const sums(shape, places, core::Repeated::sum);
  plain.monitor = sums.description.monitor;
  plain.monitor_reference = 1.5;
  auto const expected = run(plain, 1, 16), found = run(sums.description, 1, 16);
  for (std::size_t block = 0; block < 5; ++block)
    EXPECT_TRUE(same_bits(found.blocks.at(block).reductions[0].intensity,
                          expected.blocks.at(block).reductions[0].intensity));
  EXPECT_TRUE(expected.blocks.at(0).number.empty()) << "nothing is known of motors";
}

TEST(RepeatedFrames, AMonitorOfZeroLeavesOneFrameOut) {
  Places const places{0, 1, 1, 1, 2};
  Scan scan({1, 1, 3}, places, core::Repeated::sum);
  scan.monitor_values = {1.5, 3.0, 0.0, 1.5, 0.0};
  auto const outcome = run(scan.description, 1, 16);
  auto const& block = outcome.blocks.at(0);
  EXPECT_THAT(block.status,
              testing::ElementsAre(core::FrameStatus::good, core::FrameStatus::partial,
                                   core::FrameStatus::monitor_low));
  EXPECT_FLOAT_EQ(block.reductions[0].intensity[bins], (1.0f + 3.0f) / (2.0f * 2.0f + 2.0f));
  EXPECT_EQ(block.monitor[1], 2.25);
  EXPECT_EQ(outcome.counts.partial, 1);
  EXPECT_EQ(outcome.bad.places(), 2u);
}

TEST(RepeatedFrames, AreMadeAgainWhereOneWasBad) {
  core::ScanShape const shape{2, 19, 5};
  auto const places = places_of_frames(shape);
  Scan const scan(shape, places, core::Repeated::sum);
  auto const last = std::find(places.rbegin(), places.rend(), std::int64_t{2 * 5 + 1});
  FrameSet const bad{std::distance(last, places.rend()) - 1};  // of eleven
  auto const before = run(scan.description, 1, 16, bad), whole = run(scan.description, 1, 16);
  ASSERT_EQ(before.counts.partial, 1);
  auto after = run(scan.description, 2, 4, no_frame_broken, 2, {}, {}, {.kept = before.blocks});
  EXPECT_EQ(after.blocks.size(), 1u) << "the file of the frame may be whole by now";
  EXPECT_EQ(after.counts.partial, 0);
  for (auto const& [number, block] : before.blocks) after.blocks.emplace(number, block);
  expect_same(after, whole);
}

TEST(PlaceSums, APlaceOfMorePixelsThan31BitsIsNotEmpty) {
  std::vector<ReductionShape> const shapes(1, {.bins = 1});
  core::ReducedBatch batch;
  batch.sums.emplace_back(1, 1);
  batch.tally.resize(1, std::vector<core::PixelTally>(1));
  batch.sums[0].signal[0] = batch.sums[0].normalization[0] = 0x1p24;
  batch.sums[0].pixels[0] = 1 << 24;  // a frame of 4096 × 4096, which has one bin
  PlaceSums sums(shapes);
  for (int frame = 0; frame < 256; ++frame) sums.add(batch, 0, {});
  std::vector<float> intensity(1), count(1);
  core::finish_pattern(sums.sums(0), 0, 1.0, {},
                       {.intensity = intensity, .error = {}, .deviation = {}, .count = count});
  EXPECT_EQ(intensity[0], 1.0f);
}

}  // namespace
}  // namespace xrdct::pipeline
