#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace xrdct::io {

/// A letter on a grid of 9 rows (0–6 above the base line, 7–8 below): one word per column, bit r =
/// row r.
struct Letter {
  std::span<std::uint16_t const> columns;
};

/// The letter of a code point; a box where there is none.
Letter letter_of(char32_t code);

/// Code points of a UTF-8 text; broken bytes become U+FFFD.
std::vector<char32_t> code_points(std::string const& text);

}  // namespace xrdct::io
