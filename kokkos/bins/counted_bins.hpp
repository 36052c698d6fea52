#pragma once
#include <cstddef>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/bins/count_plan.hpp"
#include "kokkos/tile/tile_matrix.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/// The bins of a reduction whose counts are clipped: what all frames share. Refers to what others
/// own.
struct CountedBins {
  core::ReductionPlan const& plan;
  CountPlan const& prepared;
  BinRuns const& runs;
  TileMatrix const& matrix;
  core::BinMatrix const& bins;

  /// \return [pixel] of the tile
  float const* norms_of(std::size_t tile) const {
    return plan.corrections.normalization.data() + tile * prepared.tile_pixels;
  }
  std::uint16_t const* pixels_of(BinRuns::Place const& run) const {
    return matrix.pixels() + run.first_entry;
  }
  /// Fetches the counts of a run into the cache.
  void fetch(BinRuns::Place const& run, TurnedImage const& image, bool with_norms) const {
    TilePixels const pixels = image.pixels(run.tile);
    for (std::size_t e = 0; e < run.entries; ++e) {
      std::size_t const pixel = matrix.pixels()[run.first_entry + e];
      __builtin_prefetch(static_cast<std::byte const*>(pixels.values) +
                         pixel * lanes * size_of(pixels.storage));
      if (with_norms) __builtin_prefetch(norms_of(run.tile) + pixel);
    }
  }
};

}  // namespace xrdct::kernels
