#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xrdct::io {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(Colour const&) const = default;
};

/// Colours for the values of a map; equal steps look equal.
struct ColourMap {
  std::string_view name;
  std::span<Colour const> anchors;  //!< at equal distances from the lowest to the highest value
  Colour no_value;                  //!< of places without a value; none of the others
  bool diverging = false;           //!< its middle stands for 0

  /// \param share 0 the lowest, 1 the highest value; beyond, the colours of the ends
  Colour at(double share) const;
};

/// "viridis", "grey", "coolwarm".
std::vector<std::string> colour_map_names();

/// \param name one of `colour_map_names()`
ColourMap const& colour_map(std::string_view name);

}  // namespace xrdct::io
