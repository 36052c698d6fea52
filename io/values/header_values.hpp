#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/frames/frame_source.hpp"

namespace xrdct::io {

/*!
 * The value of a key in the header of each image, [frame]; a unit behind the number is left out.
 * NaN for a file that is missing in a series.
 * \throws core::InputError the frames are no images; no such key: lists those there are, and the
 * nearest; no number: names the image; core::IoError
 */
std::vector<double> header_values(std::vector<FramePart> const& parts, std::string const& key);

/// The number at the beginning of a text, if nothing but blanks or a unit follow it: 0.1 of
/// "0.1 s", nothing of "2021-11-17".
std::optional<double> leading_number(std::string_view text);

}  // namespace xrdct::io
