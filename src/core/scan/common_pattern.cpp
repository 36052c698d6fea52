// Finds one name that stands for a list of files, and tells lists apart.
#include "core/scan/common_pattern.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace xrdct::core {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

std::string common_pattern(std::span<std::string const> names) {
  std::string_view const first = names.front();
  if (names.size() == 1) return std::string(first);
  std::size_t before = first.size(), behind = first.size(), shortest = first.size();
  for (std::string_view const name : names) {
    auto const longest = std::min(name.size(), first.size());
    shortest = std::min(shortest, name.size());
    std::size_t same = 0;
    while (same < std::min(before, longest) && name[same] == first[same]) ++same;
    before = same;
    same = 0;
    while (same < std::min(behind, longest) &&
           name[name.size() - 1 - same] == first[first.size() - 1 - same])
      ++same;
    behind = same;
  }
  // a number is taken whole: img_0099 and img_0100 differ in more than they seem to
  while (before > 0 && is_digit(first[before - 1])) --before;
  while (behind > 0 && is_digit(first[first.size() - behind])) --behind;
  behind = std::min(behind, shortest - std::min(before, shortest));
  std::size_t width = first.size() - before - behind;
  bool numbers = true, padded = true;
  for (std::string_view const name : names) {
    auto const middle = name.substr(before, name.size() - before - behind);
    numbers = numbers && is_number(middle);
    padded = padded && middle.size() == width;
    if (middle.size() > 1 && middle.front() == '0' && middle.size() != width) numbers = false;
  }
  std::string const number = padded && width > 1 ? "%0" + std::to_string(width) + "d" : "%d";
  return std::string(first.substr(0, before)) + (numbers ? number : "*") +
         std::string(first.substr(first.size() - behind));
}

void TextHash::add(std::string_view text) {
  constexpr std::uint64_t prime = 0x100000001b3u;
  for (char const c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * prime;
  hash_ = (hash_ ^ 0xffu) * prime;  // no byte of a text in UTF-8
}

std::string TextHash::hexadecimal() const {
  std::array<char, 16> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), hash_, 16).ptr;
  std::string const text(digits.data(), end);
  return std::string(digits.size() - text.size(), '0') + text;
}

}  // namespace xrdct::core
