#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/frames.hpp"
#include "core/words.hpp"

namespace xrdct::core {

/*!
 * The sparse matrix c(bin, pixel) of a 1D reduction in column form: a pixel touches a run of consecutive bins.
 *
 * Pixel p has the coefficients `coefficient[entry_begin[p] … entry_begin[p+1])` in the bins `first_bin[p]`, `first_bin[p]+1`, …;
 * none for masked pixels and for pixels outside of the range. Coefficients are float32, as in pyFAI.
 * Memory: 8 B per pixel + 4 B per entry.
 */
struct BinMatrix {
  std::size_t bins = 0;
  std::vector<std::int32_t> first_bin;     //!< [pixel]; −1 where a pixel has no entry
  std::vector<std::uint32_t> entry_begin;  //!< [pixel + 1]
  std::vector<float> coefficient;          //!< [entry]
  std::vector<double> radial_axis;         //!< [bin] bin centres in the unit of the reduction

  std::size_t pixels() const noexcept { return first_bin.size(); }
  std::size_t entries() const noexcept { return coefficient.size(); }
};

/// One reduction as the kernels see it.
struct Reduction {
  BinMatrix matrix;
  ErrorModel error_model = ErrorModel::poisson;
};

/// All that does not change from frame to frame. Built once, read-only, shared by all threads.
struct ReductionPlan {
  FrameShape shape;
  FrameEncoding encoding;
  PixelCorrections corrections;
  ValidValues valid;
  std::vector<Reduction> reductions;
};

}  // namespace xrdct::core
