// Scans without positions: a zigzag that was not declared shows in the frames, and regular scans
// raise no alarm.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <numeric>

#include "core/lines/line_evidence.hpp"
#include "drawn_scan.hpp"
#include "io/codec/encode.hpp"

namespace xrdct::test {
namespace {

using Finding = core::LineEvidence::Finding;

/// One number for each frame.
struct Numbers {
  std::vector<double> intensity;  //!< over the monitor
  std::vector<double> bytes;      //!< as stored
};

Numbers numbers_of(core::SimulatedScan const& scan) {
  Numbers numbers;
  std::vector<std::uint32_t> pixels(scan.settings().frame.pixels());
  for (std::int64_t n = 0; n < scan.frames(); ++n) {
    auto const bytes = std::as_writable_bytes(std::span(pixels));
    scan.draw(n, bytes);
    numbers.intensity.push_back(std::accumulate(pixels.begin(), pixels.end(), 0.0) /
                                scan.monitor(n));
    numbers.bytes.push_back(
        static_cast<double>(codec::encode_bitshuffle_lz4(bytes, sizeof pixels[0]).size()));
  }
  return numbers;
}

core::SimulationSettings raster(int seed, bool zigzag) {
  auto settings = drawn_raster(static_cast<std::uint64_t>(seed), zigzag);
  settings.frame = {16, 24};
  settings.calibration.detector.max_shape = settings.frame;
  settings.calibration.detector.pixel1_m = settings.calibration.detector.pixel2_m = 5e-4;
  settings.counts = 30.0;
  return settings;
}

/// How often a scan was taken for what.
struct Findings {
  int right = 0, unsure = 0, wrong = 0;
  void add(core::LineEvidence const& evidence, Finding right_one) {
    right += evidence.finding == right_one ? 1 : 0;
    unsure += evidence.finding == Finding::cannot_tell ? 1 : 0;
    wrong += evidence.finding != right_one && evidence.finding != Finding::cannot_tell ? 1 : 0;
  }
};

std::ostream& operator<<(std::ostream& out, Findings const& findings) {
  return out << findings.right << " found, " << findings.unsure << " not known, " << findings.wrong
             << " taken for another";
}

class Lines : public testing::TestWithParam<int> {};

TEST_P(Lines, OfAZigzagAreFoundAndThoseOfARegularScanRaiseNoAlarm) {
  constexpr int scans = 50;
  // by intensity, by bytes
  std::array<Findings, 2> undeclared, declared, the_same_way;
  for (int seed = GetParam() * scans; seed < (GetParam() + 1) * scans; ++seed) {
    for (bool const zigzag : {false, true}) {
      core::SimulatedScan const scan(raster(seed, zigzag));
      auto const numbers = numbers_of(scan);
      auto const shape = scan.settings().scan;
      for (std::size_t k : {0, 1}) {
        auto const& values = k == 0 ? numbers.intensity : numbers.bytes;
        auto const look = [&](bool snake) { return core::look_at_lines(values, shape, snake); };
        if (zigzag) {
          undeclared[k].add(look(false), Finding::zigzag);
          declared[k].add(look(true), Finding::as_declared);
        } else {
          the_same_way[k].add(look(false), Finding::as_declared);
        }
      }
    }
  }
  for (std::size_t k : {0, 1}) {
    std::cout << (k == 0 ? "by intensity\n" : "by stored bytes\n")
              << "  a zigzag that was not declared: " << undeclared[k]
              << "\n  one that was: " << declared[k]
              << "\n  lines the same way: " << the_same_way[k] << "\n";
    EXPECT_EQ(undeclared[k].wrong, 0);
    EXPECT_EQ(declared[k].wrong, 0);
    EXPECT_EQ(the_same_way[k].wrong, 0);
  }
  for (auto const& findings : undeclared) EXPECT_GE(findings.right, scans - 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Lines, testing::Range(0, 4));

}  // namespace
}  // namespace xrdct::test
