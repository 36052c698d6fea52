#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace xrdct::kernels {

/// Frames that one thread reduces together: vectors run across them. Frames never mix, so it has no influence on the sums.
inline constexpr std::size_t lanes = 16;

/// How the pixels of a tile are held, the narrowest that holds them exactly.
enum class Storage : std::uint8_t { u8, u16, f32 };

constexpr std::size_t size_of(Storage storage) noexcept { return std::size_t{1} << static_cast<int>(storage); }

/// Entries of one bin within a tile: they end where the next run begins.
struct BinRun {
  std::uint32_t bin = 0;
  std::uint32_t first_entry = 0;
};

/// Runs of entries that add a pixel to one bin, or to two that follow each other.
struct EntryRuns {
  std::span<BinRun const> runs;  //!< ascending bins; and one more behind, where the last one ends
  std::uint16_t const* pixel;    //!< [entry] within the tile
  float const* coefficient;      //!< [entry]; of pairs [entry][2]: in the bin of the run and in the next one
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
inline constexpr std::uint8_t bright_mark = 255;

/// The pixels of one tile of all frames of a group.
struct TilePixels {
  void const* values = nullptr;  //!< [pixel][lane] of `storage`; NaN: contributes nothing (f32 alone)
  Storage storage = Storage::f32;
  bool has_invalid = false;     //!< some value is NaN
  float const* dark = nullptr;  //!< [pixel] of the tile; nullptr: none (f32 alone)
  bool small = false;           //!< no value that an entry names is 32 or more (u8 alone)
  /// Ascending places; in `values` they are `bright_mark` (u8 alone). The loops take the marks; who calls them sees to the rest.
  std::span<BrightCount const> bright = {};
};

/*!
 * Adds one tile to the sums of a group.
 *
 *     S[bin][lane] += c·(float(x) − dark)      V[bin][lane] += c²·max(float(x), 1)      in the order of the entries, in double
 *
 * Where the singles are all 1, those of a run are added to each other first, and their sum to S and V. Products c·x of two float32 are exact in
 * double, sums of integers are exact, too, and so is c²·x where x < 32: fused or not, in whatever order, they give the same bits.
 *
 * \param with_variance false: V is left as it is   \param sums [bin][2][lane]: S, V
 */
using Multiply = void (*)(TileEntries const& entries, TilePixels const& pixels, bool with_variance, double* sums);

/*!
 * Turns pixels so that frames are the fastest index.
 * \param rows    [lane] `pixels` values of `storage` each, `stride` bytes from lane to lane
 * \param turned  [pixel][lane]
 */
using Turn = void (*)(std::byte const* rows, std::size_t stride, std::size_t pixels, Storage storage, void* turned);

/// The loops of one instruction set; all give the same bits.
struct LaneKernels {
  Multiply multiply;
  Turn turn;
};

LaneKernels portable_kernels();
LaneKernels avx2_kernels();
LaneKernels avx512_kernels();

}  // namespace xrdct::kernels
