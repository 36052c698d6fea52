#include "config/calibration/spline_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Numbers in E14.7, five in a line.
std::string block(std::vector<double> const& values) {
  std::string text;
  for (std::size_t k = 0; k < values.size(); ++k) {
    char number[32];
    std::snprintf(number, sizeof number, "%14.7E", values[k]);
    text += number;
    if (k % 5 == 4 || k + 1 == values.size()) text += "\n";
  }
  return text;
}

std::string spline_text() {
  std::vector<double> const knots_x{0, 0, 0, 0, 30, 61, 100, 100, 100, 100},
      knots_y{0, 0, 0, 0, 41, 80, 80, 80, 80};
  std::string text = "SPATIAL DISTORTION SPLINE INTERPOLATION COEFFICIENTS\n\n  VALID REGION\n" +
                     block({0, 0, 100, 80}) + "\n  GRID SPACING, X-PIXEL SIZE, Y-PIXEL SIZE\n" +
                     block({100, 50, 60});
  for (int axis = 0; axis < 2; ++axis) {
    std::vector<double> coefficients;
    for (int i = 0; i < 6; ++i) {
      for (int j = 0; j < 5; ++j)
        coefficients.push_back((axis == 0 ? (7 * i * i + 3 * j * j + 5 * i * j) % 11 - 5
                                          : (5 * i * i + 9 * j + 2 * i * j) % 13 - 6) /
                               8.0);
    }
    text += std::string("\n  ") + (axis == 0 ? "X" : "Y") + "-DISTORTION\n    10     9\n" +
            block(knots_x) + block(knots_y) + block(coefficients);
  }
  return text;
}

std::string error_of(std::string const& text) {
  try {
    parse_spline(text, "a.spline");
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "accepted";
}

std::string replaced(std::string text, std::string const& from, std::string const& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(SplineFile, IsReadAsFit2DWritesIt) {
  auto const spline = parse_spline(spline_text(), "a.spline");
  EXPECT_EQ(spline.shape, (core::FrameShape{80, 100}));
  EXPECT_DOUBLE_EQ(spline.pixel1_m, 60e-6);
  EXPECT_DOUBLE_EQ(spline.pixel2_m, 50e-6);
  // Computed with pyFAI 2026.9.
  EXPECT_NEAR(spline.column_shift(47.5, 33.5), 0.08942871540784836, 2e-7);
  EXPECT_NEAR(spline.row_shift(12.25, 79.5), 0.4161168336868286, 2e-7);
}

TEST(SplineFile, LineEndsOfOtherSystemsAreRead) {
  std::string text;
  for (char const c : spline_text()) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parse_spline(text, "a.spline").row_shift(10.0, 20.0),
            parse_spline(spline_text(), "a.spline").row_shift(10.0, 20.0));
}

TEST(SplineFile, WhatIsMissingIsTold) {
  EXPECT_THAT(error_of("nothing"), AllOf(HasSubstr("a.spline: VALID REGION: expected this section"),
                                         HasSubstr("Fit2D")));
  EXPECT_THAT(error_of(replaced(spline_text(), "Y-DISTORTION", "Z-DISTORTION")),
              HasSubstr("Y-DISTORTION: expected this section"));
  EXPECT_THAT(error_of(replaced(spline_text(), " 3.0000000E+01", " 3.000000xE+01")),
              HasSubstr("expected a number of 14 characters in line 11"));
  EXPECT_THAT(error_of(replaced(spline_text(), "    10     9", "    11     9")),
              HasSubstr("X-DISTORTION: cannot use a distortion spline"));
  EXPECT_THAT(error_of(replaced(spline_text(), "    10     9", "   100    90")),
              HasSubstr("expected 190 knots and their coefficients, found 49"));
  EXPECT_THAT(error_of(replaced(spline_text(), " 1.0000000E+02 8.0000000E+01\n",
                                "-1.0000000E+02 8.0000000E+01\n")),
              HasSubstr("VALID REGION"));
}

TEST(SplineFile, AMissingFileIsNamed) {
  auto const folder = std::filesystem::path(testing::TempDir()) / "xrdct_spline_file";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "a.spline") << spline_text();
  EXPECT_EQ(read_spline(folder / "a.spline").shape.columns, 100u);
  EXPECT_THROW(read_spline(folder / "b.spline"), core::InputError);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace xrdct::config
