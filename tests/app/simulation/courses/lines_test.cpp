// Scans without positions: a zigzag that was not declared shows in the frames, and regular scans
// raise no alarm.
#include <gtest/gtest.h>

#include <iostream>
#include <numeric>

#include "core/positions/line_evidence.hpp"
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
  settings.frame = {24, 32};  // so that the size of a compressed frame says something
  settings.calibration.detector.max_shape = settings.frame;
  settings.calibration.detector.pixel1_m = settings.calibration.detector.pixel2_m = 3e-4;
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

constexpr int scans = 300;

TEST(Lines, AZigzagThatWasNotDeclaredIsFound) {
  Findings by_intensity, by_bytes;
  for (int seed = 0; seed < scans; ++seed) {
    core::SimulatedScan const scan(raster(seed, true));
    auto const numbers = numbers_of(scan);
    auto const shape = scan.settings().scan;
    by_intensity.add(core::look_at_lines(numbers.intensity, shape, false), Finding::zigzag);
    by_bytes.add(core::look_at_lines(numbers.bytes, shape, false), Finding::zigzag);
  }
  std::cout << "intensity: " << by_intensity << "\nbytes: " << by_bytes << "\n";
  EXPECT_GE(by_intensity.right, 0.99 * scans);
  EXPECT_EQ(by_intensity.wrong, 0);
  EXPECT_LE(by_bytes.wrong, 0.01 * scans);
}

TEST(Lines, ARegularScanRaisesNoAlarm) {
  for (bool const zigzag : {false, true}) {
    Findings by_intensity, by_bytes;
    for (int seed = 0; seed < scans; ++seed) {
      core::SimulatedScan const scan(raster(seed, zigzag));
      auto const numbers = numbers_of(scan);
      auto const shape = scan.settings().scan;
      by_intensity.add(core::look_at_lines(numbers.intensity, shape, zigzag), Finding::as_declared);
      by_bytes.add(core::look_at_lines(numbers.bytes, shape, zigzag), Finding::as_declared);
    }
    std::cout << (zigzag ? "declared zigzag" : "same way") << ", intensity: " << by_intensity
              << "\nbytes: " << by_bytes << "\n";
    EXPECT_LE(by_intensity.wrong, 0.01 * scans);
    EXPECT_LE(by_bytes.wrong, 0.01 * scans);
  }
}

}  // namespace
}  // namespace xrdct::test
