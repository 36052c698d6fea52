#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/phantom/simulated_scan.hpp"

namespace xrdct::core {

/*!
 * What a reduction without splitting has to find on the average, in q.
 *
 *     I[b] = Σ_c w_c·B_c[b]                    B_c[b] = Σ_{p∈b} G_c[p] / Σ_{p∈b} Ω·P[p]
 *     Var I[b] = I[b] / (m·Σ_{p∈b} Ω·P[p])
 *
 * Bins as of `build_bin_matrix` with splitting none, from the simulator's own angles: min = the
 * smallest q, max = the largest·(1+2⁻²³) of the pixels that are not masked; a pixel is in bin ⌊(q −
 * min)/(max − min)·bins⌋. NaN in bins that have no pixel.
 */
struct SimulatedTruth {
  std::size_t bins = 0;
  std::vector<std::int32_t> bin_of_pixel;  //!< −1: masked
  std::vector<double> radial_axis;         //!< [bin] centres, nm⁻¹
  std::vector<double> norm;                //!< [bin] Σ Ω·P
  std::vector<double> pattern;             //!< B [component][bin]
};

/// \param mask [pixel] 1: not used, in addition to the gaps (hot pixels); may be empty
SimulatedTruth simulated_truth(SimulatedScan const& scan, std::size_t bins,
                               std::span<std::uint8_t const> mask);

/// I of what the ray meets. \param weights [component] of a place or a frame \param out [bin]
void expected_pattern(SimulatedTruth const& truth, std::span<double const> weights,
                      std::span<double> out);

}  // namespace xrdct::core
