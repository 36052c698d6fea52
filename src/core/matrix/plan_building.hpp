#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/geometry/geometry.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {

/// How a reduction bins the pixels.
struct Binning {
  Unit unit = Unit::q_nm;
  std::size_t bins = 1000;  //!< radial ones; 1 in an azimuthal pattern
  Splitting splitting = Splitting::bounding_box;
  /// in the unit, an infinite end: that of the pixels; what lies outside is dropped
  std::optional<std::pair<double, double>> radial_range = {};
  PatternKind kind = PatternKind::radial;
  std::size_t azimuthal_bins = 360;  //!< of azimuthal patterns and cakes
  /// lower < upper ≤ lower + 360; nothing: −180 … 180
  std::optional<std::pair<double, double>> azimuth_range_deg = {};
};

/*!
 * Builds the matrix of a reduction.
 *
 *     min, max' from the unmasked pixels (centre ± half width, or corners),
 *       min ≥ 0 where the unit has no negative values;
 *     max = max'·(1+2⁻²³) (divided where negative); bin(x) = (x − min)/(max − min)·bins
 *     none:          coefficient 1 in the bin of the centre
 *     bounding box:  share of [centre − half width, centre + half width] in each bin
 *     full:          share of the area of the quadrilateral (radial, χ) in each bin
 *
 * Azimuth: a centre counts when 0 ≤ (χ − lower) mod 360° < width. With splitting the share of the
 * pixel inside counts: bounding box: radial share × share of [χ − half width, χ + half width];
 * full: the radial share × the fraction of its area inside, by the exact overlap of the
 * quadrilateral with the bins (docs/decisions/0004-azimuth.md). Pixels on the discontinuity of χ
 * are wrapped, but not where χ is the radial unit. So sectors that tile the circle add up to the
 * ring, and a cake summed over χ is the radial pattern. Pixels with a coordinate that is not finite
 * have no entry. Memory: the matrix, allocated once, and while it is built up to 24 B per pixel.
 * \param mask [pixel] 1: left out; also does not set the axis.
 * \throws InputError when no pixel is left, the unit needs a wavelength that is not there, a range
 * is empty, or there are too many bins or coefficients.
 */
BinMatrix build_bin_matrix(Geometry const& geometry, std::span<std::uint8_t const> mask,
                           Binning const& binning);

/// Which corrections go into the normalization.
struct CorrectionChoice {
  bool solid_angle = true;
  std::optional<std::pair<double, double>> polarization = {};  //!< factor, offset [rad]
  /// t₀ of a semi-transparent sensor at normal incidence, in (0, 1)
  std::optional<double> sensor_transmission = {};
};

/// What an image of the detector is.
enum class CalibrationImage { dark, flat, variance, dark_variance, absorption };
template <>
inline constexpr auto words_of<CalibrationImage> =
    std::to_array<Word<CalibrationImage>>({{"dark", CalibrationImage::dark},
                                           {"flat", CalibrationImage::flat},
                                           {"variance", CalibrationImage::variance},
                                           {"dark_variance", CalibrationImage::dark_variance},
                                           {"absorption", CalibrationImage::absorption}});

/// Whether a value means something there: finite, of flat and absorption above 0, of variances not
/// below 0. A mean dark may be below 0.
bool is_usable(CalibrationImage image, double value);

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
 *     norm = flat · polarization · solid angle · absorption · sensor
 *     sensor = (1 − exp(ln t₀/cos α))/(1 − t₀), α the angle of incidence
 *
 * Pixels whose mask is not 0, that have a value in an image that is not usable (`is_usable`), or
 * whose norm is 0 or not finite are masked. The mask is the union of `images.mask` and the
 * detector's own where `detector_mask` says so.
 */
PixelCorrections build_corrections(Geometry const& geometry, CorrectionChoice const& choice,
                                   bool detector_mask, CorrectionImages const& images);

/// Numbers of masked pixels by cause; a pixel is counted once, by the first cause that holds in
/// this order.
struct MaskedPixels {
  std::int64_t masks = 0;  //!< the detector's own mask, and mask files
  std::int64_t dark = 0, flat = 0, variance = 0, dark_variance = 0,
               absorption = 0;     //!< a value of this image is not usable
  std::int64_t normalization = 0;  //!< the product of usable factors is 0 or not finite
  std::int64_t total() const noexcept {
    return masks + dark + flat + variance + dark_variance + absorption + normalization;
  }
};

/// The causes by their names, in their order, those of 0 pixels too.
std::array<std::pair<std::string_view, std::int64_t>, 7> causes(MaskedPixels const& masked);

/// Why pixels are masked. \param corrections what `build_corrections` made of the same arguments
MaskedPixels count_masked(Geometry const& geometry, bool detector_mask,
                          CorrectionImages const& images, PixelCorrections const& corrections);

}  // namespace xrdct::core
