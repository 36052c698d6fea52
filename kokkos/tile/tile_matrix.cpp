// The matrix of a reduction cut into tiles, bin by bin.
#include "kokkos/tile/tile_matrix.hpp"

#include <algorithm>
#include <limits>

#include "core/words/errors.hpp"

namespace xrdct::kernels {

TileMatrix::TileMatrix(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask,
                       std::size_t tile_pixels, TileOrder order) {
  XRDCT_ASSERT(tile_pixels > 0 && tile_pixels <= 65536);
  if (matrix.entries() >= std::numeric_limits<std::uint32_t>::max())
    throw core::InputError({.what = "build the matrix of a reduction",
                            .expected = "fewer than 2^32 entries",
                            .found = std::to_string(matrix.entries()),
                            .attempt = "use fewer bins"});
  next_entry_.assign(matrix.bins, 0);
  for (std::size_t first = 0; first < matrix.pixels(); first += tile_pixels) {
    for (std::size_t p = first; p < std::min(first + tile_pixels, matrix.pixels()); ++p)
      if (mask[p] == 0) list_pixel(matrix, p, static_cast<std::uint16_t>(p - first), order);
    add_tile(tile_singles_, 1, singles_);
    add_tile(tile_pairs_, 2, pairs_);
  }
  for (Runs* runs : {&singles_, &pairs_}) {
    runs->runs.push_back({0, static_cast<std::uint32_t>(runs->pixel.size())});
    runs->pixel.shrink_to_fit();
    runs->coefficient.shrink_to_fit();
  }
  all_one_ = std::all_of(singles_.coefficient.begin(), singles_.coefficient.end(),
                         [](float c) { return c == 1.0f; });
  std::vector<std::uint32_t>().swap(next_entry_);
  std::vector<Entry>().swap(tile_singles_);
  std::vector<Entry>().swap(tile_pairs_);
}

void TileMatrix::list_pixel(core::BinMatrix const& matrix, std::size_t pixel, std::uint16_t in_tile,
                            TileOrder order) {
  std::uint32_t const end = matrix.entry_begin[pixel + 1];
  for (std::uint32_t e = matrix.entry_begin[pixel]; e < end; ++e) {
    std::uint32_t const bin = matrix.bin[e];
    float const c = matrix.coefficient[e];
    XRDCT_ASSERT(bin < matrix.bins);
    if (order == TileOrder::by_bin || matrix.bins == 1) {
      tile_singles_.push_back({bin, in_tile, {c, 0.0f}});
    } else if (e + 1 < end && matrix.bin[e + 1] == bin + 1) {
      tile_pairs_.push_back({bin, in_tile, {c, matrix.coefficient[++e]}});
    } else if (c == 1.0f) {
      tile_singles_.push_back({bin, in_tile, {c, 0.0f}});
    } else if (bin + 1 < matrix.bins) {
      tile_pairs_.push_back({bin, in_tile, {c, 0.0f}});
    } else {
      tile_pairs_.push_back({bin - 1, in_tile, {0.0f, c}});
    }
  }
}

// A counting sort by bin: stable, so pixels stay ascending within a bin. Empties `entries`.
void TileMatrix::add_tile(std::vector<Entry>& entries, std::size_t coefficients, Runs& to) {
  std::uint32_t low = static_cast<std::uint32_t>(next_entry_.size()), high = 0;
  for (Entry const& entry : entries) {
    ++next_entry_[entry.bin];
    low = std::min(low, entry.bin);
    high = std::max(high, entry.bin + 1);
  }
  auto position = static_cast<std::uint32_t>(to.pixel.size());
  for (std::uint32_t bin = low; bin < high; ++bin) {
    std::uint32_t const number = next_entry_[bin];
    if (number != 0) to.runs.push_back({bin, position});
    next_entry_[bin] = position;
    position += number;
  }
  to.pixel.resize(position);
  to.coefficient.resize(position * coefficients);
  for (Entry const& entry : entries) {
    std::uint32_t const e = next_entry_[entry.bin]++;
    to.pixel[e] = entry.pixel;
    for (std::size_t k = 0; k < coefficients; ++k)
      to.coefficient[e * coefficients + k] = entry.coefficient[k];
  }
  std::fill(next_entry_.begin() + std::min(low, high), next_entry_.begin() + high, 0u);
  to.first_run.push_back(static_cast<std::uint32_t>(to.runs.size()));
  entries.clear();
}

EntryRuns TileMatrix::Runs::tile(std::size_t index) const noexcept {
  return {std::span(runs).subspan(first_run[index], first_run[index + 1] - first_run[index]),
          pixel.data(), coefficient.data()};
}

std::size_t TileMatrix::Runs::memory_bytes() const noexcept {
  return first_run.capacity() * sizeof(std::uint32_t) + runs.capacity() * sizeof(BinRun) +
         pixel.capacity() * sizeof(std::uint16_t) + coefficient.capacity() * sizeof(float);
}

TileEntries TileMatrix::tile(std::size_t index) const noexcept {
  return {singles_.tile(index), pairs_.tile(index), all_one_};
}

std::size_t TileMatrix::memory_bytes() const noexcept {
  return singles_.memory_bytes() + pairs_.memory_bytes();
}

}  // namespace xrdct::kernels
