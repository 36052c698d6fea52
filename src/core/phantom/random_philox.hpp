#pragma once
#include <array>
#include <cstdint>

namespace xrdct::core {

using PhiloxBlock = std::array<std::uint32_t, 4>;

/*!
 * Philox-4x32-10: four random words that are a function of counter and key alone, so that any
 * thread or rank can make any part of a stream. Source: Salmon et al. (2011),
 * doi:10.1145/2063384.2063405.
 */
inline PhiloxBlock philox4x32_10(PhiloxBlock counter, std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    std::uint64_t const a = std::uint64_t{0xD2511F53} * counter[0];
    std::uint64_t const b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// 53 random bits as a number in [0, 1).
inline double unit_interval(std::uint32_t high, std::uint32_t low) noexcept {
  std::uint64_t const bits = (std::uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1.0p-53;
}

/// What random numbers are for: streams of one seed that share no number.
enum class RandomUse : std::uint32_t {
  pixel_inversion,
  pixel_rejection,
  hot_place,
  hot_counts,
  spot_place,
  spot_counts,
  motors,
  aborted_line
};

/// The random numbers of one seed and one frame: a function of (seed, frame, use, index, draw).
class RandomFrame {
 public:
  RandomFrame(std::uint64_t seed, std::uint32_t frame) noexcept
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
        frame_(frame) {}

  PhiloxBlock block(RandomUse use, std::uint32_t index, std::uint32_t draw = 0) const noexcept {
    return philox4x32_10({index, draw, frame_, static_cast<std::uint32_t>(use)}, key_);
  }
  /// Two independent numbers in [0, 1).
  std::array<double, 2> uniforms(RandomUse use, std::uint32_t index,
                                 std::uint32_t draw = 0) const noexcept {
    PhiloxBlock const words = block(use, index, draw);
    return {unit_interval(words[0], words[1]), unit_interval(words[2], words[3])};
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t frame_;
};

}  // namespace xrdct::core
