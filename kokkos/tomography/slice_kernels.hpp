#pragma once
#include <cstddef>

#include "core/tomography/slice_geometry.hpp"
#include "io/codec/words/simd.hpp"

/// The loops that project slices forward and back, filter sinograms, and carry their variances.
namespace xrdct::kernels {

using core::Footprint;

/// Bins that are reconstructed together come in vectors of this many floats …
inline constexpr std::size_t bins_of_vector = 16;
/// … and at most as many of them: bins of a chunk of a sinogram file.
inline constexpr std::size_t most_vectors = 4;
/// Rays of a block: their samples below a tile of voxels stay in the cache.
inline constexpr std::size_t rays_of_block = 16;

/// A projection in units of samples: place = centre + across·cosine + up·sine, and the footprint of
/// a voxel in it, a trapezoid of area 1 that has its height from −inner to inner and is 0 beyond
/// ±outer.
struct PlacedRay {
  double cosine, sine, centre;
  double outer, inner, height;
};

/// Some projections and their samples: [ray][sample][bin], `line` samples from ray to ray.
struct RayBlock {
  PlacedRay const* ray;
  std::size_t rays;
  float* samples;
  float const* with_next;  //!< of the variance: V₁
  std::size_t line;
};

/// Neighbouring voxels of one row: [column][bin].
struct VoxelRun {
  float* voxels;
  double up;      //!< of the row, in voxels above the axis
  double across;  //!< of the first, in voxels to the right of the axis
  std::size_t columns;
};

/// One projection to be convolved: out[i] = Σ_m taps[i − before − m]·in[m].
struct Line {
  float const* in;
  std::size_t samples;  //!< of `in`
  float* out;
  std::size_t before, total;  //!< of `out`
  /// taps[0] is the one in the middle; there are `total` + 8 more on both sides
  float const* taps;
  bool odd_taps_only;  //!< the others but taps[0] are 0
  std::size_t reach;   //!< taps farther than this from the middle are 0
};

/// The loops of one instruction set for one number of bins; all give the same bits.
struct SliceKernels {
  void (*back)(Footprint, RayBlock const&, VoxelRun const&);
  void (*forward)(Footprint, RayBlock const&, VoxelRun const&);
  void (*variance)(RayBlock const&, VoxelRun const&);
  void (*convolve)(Line const&);
};

/// \param vectors 1 to `most_vectors`
SliceKernels slice_kernels(codec::Simd simd, std::size_t vectors);

SliceKernels portable_slice_kernels(std::size_t vectors);
SliceKernels avx2_slice_kernels(std::size_t vectors);
SliceKernels avx512_slice_kernels(std::size_t vectors);

}  // namespace xrdct::kernels
