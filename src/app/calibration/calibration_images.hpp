#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/job/job.hpp"
#include "core/matrix/plan_building.hpp"
#include "io/images/stored_image.hpp"

namespace xrdct::app {

/*!
 * Takes the values of images of the detector (dark, flat, variances, absorption), and tells which
 * of them cannot be used.
 *
 * NaN, and so masked by `core::build_corrections`, is every value that is no measurement by the
 * stored type, as in frames (unsigned integers: the two largest; signed ones: below 0;
 * `core::ValidValues::of`), unless the scan's rule for invalid values is "none"; and every one that
 * has no meaning there (`core::is_usable`).
 */
class CalibrationImages {
 public:
  /// \param rule of the scan
  /// \param masked [pixel] not 0: masked anyway; empty: none; kept by reference
  CalibrationImages(config::InvalidValues const& rule, std::span<std::uint8_t const> masked);

  /// \param location of the image, for the warning
  /// \returns [pixel], each a float32 when rounded,
  /// or NaN
  std::vector<double> take(core::CalibrationImage kind, std::string const& location,
                           io::Image image);
  /// One line for each image that masks pixels that are not masked anyway, with the numbers, and
  /// for each that masks more than half of the pixels or holds, as floating point, what marks
  /// pixels in integers.
  std::vector<std::string> const& warnings() const noexcept { return warnings_; }

 private:
  bool is_masked(std::size_t pixel) const { return !masked_.empty() && masked_[pixel] != 0; }

  bool sentinels_;
  std::span<std::uint8_t const> masked_;
  std::vector<std::string> warnings_;
};

/// The union of the detector's own mask, where it applies, and `mask`, which may be empty. [pixel]
std::vector<std::uint8_t> union_of_masks(core::Geometry const& geometry, bool detector_mask,
                                         std::span<std::uint8_t const> mask);

/// "masks 12, dark 3, flat 40": the causes that there are; empty: no masked pixels.
std::string causes_text(core::MaskedPixels const& masked);
/// The same for the output: name and number of every cause.
std::vector<std::pair<std::string, std::int64_t>> causes_for_output(
    core::MaskedPixels const& masked);

}  // namespace xrdct::app
