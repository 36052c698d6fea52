#pragma once
#include "io/pictures/canvas.hpp"

namespace xrdct::io {

/// What has no value: a grey, which the colour map does not contain.
inline constexpr Colour no_value_colour{190, 190, 190};

/// The colour map "viridis" (Nathaniel Smith and Stéfan van der Walt, 2015, CC0), 0 dark blue, 1
/// yellow; equal steps look equal.
Colour viridis(double share);

}  // namespace xrdct::io
