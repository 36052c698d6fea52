#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/tile/tile_entries.hpp"

namespace xrdct::kernels {

/// What a run of a `TileMatrix` holds.
enum class TileOrder : std::uint8_t {
  by_bin,       //!< all entries of a bin, pixels ascending: singles alone
  by_first_bin  //!< pixels by the first of two neighbouring bins: they are read once for both.
                //!< Singles are pixels that lie wholly in one bin.
};

/*!
 * A bin matrix cut into tiles of consecutive pixels and, within each tile, ordered by bin.
 *
 * So a bin's sums stay in registers while its pixels of a tile are added. A pixel of more than two
 * bins has several entries; a bin that stands alone is one of a pair of coefficients, the other
 * being 0. Statically masked pixels have no entry. Memory: 6 B per single, 10 B per pair, 8 B per
 * run: of a tile as many as it meets bins.
 */
class TileMatrix {
 public:
  /// \param tile_pixels at most 65536
  /// \throws core::InputError when there are 2³² entries or more
  TileMatrix(core::BinMatrix const& matrix, std::vector<std::uint8_t> const& mask,
             std::size_t tile_pixels, TileOrder order);

  TileEntries tile(std::size_t index) const noexcept;
  std::size_t tiles() const noexcept { return singles_.first_run.size() - 1; }
  /// Runs of singles of all tiles, numbered from the first to the last tile; a run ends where the
  /// next one begins.
  std::uint32_t first_run(std::size_t tile) const noexcept { return singles_.first_run[tile]; }
  BinRun const& run(std::size_t run) const noexcept { return singles_.runs[run]; }
  /// [single] within the tile
  std::uint16_t const* pixels() const noexcept { return singles_.pixel.data(); }
  float const* coefficients() const noexcept { return singles_.coefficient.data(); }  //!< [single]
  /// Whether all entries are singles with a coefficient of 1.
  bool adds_pixels() const noexcept { return all_one_ && pairs_.pixel.empty(); }
  std::size_t memory_bytes() const noexcept;

 private:
  // Entries of all tiles that have the same number of coefficients.
  struct Runs {
    std::vector<std::uint32_t> first_run{0};  // [tile + 1]
    std::vector<BinRun> runs;
    std::vector<std::uint16_t> pixel;
    std::vector<float> coefficient;

    EntryRuns tile(std::size_t index) const noexcept;
    std::size_t memory_bytes() const noexcept;
  };
  // An entry before it is put into its run.
  struct Entry {
    std::uint32_t bin;
    std::uint16_t pixel;
    float coefficient[2];
  };

  void list_pixel(core::BinMatrix const& matrix, std::size_t pixel, std::uint16_t in_tile,
                  TileOrder order);
  void add_tile(std::vector<Entry>& entries, std::size_t coefficients, Runs& runs);

  Runs singles_, pairs_;
  bool all_one_ = true;
  std::vector<Entry> tile_singles_, tile_pairs_;  // scratch of the construction
  std::vector<std::uint32_t> next_entry_;         // [bin] scratch of the construction
};

}  // namespace xrdct::kernels
