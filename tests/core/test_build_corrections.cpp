#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/plan_building.hpp"

namespace xrdct::core {
namespace {

Geometry geometry_of_four_pixels(std::vector<std::uint8_t> detector_mask = {}) {
  Calibration const calibration{.distance_m = 2e-3, .wavelength_m = 1e-10, .detector = {}};
  return {calibration, Detector{"Detector", 1e-3, 1e-3, {2, 2}, 3, std::move(detector_mask)}};
}

TEST(BuildCorrections, NothingAskedForIsOne) {
  auto const corrections = build_corrections(geometry_of_four_pixels(), {.solid_angle = false}, true, {});
  EXPECT_EQ(corrections.normalization, std::vector<float>(4, 1.0f));
  EXPECT_EQ(corrections.mask, std::vector<std::uint8_t>(4, 0));
  EXPECT_TRUE(corrections.dark.empty());
}

TEST(BuildCorrections, MultipliesInFloat32InTheOrderFlatPolarizationSolidAngle) {
  auto const geometry = geometry_of_four_pixels();
  std::vector<float> const flat{1.1f, 0.9f, 1.3f, 0.7f};
  auto const corrections = build_corrections(geometry, {.solid_angle = true, .polarization = std::pair{0.95, 0.2}}, true, {.flat = flat});
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
  EXPECT_EQ(build_corrections(geometry, {}, true, {.mask = mask}).mask, (std::vector<std::uint8_t>{1, 1, 0, 0}));
  EXPECT_EQ(build_corrections(geometry, {}, false, {.mask = mask}).mask, (std::vector<std::uint8_t>{0, 1, 0, 0}));
  EXPECT_EQ(build_corrections(geometry, {}, true, {}).mask, (std::vector<std::uint8_t>{1, 0, 0, 0}));
}

TEST(BuildCorrections, PixelsWithoutAUsableFlatOrDarkAreMaskedAndFinite) {
  float const nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  std::vector<float> const flat{0.0f, nan, 1.0f, 1.0f}, dark{0.0f, 0.0f, infinite, 2.0f};
  auto const corrections = build_corrections(geometry_of_four_pixels(), {}, true, {.flat = flat, .dark = dark});
  EXPECT_EQ(corrections.mask, (std::vector<std::uint8_t>{1, 1, 1, 0}));
  for (float value : corrections.normalization) EXPECT_TRUE(std::isfinite(value));
  for (float value : corrections.dark) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(corrections.dark[3], 2.0f);
}

TEST(BuildCorrections, ArraysHaveToFit) {
  std::vector<float> const flat(3, 1.0f);
  EXPECT_THROW(build_corrections(geometry_of_four_pixels(), {}, true, {.flat = flat}), AssertionError);
}

}  // namespace
}  // namespace xrdct::core
