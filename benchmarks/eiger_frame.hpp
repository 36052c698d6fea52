#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/words.hpp"

namespace xrdct::benchmarks {

/// An Eiger 4M (2167 × 2070); where XRDCT_BENCHMARK_SMALL is set, a corner of it that is decoded at once.
inline core::FrameShape eiger_shape() {
  return std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr ? core::FrameShape{167, 131} : core::FrameShape{2167, 2070};
}

/// Whether a pixel lies in a gap between the modules of 514 × 1030 pixels; gaps are 37 rows and 10 columns wide.
inline bool in_gap(std::size_t row, std::size_t column) { return row % 551 >= 514 || column % 1040 >= 1030; }

/*!
 * Poisson counts of a mean, all ones in the gaps, as little-endian unsigned pixels; the same bytes everywhere for the same seed.
 * \param pixel_bytes 2 or 4
 */
inline std::vector<std::byte> eiger_frame(std::size_t pixel_bytes, double mean, std::uint64_t seed) {
  core::FrameShape const shape = eiger_shape();
  std::vector<std::byte> frame(shape.pixels() * pixel_bytes);
  double const none = std::exp(-mean);
  for (std::size_t p = 0; p < shape.pixels(); ++p) {
    std::uint64_t z = (seed << 32) + p * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    double uniform = static_cast<double>((z ^ z >> 31) >> 11) * 0x1p-53;
    std::uint32_t value = 0;
    for (double probability = none; uniform >= probability && value < 1000; probability *= mean / ++value) uniform -= probability;
    if (in_gap(p / shape.columns, p % shape.columns)) value = ~std::uint32_t{0};
    std::memcpy(frame.data() + p * pixel_bytes, &value, pixel_bytes);
  }
  return frame;
}

}  // namespace xrdct::benchmarks
