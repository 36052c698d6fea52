#pragma once
#include <algorithm>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/space/device_memory.hpp"
#include "kokkos/teams/matrix_rows.hpp"

namespace xrdct::kernels {

/// The rows of a matrix where the kernels run: `MatrixRows` with the normalization of each entry's
/// pixel.
struct DeviceRows {
  Array<int*> begin, pixel;         //!< [bin + 1], [entry]
  Array<float*> coefficient, norm;  //!< [entry]

  EngineMemory memory() const {
    return memory_of(begin) + memory_of(pixel) + memory_of(coefficient) + memory_of(norm);
  }
};

inline DeviceRows copy_rows(MatrixRows const& rows, core::PixelCorrections const& corrections) {
  std::vector<float> norm(rows.pixel.size());
  std::ranges::transform(rows.pixel, norm.begin(), [&](int p) {
    return corrections.normalization[static_cast<std::size_t>(p)];
  });
  return {copy_to_space("xrdct::rows begin", rows.begin),
          copy_to_space("xrdct::rows pixel", rows.pixel),
          copy_to_space("xrdct::rows coefficient", rows.coefficient),
          copy_to_space("xrdct::rows norm", norm)};
}

/// Threads of the teams that take a row: one of a cake keeps one warp busy, one of a pattern
/// several.
inline int threads_for(MatrixRows const& rows, std::size_t bins) {
  if (host_memory) return 1;
  return rows.pixel.size() / bins < 512 ? threads_of_warp : 4 * threads_of_warp;
}

/// The images of `core::PixelCorrections` that kernels need beside the rows: [pixel]; empty: none.
struct DeviceCorrections {
  Array<float*> dark, variance, dark_variance;

  EngineMemory memory() const {
    return memory_of(dark) + memory_of(variance) + memory_of(dark_variance);
  }
};

inline DeviceCorrections copy_corrections(core::PixelCorrections const& corrections) {
  return {copy_to_space("xrdct::correct dark", corrections.dark),
          copy_to_space("xrdct::correct variance", corrections.variance),
          copy_to_space("xrdct::correct dark variance", corrections.dark_variance)};
}

}  // namespace xrdct::kernels
