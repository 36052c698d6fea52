// Keeps the turned tiles of a group of frames for methods that need all pixels of a bin.
#include "kokkos/tile/turned_image.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/words/errors.hpp"

namespace xrdct::kernels {

TurnedImage::TurnedImage(std::size_t pixels, std::size_t tile_pixels)
    : capacity_(pixels * lanes * size_of(Storage::f32)),
      tiles_((pixels + tile_pixels - 1) / tile_pixels) {
  if (capacity_ / lanes > std::numeric_limits<std::uint32_t>::max())
    throw core::InputError({.what = "reduce the frames",
                            .expected = "fewer than 2^30 pixels",
                            .found = std::to_string(pixels),
                            .attempt = "use methods mean, sum or maximum, or engine spmm"});
  values_ = std::make_unique_for_overwrite<Line[]>((capacity_ + sizeof(Line) - 1) / sizeof(Line));
}

void TurnedImage::clear() noexcept {
  used_ = 0;
  bright_.clear();
}

std::byte* TurnedImage::add(std::size_t tile, std::size_t pixels, TilePixels const& properties) {
  tiles_[tile] = {static_cast<std::uint32_t>(used_ / lanes), properties.storage,
                  properties.has_invalid, static_cast<std::uint32_t>(bright_.size()),
                  static_cast<std::uint32_t>(properties.bright.size())};
  bright_.insert(bright_.end(), properties.bright.begin(), properties.bright.end());
  std::byte* const values = reinterpret_cast<std::byte*>(values_.get()) + used_;
  used_ += pixels * lanes * size_of(properties.storage);
  touched_ = std::max(touched_, used_);
  return values;
}

TilePixels TurnedImage::pixels(std::size_t tile) const noexcept {
  TurnedTile const& turned = tiles_[tile];
  return {.values = data() + std::size_t{turned.place} * lanes,
          .storage = turned.storage,
          .has_invalid = turned.has_invalid,
          .bright = std::span(bright_).subspan(turned.first_bright, turned.brights)};
}

}  // namespace xrdct::kernels
