#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/words/frames.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/*!
 * The sparse matrix c(bin, pixel) of a reduction in column form.
 *
 * Pixel p has the coefficients `coefficient[entry_begin[p] … entry_begin[p+1])` in the bins
 * `bin[…]`, ascending; none for masked pixels and for pixels outside of the range. All coefficients
 * are above 0; they are float32, as in pyFAI. Bin number = azimuthal bin · radial bins + radial
 * bin. Memory: 4 B per pixel + 8 B per entry.
 */
struct BinMatrix {
  std::size_t bins = 0;                       //!< radial × azimuthal
  std::vector<std::uint32_t> entry_begin{0};  //!< [pixel + 1]
  std::vector<std::uint32_t> bin;             //!< [entry]
  std::vector<float> coefficient;             //!< [entry]
  std::vector<double> radial_axis;  //!< [radial bin] bin centres in the unit of the reduction
  /// [azimuthal bin] bin centres [deg]; empty: χ is not binned
  std::vector<double> azimuthal_axis;
  /// Σ (1 − Σ_b c) over pixels with an entry: parts of split pixels outside of the range
  double lost = 0.0;

  std::size_t pixels() const noexcept { return entry_begin.size() - 1; }
  std::size_t entries() const noexcept { return coefficient.size(); }
  bool has_entry(std::size_t pixel) const noexcept {
    return entry_begin[pixel] != entry_begin[pixel + 1];
  }
};

/*!
 * Sigma clipping, per bin, over its entries with a valid pixel; x = signal/norm, unweighted.
 *
 *     mean = S/N    std = √(V/N2)    cut = max(threshold, √(2·ln(max(C, 3)/√(2π))))
 *     (Chauvenet's criterion is a floor)
 *     reject all with |x − mean| > cut·std; form the sums again; at most `cycles` times,
 *       until none is rejected
 *
 * V is azimuthal (`PatternSums`) for the azimuthal model and, for the hybrid one, in every cycle
 * but the last; Poisson or given otherwise. A pixel is rejected per bin. Source: Kieffer et al.
 * (2025), doi:10.1107/S1600576724011038.
 */
struct SigmaClip {
  double threshold = 5.0;
  int cycles = 5;
};

/*!
 * Mean of the entries between two quantiles, per bin. Entries sorted by float(signal/norm), equal
 * ones in pixel order; W_k = Σ_{≤k} float(c·norm), W the total.
 *
 *     kept when (lower·W ≤ W_{k−1} and W_k ≤ upper·W) or (lower·W ≥ W_{k−1} and W_k ≥ upper·W),
 *       all rounded to float32
 *     N2 = Σ float(float(c·norm)²) of the kept ones, as pyFAI has it
 *
 * The second part of the condition is the median: lower = upper = ½ inside of an entry.
 */
struct Quantiles {
  double lower = 0.5;
  double upper = 0.5;
};

/// One reduction as the kernels see it.
struct Reduction {
  BinMatrix matrix;
  ErrorModel error_model = ErrorModel::poisson;
  Method method = Method::mean;
  SigmaClip clip = {};       //!< of sigma_clip
  Quantiles quantiles = {};  //!< of quantile_mean
};

/// All that does not change from frame to frame. Built once, read-only, shared by all threads.
struct ReductionPlan {
  FrameShape shape;
  FrameEncoding encoding;
  PixelCorrections corrections;
  ValidValues valid;
  std::vector<Reduction> reductions;
};

}  // namespace xrdct::core
