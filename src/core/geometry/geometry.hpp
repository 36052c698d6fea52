#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/detector/calibration.hpp"
#include "core/detector/detector.hpp"
#include "core/detector/pixel_positions.hpp"
#include "core/geometry/parallax.hpp"
#include "core/geometry/pixel_corners.hpp"
#include "core/geometry/radial_quantity.hpp"
#include "core/geometry/sample_orientation.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {

/*!
 * Positions of the pixels of a detector in the laboratory.
 *
 *     p1, p2 = position on the detector − poni1, poni2; of a regular one pixel1·(i+½) − poni1,
 *       pixel2·(j+½) − poni2      L = distance + depth
 *     t1 = p1·c2·c3 + p2·(c3·s1·s2 − c1·s3) − L·(c1·c3·s2 + s1·s3)      [m] up
 *     t2 = p1·c2·s3 + p2·(c1·c3 + s1·s2·s3) − L·(−c3·s1 + c1·s2·s3)     [m] horizontal
 *     t3 = p1·s2 − p2·c2·s1 + L·c1·c2                                   [m] along the beam
 *     2θ = atan2(√(t1²+t2²), t3)      χ = atan2(t1, t2) ∈ (−π, π]
 *     q = 4e-9·π/λ·sin(2θ/2) [nm⁻¹]
 *
 * with c_k = cos rot_k, s_k = sin rot_k; see `pixel_positions.hpp` for the position on the
 * detector, `RadialQuantity` for the units and
 * `ParallaxCorrection` for what moves (p1, p2) towards the point of normal incidence where the
 * calibration says so. Orientation o is orientation 3 on the image flipped along axis 1 for o ∈
 * {1,2} and along axis 2 for o ∈ {1,4}. Source: Kieffer et al. (2020),
 * doi:10.1107/S1600577520000776.
 */
class Geometry {
 public:
  /// \throws InputError when the calibration is not finite, distance or wavelength are not
  /// positive, the sample has an orientation outside 1–8, or the parallax cannot be corrected: no
  /// sensor, no wavelength, a curved detector.
  Geometry(Calibration const& calibration, Detector detector,
           OrientationConvention convention = OrientationConvention::since_2026_9,
           SampleOrientation const& sample = {});

  FrameShape shape() const noexcept { return detector_.shape; }
  Detector const& detector() const noexcept { return detector_; }
  Calibration const& calibration() const noexcept { return calibration_; }

  /// Value of a radial unit at pixel centres, internal unit (not scaled), f64. [pixel]
  std::vector<double> radial_centers(Unit unit) const;
  /// The same at the corners of the pixels.
  PixelCorners radial_corners(Unit unit) const;
  /// max over the corners of |corner − centre|. [pixel]
  std::vector<double> radial_half_widths(Unit unit) const;
  std::vector<double> chi_centers() const;  //!< [pixel] rad
  /// χ at the corners [rad], beside those of a radial unit: pyFAI rounds positions to float32
  /// first, but for q, 2θ, r and χ without parallax.
  PixelCorners chi_corners(Unit beside = Unit::r_m) const;
  /// cos α of the ray to the pixel and the pixel's normal; of a flat detector
  /// distance/√(distance²+p1²+p2²), in float32 as far as in pyFAI. [pixel]
  std::vector<double> cos_incidence() const;
  /// Ω = cos³α, times the area of the pixel where a spline distorts it; relative to the point of
  /// normal incidence. Of curved detectors it is cos³α, too, as in pyFAI. [pixel]
  std::vector<double> solid_angle() const;
  /// ½·[1 + cos²2θ − f·cos(2(χ+offset))·(1 − cos²2θ)]. [pixel]
  std::vector<double> polarization(double factor, double offset_rad) const;

  /// Frees what only positions need, 48 B per pixel of a detector whose pixels have corners of
  /// their own; nothing above may be called any more.
  void release_positions();

 private:
  template <class Value, class Function>
  std::vector<Value> of_centers(Function const& f) const;
  bool rounds_positions(Unit unit) const;
  PixelCorners corners_of(RadialQuantity const& value, Unit beside) const;
  PixelCorners shared_corners(RadialQuantity const& value, bool rounded) const;
  std::array<double, 3> laboratory(DetectorPoint const& point) const;
  /// The function of a position that a unit shows.
  /// \throws InputError when it needs a wavelength and there is none.
  RadialQuantity radial(Unit unit) const;

  Calibration calibration_;
  Detector detector_;
  OrientationConvention convention_;
  SampleOrientation sample_;
  std::optional<ParallaxCorrection> parallax_;
  // cos and sin of the rotations, and what they make of p2 and L; see `laboratory`.
  struct Rotation {
    double c1, c2, s1, s2, c3, s3, up_of_p2, side_of_p2, up_of_distance, side_of_distance;
  } rotation_{};
};

}  // namespace xrdct::core
