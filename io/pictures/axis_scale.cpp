// The scales of the axes of pictures.
#include "io/pictures/axis_scale.hpp"

#include <cmath>

#include "core/words/number_text.hpp"

namespace xrdct::io {

bool is_drawable(double value, bool logarithmic) {
  return std::isfinite(value) && (!logarithmic || value > 0.0);
}

double Scale::operator()(double value) const {
  if (logarithmic) return std::log(value / ends.low) / std::log(ends.high / ends.low);
  return (value - ends.low) / (ends.high - ends.low);
}

Ticks Scale::ticks(int wanted) const {
  double const middle = 0.5 * (ends.low + ends.high);
  if (single) return {{{middle, core::number_text(middle)}}, ""};
  return logarithmic ? logarithmic_ticks(ends.low, ends.high)
                     : linear_ticks(ends.low, ends.high, wanted);
}

Scale scale_over(Interval const& values, bool any, bool logarithmic) {
  if (!any)
    return {.ends = {logarithmic ? 1.0 : 0.0, logarithmic ? 10.0 : 1.0},
            .logarithmic = logarithmic};
  if (values.high > values.low) return {.ends = values, .logarithmic = logarithmic};
  if (logarithmic) return {.ends = {values.low / 2.0, values.high * 2.0}, .logarithmic = true};
  double const margin = values.low == 0.0 ? 0.5 : std::abs(values.low) * 0.5;
  return {.ends = {values.low - margin, values.high + margin}};
}

Scale with_margin(Scale scale) {
  auto& [low, high] = scale.ends;
  if (scale.logarithmic) {
    high *= std::pow(high / low, 0.04);
  } else {
    if (low > 0.0 && low < 0.5 * high) low = 0.0;
    high += 0.05 * (high - low);
  }
  return scale;
}

Scale scale_of(PictureAxis const& axis, std::size_t number) {
  double const step = number > 1 ? (axis.last - axis.first) / static_cast<double>(number - 1) : 1.0;
  return {.ends = {axis.first - 0.5 * step, axis.last + 0.5 * step}, .single = number == 1};
}

}  // namespace xrdct::io
