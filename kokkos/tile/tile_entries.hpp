#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

/// The words of the fused engine: how the pixels of one tile of a group of frames are held, and the
/// entries of the matrix within it.
namespace xrdct::kernels {

/// Frames that one thread reduces together: vectors run across them. Frames never mix, so it has no
/// influence on the sums.
inline constexpr std::size_t lanes = 16;

/// How the pixels of a tile are held, the narrowest that holds them exactly.
enum class Storage : std::uint8_t { u8, u16, f32 };

constexpr std::size_t size_of(Storage storage) noexcept {
  return std::size_t{1} << static_cast<int>(storage);
}

/// Entries of one bin within a tile: they end where the next run begins.
struct BinRun {
  std::uint32_t bin = 0;
  std::uint32_t first_entry = 0;
};

/// Runs of entries that add a pixel to one bin, or to two that follow each other.
struct EntryRuns {
  std::span<BinRun const> runs;  //!< ascending bins; and one more behind, where the last one ends
  std::uint16_t const* pixel;    //!< [entry] within the tile
  /// [entry]; of pairs [entry][2]: in the bin of the run and in the next one
  float const* coefficient;
};

/// The matrix of one reduction within one tile, pixels ascending within a run.
struct TileEntries {
  EntryRuns singles;
  EntryRuns pairs;       //!< added after the singles; a coefficient may be 0
  bool all_one = false;  //!< the coefficients of the singles are all 1
};

/// A count of one frame that does not fit into 8 bits, of a tile whose others do.
struct BrightCount {
  std::uint32_t place = 0;  //!< pixel·lanes + lane
  float counts = 0.0f;
};

/// What stands in the place of a bright count.
inline constexpr std::uint8_t bright_placeholder = 255;

/// The pixels of one tile of all frames of a group.
struct TilePixels {
  /// [pixel][lane] of `storage`; NaN: contributes nothing (f32 alone)
  void const* values = nullptr;
  Storage storage = Storage::f32;
  bool has_invalid = false;     //!< some value is NaN
  float const* dark = nullptr;  //!< [pixel] of the tile; nullptr: none (f32 alone)
  bool small = false;           //!< no value that an entry names is 32 or more (u8 alone)
  /// Ascending places; in `values` they are `bright_placeholder` (u8 alone). The loops take the
  /// placeholders; who calls them sees to the rest.
  std::span<BrightCount const> bright = {};
};

}  // namespace xrdct::kernels
