#include "io/pictures/letters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace xrdct::io {
namespace {

std::vector<std::pair<double, double>> points_of(std::string const& text) {
  std::vector<std::pair<double, double>> points;
  for (auto const& stroke : text_strokes(text, 21.0).strokes)
    for (auto const& point : stroke) points.emplace_back(point.x, point.y);
  return points;
}

/// The highest and the lowest point of a text; y points down.
std::pair<double, double> height_of(std::string const& text) {
  double top = 1e9, bottom = -1e9;
  for (auto const& [x, y] : points_of(text)) {
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  return {top, bottom};
}

TEST(Letters, StandOnTheirBaseLineWithTheHeightOfCapitals) {
  EXPECT_EQ(height_of("H"), std::pair(-21.0, 0.0));
  EXPECT_EQ(height_of("x").second, 0.0);
  EXPECT_GT(height_of("p").second, 4.0);
}

TEST(Letters, HaveAllThatLabelsNeed) {
  ASSERT_EQ(text_strokes("\u2603", 21.0).strokes.size(), 1u);  // a box
  for (char c = '!'; c <= '~'; ++c) {
    if (c == '^') continue;
    auto const letter = text_strokes(std::string(1, c), 21.0);
    EXPECT_FALSE(letter.strokes.empty()) << c;
    EXPECT_GT(letter.width, 0.0) << c;
  }
  for (std::string const special : {"°", "µ", "·", "Å", "×", "θ", "χ", "−"}) {
    EXPECT_NE(points_of(special), points_of("\u2603")) << special;
  }
}

TEST(Letters, StayInsideTheirWidth) {
  for (char c = '!'; c <= '~'; ++c) {
    auto const letter = text_strokes(std::string(1, c), 21.0);
    for (auto const& stroke : letter.strokes) {
      for (auto const& point : stroke) {
        EXPECT_GE(point.x, -1.0) << c;
        EXPECT_LE(point.x, letter.width + 1.0) << c;
      }
    }
  }
  EXPECT_EQ(text_strokes("", 21.0).width, 0.0);
  EXPECT_DOUBLE_EQ(text_strokes("ab", 21.0).width,
                   text_strokes("a", 21.0).width + text_strokes("b", 21.0).width);
}

TEST(Letters, AreRaisedBehindTheSignForIt) {
  EXPECT_LT(height_of("m^-1").first, height_of("m1").first);
  EXPECT_LT(text_strokes("m^-1", 21.0).width, text_strokes("m-1", 21.0).width);
  EXPECT_EQ(height_of("^a"), height_of("a"));  // signs and digits alone are
}

TEST(Letters, OfBrokenTextsAreBoxes) {
  EXPECT_EQ(text_strokes("\xff", 21.0).strokes.size(), 1u);
  EXPECT_EQ(text_strokes("\xc3", 21.0).strokes.size(), 1u);
  EXPECT_EQ(text_strokes("\xe2\x98", 21.0).strokes.size(), 1u);
}

}  // namespace
}  // namespace xrdct::io
