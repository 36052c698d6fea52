#pragma once
#include <cstddef>
#include <string>

#include "io/pictures/axis_ticks.hpp"
#include "io/pictures/colour_limits.hpp"

namespace xrdct::io {

/// A labelled axis of a picture: from the centre of the first to the centre of the last value.
struct PictureAxis {
  std::string label;  //!< "rotation [deg]"
  double first = 0.0;
  double last = 1.0;
};

/// Whether a value has a place on a scale: finite, and positive on a logarithmic one.
bool is_drawable(double value, bool logarithmic);

/// Value → [0, 1] along an axis.
struct Scale {
  Interval ends;
  bool logarithmic = false;
  bool single = false;  //!< one position alone, in the middle: no other has a meaning

  double operator()(double value) const;
  Ticks ticks(int wanted) const;
};

/// The scale over these values, widened where there is one alone; any where there is none.
Scale scale_over(Interval const& values, bool any, bool logarithmic);

/// The scale with room above the highest value; 0 is shown where it is not far.
Scale with_margin(Scale scale);

/// From half a step before the first centre to half a step beyond the last.
Scale scale_of(PictureAxis const& axis, std::size_t number);

}  // namespace xrdct::io
