#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/job/job.hpp"
#include "core/geometry/geometry.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/scan/stages.hpp"

/// Results without content, as far as that is known before a run.
namespace xrdct::app {

/// What a reduction does with the pixels of the detector, before any of them has a value. pixels =
/// masked + used + outside
struct PixelUse {
  std::size_t pixels = 0;
  std::size_t masked = 0;
  std::size_t used = 0;        //!< with a coefficient in a bin
  std::size_t outside = 0;     //!< of the ranges
  std::size_t bins = 0;        //!< of a pattern
  std::size_t empty_bins = 0;  //!< without a coefficient: in every frame without a pixel
};
PixelUse pixel_use(core::BinMatrix const& matrix, std::span<std::uint8_t const> mask);
/// Of all reductions of a plan.
std::vector<PixelUse> pixel_uses(core::ReductionPlan const& plan);

/// "reduction mean: 3 of 100 bins have no pixel"; "" when all have one.
std::string empty_bins_text(std::string const& name, PixelUse const& use);

/// \throws core::InputError no pixel reaches any bin: tells the ranges that the pixels have
void expect_pixels(core::BinMatrix const& matrix, core::Geometry const& geometry,
                   std::span<std::uint8_t const> mask, config::ReductionJob const& reduction);

/*!
 * A monitor without one usable value among `count` frames from `first` on makes nothing but NaN.
 * Stops at the first value above 0.
 * \param name of the monitor, for the message
 * \throws core::InputError
 */
void expect_usable_value(core::FrameValues& monitor, std::int64_t first, std::int64_t count,
                         std::string const& name);

/// "azimuth -90 to 0 deg, 2th_deg 1.2 to 33": what the unmasked pixels reach by their centres.
std::string reach_text(core::Geometry const& geometry, std::span<std::uint8_t const> mask,
                       core::Unit unit);

}  // namespace xrdct::app
