#pragma once
#include <cstddef>

#include "core/words/large_bytes.hpp"

namespace xrdct::io {

/// Bytes that a frame takes in a batch: each begins at a multiple of 64.
constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

/// Grows the memory of a batch for good and a little more, where it lies, in huge pages: with pages
/// of 4 kB, copying frames there and decoding them from there takes half as long again. What it
/// held is lost, but for the first `kept` bytes.
void make_room(core::LargeBytes& bytes, std::size_t size, std::size_t kept = 0);

}  // namespace xrdct::io
