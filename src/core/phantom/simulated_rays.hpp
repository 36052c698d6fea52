#pragma once
#include <vector>

#include "core/detector/calibration.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/// What a simulated detector sees of the experiment: the angle of each pixel, and how much of it
/// arrives.
struct SimulatedRays {
  std::vector<double> two_theta_rad;  //!< [pixel] of the pixel centre
  std::vector<double> norm;  //!< [pixel] Ω · P, solid angle relative to normal incidence ×
                             //!< polarization; 1 where switched off
};

/*!
 * Angles and corrections by vector algebra, on purpose written apart from `Geometry`, so that a
 * simulated scan tests it.
 *
 *     k = R3(rot3)·R2(−rot2)·R1(−rot1)·(pixel1·(i+½) − poni1, pixel2·(j+½) − poni2, distance)
 *     axes: up, horizontal, along the beam
 *     2θ = atan2(|k × z|, k·z)      Ω = (distance/|k|)³
 *     P = ½·[(1+f)·(1 − k₂²/k²) + (1−f)·(1 − k₁²/k²)]
 *
 * P is the share of the wave that is not cut by the transversality of light: ½(1+f) of the beam is
 * polarized horizontally. Orientation 3 alone.
 */
SimulatedRays simulated_rays(Calibration const& calibration, FrameShape shape, double pixel1_m,
                             double pixel2_m, bool solid_angle, bool polarization,
                             double polarization_factor);

/// q = 4π·sin(2θ/2)/λ. [nm⁻¹]
double q_nm_of(double two_theta_rad, double wavelength_m);

}  // namespace xrdct::core
