#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/words/moments.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/// What became of the pixels of one frame in one reduction. The sum is the number of pixels of the
/// frame.
struct PixelTally {
  std::int64_t used = 0;
  std::int64_t masked = 0;        //!< static mask
  std::int64_t invalid = 0;       //!< by its value in this frame
  std::int64_t out_of_range = 0;  //!< valid, but no coefficient in any bin
  std::int64_t rejected = 0;      //!< by clipping or by quantiles, in every bin that it has
  std::int64_t total() const noexcept { return used + masked + invalid + out_of_range + rejected; }
  bool operator==(PixelTally const&) const = default;
};

/*!
 * The five sums of F frames for one reduction, each [frame][bin], bin fastest.
 *
 *     azimuthal model: variance = Σ_k (c·norm)_k²·(m_{k−1} − x_k)·(m_k − x_k), k ≥ 2
 *     x = signal/norm    m_k = S/N of the first k pixels
 *
 * Sums run over the pixels of a bin that the method keeps, in double, over float32 factors.
 * `pixels` is the exact number of pixels with an entry in the bin that contributed: a bin is empty
 * when it is 0, and then all its sums are exactly 0. Method `maximum`: signal, variance, norm and
 * norm² of the pixel with the largest signal/norm (the first of equal ones), without its
 * coefficient; count and pixels are those of all valid pixels of the bin. Memory: 44 B per frame
 * and bin.
 */
struct PatternSums : Moments<std::vector<double>> {
  std::size_t frames = 0;
  std::size_t bins = 0;
  std::vector<std::int32_t> pixels;

  PatternSums() = default;
  PatternSums(std::size_t frames, std::size_t bins);
};

/// The result of one batch: one entry per reduction of the plan, and per frame.
struct ReducedBatch {
  std::vector<PatternSums> sums;               //!< [reduction]
  std::vector<std::vector<PixelTally>> tally;  //!< [reduction][frame]
  std::vector<FrameStatus> status;             //!< [frame]; frames that are not good have sums of 0
};

/// Patterns as they are written: float32, empty bins NaN.
struct FinishedPattern {
  std::span<float> intensity;  //!< S / (N·m)
  std::span<float> error;  //!< √V / (N·m), the standard error of the mean; empty span: not wanted
  /// √(V/N2) / m, the standard deviation of the pixels; empty span: not wanted
  std::span<float> deviation;
  std::span<float> count;  //!< Σ c
};

/// What decides how sums become a pattern.
struct FinishRule {
  Method method = Method::mean;
  ErrorModel error_model = ErrorModel::poisson;
  /// intensity and errors of a bin without a pixel
  float empty = std::numeric_limits<float>::quiet_NaN();
};

/*!
 * Divides the sums of one frame: the one place where sums become intensities.
 *
 *     intensity = S/(N·m)      sem = √V/(N·m)      std = √(V/N2)/m      m = monitor / reference
 *     method sum:      intensity = S      sem = √V      std = √V
 *
 * Bins with no pixel get `empty` and count 0; without an error model the errors are NaN.
 * Source: Kieffer et al. (2020), doi:10.1107/S1600577520000776.
 */
void finish_pattern(PatternSums const& sums, std::size_t frame, double monitor_factor,
                    FinishRule const& rule, FinishedPattern out);

/// A place without a good frame: NaN, and count 0.
void fill_empty_pattern(FinishedPattern out);

}  // namespace xrdct::core
