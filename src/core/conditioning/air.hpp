#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/conditioning/summed_sinogram.hpp"
#include "core/words/names.hpp"

namespace xrdct::core {

/// What one level of air is measured over.
enum class AirScope {
  projection,  //!< each projection has its own: follows drifts of the beam
  scan         //!< one for all: less noise
};
template <>
inline constexpr auto words_of<AirScope> =
    std::to_array<Word<AirScope>>({{"projection", AirScope::projection}, {"scan", AirScope::scan}});

/// What the outermost translations at one end of the line hold.
struct LineEnd {
  bool holds_sample = false;
  double excess = 0.0;  //!< highest contrast towards sample, as a share of the sample's signal
};

/*!
 * Whether the outermost translations are air: the level of scattering without the sample, which is
 * to be subtracted.
 *
 *     level = mean of the n outermost translations on each side that were measured
 *
 * An end that holds sample has no part in the level; where both do, there is none.
 * Each end is judged by contrasts within projections, which drifts do not move: its columns above
 * those of the other end, and its inner columns above its outer ones. Means of contrasts over all
 * projections, or over 1/8 of them that follow each other in θ, show sample where they are above
 * five times their noise and above 2 % of the signal of the sample.
 */
struct Air {
  std::size_t columns = 0;  //!< n on each side
  AirScope scope = AirScope::projection;
  std::vector<double> level;      //!< [projection]; of all projections the same for the scan
  std::vector<double> variance;   //!< of `level`, [projection]; from the scatter where not known
  double signal = 0.0;            //!< of the sample above air: the value that 95 % are below
  std::array<LineEnd, 2> ends{};  //!< first and last translations
  std::string refusal;            //!< why there is no level of air; empty: there is

  bool usable() const noexcept { return refusal.empty(); }
  /// Neither end holds sample: projections are complete.
  bool sample_inside() const noexcept { return !ends[0].holds_sample && !ends[1].holds_sample; }
};

/// n on each side where nobody asks for another: T/40, 2 to 8; T/4 of short lines.
std::size_t usual_air_columns(std::size_t translations) noexcept;

/// Estimates the air, and tests that it is air. \param columns 1 to T/4
Air estimate_air(SummedSinogram const& sinogram, std::size_t columns, AirScope scope);

/*!
 * Subtracts from each channel its own air, by the same columns of the same ends: v − level, σ² +
 * σ²(level). That the samples of a projection now vary together is not kept. \param sinogram which
 * samples are missing \param values [projection][translation][channel] \param variances the same,
 * or empty
 */
template <class Real>
void subtract_air(SummedSinogram const& sinogram, Air const& air, std::size_t channels,
                  std::span<Real> values, std::span<Real> variances);

/// The sum over channels without its air; as it is where there is no level.
SummedSinogram without_air(SummedSinogram sinogram, Air const& air);

}  // namespace xrdct::core
