#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

/// The specification of iterative reconstructions for any projector: plain loops in double.
namespace xrdct::core {

/// A matrix A, by what it does. Both return new values.
struct LinearOperator {
  using Apply = std::function<std::vector<double>(std::span<double const>)>;

  std::size_t columns = 0;
  Apply forward;    //!< A·x, [column] → [row]
  Apply transpose;  //!< Aᵀ·b, [row] → [column]
};

/// How an iterative reconstruction goes on.
struct Iterations {
  int count = 100;
  double relaxation = 1.0;    //!< λ of SIRT
  bool non_negative = false;  //!< values below 0 become 0 after each step
};

/*!
 * SIRT: x ← x + λ·C·Aᵀ·R·W·(b − A·x), from x = 0.
 *
 *     R = 1/(row sums of A)      C = 1/(column sums of W·A)      0 where the sum is 0
 *
 * \param weights W ≥ 0 [row]: 0 for a sample that is missing
 * \param data b [row]
 * \returns x [column]
 */
std::vector<double> sirt(LinearOperator const& projector, Iterations const& iterations,
                         std::span<double const> weights, std::span<double const> data);

/// CGLS: least squares of W^½·(b − A·x) by conjugate gradients, from x = 0.
std::vector<double> cgls(LinearOperator const& projector, int count,
                         std::span<double const> weights, std::span<double const> data);

}  // namespace xrdct::core
