#include "io/pictures/colour_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace xrdct::io {
namespace {

// Luminance of sRGB (IEC 61966-2-1), 0 to 1.
double brightness(Colour colour) {
  auto const linear = [](std::uint8_t part) {
    double const c = part / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

TEST(ColourMap, EndsWithItsEndsAlsoBeyondThem) {
  EXPECT_EQ(colour_map("viridis").at(0.0), (Colour{68, 1, 84}));
  EXPECT_EQ(colour_map("viridis").at(2.0), (Colour{253, 231, 37}));
  EXPECT_EQ(colour_map("viridis").at(0.5), (Colour{33, 145, 140}));
  EXPECT_EQ(colour_map("grey").at(-1.0), (Colour{0, 0, 0}));
  EXPECT_EQ(colour_map("grey").at(0.5), (Colour{128, 128, 128}));
  EXPECT_EQ(colour_map("coolwarm").at(0.5), (Colour{221, 221, 221}));
}

TEST(ColourMap, BecomesBrighterWithTheValueOrTowardsItsMiddle) {
  EXPECT_THAT(colour_map_names(), testing::ElementsAre("viridis", "grey", "coolwarm"));
  for (auto const& name : colour_map_names()) {
    auto const& map = colour_map(name);
    for (int step = 1; step <= 64; ++step) {
      bool const rises = !map.diverging || step <= 32;
      double const before = brightness(map.at((step - 1) / 64.0)),
                   here = brightness(map.at(step / 64.0));
      EXPECT_EQ(here > before, rises) << name << " " << step;
    }
  }
}

TEST(ColourMap, HasAnotherColourForNoValue) {
  for (auto const& name : colour_map_names()) {
    auto const& map = colour_map(name);
    for (int step = 0; step <= 1000; ++step) {
      auto const colour = map.at(step / 1000.0);
      int const distance = std::abs(colour.red - map.no_value.red) +
                           std::abs(colour.green - map.no_value.green) +
                           std::abs(colour.blue - map.no_value.blue);
      EXPECT_GT(distance, 40) << name << " " << step;
    }
  }
}

}  // namespace
}  // namespace xrdct::io
