// Patterns, maps and slices that are true of a simulated scan.
#include "core/phantom/simulated_truth.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/words/errors.hpp"

namespace xrdct::core {

SimulatedTruth simulated_truth(SimulatedScan const& scan, std::size_t bins,
                               std::span<std::uint8_t const> mask) {
  std::size_t const pixels = scan.mask().size();
  XRDCT_ASSERT(bins > 0 && (mask.empty() || mask.size() == pixels));
  double const wavelength_m = *scan.settings().calibration.wavelength_m;
  std::vector<double> q(pixels);
  double lowest = std::numeric_limits<double>::infinity(), highest = 0.0;
  for (std::size_t p = 0; p < pixels; ++p) {
    bool const unused = scan.mask()[p] != 0 || (!mask.empty() && mask[p] != 0);
    q[p] = unused ? -1.0 : q_nm_of(scan.rays().two_theta_rad[p], wavelength_m);
    if (unused) continue;
    lowest = std::min(lowest, q[p]);
    highest = std::max(highest, q[p]);
  }
  SimulatedTruth truth;
  truth.bins = bins;
  truth.norm.assign(bins, 0.0);
  truth.pattern.assign(scan.components() * bins, 0.0);
  double const width = (highest * (1.0 + 0x1p-23) - lowest) / static_cast<double>(bins);
  for (std::size_t b = 0; b < bins; ++b)
    truth.radial_axis.push_back(lowest + (static_cast<double>(b) + 0.5) * width);
  for (std::size_t p = 0; p < pixels; ++p) {
    truth.bin_of_pixel.push_back(
        q[p] < 0.0 ? -1 : static_cast<std::int32_t>(std::floor((q[p] - lowest) / width)));
    if (q[p] < 0.0) continue;
    auto const b = static_cast<std::size_t>(truth.bin_of_pixel[p]);
    truth.norm[b] += scan.rays().norm[p];
    for (std::size_t c = 0; c < scan.components(); ++c)
      truth.pattern[c * bins + b] += static_cast<double>(scan.image(c)[p]);
  }
  for (std::size_t i = 0; i < truth.pattern.size(); ++i)
    truth.pattern[i] /= truth.norm[i % bins];  // 0/0: NaN, no pixel
  return truth;
}

void expected_pattern(SimulatedTruth const& truth, std::span<double const> weights,
                      std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t c = 0; c < weights.size(); ++c) {
    for (std::size_t b = 0; b < truth.bins; ++b)
      out[b] += weights[c] * truth.pattern[c * truth.bins + b];
  }
}

}  // namespace xrdct::core
