// Chooses round values for the ticks of an axis.
#include "io/pictures/axis_ticks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace xrdct::io {
namespace {

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  // A rounded zero has no sign.
  bool const zero = std::string(text).find_first_not_of("-0.") == std::string::npos;
  return zero && text[0] == '-' ? text + 1 : text;
}

double nice_step(double span, int wanted) {
  double const rough = span / std::max(wanted, 1);
  double const power = std::pow(10.0, std::floor(std::log10(rough)));
  for (double const factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * 0.999) return factor * power;
  return 10.0 * power;
}

std::string power_label(int exponent) { return fmt::format("10^{}", exponent); }

std::string logarithmic_label(int digit, int exponent) {
  if (exponent >= 0 && exponent <= 3) return fixed(digit * std::pow(10.0, exponent), 0);
  if (exponent < 0 && exponent >= -2) return fixed(digit * std::pow(10.0, exponent), -exponent);
  return digit == 1 ? power_label(exponent)
                    : fmt::format("{}\u00D7{}", digit, power_label(exponent));
}

}  // namespace

Ticks linear_ticks(double low, double high, int wanted) {
  Ticks result;
  if (low == high) return result;
  if (low > high) std::swap(low, high);
  double const step = nice_step(high - low, wanted);
  double const largest = std::max(std::abs(low), std::abs(high));
  int const magnitude = static_cast<int>(std::floor(std::log10(largest)));
  int const common = magnitude >= 5 || magnitude < -3 ? magnitude : 0;
  double const scale = std::pow(10.0, -common);
  int const decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step * scale) + 1e-9)));
  if (common != 0) result.factor = "\u00D7" + power_label(common);
  double const slack = 1e-9 * (high - low);
  for (double n = std::ceil((low - slack) / step); n * step <= high + slack; n += 1.0)
    result.ticks.push_back({n * step, fixed(n * step * scale, decimals)});
  return result;
}

Ticks logarithmic_ticks(double low, double high) {
  Ticks result;
  int const first = static_cast<int>(std::floor(std::log10(low))),
            last = static_cast<int>(std::ceil(std::log10(high)));
  double const decades = std::log10(high / low);
  int const every = std::max(1, static_cast<int>(decades) / 8);
  for (int exponent = first; exponent <= last; ++exponent) {
    for (int digit = 1; digit <= 9; ++digit) {
      double const value = digit * std::pow(10.0, exponent);
      if (value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9)) continue;
      bool const labelled = digit == 1
                                ? exponent % every == 0
                                : decades < 2.0 && (digit == 2 || digit == 5 || decades < 0.7);
      if (labelled || every == 1)
        result.ticks.push_back({value, labelled ? logarithmic_label(digit, exponent) : ""});
    }
  }
  return result;
}

}  // namespace xrdct::io
