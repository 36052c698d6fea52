// The ramp filter as numbers in space.
#include "core/tomography/ramp_filter.hpp"

#include <cmath>
#include <numbers>

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

double ramp_at(std::size_t k, double step) {
  if (k == 0) return 1.0 / (4.0 * step);
  if (k % 2 == 0) return 0.0;
  auto const distance = static_cast<double>(k);
  return -1.0 / (pi * pi * distance * distance * step);
}

double window_at(FilterWindow window, double f) {
  switch (window) {
    case FilterWindow::none:
      return 1.0;
    case FilterWindow::hann:
      return (1.0 + std::cos(pi * f)) / 2.0;
    case FilterWindow::hamming:
      return 0.54 + 0.46 * std::cos(pi * f);
    case FilterWindow::cosine:
      return std::cos(pi * f / 2.0);
    case FilterWindow::shepp_logan:
      return f == 0.0 ? 1.0 : std::sin(pi * f / 2.0) / (pi * f / 2.0);
  }
  return 1.0;
}

/// y[m] = x[0] + (−1)^m·x[n] + 2·Σ_{0<k<n} x[k]·cos(πkm/n), n = size − 1: the transform of an even
/// series of 2n samples. Its own inverse, times 2n.
std::vector<double> cosine_transform(std::vector<double> const& even) {
  std::size_t const n = even.size() - 1;
  std::vector<double> cosine(2 * n);
  for (std::size_t i = 0; i < cosine.size(); ++i)
    cosine[i] = std::cos(pi * static_cast<double>(i) / static_cast<double>(n));
  std::vector<double> out(even.size());
  for (std::size_t m = 0; m <= n; ++m) {
    double sum = even[0] + (m % 2 == 0 ? even[n] : -even[n]);
    for (std::size_t k = 1; k < n; ++k) sum += 2.0 * even[k] * cosine[k * m % (2 * n)];
    out[m] = sum;
  }
  return out;
}

}  // namespace

std::vector<double> ramp_filter(std::size_t distances, double step, FilterWindow window) {
  if (window == FilterWindow::none) {
    std::vector<double> ramp(distances);
    for (std::size_t k = 0; k < distances; ++k) ramp[k] = ramp_at(k, step);
    return ramp;
  }
  std::vector<double> ramp(distances + 1);  // of twice as many samples around 0
  for (std::size_t k = 0; k <= distances; ++k) ramp[k] = ramp_at(k, step);
  auto transform = cosine_transform(ramp);
  for (std::size_t m = 0; m <= distances; ++m)
    transform[m] *= window_at(window, static_cast<double>(m) / static_cast<double>(distances));
  auto windowed = cosine_transform(transform);
  for (auto& value : windowed) value /= 2.0 * static_cast<double>(distances);
  windowed.pop_back();
  return windowed;
}

}  // namespace xrdct::core
