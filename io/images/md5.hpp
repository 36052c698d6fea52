#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace xrdct::io {

/// MD5 of some bytes, as CBF files carry it and pictures are signed by it to tell damage (it is no
/// protection against intent). Source: RFC 1321.
std::array<std::uint8_t, 16> md5(std::span<std::byte const> bytes);

/// Base 64 with padding, RFC 4648.
std::string base64(std::span<std::uint8_t const> bytes);

}  // namespace xrdct::io
