#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/space/card_memory.hpp"

namespace xrdct::kernels {

/*!
 * The products of a bin matrix with dense columns, by Kokkos Kernels on the default execution space
 * (a GPU where there is one).
 *
 *     signal:  y[bin][column] = Σ_p c(bin,p)·x[p][column]
 *     variance:  y[bin][column] = Σ_p c(bin,p)²·x[p][column]
 *
 * Memory: 20 B per entry, 4 B per bin; on a device 8·width B per pixel and bin more.
 */
class SparseProduct {
 public:
  /// \param mask [pixel] 1: left out
  /// \param width number of columns
  /// \throws core::InputError when there are 2³¹ entries or more
  SparseProduct(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask,
                std::size_t width);
  ~SparseProduct();
  SparseProduct(SparseProduct&&) noexcept;
  SparseProduct& operator=(SparseProduct&&) noexcept;

  void signal(std::span<double const> x, std::span<double> y);
  void variance(std::span<double const> x, std::span<double> y);
  EngineMemory memory() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
