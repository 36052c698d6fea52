#pragma once
#include <cstddef>
#include <span>

#include "io/codec/decode.hpp"

namespace xrdct::codec {

/// Decodes one LZ4 block that has to fill `out` exactly, by liblz4 where the build has it and by `decode_lz4_block_own` elsewhere.
DecodeStatus decode_lz4_block(std::span<std::byte const> compressed, std::span<std::byte> out);

/*!
 * The same by our own code. Accepts what liblz4 accepts, but for matches at distance 0, which liblz4 lets pass.
 * Source: LZ4 block format description, https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 */
DecodeStatus decode_lz4_block_own(std::span<std::byte const> compressed, std::span<std::byte> out);

}  // namespace xrdct::codec
