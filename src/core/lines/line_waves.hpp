#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace xrdct::core {

/// How odd parts are taken. Mirrored neighbours are looked for in all that lines have; neighbours
/// of the same way only in what drift, and the way in which every line begins, cannot have made.
enum class OddParts { all, without_linear, strict };

/// What of a line turns its sign when it is mirrored, a[j] = v[j] − v[P−1−j]; without its linear
/// part on demand.
std::vector<double> odd_part(std::span<double const> line, bool without_linear);

/// Whether parts of lines have more in common than alternating ones leave over.
bool have_common(std::vector<std::vector<double>> const& parts, std::vector<double> const& mean);

/// The mean of parts of equal length.
std::vector<double> mean_part(std::vector<std::vector<double>> const& parts);

/// How surely neighbours are mirrored (< 0), or run the same way (> 0).
struct WaveEvidence {
  double noise = 0.0;     //!< standard deviations, if lines had noise alone
  double signs = 0.0;     //!< likewise, if each line might be either way
  double strength = 0.0;  //!< root mean square of odd parts, of the mean value
};

/*!
 * Looks at the slowest waves of the odd parts of lines, in which a sample has most of what tells
 * its two sides apart, and noise little.
 *
 *     C_lm = Σ_j a_l[j]·w_m[j]     w_m: sines of m = 1 … 4 periods in a line, orthonormal, but of
 *                                  OddParts::all without a linear part
 *     T    = Σ_l Σ_m C_lm·C_(l+1)m
 *     noise = T / σ²√(4·pairs)     σ²: the mean square of what is left of a, per degree of freedom
 *     signs = T / √Σ_l (Σ_m C_lm·C_(l+1)m)²
 *
 * Strong lines count more than weak ones here, so that a few that are beside the axis tell what
 * many hide.
 * \param values [frame] whole lines of `points`
 * What all lines have in common is taken away where it is much, and always of OddParts::strict.
 * \returns zeros where lines are too short
 */
WaveEvidence look_at_waves(std::span<double const> values, std::size_t points,
                           std::size_t lines_of_height, OddParts kind);

}  // namespace xrdct::core
