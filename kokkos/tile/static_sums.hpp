#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"

namespace xrdct::kernels {

/// The unevaluated sum of two doubles: 106 bits.
struct DoubleDouble {
  double high = 0.0;
  double low = 0.0;

  /// Adds a double with the exact error of the sum. Source: Knuth (1969), The Art of Computer
  /// Programming 2, §4.2.2.
  void add(double value) noexcept {
    double const sum = high + value;
    double const part = sum - high;
    low += (high - (sum - part)) + (value - part);
    high = sum;
  }
};

/// (a − b) rounded to double.
double difference(DoubleDouble const& a, DoubleDouble const& b) noexcept;

/// The sums over some pixels that no frame changes: Σ c·norm, Σ (c·norm)², Σ c, Σ c²·v where there
/// is such a v, and the number of pixels, per bin. Memory: 56 or 72 B per bin.
struct StaticBins {
  std::vector<DoubleDouble> normalization, normalization2, count;  //!< [bin]
  std::vector<DoubleDouble> variance;                              //!< [bin]; empty: v = 0
  std::vector<std::int32_t> pixels;                                //!< [bin]
  std::vector<std::uint32_t> filled;  //!< bins with a pixel, in any order

  explicit StaticBins(std::size_t bins, bool has_variance = false)
      : normalization(bins),
        normalization2(bins),
        count(bins),
        variance(has_variance ? bins : 0),
        pixels(bins) {
    filled.reserve(bins);
  }
  /// Sets all to 0; costs what is filled.
  void clear() noexcept;
  void add_pixel(core::BinMatrix const& matrix, std::size_t pixel, float norm, double v) noexcept;
  std::size_t memory_bytes() const noexcept;
};

/// Bins whose sums are handed out to all frames of a group before the next ones are read.
inline constexpr std::size_t block_bins = 64;

/*!
 * N, N2, C, the frame-independent part of V and the numbers of pixels of one reduction: formed once
 * over all unmasked pixels, then lessened by the few that a frame drops.
 *
 * Totals and dropped sums are kept in double-double, so that the difference is as exact as direct
 * summation unless what is dropped outweighs the rest 2^50 times.
 */
class StaticSums {
 public:
  StaticSums(core::ReductionPlan const& plan, core::Reduction const& reduction);

  /// Pixels of a frame without any dropped one.
  core::PixelTally const& tally() const noexcept { return tally_; }
  bool has_entry(std::size_t pixel) const noexcept { return matrix_->has_entry(pixel); }
  std::size_t bins() const noexcept { return matrix_->bins; }
  bool has_variance() const noexcept { return !total_.variance.empty(); }
  std::size_t memory_bytes() const noexcept { return total_.memory_bytes(); }

  /// Writes N, N2, C, pixels of the bins `first` … `last` − 1, at most `block_bins`, of frames as
  /// if they dropped no pixel.
  void fill(std::size_t first, std::size_t last, std::span<std::size_t const> frames,
            core::PatternSums& sums) const;

  /*!
   * Takes the dropped pixels of a filled frame off.
   * \param dropped [word] one bit per pixel, lowest first: unmasked and invalid; empty: none
   * \param scratch [bin], with variance where this has it; all 0, and left so
   * Adds to V of `frame`, and sets S and V of bins that lose their last pixel to 0.
   */
  void finish(std::span<std::uint64_t const> dropped, StaticBins& scratch, core::PatternSums& sums,
              std::size_t frame, core::PixelTally& tally) const;

 private:
  void drop(std::span<std::uint64_t const> dropped, StaticBins& scratch,
            core::PixelTally& tally) const;
  double variance_of(std::size_t pixel) const noexcept;

  core::ReductionPlan const* plan_;
  std::vector<float> const* given_ = nullptr;    // variance of pixels; nullptr: none
  std::vector<float> const* of_dark_ = nullptr;  // added to it; nullptr: none
  core::BinMatrix const* matrix_;
  StaticBins total_;
  core::PixelTally tally_;
};

}  // namespace xrdct::kernels
