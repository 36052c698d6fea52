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

/// How a 1D reduction bins the pixels.
struct Binning {
  Unit unit = Unit::q_nm;
  std::size_t bins = 1000;
  Splitting splitting = Splitting::bounding_box;
  std::optional<std::pair<double, double>> radial_range;  //!< in the unit; the part of a pixel outside is dropped
};

/*!
 * Builds the matrix of a 1D reduction.
 *
 *     min, max' from the unmasked pixels (centre ± half width, or corners), min ≥ 0; max = max'·(1+2⁻²³); bin(x) = (x − min)/(max − min)·bins
 *     none:          coefficient 1 in the bin of the centre
 *     bounding box:  share of [centre − half width, centre + half width] in each bin
 *     full:          share of the area of the quadrilateral (radial, χ) in each bin
 *
 * \param mask [pixel] 1: left out; also does not set the axis.
 * \throws InputError when no pixel is left, or the unit needs a wavelength that is not there.
 */
BinMatrix build_bin_matrix(Geometry const& geometry, std::span<std::uint8_t const> mask, Binning const& binning);

/// Which corrections go into the normalization.
struct CorrectionChoice {
  bool solid_angle = true;
  std::optional<std::pair<double, double>> polarization;  //!< factor, offset [rad]
};

/*!
 * Multiplies the static corrections: norm = flat · polarization · solid angle, float32 in this order.
 *
 * Pixels whose mask is not 0, whose flat is 0 or not finite, or whose dark is not finite are masked. Empty spans: no flat, dark, mask. The mask is
 * the union of `mask` and the detector's own where `detector_mask` says so.
 */
PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice, bool detector_mask, std::span<std::uint8_t const> mask,
                                   std::span<float const> flat, std::span<float const> dark);

}  // namespace xrdct::core
