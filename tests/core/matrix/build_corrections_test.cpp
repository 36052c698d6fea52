#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

Geometry geometry_of_four_pixels(std::vector<std::uint8_t> detector_mask = {}) {
  Calibration const calibration{.distance_m = 2e-3, .wavelength_m = 1e-10, .detector = {}};
  return {calibration, Detector{"Detector", 1e-3, 1e-3, {2, 2}, 3, std::move(detector_mask)}};
}

TEST(BuildCorrections, NothingAskedForIsOne) {
  auto const corrections =
      build_corrections(geometry_of_four_pixels(), {.solid_angle = false}, true, {});
  EXPECT_EQ(corrections.normalization, std::vector<float>(4, 1.0f));
  EXPECT_EQ(corrections.mask, std::vector<std::uint8_t>(4, 0));
  EXPECT_TRUE(corrections.dark.empty());
}

TEST(BuildCorrections, MultipliesInFloat32InTheOrderFlatPolarizationSolidAngle) {
  auto const geometry = geometry_of_four_pixels();
  std::vector<float> const flat{1.1f, 0.9f, 1.3f, 0.7f};
  auto const corrections = build_corrections(
      geometry, {.solid_angle = true, .polarization = std::pair{0.95, 0.2}}, true, {.flat = flat});
  for (std::size_t pixel = 0; pixel < 4; ++pixel) {
    float expected = flat[pixel];
    expected *= static_cast<float>(geometry.polarization(0.95, 0.2)[pixel]);
    expected *= static_cast<float>(geometry.solid_angle()[pixel]);
    EXPECT_EQ(corrections.normalization[pixel], expected);
  }
}

TEST(BuildCorrections, TheMaskIsTheUnion) {
  std::vector<std::uint8_t> const mask{0, 255, 0, 0};
  auto const geometry = geometry_of_four_pixels({1, 0, 0, 0});
  EXPECT_EQ(build_corrections(geometry, {}, true, {.mask = mask}).mask,
            (std::vector<std::uint8_t>{1, 1, 0, 0}));
  EXPECT_EQ(build_corrections(geometry, {}, false, {.mask = mask}).mask,
            (std::vector<std::uint8_t>{0, 1, 0, 0}));
  EXPECT_EQ(build_corrections(geometry, {}, true, {}).mask,
            (std::vector<std::uint8_t>{1, 0, 0, 0}));
}

TEST(BuildCorrections, PixelsWithoutAUsableFlatOrDarkAreMaskedAndFinite) {
  float const nan = std::numeric_limits<float>::quiet_NaN(),
              infinite = std::numeric_limits<float>::infinity();
  std::vector<float> const flat{0.0f, nan, 1.0f, 1.0f}, dark{0.0f, 0.0f, infinite, 2.0f};
  auto const corrections =
      build_corrections(geometry_of_four_pixels(), {}, true, {.flat = flat, .dark = dark});
  EXPECT_EQ(corrections.mask, (std::vector<std::uint8_t>{1, 1, 1, 0}));
  for (float value : corrections.normalization) EXPECT_TRUE(std::isfinite(value));
  for (float value : corrections.dark) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(corrections.dark[3], 2.0f);
}

/// What an image of each kind masks of the values below.
TEST(BuildCorrections, ValuesWithoutAMeaningAreMaskedAndCountedByCause) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(),
                  infinite = std::numeric_limits<float>::infinity();
  std::vector<float> const values{1.0f,     -1.0f,     0.0f,          nan,
                                  infinite, -infinite, 4294967296.0f, -0.0f};
  std::vector<std::uint8_t> const above_0{0, 1, 1, 1, 1, 1, 0, 1},
      not_below_0{0, 1, 0, 1, 1, 1, 0, 0}, finite{0, 0, 0, 1, 1, 1, 0, 0};
  Calibration const calibration{.distance_m = 2e-3, .wavelength_m = 1e-10, .detector = {}};
  Geometry const geometry(calibration, Detector{"Detector", 1e-3, 1e-3, {2, 4}, 3, {}});
  struct Kind {
    CorrectionImages images;
    std::vector<std::uint8_t> masked;
    std::int64_t MaskedPixels::*count;
  };
  std::vector<Kind> const kinds{
      {{.flat = values}, above_0, &MaskedPixels::flat},
      {{.absorption = values}, above_0, &MaskedPixels::absorption},
      {{.variance = values}, not_below_0, &MaskedPixels::variance},
      {{.dark_variance = values}, not_below_0, &MaskedPixels::dark_variance},
      {{.dark = values}, finite, &MaskedPixels::dark}};
  std::vector<std::uint8_t> const mask{0, 1, 0, 1, 0, 0, 0, 0};
  for (auto const& [images, expected, count] : kinds) {
    auto const corrections = build_corrections(geometry, {}, true, images);
    EXPECT_EQ(corrections.mask, expected);
    for (auto const* array : {&corrections.normalization, &corrections.dark, &corrections.variance,
                              &corrections.dark_variance})
      for (float const value : *array) EXPECT_TRUE(std::isfinite(value));
    auto const masked = count_masked(geometry, true, images, corrections);
    EXPECT_EQ(masked.*count, std::count(expected.begin(), expected.end(), 1));
    EXPECT_EQ(masked.total(), masked.*count);

    auto with_mask = images;
    with_mask.mask = mask;
    auto const both = build_corrections(geometry, {}, true, with_mask);
    auto const counted = count_masked(geometry, true, with_mask, both);
    EXPECT_EQ(counted.masks, 2);
    EXPECT_EQ(counted.total(), std::count(both.mask.begin(), both.mask.end(), 1))
        << "a pixel is counted once";
  }
}

TEST(BuildCorrections, TwoNegativesMakeNoUsableFactor) {
  std::vector<float> const negative{-2.0f, 1.0f, 1.0f, 1.0f};
  auto const geometry = geometry_of_four_pixels();
  CorrectionImages const images{.flat = negative, .absorption = negative};
  auto const corrections = build_corrections(geometry, {}, true, images);
  EXPECT_EQ(corrections.mask, (std::vector<std::uint8_t>{1, 0, 0, 0}));
  auto const masked = count_masked(geometry, true, images, corrections);
  EXPECT_EQ(masked.flat, 1);
  EXPECT_EQ(masked.absorption, 0);
}

TEST(BuildCorrections, AVanishingProductIsACauseOfItsOwn) {
  std::vector<float> const tiny{1e-30f, 1.0f, 1.0f, 1.0f};
  auto const geometry = geometry_of_four_pixels();
  CorrectionImages const images{.flat = tiny, .absorption = tiny};
  EXPECT_EQ(count_masked(geometry, true, images, build_corrections(geometry, {}, true, images))
                .normalization,
            1);
}

TEST(BuildCorrections, ArraysHaveToFit) {
  std::vector<float> const flat(3, 1.0f);
  EXPECT_THROW(build_corrections(geometry_of_four_pixels(), {}, true, {.flat = flat}),
               AssertionError);
}

}  // namespace
}  // namespace xrdct::core
