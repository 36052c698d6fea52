// The product of matrix and frames by Kokkos Kernels.
#include "kokkos/spmm/sparse_product.hpp"

#include <KokkosSparse_CrsMatrix.hpp>
#include <KokkosSparse_spmv.hpp>
#include <Kokkos_Core.hpp>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/space/device_memory.hpp"
#include "kokkos/teams/matrix_rows.hpp"

namespace xrdct::kernels {
namespace {

using Matrix =
    KokkosSparse::CrsMatrix<double, int, Kokkos::Device<Space, Space::memory_space>, void, int>;
using Dense = Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space>;

}  // namespace

struct SparseProduct::State {
  std::size_t width;
  Matrix c, c2;
  Dense x, y;  // on a device alone

  void multiply(Matrix const& matrix, std::span<double const> host_x, std::span<double> host_y) {
    auto const rows = static_cast<std::size_t>(matrix.numRows()),
               columns = static_cast<std::size_t>(matrix.numCols());
    XRDCT_ASSERT(host_x.size() == columns * width && host_y.size() == rows * width);
    OnHost<double const**> const from(host_x.data(), columns, width);
    OnHost<double**> const to(host_y.data(), rows, width);
    if constexpr (host_memory) {
      KokkosSparse::spmv("N", 1.0, matrix, from, 0.0, to);
      Space().fence();
    } else {
      Kokkos::deep_copy(x, from);
      KokkosSparse::spmv("N", 1.0, matrix, x, 0.0, y);
      Kokkos::deep_copy(to, y);
    }
  }
};

SparseProduct::SparseProduct(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask,
                             std::size_t width) {
  MatrixRows const rows = rows_of(matrix, mask);
  std::vector<double> const values(rows.coefficient.begin(), rows.coefficient.end());
  std::vector<double> squares = values;
  for (double& value : squares) value *= value;
  auto const begin = copy_to_space("xrdct::spmm row begin", rows.begin);
  auto const column = copy_to_space("xrdct::spmm column", rows.pixel);
  auto const value = copy_to_space("xrdct::spmm coefficient", values);
  auto const square = copy_to_space("xrdct::spmm coefficient squared", squares);
  int const bins = static_cast<int>(matrix.bins), pixels = static_cast<int>(matrix.pixels()),
            entries = static_cast<int>(rows.pixel.size());
  state_.reset(new State{width,
                         Matrix("xrdct::spmm c", bins, pixels, entries, value, begin, column),
                         Matrix("xrdct::spmm c2", bins, pixels, entries, square, begin, column),
                         {},
                         {}});
  if constexpr (!host_memory) {
    state_->x = Dense("xrdct::spmm x", matrix.pixels(), width);
    state_->y = Dense("xrdct::spmm y", matrix.bins, width);
  }
}

SparseProduct::~SparseProduct() = default;
SparseProduct::SparseProduct(SparseProduct&&) noexcept = default;
SparseProduct& SparseProduct::operator=(SparseProduct&&) noexcept = default;

void SparseProduct::signal(std::span<double const> x, std::span<double> y) {
  state_->multiply(state_->c, x, y);
}
void SparseProduct::variance(std::span<double const> x, std::span<double> y) {
  state_->multiply(state_->c2, x, y);
}

EngineMemory SparseProduct::memory() const noexcept {
  auto const entries = static_cast<std::size_t>(state_->c.nnz()),
             rows = static_cast<std::size_t>(state_->c.numRows() + 1);
  return in_space(entries * (2 * sizeof(double) + sizeof(int)) + rows * sizeof(int) +
                  (state_->x.size() + state_->y.size()) * sizeof(double));
}

}  // namespace xrdct::kernels
