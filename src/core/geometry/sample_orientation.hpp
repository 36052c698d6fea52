#pragma once

namespace xrdct::core {

/*!
 * How a sample with a surface or a fibre axis stands in the beam; only the units of
 * `needs_sample_orientation` ask for it.
 *
 * Source: the conventions of pyFAI's FiberIntegrator.
 */
struct SampleOrientation {
  /// η, angle between beam and surface: turns about the horizontal axis
  double incident_rad = 0.0;
  double tilt_rad = 0.0;  //!< τ, turns about the beam
  /// 1–8, as EXIF counts: the sample's horizontal and vertical axes are the laboratory's (x, y) as
  /// 1 (x, y), 2 (−x, y), 3 (−x, −y), 4 (x, −y), 5 (−y, −x), 6 (−y, x), 7 (y, x), 8 (y, −x).
  int orientation = 1;
};

}  // namespace xrdct::core
