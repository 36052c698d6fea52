#pragma once
#include <array>

#include "core/geometry/sample_orientation.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {

/*!
 * Radial quantities of a point t = (up, side, along the beam) [m] of the laboratory.
 *
 *     r = √(up² + side²)      2θ = atan2(r, along)      q = 4e-9·π/λ·sin(2θ/2) [nm⁻¹]
 *     d = λ/(2·sin(2θ/2))     d*² = (2e-9/λ·sin(2θ/2))²      χ = atan2(up, side)
 *     qx, qy = 4e-9·π/λ·sin(atan2(side or up, along)/2)
 *
 * and for a sample, with x and y = side and up as its orientation swaps them, z = along, k =
 * 2e-9·π/λ, R = √(x²+y²+z²), η and τ its angles:
 *
 *     qb = k·(z/R − 1)   qh = k·x/R   qv = k·y/R
 *     qzgi = cosη·qb + sinη·qv
 *     qxgi = cosτ·qh − sinτ·sinη·qb + sinτ·cosη·qv
 *     qygi = qoop = −sinτ·qh − cosτ·sinη·qb + cosτ·cosη·qv
 *     qip = ±√(qzgi² + qxgi²), + where qxgi > 0      chigi = atan2(qip, qoop)
 *     y' = y·cosη + z·sinη    z' = z·cosη − y·sinη    x'' = x·cosτ − y'·sinτ
 *     y'' = x·sinτ + y'·cosτ
 *     exit angles: vertical atan2(y'', √(z'² + x''²)), horizontal atan2(x'', z');
 *       scattering angles: the same with η = τ = 0
 */
class RadialQuantity {
 public:
  /// `wavelength_m` may be anything where the quantity does not depend on it.
  RadialQuantity(Quantity quantity, double wavelength_m, SampleOrientation const& sample);
  double operator()(std::array<double, 3> const& t) const;

 private:
  struct Scattering {
    double beam, horizontal, vertical;
  };
  double of_sample(std::array<double, 3> const& t) const;
  Scattering scattering_vector(double x, double y,
                               double z) const;  // in the frame of the sample [nm⁻¹]

  Quantity quantity_;
  double wavelength_m_;
  int orientation_;
  double cos_incident_, sin_incident_, cos_tilt_, sin_tilt_;
};

}  // namespace xrdct::core
