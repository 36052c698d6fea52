// Cuts slices into tiles and projections into blocks, and shares them out among the threads.
#include "kokkos/tomography/slice_projector.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t most_padding = 10;  // lines of samples

}  // namespace

void require_reach(core::SliceGeometry const& geometry) {
  if (core::reached_line(geometry).total <= most_padding * geometry.translations) return;
  auto const [low, high] = std::minmax_element(geometry.centres.begin(), geometry.centres.end());
  throw core::InputError(
      {.what = "place the rotation axis",
       .expected = "a centre of rotation near the translations 0 to " +
                   std::to_string(geometry.translations - 1) + ", and a slice not much larger",
       .found = "centres from " + core::number_text(*low) + " to " + core::number_text(*high) +
                ", a slice of " + std::to_string(geometry.side),
       .attempt = "give the centre (grid.centre, --centre) as an index of translations, or a "
                  "smaller slice (grid.side)"});
}

PaddedLines padded_lines(core::SliceGeometry const& geometry) {
  XRDCT_ASSERT(geometry.centres.size() == geometry.projections());
  require_reach(geometry);
  auto const reached = core::reached_line(geometry);
  PaddedLines lines{reached.total, reached.before, {}};
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    core::Ray const ray(geometry, p);
    double const cosine = std::abs(ray.cosine), sine = std::abs(ray.sine);
    double const outer = (cosine + sine) / 2.0, inner = std::abs(cosine - sine) / 2.0;
    lines.rays.push_back({.cosine = ray.cosine,
                          .sine = ray.sine,
                          .centre = ray.centre + static_cast<double>(reached.before),
                          .outer = outer,
                          .inner = inner,
                          .height = 1.0 / (outer + inner)});
  }
  return lines;
}

SliceProjector::SliceProjector(core::SliceGeometry const& geometry, Footprint footprint)
    : geometry_(geometry), footprint_(footprint), lines_(padded_lines(geometry)) {
  make_tiles();
}

void SliceProjector::make_tiles() {
  std::size_t const side = geometry_.side;
  for (std::size_t top = 0; top < side; top += tile_side) {
    for (std::size_t left = 0; left < side; left += tile_side) {
      Tile tile;
      for (std::size_t row = top; row < std::min(side, top + tile_side); ++row) {
        Run run{row, side, 0};
        for (std::size_t column = left; column < std::min(side, left + tile_side); ++column) {
          if (!geometry_.inside(row, column)) continue;
          run.first = std::min(run.first, column);
          ++run.columns;
        }
        if (run.columns > 0) tile.runs.push_back(run);
      }
      if (!tile.runs.empty()) tiles_.push_back(std::move(tile));
    }
  }
}

std::size_t SliceProjector::blocks() const {
  return (geometry_.projections() + rays_of_block - 1) / rays_of_block;
}

VoxelRun SliceProjector::voxels(Run const& run, std::size_t bins, float* slice) const {
  return {.voxels = slice + (run.row * geometry_.side + run.first) * bins,
          .up = geometry_.half_side() - static_cast<double>(run.row),
          .across = static_cast<double>(run.first) - geometry_.half_side(),
          .columns = run.columns};
}

RayBlock SliceProjector::rays(std::size_t block, std::size_t bins, float* samples,
                              float const* with_next) const {
  std::size_t const first = block * rays_of_block, values = first * line() * bins;
  return {.ray = lines_.rays.data() + first,
          .rays = std::min(rays_of_block, geometry_.projections() - first),
          .samples = samples + values,
          .with_next = with_next == nullptr ? nullptr : with_next + values,
          .line = line()};
}

void SliceProjector::back(std::span<float const> padded, std::size_t bins,
                          std::span<float> slice) const {
  auto const loops = slice_kernels(codec::simd(), bins / bins_of_vector);
  std::fill(slice.begin(), slice.end(), 0.0F);
  auto* const samples = const_cast<float*>(padded.data());  // read alone
  share_on_host("xrdct::slices back projection", tiles_.size(), [&](std::size_t tile) {
    for (std::size_t b = 0; b < blocks(); ++b)
      for (auto const& run : tiles_[tile].runs)
        loops.back(footprint_, rays(b, bins, samples, nullptr), voxels(run, bins, slice.data()));
  });
}

void SliceProjector::forward(std::span<float const> slice, std::size_t bins,
                             std::span<float> padded) const {
  auto const loops = slice_kernels(codec::simd(), bins / bins_of_vector);
  auto* const from = const_cast<float*>(slice.data());  // read alone
  share_on_host("xrdct::slices forward projection", blocks(), [&](std::size_t b) {
    auto const block = rays(b, bins, padded.data(), nullptr);
    std::fill_n(block.samples, block.rays * line() * bins, 0.0F);
    for (auto const& tile : tiles_)
      for (auto const& run : tile.runs) loops.forward(footprint_, block, voxels(run, bins, from));
  });
}

void SliceProjector::variance(std::span<float const> own, std::span<float const> with_next,
                              std::size_t bins, std::span<float> slice) const {
  auto const loops = slice_kernels(codec::simd(), bins / bins_of_vector);
  std::fill(slice.begin(), slice.end(), 0.0F);
  auto* const samples = const_cast<float*>(own.data());  // read alone
  share_on_host("xrdct::slices variance", tiles_.size(), [&](std::size_t tile) {
    for (std::size_t b = 0; b < blocks(); ++b)
      for (auto const& run : tiles_[tile].runs)
        loops.variance(rays(b, bins, samples, with_next.data()), voxels(run, bins, slice.data()));
  });
}

}  // namespace xrdct::kernels
