// Averages slices over their bins, chunk by chunk as they lie in the file.
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

std::vector<float> mean_tiles_of_file(FileDescriptor const& descriptor,
                                      std::filesystem::path const& file,
                                      core::SlicePlan const& plan, std::uint64_t address,
                                      SliceTiles const& tiles) {
  auto const& pattern = plan.reductions()[tiles.reduction].pattern;
  std::size_t const tile_voxels = plan.tile_side() * plan.tile_side(),
                    chunk_bins = plan.chunk_bins(tiles.reduction),
                    chunks_in_row = (pattern.columns + chunk_bins - 1) / chunk_bins,
                    chunks_of_tile = pattern.rows * chunks_in_row;
  std::vector<float> chunk(tile_voxels * chunk_bins), means;
  std::size_t const chunk_bytes = chunk.size() * sizeof(float);
  for (std::size_t tile = tiles.first; tile < tiles.last; ++tile) {
    std::vector<Mean> voxels(tile_voxels);
    for (std::size_t n = 0; n < chunks_of_tile; ++n) {
      std::size_t const number = (tiles.height * plan.tiles() + tile) * chunks_of_tile + n,
                        first = n % chunks_in_row * chunk_bins;
      read_at(descriptor, file, std::as_writable_bytes(std::span(chunk)),
              address + number * chunk_bytes);
      add_chunk(chunk, chunk_bins, std::min(chunk_bins, pattern.columns - first), voxels);
      core::note_progress();
    }
    for (auto const& [sum, bins] : voxels)
      means.push_back(bins == 0 ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(sum / static_cast<double>(bins)));
  }
  return means;
}

std::vector<float> slice_of_tiles(core::SlicePlan const& plan, std::span<float const> tiles) {
  std::size_t const side = plan.side(), tile_side = plan.tile_side();
  std::vector<float> slice(plan.voxels());
  for (std::size_t tile = 0; tile < plan.tiles(); ++tile) {
    std::size_t const top = tile / plan.tiles_across() * tile_side,
                      left = tile % plan.tiles_across() * tile_side;
    for (std::size_t i = 0; i < std::min(tile_side, side - top); ++i)
      std::copy_n(tiles.begin() + static_cast<std::ptrdiff_t>((tile * tile_side + i) * tile_side),
                  std::min(tile_side, side - left),
                  slice.begin() + static_cast<std::ptrdiff_t>((top + i) * side + left));
  }
  return slice;
}

}  // namespace xrdct::io
