#pragma once
#include "core/phantom/simulation_settings.hpp"

namespace xrdct::test {

/// 13 × 16 places of a plain detector of 128 × 128 pixels, tilted about all axes; the rings are
/// seen in one quarter, so that a shift of the centre does not cancel along a ring.
/// \param counts mean per pixel
inline core::SimulationSettings small_scan(double counts) {
  core::SimulationSettings s;
  s.frame = {128, 128};
  s.calibration.detector.pixel1_m = 1e-4;
  s.calibration.detector.pixel2_m = 1.2e-4;
  s.calibration.distance_m = 0.1;
  s.calibration.poni1_m = 1.5e-3;
  s.calibration.poni2_m = -0.5e-3;
  s.calibration.rot1_rad = 0.012;
  s.calibration.rot2_rad = -0.008;
  s.calibration.rot3_rad = 0.4;
  s.calibration.wavelength_m = 2.0664e-11;
  s.scan = {1, 16, 13};
  s.rotation_deg = {0.0, 11.25};
  s.translation_mm = {-2.7, 0.45};
  s.peak_fwhm_deg = 0.15;
  s.counts = counts;
  s.monitor_drift = 0.2;
  s.seed = 20;
  return s;
}

}  // namespace xrdct::test
