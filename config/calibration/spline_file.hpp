#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/detector/distortion_spline.hpp"

namespace xrdct::config {

/*!
 * Reads a distortion file of Fit2D: lines with the sections VALID REGION, GRID SPACING,
 * X-DISTORTION and Y-DISTORTION; numbers of 14 characters without blanks between them, pixel sizes
 * in µm; knots and coefficients are rounded to float32, as in pyFAI.
 * \throws core::InputError file, section, what was expected and found
 */
core::DistortionSpline read_spline(std::filesystem::path const& file);
core::DistortionSpline parse_spline(std::string_view text, std::string const& file_name);

}  // namespace xrdct::config
