#pragma once
#include <optional>
#include <string>

#include "core/detector/sensor.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/// What a calibration says of its detector; turned into a `Detector` by `make_detector`.
struct DetectorChoice {
  /// a name or alias of the detector table, or "Detector" for a plain one
  std::string name = "Detector";
  std::optional<double> pixel1_m;  //!< slow, axis 1
  std::optional<double> pixel2_m;  //!< fast, axis 2
  std::optional<FrameShape> max_shape;
  int orientation = 3;                  //!< 1–4; 0 and "not given" mean 3
  std::optional<double> radius_m = {};  //!< of a cylindrical detector
  std::string spline_file = {};         //!< Fit2D's distortion; empty: none
  std::string nexus_file = {};          //!< corners of all pixels; empty: none
  std::optional<Sensor> sensor = {};
};

/*!
 * Geometry of an experiment, as a PONI file gives it.
 *
 * Distance and point of normal incidence in metres, rotations in radian (rot1, rot2 left-handed,
 * rot3 right-handed), wavelength in metres. Source: Kieffer et al. (2020),
 * doi:10.1107/S1600577520000776.
 */
struct Calibration {
  double distance_m = 1.0;
  double poni1_m = 0.0;
  double poni2_m = 0.0;
  double rot1_rad = 0.0;
  double rot2_rad = 0.0;
  double rot3_rad = 0.0;
  std::optional<double> wavelength_m;
  DetectorChoice detector;
  bool parallax = false;  //!< rays are absorbed inside the sensor, not on its surface
};

/// Reading of orientations 1, 2 and 4: pyFAI from 2026.9 on, or before (there χ is mirrored in
/// addition).
enum class OrientationConvention { since_2026_9, before_2026_9 };
template <>
inline constexpr auto words_of<OrientationConvention> = std::to_array<Word<OrientationConvention>>(
    {{"2026.9", OrientationConvention::since_2026_9},
     {"before-2026.9", OrientationConvention::before_2026_9}});

}  // namespace xrdct::core
