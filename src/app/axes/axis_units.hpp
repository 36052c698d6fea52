#pragma once
#include <string>

namespace xrdct::app {

/// Whether motors are usually given in this unit: deg, mm, s, K …
bool is_axis_unit(std::string const& unit);

/// The unit that a word is probably meant to be: "degree" is "deg"; "" when none is near.
std::string nearest_axis_unit(std::string const& word);

}  // namespace xrdct::app
