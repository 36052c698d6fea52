// Averages the slices of a height over their bins, chunk by chunk as they lie in the file.
#include "io/stored/mean_slice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "core/scan/progress.hpp"
#include "io/files/file_bytes.hpp"

namespace xrdct::io {
namespace {

struct Mean {
  double sum = 0.0;
  std::int32_t bins = 0;
};

// The bins of a chunk that are none of padding.
void add_chunk(std::span<float const> chunk, std::size_t chunk_bins, std::size_t bins,
               std::span<Mean> voxels) {
  for (std::size_t voxel = 0; voxel < voxels.size(); ++voxel) {
    for (float const value : chunk.subspan(voxel * chunk_bins, bins)) {
      if (!std::isfinite(value)) continue;
      voxels[voxel].sum += value;
      ++voxels[voxel].bins;
    }
  }
}

}  // namespace

std::vector<float> mean_slice_of_file(FileDescriptor const& descriptor,
                                      std::filesystem::path const& file,
                                      core::SlicePlan const& plan, std::uint64_t address,
                                      std::size_t reduction, std::size_t height) {
  auto const& pattern = plan.reductions()[reduction].pattern;
  std::size_t const tile_side = plan.tile_side(), chunk_bins = plan.chunk_bins(reduction),
                    chunks_in_row = (pattern.columns + chunk_bins - 1) / chunk_bins,
                    chunks_of_tile = pattern.rows * chunks_in_row;
  std::vector<float> chunk(tile_side * tile_side * chunk_bins);
  std::size_t const chunk_bytes = chunk.size() * sizeof(float);
  std::vector<float> slice(plan.voxels());
  for (std::size_t tile = 0; tile < plan.tiles(); ++tile) {
    std::vector<Mean> voxels(tile_side * tile_side);
    for (std::size_t n = 0; n < chunks_of_tile; ++n) {
      std::size_t const number = (height * plan.tiles() + tile) * chunks_of_tile + n,
                        first = n % chunks_in_row * chunk_bins;
      read_at(descriptor, file, std::as_writable_bytes(std::span(chunk)),
              address + number * chunk_bytes);
      add_chunk(chunk, chunk_bins, std::min(chunk_bins, pattern.columns - first), voxels);
      core::note_progress();
    }
    std::size_t const top = tile / plan.tiles_across() * tile_side,
                      left = tile % plan.tiles_across() * tile_side;
    for (std::size_t i = 0; i < std::min(tile_side, plan.side() - top); ++i) {
      for (std::size_t j = 0; j < std::min(tile_side, plan.side() - left); ++j) {
        auto const& [sum, bins] = voxels[i * tile_side + j];
        slice[(top + i) * plan.side() + left + j] =
            bins == 0 ? std::numeric_limits<float>::quiet_NaN()
                      : static_cast<float>(sum / static_cast<double>(bins));
      }
    }
  }
  return slice;
}

}  // namespace xrdct::io
