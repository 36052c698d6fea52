#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/detector/calibration.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {

/// What a conversion between radial units takes from a calibration.
struct RadialScales {
  std::optional<double> wavelength_m;
  std::optional<double> distance_m;  //!< of a flat detector at right angles to the beam: only there
                                     //!< r depends on 2θ alone
};
RadialScales radial_scales(Calibration const& calibration);

/*!
 * Centres of bins in another radial unit, [bin]; the bins stay as they are.
 *
 *     q = 4π/λ·sin(2θ/2)     q = 2π/d = 2π·√(d*²)     r = distance·tan 2θ
 *     log10, ln, arcsinh of q as `Quantity` says
 *
 * NaN or infinity where the other unit has no value: d of q = 0, 2θ of q > 4π/λ.
 * \throws InputError: a unit that cannot be computed from the other one alone (components of q,
 * angles of a sample), no wavelength between lengths of q and angles, no flat upright detector for
 * r.
 */
std::vector<double> converted(std::span<double const> centres, Unit from, Unit to,
                              RadialScales const& scales);

}  // namespace xrdct::core
