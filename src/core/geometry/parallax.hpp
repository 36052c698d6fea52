#pragma once
#include <vector>

#include "core/detector/sensor.hpp"

namespace xrdct::core {

/*!
 * Where a ray that is absorbed inside a sensor met its surface.
 *
 * A ray at the angle of incidence α, in a sensor of absorption coefficient µ and thickness t, is
 * absorbed on average
 *
 *     x(α) = sinα/µ·(1 − (1 + µ't)·exp(−µ't))/(1 − exp(−µ't)),   µ' = µ/cosα;
 *     sinα/µ in a sensor that absorbs all
 *
 * further from the point of normal incidence than where it entered. A pixel at the distance r' from
 * that point so collects rays that entered at r, where r + x(α(r)) = r'; x is tabulated at 1024
 * angles, and r found by linear interpolation, as in pyFAI.
 */
class ParallaxCorrection {
 public:
  /// \throws InputError as `absorption_coefficient`, or a thickness that is not above 0.
  ParallaxCorrection(Sensor const& sensor, double wavelength_m, double distance_m);
  /// r − r' [m], not above 0, by the sine of the angle of incidence of the pixel.
  double shift(double sine) const;

 private:
  std::vector<double> sine_, shift_;
};

}  // namespace xrdct::core
