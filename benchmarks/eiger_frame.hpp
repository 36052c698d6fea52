#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::benchmarks {

/// An Eiger 4M (2167 × 2070); where XRDCT_BENCHMARK_SMALL is set, a corner of it that is decoded at
/// once.
inline core::FrameShape eiger_shape() {
  return std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr ? core::FrameShape{167, 131}
                                                         : core::FrameShape{2167, 2070};
}

/// Whether a pixel lies in a gap between the modules of 514 × 1030 pixels; gaps are 37 rows and 10
/// columns wide.
inline bool in_gap(std::size_t row, std::size_t column) {
  return row % 551 >= 514 || column % 1040 >= 1030;
}

/// SplitMix64 of a frame's seed and a pixel's number.
inline std::uint64_t random_bits(std::uint64_t seed, std::size_t pixel) {
  std::uint64_t z = (seed << 32) + pixel * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/*!
 * Poisson counts of a mean, all ones in the gaps, as little-endian unsigned pixels; the same bytes
 * everywhere for the same seed.
 * \param pixel_bytes 2 or 4
 */
inline std::vector<std::byte> eiger_frame(std::size_t pixel_bytes, double mean, std::uint64_t seed,
                                          core::FrameShape shape = eiger_shape()) {
  std::vector<std::byte> frame(shape.pixels() * pixel_bytes);
  double const none = std::exp(-mean);
  for (std::size_t p = 0; p < shape.pixels(); ++p) {
    double uniform = static_cast<double>(random_bits(seed, p) >> 11) * 0x1p-53;
    std::uint32_t value = 0;
    for (double probability = none; uniform >= probability && value < 1000;
         probability *= mean / ++value)
      uniform -= probability;
    if (in_gap(p / shape.columns, p % shape.columns)) value = ~std::uint32_t{0};
    std::memcpy(frame.data() + p * pixel_bytes, &value, pixel_bytes);
  }
  return frame;
}

/// Valid counts of the full range: no bit plane is empty, nothing can be compressed.
/// \param pixel_bytes 2 or 4
inline std::vector<std::byte> full_range_frame(std::size_t pixel_bytes, std::uint64_t seed,
                                               core::FrameShape shape) {
  std::vector<std::byte> frame(shape.pixels() * pixel_bytes);
  // the detector's own values begin here
  std::uint64_t const marks = (std::uint64_t{1} << 8 * pixel_bytes) - 2;
  for (std::size_t p = 0; p < shape.pixels(); ++p) {
    std::uint64_t const value = random_bits(seed, p) % marks;
    std::memcpy(frame.data() + p * pixel_bytes, &value, pixel_bytes);
  }
  return frame;
}

/// Adds Bragg spots to a frame of 4-byte pixels: 3 × 3 pixels each, 10 to 100 000 counts at the
/// centre, at places that differ from frame to frame.
inline void add_spots(std::vector<std::byte>& frame, std::size_t number, std::uint64_t seed) {
  core::FrameShape const shape = eiger_shape();
  for (std::size_t k = 0; k < number; ++k) {
    std::uint64_t const z =
        ((seed << 20) + k + 1) * 0x9e3779b97f4a7c15u ^ (seed * 0xbf58476d1ce4e5b9u >> 7);
    std::size_t const row = 1 + (z >> 40) % (shape.rows - 2),
                      column = 1 + (z >> 16) % (shape.columns - 2);
    auto const height = static_cast<std::uint32_t>(
        std::pow(10.0, 1.0 + 4.0 * static_cast<double>(z % 1024) / 1024.0));
    for (std::size_t i = 0; i < 9; ++i) {
      std::size_t const r = row - 1 + i / 3, c = column - 1 + i % 3;
      if (in_gap(r, c)) continue;
      std::uint32_t value = 0;
      std::memcpy(&value, frame.data() + 4 * (r * shape.columns + c), 4);
      value += i == 4 ? height : height / (i % 2 == 0 ? 10 : 4);
      std::memcpy(frame.data() + 4 * (r * shape.columns + c), &value, 4);
    }
  }
}

}  // namespace xrdct::benchmarks
