#pragma once
#include <span>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"

namespace xrdct::core {

/*!
 * The specification of every reduction kernel: plain loops over one decoded frame, bin by bin,
 * pixels ascending, in double.
 *
 *     signal = float(raw) − dark (float32)    x = signal/norm    ω = c·norm
 *     v = variance of the pixel
 *     v: none and azimuthal: 0    variance: the given one    poisson, hybrid: max(float(raw), 1)
 *     each plus the variance of the dark (but none)
 *     S = Σ c·signal    N = Σ ω    N2 = Σ ω²    C = Σ c
 *     V = Σ c²·v, or azimuthal: Σ_k ω_k²·(m_{k−1} − x_k)·(m_k − x_k), k ≥ 2
 *
 * m_k = S/N of the first k kept entries of the bin, pixels ascending. For equal weights that is Σ
 * ω²·(x − S/N)²; for unequal ones it depends on the order, up to several per cent where pixels are
 * split: it is pyFAI's rule, and its errors are to be met to 1e-5. N2 of quantile means: ω and ω²
 * rounded to float32. Source: Schubert & Gertz (2018), doi:10.1145/3221269.3223036. Sums run over
 * the valid pixels that the method keeps: `SigmaClip`, `Quantiles`, `PatternSums`.
 * \param frame [pixel] raw values as double
 * \param sums sums of frame 0 are written
 */
void reference_reduce(ReductionPlan const& plan, Reduction const& reduction,
                      std::span<double const> frame, PatternSums& sums, PixelTally& tally);

}  // namespace xrdct::core
