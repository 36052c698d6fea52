#include "kokkos/tile_matrix.hpp"

#include <algorithm>
#include <limits>

#include "core/errors.hpp"

namespace xrdct::kernels {

TileMatrix::TileMatrix(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask, std::size_t tile_pixels) {
  XRDCT_ASSERT(tile_pixels > 0 && tile_pixels <= 65536);
  if (matrix.entries() >= std::numeric_limits<std::uint32_t>::max())
    throw core::InputError("cannot build the matrix of a reduction: expected fewer than 2^32 entries, found " + std::to_string(matrix.entries()) +
                           "; use fewer bins");
  pixel_.reserve(matrix.entries());
  coefficient_.reserve(matrix.entries());
  next_entry_.assign(matrix.bins, 0);
  first_run_.push_back(0);
  for (std::size_t first = 0; first < matrix.pixels(); first += tile_pixels)
    add_tile(matrix, mask, first, std::min(first + tile_pixels, matrix.pixels()));
  runs_.push_back({0, static_cast<std::uint32_t>(pixel_.size())});
  std::vector<std::uint32_t>().swap(next_entry_);
}

// A counting sort by bin: stable, so pixels stay ascending within a bin.
void TileMatrix::add_tile(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask, std::size_t first, std::size_t last) {
  auto const each_entry = [&](auto visit) {
    for (std::size_t p = first; p < last; ++p) {
      if (mask[p] != 0) continue;
      for (std::uint32_t e = matrix.entry_begin[p]; e < matrix.entry_begin[p + 1]; ++e) visit(p, matrix.bin[e], matrix.coefficient[e]);
    }
  };
  std::uint32_t low = static_cast<std::uint32_t>(matrix.bins), high = 0;
  each_entry([&](std::size_t, std::uint32_t bin, float) {
    XRDCT_ASSERT(bin < matrix.bins);
    ++next_entry_[bin];
    low = std::min(low, bin);
    high = std::max(high, bin + 1);
  });
  auto position = static_cast<std::uint32_t>(pixel_.size());
  for (std::uint32_t bin = low; bin < high; ++bin) {
    std::uint32_t const entries = next_entry_[bin];
    if (entries != 0) runs_.push_back({bin, position});
    next_entry_[bin] = position;
    position += entries;
  }
  pixel_.resize(position);
  coefficient_.resize(position);
  each_entry([&](std::size_t p, std::uint32_t bin, float coefficient) {
    std::uint32_t const e = next_entry_[bin]++;
    pixel_[e] = static_cast<std::uint16_t>(p - first);
    coefficient_[e] = coefficient;
  });
  std::fill(next_entry_.begin() + std::min(low, high), next_entry_.begin() + high, 0u);
  first_run_.push_back(static_cast<std::uint32_t>(runs_.size()));
}

TileEntries TileMatrix::tile(std::size_t index) const noexcept {
  return {std::span(runs_).subspan(first_run_[index], first_run_[index + 1] - first_run_[index]), pixel_.data(), coefficient_.data()};
}

std::size_t TileMatrix::memory_bytes() const noexcept {
  return first_run_.capacity() * sizeof(std::uint32_t) + runs_.capacity() * sizeof(BinRun) + pixel_.capacity() * sizeof(std::uint16_t) +
         coefficient_.capacity() * sizeof(float);
}

}  // namespace xrdct::kernels
