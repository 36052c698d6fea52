#pragma once
#include <cstddef>
#include <span>

#include "core/words/words.hpp"
#include "io/codec/words/decode_status.hpp"

namespace xrdct::codec {

/*!
 * Decodes CBF's byte-offset compression (x-CBF_BYTE_OFFSET): the difference of every pixel from the
 * one before (the first: from 0), little endian.
 *
 *     8 bits; or 0x80, then 16 bits; or 0x80, 0x8000, then 32 bits;
 *     or 0x80, 0x8000, 0x80000000, then 64 bits
 *
 * Never reads beyond `stored`. Bytes after the last pixel are not looked at: writers pad.
 * \param type of the pixels: integers
 * \param out whole pixels
 * \return truncated: the bytes end before the last pixel; beyond_type: a value that a pixel cannot
 * hold; unsupported: floating point; after any of them `out` is undefined
 *
 * Source: CBFlib manual, byte_offset compression.
 */
DecodeStatus decode_byte_offset(std::span<std::byte const> stored, core::PixelType type,
                                std::span<std::byte> out);

}  // namespace xrdct::codec
