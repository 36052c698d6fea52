#pragma once
#include <string>
#include <vector>

namespace xrdct::io {

/// A mark on an axis; without a label it is a small one.
struct Tick {
  double value = 0.0;
  std::string label;
};

/// The marks of an axis, and the power of ten that all labels leave out ("×10^-6"; empty: none).
struct Ticks {
  std::vector<Tick> ticks;
  std::string factor;
};

/// Multiples of 1, 2 or 5 times a power of ten in [low, high], about `wanted` of them.
Ticks linear_ticks(double low, double high, int wanted);

/// Powers of ten in [low, high], 0 < low < high, with small marks between them; labels also at 2
/// and 5 where the powers are few.
Ticks logarithmic_ticks(double low, double high);

}  // namespace xrdct::io
