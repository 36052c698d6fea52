#include "io/pictures/picture.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/words/errors.hpp"

namespace {

using namespace xrdct;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Picture {
  std::size_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  std::array<int, 3> at(std::size_t x, std::size_t y) const {
    auto const* const pixel = &rgb.at((y * width + x) * 3);
    return {pixel[0], pixel[1], pixel[2]};
  }
};

Picture read(std::filesystem::path const& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, file.c_str()), 0) << image.message;
  image.format = PNG_FORMAT_RGB;
  Picture picture{image.width, image.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(image))};
  EXPECT_NE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr), 0)
      << image.message;
  return picture;
}

std::string content(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
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

constexpr std::array<int, 3> darkest{68, 1, 84}, brightest{253, 231, 37}, grey{190, 190, 190};

TEST(MapPicture, says_which_program_drew_it) {
  io::write_png("signed.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  std::FILE* const file = std::fopen("signed.png", "rb");
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  if (setjmp(png_jmpbuf(png)) != 0) FAIL() << "libpng cannot read it";
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);  // ancillary chunks, too
  png_init_io(png, file);
  png_read_info(png, info);
  png_textp texts = nullptr;
  int count = 0;
  ASSERT_EQ(png_get_text(png, info, &texts, &count), 1U);
  EXPECT_STREQ(texts[0].key, "Software");
  EXPECT_STREQ(texts[0].text, "xrdct");
  png_destroy_read_struct(&png, &info, nullptr);
  std::fclose(file);
}

TEST(MapPicture, shows_the_lowest_row_at_the_bottom_and_no_value_in_grey) {
  io::write_png("map.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  auto const picture = read("map.png");
  EXPECT_EQ(picture.width, 1200U);
  EXPECT_EQ(picture.height, 900U);
  EXPECT_EQ(picture.at(300, 700), darkest);
  EXPECT_EQ(picture.at(800, 700), brightest);
  EXPECT_EQ(picture.at(300, 200), grey);
  EXPECT_NE(picture.at(800, 200), grey);
  EXPECT_EQ(picture.at(2, 2), (std::array<int, 3>{255, 255, 255}));
}

TEST(MapPicture, spreads_colours_by_decades_on_a_logarithmic_scale) {
  auto map = map_of(1, 4, {1.0, 10.0, 100.0, 0.0});
  map.logarithmic = true;
  io::write_png("logarithmic_map.png", map);
  auto const picture = read("logarithmic_map.png");
  EXPECT_EQ(picture.at(200, 400), darkest);
  EXPECT_EQ(picture.at(420, 400),
            (std::array<int, 3>{33, 145, 140}));  // the middle of the colour map
  EXPECT_EQ(picture.at(650, 400), brightest);
  EXPECT_EQ(picture.at(900, 400), grey);
}

TEST(MapPicture, draws_what_has_no_range) {
  io::write_png("constant_map.png", map_of(1, 1, {5.0}));
  EXPECT_NE(read("constant_map.png").at(500, 400), grey);
  io::write_png("empty_map.png", map_of(2, 3, std::vector<double>(6, nan)));
  EXPECT_EQ(read("empty_map.png").at(500, 400), grey);
  auto map = map_of(2, 3, std::vector<double>(6, -1.0));
  map.logarithmic = true;
  io::write_png("negative_map.png", map);
  EXPECT_EQ(read("negative_map.png").at(500, 400), grey);
}

TEST(MapPicture, averages_many_rows_in_one_pixel) {
  std::vector<double> values(4000 * 3, nan);
  for (std::size_t row = 0; row < 4000; ++row) values[row * 3 + 1] = row % 2 == 0 ? 0.0 : 2.0;
  values[0] = 0.0;
  values[2] = 2.0;
  io::write_png("dense_map.png", map_of(4000, 3, values));
  auto const middle = read("dense_map.png").at(540, 400);
  EXPECT_NE(middle, darkest);
  EXPECT_NE(middle, brightest);
  EXPECT_NE(middle, grey);
}

TEST(MapPicture, shows_the_others_beside_one_hot_value_and_says_so) {
  std::vector<double> values(10 * 10);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i < 50 ? 0.0 : 1.0;
  auto const plain = map_of(10, 10, values);
  values[99] = 1e9;
  io::write_png("plain_map.png", plain);
  io::write_png("hot_map.png", map_of(10, 10, values));
  auto const without = read("plain_map.png"), with = read("hot_map.png");
  EXPECT_EQ(with.at(300, 200), brightest);
  EXPECT_EQ(with.at(300, 200), without.at(300, 200));
  auto const has_note = [](Picture const& picture) {
    for (std::size_t x = 120; x < 600; ++x)
      for (std::size_t y = 875; y < 892; ++y)
        if (picture.at(x, y)[0] < 100) return true;
    return false;
  };
  EXPECT_TRUE(has_note(with));
  EXPECT_FALSE(has_note(without));
}

TEST(TwoPictures, stand_side_by_side) {
  io::CurvePicture const curve{"mean", "q", "I", {0.0, 1.0, 2.0}, {{"", {1.0, nan, 2.0}}}, false};
  io::write_png("map_and_curve.png", "both", map_of(2, 2, {0.0, 1.0, nan, 0.5}), curve);
  auto const picture = read("map_and_curve.png");
  EXPECT_EQ(picture.width, 2000U);
  EXPECT_EQ(picture.height, 900U);
  EXPECT_EQ(picture.at(200, 700), darkest);
  EXPECT_EQ(picture.at(1200, 500), (std::array<int, 3>{255, 255, 255}));
  io::write_png("two_maps.png", "both", map_of(2, 2, {0.0, 1.0, nan, 0.5}), map_of(1, 1, {nan}));
  EXPECT_EQ(read("two_maps.png").at(1400, 500), grey);
}

TEST(CurvePicture, draws_curves_in_their_colours_and_leaves_gaps) {
  io::CurvePicture curves{
      "pattern",
      "q [nm^-1]",
      "intensity",
      {0.0, 1.0, 2.0, 3.0, 4.0},
      {{"measured", {1.0, 1.0, nan, 1.0, 1.0}}, {"zero", {0.0, 0.0, 0.0, 0.0, 0.0}}},
      false};
  io::write_png("curves.png", curves);
  auto const picture = read("curves.png");
  // Without the margin above the highest value, the first curve would lie on the frame.
  auto const has_blue = [&](std::size_t x) {
    for (std::size_t y = 82; y < 790; ++y)
      if (picture.at(x, y) == std::array<int, 3>{0, 114, 178}) return true;
    return false;
  };
  EXPECT_TRUE(has_blue(200));
  EXPECT_FALSE(has_blue(650));
}

TEST(CurvePicture, draws_what_has_no_points) {
  io::CurvePicture const curves{"", "", "", {}, {{"nothing", {}}}, true};
  io::write_png("no_curves.png", curves);
  EXPECT_EQ(read("no_curves.png").width, 1200U);
}

TEST(Picture, gives_equal_bytes_for_equal_values) {
  io::write_png("first.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  io::write_png("second.png", map_of(2, 2, {0.0, 1.0, nan, 0.5}));
  EXPECT_EQ(content("first.png"), content("second.png"));
}

TEST(Picture, tells_where_it_cannot_write) {
  EXPECT_THROW(io::write_png("no/such/folder/map.png", map_of(1, 1, {1.0})), core::IoError);
}

}  // namespace
