#pragma once
#include <cstddef>
#include <span>

#include "io/codec/words/decode_status.hpp"
#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/*!
 * Decodes one LZ4 block that has to fill `out` exactly. Accepts what liblz4 accepts, but for
 * matches at distance 0, which liblz4 lets pass. Code of our own for all frames: on bit planes of
 * counts it needs 0.6 (u32) to 0.75 (u8) of liblz4's time, on noise the same. Source: LZ4 block
 * format description, https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 */
DecodeStatus decode_lz4_block(Simd simd, std::span<std::byte const> compressed,
                              std::span<std::byte> out);

/// What an LZ4 block of bit planes was decoded to.
struct DecodedPlanes {
  DecodeStatus status;
  std::size_t equal_from;  //!< all planes from this one on are equal, and those behind it may not
                           //!< have been written; often only the last one
};

/*!
 * `decode_lz4_block` for bit planes: where the stream ends in one long match that says that all
 * planes from one on are equal, those behind it are not written. The verdict on the stream is the
 * same.
 * \param planes all of them
 * \param plane_bytes > 0, of one
 */
DecodedPlanes decode_lz4_planes(Simd simd, std::span<std::byte const> compressed,
                                std::span<std::byte> planes, std::size_t plane_bytes);

/// `decode_lz4_planes` with AVX2, or every plane written where `plane_bytes` is 0; `unsupported` in
/// a build for other processors.
DecodedPlanes decode_lz4_avx2(std::span<std::byte const> compressed, std::span<std::byte> out,
                              std::size_t plane_bytes);

}  // namespace xrdct::codec
