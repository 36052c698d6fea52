#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xrdct::codec {

/*!
 * Encodes pixels as a bitshuffle-LZ4 chunk (HDF5 filter 32008, blocks of 8192 bytes), byte-equal on
 * every instruction set.
 * \param pixels a whole number of pixels of `pixel_bytes` (1, 2, 4 or 8) bytes
 */
std::vector<std::byte> encode_bitshuffle_lz4(std::span<std::byte const> pixels,
                                             std::size_t pixel_bytes);

/*!
 * Encodes pixels as the differences of CBF's x-CBF_BYTE_OFFSET, each in the narrowest of its forms:
 * see `decode_byte_offset`.
 * \param pixels native byte order
 */
std::vector<std::byte> encode_byte_offset(std::span<std::int32_t const> pixels);

}  // namespace xrdct::codec
