#pragma once
#include <cstddef>

#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/*!
 * Turns bit planes into pixels: bit b of pixel i is bit i of plane b.
 *
 * Planes follow each other, `pixels`/8 bytes each, the lowest bit of a byte first; 8·pixel_bytes of
 * them are read. Because their distance depends on the number of pixels alone, a smaller
 * `pixel_bytes` delivers the low planes of wider pixels.
 *
 * \param planes 8·pixel_bytes planes, pixels·pixel_bytes bytes
 * \param pixels a multiple of 8
 * \param pixel_bytes 1, 2, 4 or 8
 * \param out pixels·pixel_bytes bytes, little endian; does not overlap `planes`
 */
void planes_to_pixels(Simd simd, std::byte const* planes, std::size_t pixels,
                      std::size_t pixel_bytes, std::byte* out);

/// The inverse of `planes_to_pixels`; portable code alone.
void pixels_to_planes(std::byte const* in, std::size_t pixels, std::size_t pixel_bytes,
                      std::byte* planes);

/// `planes_to_pixels` for the bytes [first, last) of each plane, that is pixels [8·first, 8·last);
/// `out` is that of pixel 0.
void planes_to_pixels_portable(std::byte const* planes, std::size_t plane_bytes, std::size_t first,
                               std::size_t last, std::size_t pixel_bytes, std::byte* out);

/// `planes_to_pixels` of the first ⌊plane_bytes/32⌋·32 bytes of each plane, with AVX2.
/// \return how many these are; 0 in a build for other processors.
std::size_t planes_to_pixels_avx2(std::byte const* planes, std::size_t plane_bytes,
                                  std::size_t pixel_bytes, std::byte* out);

/// `planes_to_pixels` for pixels of one byte whose planes from 4 on are equal; reads the planes 0–4
/// alone, with AVX2.
/// \param plane_bytes a multiple of 32
void four_planes_to_bytes_avx2(std::byte const* planes, std::size_t plane_bytes, std::byte* out);

/// `planes_to_pixels` of the first ⌊plane_bytes/16⌋·16 bytes of each plane, with AVX-512, for
/// pixels of at most 4 bytes.
/// \return how many these are; 0 for wider pixels.
std::size_t planes_to_pixels_avx512(std::byte const* planes, std::size_t plane_bytes,
                                    std::size_t pixel_bytes, std::byte* out);

}  // namespace xrdct::codec
