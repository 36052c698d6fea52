#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kokkos/tile/tile_entries.hpp"

namespace xrdct::kernels {

/// Where the pixels of one tile lie in a `TurnedImage`.
struct TurnedTile {
  std::uint32_t place = 0;  //!< of the first pixel [16 bytes]
  Storage storage = Storage::u8;
  bool has_invalid = false;  //!< some value is NaN
  std::uint32_t first_bright = 0, brights = 0;
};

/*!
 * The turned tiles of a group of frames, one behind the other, each in its own storage.
 *
 * Memory: 64 B per pixel are reserved, but only what is used is touched: 16 B per pixel of tiles of
 * 8-bit counts, 32 or 64 B for others; 8 B per bright count.
 */
class TurnedImage {
 public:
  TurnedImage(std::size_t pixels, std::size_t tile_pixels);

  void clear() noexcept;
  /// Of the values of all groups so far the most of one: what is touched.
  std::size_t touched_bytes() const noexcept { return touched_; }
  std::size_t reserved_bytes() const noexcept { return capacity_; }
  /// Memory for the next tile.
  /// \param pixels at most `tile_pixels`
  /// \param properties all but the values
  std::byte* add(std::size_t tile, std::size_t pixels, TilePixels const& properties);

  std::byte const* data() const noexcept {
    return reinterpret_cast<std::byte const*>(values_.get());
  }
  TilePixels pixels(std::size_t tile) const noexcept;
  TurnedTile const& tile(std::size_t index) const noexcept { return tiles_[index]; }
  bool has_bright() const noexcept { return !bright_.empty(); }
  std::size_t memory_bytes() const noexcept {
    return capacity_ + tiles_.capacity() * sizeof(TurnedTile) +
           bright_.capacity() * sizeof(BrightCount);
  }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };

  std::size_t capacity_ = 0, used_ = 0, touched_ = 0;  // [bytes]
  std::unique_ptr<Line[]> values_;  // from the begin of a line of the cache on, so that registers
                                    // are read from one line each
  std::vector<TurnedTile> tiles_;   // [tile]; of those without an unmasked pixel nothing is written
  std::vector<BrightCount> bright_;
};

}  // namespace xrdct::kernels
