#pragma once

namespace xrdct::core {

/// The value that is left when it is stored as float32.
inline double stored_as_float(double value) {
  // Through memory: where GCC 12 vectorizes a conversion to float and back, it leaves both out.
  float volatile const stored = static_cast<float>(value);
  return static_cast<double>(stored);
}

}  // namespace xrdct::core
