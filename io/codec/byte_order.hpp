#pragma once
#include <cstddef>
#include <span>

namespace xrdct::codec {

/// Reverses the bytes of each pixel, in place. \param pixel_bytes 1, 2, 4 or 8
void swap_byte_order(std::span<std::byte> pixels, std::size_t pixel_bytes);

/// Inverse of HDF5's shuffle filter: byte B of pixel i is in[B·n + i], n = number of pixels.
/// \param out as large as `in`, apart from it
void undo_byte_shuffle(std::span<std::byte const> in, std::size_t pixel_bytes,
                       std::span<std::byte> out);

}  // namespace xrdct::codec
