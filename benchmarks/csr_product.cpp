// The product of a matrix in rows with one image: what the fused engine is measured against.
#include "csr_product.hpp"

#include <algorithm>
#include <numeric>

namespace xrdct::benchmarks {
namespace {

// Independent sums, so that an addition need not wait for the one before.
constexpr std::size_t ways = 4;

// max(x, 1) of a count, without a branch: of small counts, whether one is 0 cannot be predicted.
template <class Pixel>
double variance_of(Pixel x) {
  return static_cast<double>(x + (x == 0));
}

template <class Pixel>
void gather_row(std::span<std::uint32_t const> pixels, float const* coefficients,
                Pixel const* image, double& signal, double& variance) {
  double s[ways] = {}, v[ways] = {};
  std::size_t const whole = pixels.size() / ways * ways;
  auto const add = [&](std::size_t e, std::size_t way) {
    Pixel const x = image[pixels[e]];
    double const c = coefficients[e];
    s[way] += c * static_cast<double>(x);
    v[way] += c * c * variance_of(x);
  };
  for (std::size_t e = 0; e < whole; e += ways)
    for (std::size_t way = 0; way < ways; ++way) add(e + way, way);
  for (std::size_t e = whole; e < pixels.size(); ++e) add(e, 0);
  signal = std::accumulate(s, s + ways, 0.0);
  variance = std::accumulate(v, v + ways, 0.0);
}

}  // namespace

CsrProduct::CsrProduct(core::BinMatrix const& matrix)
    : matrix_(matrix),
      row_begin_(matrix.bins + 1),
      pixel_(matrix.entries()),
      coefficient_(matrix.entries()) {
  for (std::uint32_t const bin : matrix.bin) ++row_begin_[bin + 1];
  std::partial_sum(row_begin_.begin(), row_begin_.end(), row_begin_.begin());
  std::vector<std::uint32_t> next(row_begin_.begin(), row_begin_.end() - 1);
  for (std::size_t p = 0; p < matrix.pixels(); ++p) {
    for (std::uint32_t e = matrix.entry_begin[p]; e < matrix.entry_begin[p + 1]; ++e) {
      std::uint32_t const to = next[matrix.bin[e]]++;
      pixel_[to] = static_cast<std::uint32_t>(p);
      coefficient_[to] = matrix.coefficient[e];
    }
  }
}

template <class Pixel>
void CsrProduct::gather(std::span<Pixel const> image, std::span<double> signal,
                        std::span<double> variance) const {
  for (std::size_t bin = 0; bin < signal.size(); ++bin) {
    std::span const pixels =
        std::span(pixel_).subspan(row_begin_[bin], row_begin_[bin + 1] - row_begin_[bin]);
    gather_row(pixels, coefficient_.data() + row_begin_[bin], image.data(), signal[bin],
               variance[bin]);
  }
}

template <class Pixel>
void CsrProduct::scatter(std::span<Pixel const> image, std::span<double> signal,
                         std::span<double> variance) const {
  std::fill(signal.begin(), signal.end(), 0.0);
  std::fill(variance.begin(), variance.end(), 0.0);
  std::uint32_t e = 0;
  for (std::size_t p = 0; p < image.size(); ++p) {
    double const x = image[p], of_x = variance_of(image[p]);
    for (; e < matrix_.entry_begin[p + 1]; ++e) {
      double const c = matrix_.coefficient[e];
      signal[matrix_.bin[e]] += c * x;
      variance[matrix_.bin[e]] += c * c * of_x;
    }
  }
}

template void CsrProduct::gather(std::span<std::uint16_t const>, std::span<double>,
                                 std::span<double>) const;
template void CsrProduct::gather(std::span<std::uint32_t const>, std::span<double>,
                                 std::span<double>) const;
template void CsrProduct::scatter(std::span<std::uint16_t const>, std::span<double>,
                                  std::span<double>) const;
template void CsrProduct::scatter(std::span<std::uint32_t const>, std::span<double>,
                                  std::span<double>) const;

}  // namespace xrdct::benchmarks
