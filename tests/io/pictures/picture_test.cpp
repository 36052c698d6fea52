#include "io/pictures/picture.hpp"

#include <cairo.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"

namespace {

using namespace xrdct;
using io::PictureFormat;
using testing::HasSubstr;
using testing::Not;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array formats{PictureFormat::png, PictureFormat::svg, PictureFormat::pdf};

using Rgb = std::array<int, 3>;

struct Pixels {
  int width = 0, height = 0;
  std::vector<std::uint32_t> values;
  Rgb at(int x, int y) const {
    auto const value = values.at(static_cast<std::size_t>(y * width + x));
    return {int(value >> 16 & 0xFF), int(value >> 8 & 0xFF), int(value & 0xFF)};
  }
  /// Whether a part of the picture has this colour anywhere.
  bool has(Rgb const& colour, int left, int top, int right, int bottom) const {
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x)
        if (at(x, y) == colour) return true;
    return false;
  }
  /// Whether a curve goes through a part; its edges are mixed with white.
  bool has_curve(int left, int top, int right, int bottom) const {
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x)
        if (at(x, y)[2] - at(x, y)[0] > 60) return true;
    return false;
  }
};

Pixels read(std::filesystem::path const& file) {
  auto* const surface = cairo_image_surface_create_from_png(file.c_str());
  EXPECT_EQ(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS) << file;
  Pixels pixels{
      cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  auto const* const bytes = cairo_image_surface_get_data(surface);
  for (int y = 0; y < pixels.height; ++y) {
    auto const* const row =
        reinterpret_cast<std::uint32_t const*>(bytes + y * cairo_image_surface_get_stride(surface));
    pixels.values.insert(pixels.values.end(), row, row + pixels.width);
  }
  cairo_surface_destroy(surface);
  return pixels;
}

std::string content(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

template <class... Pictures>
Pixels drawn(std::string const& name, Pictures const&... pictures) {
  io::write_picture(name, PictureFormat::png, pictures...);
  return read(name);
}

io::MapPicture map_of(std::size_t rows, std::size_t columns, std::vector<double> values) {
  io::MapPicture picture;
  picture.title = "sinogram at q = 20.5 nm^-1";
  picture.horizontal = {"translation [mm]", -3.0, 3.0};
  picture.vertical = {"rotation [deg]", 0.0, 178.125};
  picture.rows = rows;
  picture.columns = columns;
  picture.values = std::move(values);
  picture.value_label = "intensity";
  return picture;
}

io::CurvePicture curve_of(std::vector<double> y) {
  io::CurvePicture curve{
      .title = "pattern", .x_label = "q [nm^-1]", .y_label = "intensity", .x = {}, .y = y};
  for (std::size_t i = 0; i < y.size(); ++i) curve.x.push_back(static_cast<double>(i));
  return curve;
}

constexpr Rgb darkest{68, 1, 84}, brightest{253, 231, 37}, grey{190, 190, 190},
    white{255, 255, 255};

TEST(MapPicture, ShowsTheLowestRowAtTheBottomAndNoValueInGrey) {
  auto const picture = drawn("map.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  EXPECT_EQ(picture.width, 1200);
  EXPECT_EQ(picture.height, 900);
  EXPECT_EQ(picture.at(300, 700), darkest);
  EXPECT_EQ(picture.at(800, 700), brightest);
  EXPECT_EQ(picture.at(300, 200), grey);
  EXPECT_NE(picture.at(800, 200), grey);
  EXPECT_EQ(picture.at(2, 2), white);
}

TEST(MapPicture, TellsWhichColourMeansNoValueWhereThereIsNone) {
  auto const with = drawn("with_gap.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  auto const without = drawn("without_gap.png", map_of(2, 2, {0.0, 1.0, 0.2, 0.5}));
  EXPECT_TRUE(with.has(grey, 1000, 810, 1040, 850));
  EXPECT_FALSE(without.has(grey, 1000, 810, 1040, 850));
}

TEST(MapPicture, SpreadsColoursByDecadesOnALogarithmicScale) {
  auto map = map_of(1, 4, {1.0, 10.0, 100.0, 0.0});
  map.colours.logarithmic = true;
  auto const picture = drawn("logarithmic_map.png", map);
  EXPECT_EQ(picture.at(200, 400), darkest);
  EXPECT_EQ(picture.at(420, 400), (Rgb{33, 145, 140}));  // the middle of the colour map
  EXPECT_EQ(picture.at(650, 400), brightest);
  EXPECT_EQ(picture.at(900, 400), grey);
}

TEST(MapPicture, HasTheColoursAndTheLimitsThatAreChosen) {
  auto map = map_of(1, 3, {-1.0, 0.0, 3.0});
  map.colours.map = "grey";
  map.colours.range = io::Interval{0.0, 6.0};
  auto const picture = drawn("range_map.png", map);
  EXPECT_EQ(picture.at(250, 400), (Rgb{0, 0, 0}));
  EXPECT_EQ(picture.at(550, 400), (Rgb{0, 0, 0}));
  EXPECT_EQ(picture.at(800, 400), (Rgb{128, 128, 128}));
  map.colours = {.map = "coolwarm"};
  EXPECT_EQ(drawn("diverging_map.png", map).at(550, 400), (Rgb{221, 221, 221}));
}

TEST(MapPicture, DrawsWhatHasNoRange) {
  EXPECT_NE(drawn("constant_map.png", map_of(1, 1, {5.0})).at(500, 400), grey);
  EXPECT_EQ(drawn("empty_map.png", map_of(2, 3, std::vector<double>(6, nan))).at(500, 400), grey);
  auto map = map_of(2, 3, std::vector<double>(6, -1.0));
  map.colours.logarithmic = true;
  EXPECT_EQ(drawn("negative_map.png", map).at(500, 400), grey);
}

TEST(MapPicture, AveragesManyRowsInOnePixel) {
  std::vector<double> values(4000 * 3, nan);
  for (std::size_t row = 0; row < 4000; ++row) values[row * 3 + 1] = row % 2 == 0 ? 0.0 : 2.0;
  values[0] = 0.0;
  values[2] = 2.0;
  auto const middle = drawn("dense_map.png", map_of(4000, 3, values)).at(540, 400);
  EXPECT_NE(middle, darkest);
  EXPECT_NE(middle, brightest);
  EXPECT_NE(middle, grey);
}

TEST(MapPicture, KeepsTheEdgesOfCellsSharp) {
  for (std::size_t const columns : {7u, 61u, 500u}) {
    std::vector<double> values(columns);
    for (std::size_t column = 0; column < columns; ++column)
      values[column] = column % 2 == 0 ? 0.0 : 1.0;
    auto const picture = drawn("edges.png", map_of(1, columns, values));
    for (int x = 121; x < 979; ++x) {
      auto const colour = picture.at(x, 400);
      EXPECT_TRUE(colour == darkest || colour == brightest) << columns << " " << x;
    }
  }
}

TEST(MapPicture, ShowsTheOthersBesideOneHotValueAndSaysSo) {
  std::vector<double> values(10 * 10);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i < 50 ? 0.0 : 1.0;
  auto const without = drawn("plain_map.png", map_of(10, 10, values));
  values[99] = 1e9;
  auto const with = drawn("hot_map.png", map_of(10, 10, values));
  EXPECT_EQ(with.at(300, 200), brightest);
  EXPECT_EQ(with.at(300, 200), without.at(300, 200));
  auto const has_note = [](Pixels const& picture) {
    for (int x = 120; x < 600; ++x)
      for (int y = 875; y < 892; ++y)
        if (picture.at(x, y)[0] < 100) return true;
    return false;
  };
  EXPECT_TRUE(has_note(with));
  EXPECT_FALSE(has_note(without));
}

/// The size of what is not white in the middle of a map of one colour.
std::pair<int, int> size_of_plot(Pixels const& picture) {
  int columns = 0, rows = 0;
  for (int x = 121; x < 979; ++x) columns += picture.at(x, 440) == darkest ? 1 : 0;
  for (int y = 81; y < 799; ++y) rows += picture.at(550, y) == darkest ? 1 : 0;
  return {columns, rows};
}

TEST(MapPicture, KeepsTheTrueAspectOfAxesOfOneUnit) {
  auto map = map_of(4, 8, std::vector<double>(32, 0.0));
  map.colours.range = io::Interval{0.0, 1.0};
  map.horizontal = {"x [mm]", 0.0, 7.0};
  for (double const step : {0.5, 1.0, 4.0}) {
    map.vertical = {"y [mm]", 0.0, 3.0 * step};
    map.true_aspect = false;
    auto const [all_columns, all_rows] = size_of_plot(drawn("filled.png", map));
    EXPECT_NEAR(all_columns, 858, 2);
    EXPECT_NEAR(all_rows, 718, 2);
    map.true_aspect = true;
    auto const [columns, rows] = size_of_plot(drawn("true_aspect.png", map));
    EXPECT_NEAR(columns / 8.0, rows / (4.0 * step), 1.0) << step;
    EXPECT_TRUE(columns > 850 || rows > 700) << "as large as there is room";
  }
  map.vertical = {"y [mm]", 0.0, 0.003};  // a line too thin to see something
  EXPECT_NEAR(size_of_plot(drawn("thin.png", map)).second, 718, 2);
  map.vertical = {"y [mm]", 1.0, 1.0};  // no step is known
  EXPECT_GT(drawn("no_step.png", map).width, 0);
}

TEST(TwoPictures, StandSideBySide) {
  auto const curve = curve_of({1.0, nan, 2.0});
  auto const map = map_of(2, 2, {0.0, 1.0, nan, 0.5});
  auto const picture = drawn("map_and_curve.png", "both", map, curve);
  EXPECT_EQ(picture.width, 2000);
  EXPECT_EQ(picture.height, 900);
  EXPECT_EQ(picture.at(200, 700), darkest);
  EXPECT_EQ(picture.at(1200, 500), white);
  EXPECT_EQ(drawn("two_maps.png", "both", map, map_of(1, 1, {nan})).at(1400, 500), grey);
}

TEST(CurvePicture, IsDrawnWithGaps) {
  // Without the margin above the highest value, the curve would lie on the frame.
  auto const picture = drawn("curve.png", curve_of({1.0, 1.0, nan, 1.0, 1.0}));
  EXPECT_TRUE(picture.has_curve(200, 82, 201, 790));
  EXPECT_FALSE(picture.has_curve(650, 82, 651, 790));
  auto const alone = drawn("alone.png", curve_of({nan, 1.0, nan, nan, nan}));
  EXPECT_TRUE(alone.has_curve(380, 82, 410, 790)) << "a value between gaps is a dot";
}

TEST(CurvePicture, ShowsTheRangeThatIsChosen) {
  auto curve = curve_of({0.0, 10.0});
  curve.range = io::Interval{0.0, 5.0};
  auto const picture = drawn("curve_range.png", curve);
  EXPECT_TRUE(picture.has_curve(640, 80, 660, 120)) << "half way it leaves through the top";
  EXPECT_FALSE(picture.has_curve(700, 0, 1200, 900));
}

TEST(CurvePicture, DrawsWhatHasNoPoints) {
  auto curve = curve_of({});
  curve.logarithmic = true;
  EXPECT_EQ(drawn("no_curve.png", curve).width, 1200);
}

// Also when pictures of other kinds were drawn before: numbers of Cairo may not be seen.
TEST(Picture, GivesEqualBytesForEqualValues) {
  auto const map = map_of(2, 2, {0.0, 1.0, nan, 0.5});
  for (auto const format : formats) {
    io::write_picture("first", format, "both", map, curve_of({1.0, 2.0}));
    for (auto const other : formats) io::write_picture("between", other, map);
    io::write_picture("second", format, "both", map, curve_of({1.0, 2.0}));
    EXPECT_TRUE(content("first") == content("second")) << static_cast<int>(format);
  }
}

TEST(Picture, HasNoDateInPdf) {
  io::write_picture("dated.pdf", PictureFormat::pdf, map_of(1, 1, {1.0}));
  auto const pdf = content("dated.pdf");
  EXPECT_THAT(pdf, testing::AllOf(HasSubstr("/Creator (xrdct)"), Not(HasSubstr("Date"))));
}

// Text is lines: no letter is asked of the machine, in no format.
TEST(Picture, NamesNoFont) {
  auto const curve = curve_of({1.0, 2.0});
  io::write_picture("text.svg", PictureFormat::svg, curve);
  EXPECT_THAT(content("text.svg"), Not(HasSubstr("font")));
  EXPECT_THAT(content("text.svg"), Not(HasSubstr("<text")));
  io::write_picture("text.pdf", PictureFormat::pdf, curve);
  EXPECT_THAT(content("text.pdf"), Not(HasSubstr("/Type /Font")));
}

TEST(Picture, IsKnownAsOneOfThisProgram) {
  for (auto const format : formats) {
    io::write_picture("signed", format, map_of(2, 2, {0.0, 1.0, nan, 0.5}));
    EXPECT_EQ(io::origin_of("signed"), io::FileOrigin::picture) << static_cast<int>(format);
    std::ofstream("signed", std::ios::app) << "\n% a note\n";
    bool const png = format == PictureFormat::png;  // ends with its last chunk, whatever follows
    EXPECT_EQ(io::origin_of("signed"), png ? io::FileOrigin::picture : io::FileOrigin::other);
  }
}

TEST(Picture, TellsWhereItCannotWrite) {
  for (auto const format : formats)
    EXPECT_THROW(io::write_picture("no/such/folder/map", format, map_of(1, 1, {1.0})),
                 core::IoError);
}

}  // namespace
