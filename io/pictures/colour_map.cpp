#include "io/pictures/colour_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace xrdct::io {
namespace {

// Every eighth of its 256 colours; a straight line between them is off by less than one step of
// brightness.
constexpr std::array<Colour, 33> anchors{
    {{68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},  {69, 55, 129},
     {66, 64, 134},  {62, 73, 137},  {59, 82, 139},  {55, 91, 141},  {51, 99, 141},  {47, 107, 142},
     {44, 114, 142}, {41, 122, 142}, {38, 130, 142}, {35, 137, 142}, {33, 145, 140}, {31, 152, 139},
     {31, 160, 136}, {34, 167, 133}, {40, 174, 128}, {50, 182, 122}, {63, 188, 115}, {78, 195, 107},
     {94, 201, 98},  {112, 207, 87}, {132, 212, 75}, {152, 216, 62}, {173, 220, 48}, {194, 223, 35},
     {216, 226, 25}, {236, 229, 27}, {253, 231, 37}}};

}  // namespace

Colour viridis(double share) {
  double const place = std::clamp(share, 0.0, 1.0) * (anchors.size() - 1);
  std::size_t const lower = std::min(static_cast<std::size_t>(place), anchors.size() - 2);
  double const rest = place - static_cast<double>(lower);
  auto const mix = [rest](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + rest * (b - a)));
  };
  auto const& a = anchors[lower];
  auto const& b = anchors[lower + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

}  // namespace xrdct::io
