// Finds how well values fit steps of every size: the Fourier transform of their histogram.
#include "core/positions/spectrum.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

using Complex = std::complex<double>;

void reverse_bits(std::vector<Complex>& values) {
  for (std::size_t i = 1, j = 0; i < values.size(); ++i) {
    std::size_t bit = values.size() >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
}

/// In place, radix 2.
void transform(std::vector<Complex>& values) {
  std::size_t const size = values.size();
  std::vector<Complex> turns(size / 2);
  for (std::size_t i = 0; i < turns.size(); ++i)
    turns[i] = std::polar(
        1.0, 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size));
  reverse_bits(values);
  for (std::size_t half = 1; half < size; half *= 2)
    for (std::size_t begin = 0; begin < size; begin += 2 * half)
      for (std::size_t i = 0; i < half; ++i) {
        Complex const turn = turns[i * (size / (2 * half))];
        Complex& low = values[begin + i];
        Complex& high = values[begin + half + i];
        // Written out: the product of std::complex looks for infinities, which takes most of the
        // time.
        Complex const turned{high.real() * turn.real() - high.imag() * turn.imag(),
                             high.real() * turn.imag() + high.imag() * turn.real()};
        high = low - turned;
        low += turned;
      }
}

}  // namespace

std::vector<double> coherence_spectrum(std::span<double const> histogram, std::size_t size) {
  XRDCT_ASSERT(size >= histogram.size() && (size & (size - 1)) == 0);
  std::vector<Complex> values(histogram.begin(), histogram.end());
  values.resize(size);
  transform(values);
  double const sum = std::accumulate(histogram.begin(), histogram.end(), 0.0);
  std::vector<double> spectrum(size / 2 + 1);
  for (std::size_t i = 0; i < spectrum.size(); ++i)
    spectrum[i] = sum > 0.0 ? std::abs(values[i % size]) / sum : 0.0;
  return spectrum;
}

}  // namespace xrdct::core
