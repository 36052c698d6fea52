#pragma once
#include <cstdint>
#include <vector>

#include "core/matrix/reduction_plan.hpp"

namespace xrdct::kernels {

/// The matrix of a reduction in row form: bin b has the pixels `pixel[begin[b] … begin[b+1])`,
/// ascending. Memory: 8 B per entry, 4 B per bin.
struct MatrixRows {
  std::vector<int> begin{0};       //!< [bin + 1]
  std::vector<int> pixel;          //!< [entry]
  std::vector<float> coefficient;  //!< [entry]
};

/// \param mask [pixel] 1: left out
/// \throws core::InputError when there are 2³¹ entries or more
MatrixRows rows_of(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask);

}  // namespace xrdct::kernels
