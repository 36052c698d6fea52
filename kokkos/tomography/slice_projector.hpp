#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/tomography/slice_geometry.hpp"
#include "core/words/large_bytes.hpp"
#include "kokkos/tomography/slice_kernels.hpp"

namespace xrdct::kernels {

/// Many floats; `resize` does not clear them.
using LargeFloats = std::vector<float, core::LargeAllocator<float>>;

/// Voxels along the side of a tile. Its voxels and the samples below 16 rays fit the L2 cache.
inline constexpr std::size_t tile_side = 32;

/// \throws core::InputError the padding would be longer than the line of samples tenfold: the
/// centre lies far outside, or the slice is far larger
void require_reach(core::SliceGeometry const& geometry);

/// The projections of a geometry, on lines that every voxel inside of the circle has its places on.
struct PaddedLines {
  std::size_t total = 0;   //!< samples of a line
  std::size_t before = 0;  //!< of them before the first translation
  std::vector<PlacedRay> rays;
};
/// \throws core::InputError as `require_reach`
PaddedLines padded_lines(core::SliceGeometry const& geometry);

/*!
 * Projects slices forward and back, 16, 32, 48 or 64 bins at a time, on all threads of the host.
 *
 *     slice     [row][column][bin]
 *     sinogram  [projection][line][bin]: every projection is padded with samples on both sides, so
 *               that each voxel inside of the circle has its places on it
 *
 * The coefficients are computed on the fly, in double, once for all bins. Each voxel adds up its
 * projections in their order, each sample its voxels in the order of tiles, rows and columns: the
 * bits depend on no number of threads and no instruction set. `forward` is the exact transpose of
 * `back`: both use the same shares. Specification: core/tomography/projector.hpp, without the
 * factor d. Memory: 48 B per projection.
 */
class SliceProjector {
 public:
  /// \throws core::InputError as `padded_lines`
  SliceProjector(core::SliceGeometry const& geometry, Footprint footprint);

  core::SliceGeometry const& geometry() const noexcept { return geometry_; }
  PaddedLines const& lines() const noexcept { return lines_; }
  std::size_t line() const noexcept { return lines_.total; }  //!< samples of a padded projection
  /// Of them before the first translation.
  std::size_t before() const noexcept { return lines_.before; }
  std::size_t padded_samples() const noexcept { return geometry_.projections() * line(); }

  /// slice = Σ over rays of shares × samples; 0 outside of the circle.
  void back(std::span<float const> padded, std::size_t bins, std::span<float> slice) const;
  /// padded = Σ over voxels inside of the circle of shares × voxels, in the padding, too.
  void forward(std::span<float const> slice, std::size_t bins, std::span<float> padded) const;
  /// slice = the variance that follows from V₀ and V₁ (`filtered_back_projection_variance`); linear
  /// shares.
  void variance(std::span<float const> own, std::span<float const> with_next, std::size_t bins,
                std::span<float> slice) const;

 private:
  struct Run {
    std::size_t row, first, columns;
  };
  struct Tile {
    std::vector<Run> runs;
  };
  void make_tiles();
  VoxelRun voxels(Run const& run, std::size_t bins, float* slice) const;
  RayBlock rays(std::size_t first, std::size_t bins, float* samples, float const* with_next) const;
  std::size_t blocks() const;

  core::SliceGeometry geometry_;
  Footprint footprint_;
  PaddedLines lines_;
  std::vector<Tile> tiles_;  //!< rows of voxels inside of the circle
};

}  // namespace xrdct::kernels
