// The colours of maps.
#include "io/pictures/colour_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

// Nathaniel Smith and Stéfan van der Walt (2015, CC0). Every eighth of its 256 colours; a straight
// line between them is off by less than one step of brightness.
constexpr std::array<Colour, 33> viridis{
    {{68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},  {69, 55, 129},
     {66, 64, 134},  {62, 73, 137},  {59, 82, 139},  {55, 91, 141},  {51, 99, 141},  {47, 107, 142},
     {44, 114, 142}, {41, 122, 142}, {38, 130, 142}, {35, 137, 142}, {33, 145, 140}, {31, 152, 139},
     {31, 160, 136}, {34, 167, 133}, {40, 174, 128}, {50, 182, 122}, {63, 188, 115}, {78, 195, 107},
     {94, 201, 98},  {112, 207, 87}, {132, 212, 75}, {152, 216, 62}, {173, 220, 48}, {194, 223, 35},
     {216, 226, 25}, {236, 229, 27}, {253, 231, 37}}};

constexpr std::array<Colour, 2> grey{{{0, 0, 0}, {255, 255, 255}}};

// Kenneth Moreland, Diverging Color Maps for Scientific Visualization (2009).
constexpr std::array<Colour, 33> coolwarm{
    {{59, 76, 192},   {68, 90, 204},   {77, 104, 215},  {87, 117, 225},  {98, 130, 234},
     {108, 142, 241}, {119, 154, 247}, {130, 165, 251}, {141, 176, 254}, {152, 185, 255},
     {163, 194, 255}, {174, 201, 253}, {184, 208, 249}, {194, 213, 244}, {204, 217, 238},
     {213, 219, 230}, {221, 221, 221}, {229, 216, 209}, {236, 211, 197}, {241, 204, 185},
     {245, 196, 173}, {247, 187, 160}, {247, 177, 148}, {247, 166, 135}, {244, 154, 123},
     {241, 141, 111}, {236, 127, 99},  {229, 112, 88},  {222, 96, 77},   {213, 80, 66},
     {203, 62, 56},   {192, 40, 47},   {180, 4, 38}}};

constexpr std::array<ColourMap, 3> maps{
    {{.name = "viridis", .anchors = viridis, .no_value = {190, 190, 190}, .diverging = false},
     {.name = "grey", .anchors = grey, .no_value = {222, 200, 160}, .diverging = false},
     {.name = "coolwarm", .anchors = coolwarm, .no_value = {120, 120, 120}, .diverging = true}}};

}  // namespace

Colour ColourMap::at(double share) const {
  double const position = std::clamp(share, 0.0, 1.0) * static_cast<double>(anchors.size() - 1);
  auto const lower = std::min(static_cast<std::size_t>(position), anchors.size() - 2);
  double const rest = position - static_cast<double>(lower);
  auto const mix = [rest](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + rest * (b - a)));
  };
  auto const& a = anchors[lower];
  auto const& b = anchors[lower + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

std::vector<std::string> colour_map_names() {
  std::vector<std::string> names;
  for (auto const& map : maps) names.emplace_back(map.name);
  return names;
}

ColourMap const& colour_map(std::string_view name) {
  auto const found = std::find_if(maps.begin(), maps.end(),
                                  [&](ColourMap const& map) { return map.name == name; });
  XRDCT_ASSERT(found != maps.end());
  return *found;
}

}  // namespace xrdct::io
