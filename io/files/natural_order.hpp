#pragma once
#include <string_view>

namespace xrdct::io {

/*!
 * Whether a name comes before another one in the order in which people count: digits in a row are
 * one number, whatever its length, so that 2.1 comes before 10.1 and frame_9 before frame_010.
 * Names that differ in leading zeros alone are in the order of their characters.
 */
bool natural_less(std::string_view a, std::string_view b);

}  // namespace xrdct::io
