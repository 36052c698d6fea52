#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace xrdct::core {

/// Equal steps: place k lies at start + k·step, k any whole number.
struct Comb {
  double start = 0.0;
  double step = 1.0;    //!< > 0
  double spread = 0.0;  //!< rms distance of the values from their places [steps]
  double coherence = 0.0;  //!< |Σ w·exp(2πi·x/step)| / Σ w: 1 exact, e^(−2π²·spread²) with jitter
  bool rival = false;  //!< another step fits about as well
  double place_of(double position) const { return (position - start) / step; }
};

/*!
 * The largest equal step that values lie on, by the peaks of their coherence spectrum.
 *
 * Accepted: spread ≤ 0.22 steps, at most 3 % of the weight farther than 0.4 steps from a place, and
 * values on at least 60 % of the places between the first and the last.
 * \param values rising, two or more different ones
 * \param weights of the values, > 0; as many
 * \param most_places that are tried
 * Memory: 48 B to 1 KiB per place tried, at most 64 MiB.
 */
std::optional<Comb> fit_comb(std::span<double const> values, std::span<double const> weights,
                             std::size_t most_places);

}  // namespace xrdct::core
