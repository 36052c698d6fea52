#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"

namespace xrdct::benchmarks {

/*!
 * What is set against the fused engine: a plain sparse product of one decoded image, as other
 * programs do it.
 *
 *     S[b] = Σ_p c(b,p)·x(p)      V[b] = Σ_p c(b,p)²·max(x(p), 1)
 *
 * float32 coefficients, sums in double. Does less than the engine: no pixel is checked, and no
 * normalization is summed. One core. Memory: the matrix by rows, 8 B per entry, and the matrix that
 * it was made from.
 */
class CsrProduct {
 public:
  /// \param matrix has to outlive this
  explicit CsrProduct(core::BinMatrix const& matrix);

  /// Bin by bin: reads the pixels of each bin.
  /// \param image [pixel] of 16 or 32 bits
  /// \param signal, variance [bin]
  template <class Pixel>
  void gather(std::span<Pixel const> image, std::span<double> signal,
              std::span<double> variance) const;
  /// Pixel by pixel: adds to the bins of each pixel. The same sums in another order.
  template <class Pixel>
  void scatter(std::span<Pixel const> image, std::span<double> signal,
               std::span<double> variance) const;

 private:
  core::BinMatrix const& matrix_;
  std::vector<std::uint32_t> row_begin_;  // [bin + 1]
  std::vector<std::uint32_t> pixel_;      // [entry], by bin, pixels ascending
  std::vector<float> coefficient_;        // [entry]
};

}  // namespace xrdct::benchmarks
