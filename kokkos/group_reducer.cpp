#include "kokkos/group_reducer.hpp"

#include <algorithm>

#include "core/errors.hpp"

namespace xrdct::kernels {
namespace {

LaneKernels kernels_of(codec::Simd simd) {
  switch (simd) {
    case codec::Simd::portable:
      return portable_kernels();
    case codec::Simd::avx2:
      return avx2_kernels();
    case codec::Simd::avx512:
      return avx512_kernels();
  }
  return portable_kernels();
}

}  // namespace

FusedPlan::FusedPlan(core::ReductionPlan const& plan_)
    : plan(plan_),
      tile_pixels(kernels::tile_pixels(plan_.encoding.type)),
      tiles((plan_.shape.pixels() + tile_pixels - 1) / tile_pixels),
      tile_words((tile_pixels + 63) / 64),
      unmasked(tiles * tile_words),
      wanted(tiles),
      stager(plan_.encoding.type, plan_.valid),
      kernels(kernels_of(codec::simd())) {
  auto const& mask = plan.corrections.mask;
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p) {
    if (mask[p] != 0) continue;
    std::size_t const tile = p / tile_pixels, in_tile = p % tile_pixels;
    wanted[tile] = 1;
    unmasked[tile * tile_words + in_tile / 64] |= std::uint64_t{1} << (in_tile % 64);
  }
  for (core::Reduction const& reduction : plan.reductions) {
    matrices.emplace_back(reduction.matrix, mask, tile_pixels);
    static_sums.emplace_back(plan, reduction);
  }
}

std::size_t FusedPlan::memory_bytes() const {
  std::size_t bytes = unmasked.capacity() * sizeof(std::uint64_t) + wanted.capacity();
  for (TileMatrix const& matrix : matrices) bytes += matrix.memory_bytes();
  for (StaticSums const& sums : static_sums) bytes += sums.bins() * (3 * sizeof(DoubleDouble) + sizeof(std::int32_t));
  return bytes;
}

GroupReducer::GroupReducer(FusedPlan const& plan)
    : plan_(plan),
      scratch_(plan.plan.shape, plan.plan.encoding),
      rows_(lanes * plan.tile_pixels * sizeof(float)),
      turned_(plan.tile_pixels * lanes),
      dropped_(lanes * plan.tiles * plan.tile_words) {
  for (std::size_t lane = 0; lane < lanes; ++lane) walks_.emplace_back(plan.plan.shape, plan.plan.encoding);
  for (StaticSums const& sums : plan.static_sums) {
    sums_.emplace_back(sums.bins() * 2 * lanes);
    static_scratch_.emplace_back(sums.bins());
  }
}

std::size_t GroupReducer::memory_bytes() const {
  std::size_t bytes = scratch_.block.capacity() + scratch_.tile.capacity() + rows_.capacity() + turned_.capacity() * sizeof(float) +
                      dropped_.capacity() * sizeof(std::uint64_t);
  for (FrameWalk const& walk : walks_) bytes += walk.memory_bytes();
  for (auto const& sums : sums_) bytes += sums.capacity() * sizeof(double);
  for (auto const& bins : static_scratch_) bytes += bins.pixels.size() * (3 * sizeof(DoubleDouble) + sizeof(std::int32_t));
  return bytes;
}

void GroupReducer::reduce(core::EncodedBatch const& batch, std::span<std::size_t const> frames, core::ReducedBatch& out) {
  XRDCT_ASSERT(frames.size() <= lanes);
  open(batch, frames);
  std::fill(dropped_.begin(), dropped_.end(), 0u);
  for (auto& sums : sums_) std::fill(sums.begin(), sums.end(), 0.0);
  std::size_t const all = plan_.plan.shape.pixels();
  for (std::size_t tile = 0; tile < plan_.tiles; ++tile) {
    std::size_t const pixels = std::min(plan_.tile_pixels, all - tile * plan_.tile_pixels);
    stage_tile(tile, pixels);
    if (plan_.wanted[tile] != 0) multiply_tile(tile, pixels);
  }
  for (std::size_t lane = 0; lane < frames.size(); ++lane) {
    out.status[frames[lane]] = alive_[lane] ? core::FrameStatus::good : core::FrameStatus::corrupt;
    if (alive_[lane]) write(lane, frames[lane], out);
  }
}

void GroupReducer::open(core::EncodedBatch const& batch, std::span<std::size_t const> frames) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    staged_[lane] = {};
    alive_[lane] = lane < frames.size() && walks_[lane].open(batch.frames[frames[lane]], scratch_) == codec::DecodeStatus::ok;
  }
}

float const* GroupReducer::dark_of(std::size_t tile) const {
  auto const& dark = plan_.plan.corrections.dark;
  return dark.empty() ? nullptr : dark.data() + tile * plan_.tile_pixels;
}

void GroupReducer::stage_tile(std::size_t tile, std::size_t pixels) {
  float const* dark = dark_of(tile);
  bool const wanted = plan_.wanted[tile] != 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::byte* row = rows_.data() + lane * plan_.tile_pixels * sizeof(float);
    std::byte const* raw = nullptr;
    if (alive_[lane] && walks_[lane].next(pixels, wanted, scratch_, raw) != codec::DecodeStatus::ok) alive_[lane] = false;
    if (!wanted) continue;
    if (alive_[lane]) {
      std::uint64_t* dropped = dropped_.data() + (lane * plan_.tiles + tile) * plan_.tile_words;
      staged_[lane] = plan_.stager.stage(raw, pixels, dark, plan_.unmasked.data() + tile * plan_.tile_words, row, dropped);
    } else {
      staged_[lane] = {dark == nullptr ? Storage::u8 : Storage::f32, false};
      std::fill(row, row + pixels * sizeof(float), std::byte{0});
    }
  }
}

void GroupReducer::multiply_tile(std::size_t tile, std::size_t pixels) {
  TilePixels turned{turned_.data(), Storage::u8, false, dark_of(tile)};
  for (Staged const& staged : staged_) {
    turned.storage = std::max(turned.storage, staged.storage);
    turned.has_invalid |= staged.has_invalid;
  }
  std::size_t const stride = plan_.tile_pixels * sizeof(float);
  for (std::size_t lane = 0; lane < lanes; ++lane) widen(rows_.data() + lane * stride, pixels, staged_[lane].storage, turned.storage);
  plan_.kernels.turn(rows_.data(), stride, pixels, turned.storage, turned_.data());
  for (std::size_t r = 0; r < sums_.size(); ++r) plan_.kernels.multiply(plan_.matrices[r].tile(tile), turned, sums_[r].data());
}

void GroupReducer::write(std::size_t lane, std::size_t frame, core::ReducedBatch& out) {
  std::span const dropped = std::span(dropped_).subspan(lane * plan_.tiles * plan_.tile_words, plan_.tiles * plan_.tile_words);
  for (std::size_t r = 0; r < sums_.size(); ++r) {
    core::PatternSums& sums = out.sums[r];
    bool const has_variance = plan_.plan.reductions[r].error_model == core::ErrorModel::poisson;
    for (std::size_t bin = 0; bin < sums.bins; ++bin) {
      sums.signal[frame * sums.bins + bin] = sums_[r][bin * 2 * lanes + lane];
      if (has_variance) sums.variance[frame * sums.bins + bin] = sums_[r][(bin * 2 + 1) * lanes + lane];
    }
    plan_.static_sums[r].finish(dropped, static_scratch_[r], sums, frame, out.tally[r][frame]);
  }
}

}  // namespace xrdct::kernels
