#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/words/words.hpp"
#include "io/codec/words/stream_layout.hpp"
#include "test_frames.hpp"

namespace xrdct::codec::test {

#if XRDCT_HAVE_LZ4
constexpr bool can_encode = true;
#else
constexpr bool can_encode = false;
#endif

/// One LZ4 block of literals alone.
std::vector<std::byte> lz4_literals(std::span<std::byte const> bytes);

/// A stream of filter 32008 with blocks of any size, literals alone.
std::vector<std::byte> bitshuffle_lz4_by_hand(std::span<std::byte const> pixels,
                                              std::size_t pixel_bytes, std::size_t block_pixels);

/// A stream of filter 32004, alternately stored raw and as literals.
std::vector<std::byte> lz4_by_hand(std::span<std::byte const> bytes, std::size_t block_bytes);

/// Integers in the compression of CBF, differences wider only where needed.
std::vector<std::byte> byte_offset_by_hand(std::span<std::int64_t const> values);

/// The frame in every compressed format that this build can make, several blocks each.
std::vector<std::pair<core::Filter, std::vector<std::byte>>> streams_of(
    std::span<std::byte const> pixels, std::size_t pixel_bytes);

/// A copy with some bits flipped, bytes replaced, bytes removed or bytes added.
std::vector<std::byte> mutated(std::vector<std::byte> bytes, Numbers& numbers);

}  // namespace xrdct::codec::test
