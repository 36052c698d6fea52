#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/reduction_plan.hpp"
#include "kokkos/multiply.hpp"

namespace xrdct::kernels {

/*!
 * A bin matrix cut into tiles of consecutive pixels and, within each tile, ordered by bin.
 *
 * So a bin's sums stay in registers while its pixels of a tile are added, and each bin still adds its pixels in ascending order. Statically
 * masked pixels have no entry. Memory: 6 B per entry + 8 B per bin and tile.
 */
class TileMatrix {
 public:
  /// \param tile_pixels at most 65536   \throws core::InputError when there are 2³² entries or more
  TileMatrix(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask, std::size_t tile_pixels);

  TileEntries tile(std::size_t index) const noexcept;
  std::size_t tiles() const noexcept { return first_run_.size() - 1; }
  /// Runs of all tiles, numbered from the first to the last tile; a run ends where the next one begins.
  std::uint32_t first_run(std::size_t tile) const noexcept { return first_run_[tile]; }
  BinRun const& run(std::size_t run) const noexcept { return runs_[run]; }
  std::uint16_t const* pixels() const noexcept { return pixel_.data(); }      //!< [entry] within the tile
  float const* coefficients() const noexcept { return coefficient_.data(); }  //!< [entry]
  std::size_t memory_bytes() const noexcept;

 private:
  void add_tile(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask, std::size_t first, std::size_t last);

  std::vector<std::uint32_t> first_run_;  // [tile + 1]
  std::vector<BinRun> runs_;              // and one behind the last tile
  std::vector<std::uint16_t> pixel_;
  std::vector<float> coefficient_;
  std::vector<std::uint32_t> next_entry_;  // [bin] scratch of the construction
};

}  // namespace xrdct::kernels
