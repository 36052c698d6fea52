#include <gtest/gtest.h>

#include <cmath>

#include "core/geometry/geometry.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::core {
namespace {

// Every 9th row and 11th column of the 64 × 80 image; pyFAI's f64 path.
class GeometryReference : public testing::Test {
 protected:
  Geometry geometry() const {
    auto const& v = test::reference_vectors();
    Calibration calibration{
        v.poni.at("dist"), v.poni.at("poni1"), v.poni.at("poni2"),      v.poni.at("rot1"),
        v.poni.at("rot2"), v.poni.at("rot3"),  v.poni.at("wavelength"), {}};
    return {calibration, Detector{"Detector", v.pixel, v.pixel, {v.rows, v.columns}, 3, {}}};
  }

  void expect_near(std::vector<double> const& values, std::string const& name, double relative,
                   double absolute) const {
    auto const& expected = test::reference_vectors().sampled.at(name);
    std::size_t k = 0;
    for (std::size_t row = 0; row < 64; row += 9) {
      for (std::size_t column = 0; column < 80; column += 11, ++k)
        EXPECT_NEAR(values[row * 80 + column], expected.at(k),
                    absolute + relative * std::abs(expected.at(k)))
            << name << " " << row << " " << column;
    }
    EXPECT_EQ(k, expected.size());
  }
};

TEST_F(GeometryReference, Centers) {
  expect_near(geometry().radial_centers(Unit::two_theta_rad), "tth_center", 0.0, 1e-9);
  expect_near(geometry().radial_centers(Unit::q_nm), "q_center", 1e-9, 0.0);
  expect_near(geometry().chi_centers(), "chi_center", 0.0, 1e-9);
}

TEST_F(GeometryReference, Corrections) {
  expect_near(geometry().solid_angle(), "solidangle", 1e-9, 0.0);
  expect_near(geometry().polarization(0.95, 0.0), "polarization_0.95", 1e-7, 0.0);  // float32 there
}

TEST_F(GeometryReference, HalfWidths) {
  expect_near(geometry().radial_half_widths(Unit::two_theta_rad), "delta_2th", 0.0, 1e-12);
}

TEST_F(GeometryReference, Corners) {
  PixelCorners const radial = geometry().radial_corners(Unit::two_theta_rad);
  PixelCorners const chi = geometry().chi_corners();
  auto const& expected = test::reference_vectors().sampled.at("corner_2th");
  std::size_t k = 0;
  for (std::size_t row = 0; row < 64; row += 31) {
    for (std::size_t column = 0; column < 80; column += 39) {
      for (std::size_t corner = 0; corner < 4; ++corner, k += 2) {
        EXPECT_FLOAT_EQ(static_cast<float>(radial.of(row * 80 + column).value[corner]),
                        static_cast<float>(expected.at(k)));
        EXPECT_FLOAT_EQ(static_cast<float>(chi.of(row * 80 + column).value[corner]),
                        static_cast<float>(expected.at(k + 1)));
      }
    }
  }
  EXPECT_EQ(k, expected.size());
}

}  // namespace
}  // namespace xrdct::core
