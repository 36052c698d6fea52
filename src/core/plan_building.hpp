#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/geometry.hpp"
#include "core/reduction_plan.hpp"
#include "core/units.hpp"

namespace xrdct::core {

/// How a reduction bins the pixels.
struct Binning {
  Unit unit = Unit::q_nm;
  std::size_t bins = 1000;  //!< radial ones; 1 in an azimuthal pattern
  Splitting splitting = Splitting::bounding_box;
  std::optional<std::pair<double, double>> radial_range = {};  //!< in the unit, an infinite end: that of the pixels; what lies outside is dropped
  PatternKind kind = PatternKind::radial;
  std::size_t azimuthal_bins = 360;                                 //!< of azimuthal patterns and cakes
  std::optional<std::pair<double, double>> azimuth_range_deg = {};  //!< lower < upper ≤ lower + 360; nothing: −180 … 180
};

/*!
 * Builds the matrix of a reduction.
 *
 *     min, max' from the unmasked pixels (centre ± half width, or corners), min ≥ 0 where the unit has no negative values;
 *     max = max'·(1+2⁻²³) (divided where negative); bin(x) = (x − min)/(max − min)·bins
 *     none:          coefficient 1 in the bin of the centre
 *     bounding box:  share of [centre − half width, centre + half width] in each bin
 *     full:          share of the area of the quadrilateral (radial, χ) in each bin
 *
 * Azimuth: a centre counts when 0 ≤ (χ − lower) mod 360° < width. With splitting the share of the pixel inside counts: bounding box: radial share ×
 * share of [χ − half width, χ + half width]; full: the radial share × the fraction of its area inside, by the exact overlap of the quadrilateral with
 * the bins (docs/decisions/0004-azimuth.md). Pixels on the discontinuity of χ are wrapped, but not where χ is the radial unit. So sectors that tile
 * the circle add up to the ring, and a cake summed over χ is the radial pattern. Pixels with a coordinate that is not finite have no entry. Memory:
 * the matrix, allocated once, and while it is built up to 24 B per pixel. \param mask [pixel] 1: left out; also does not set the axis. \throws
 * InputError when no pixel is left, the unit needs a wavelength that is not there, a range is empty, or there are too many bins or coefficients.
 */
BinMatrix build_bin_matrix(Geometry const& geometry, std::span<std::uint8_t const> mask, Binning const& binning);

/// Which corrections go into the normalization.
struct CorrectionChoice {
  bool solid_angle = true;
  std::optional<std::pair<double, double>> polarization = {};  //!< factor, offset [rad]
  std::optional<double> sensor_transmission = {};              //!< t₀ of a semi-transparent sensor at normal incidence, in (0, 1)
};

/// Images of a detector, [pixel]; empty: none.
struct CorrectionImages {
  std::span<std::uint8_t const> mask = {};  //!< not 0: left out
  std::span<float const> flat = {};         //!< relative efficiency
  std::span<float const> dark = {};         //!< subtracted from every frame
  std::span<float const> absorption = {};   //!< multiplies the normalization
  std::span<float const> variance = {};     //!< of the signal
  std::span<float const> dark_variance = {};
};

/*!
 * Multiplies the static corrections, float32 in this order:
 *
 *     norm = flat · polarization · solid angle · absorption · sensor      sensor = (1 − exp(ln t₀/cos α))/(1 − t₀), α the angle of incidence
 *
 * Pixels whose mask is not 0, whose norm is 0 or not finite, or whose dark or variance is not finite (variances: or negative) are masked. The mask is
 * the union of `images.mask` and the detector's own where `detector_mask` says so.
 */
PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice, bool detector_mask, CorrectionImages const& images);

}  // namespace xrdct::core
