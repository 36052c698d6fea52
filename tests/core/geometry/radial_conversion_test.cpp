#include "core/geometry/radial_conversion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "core/geometry/radial_quantity.hpp"
#include "core/words/errors.hpp"

/// Units of the same point, computed by the geometry, are those that the formulas give.
namespace xrdct::core {
namespace {

using testing::HasSubstr;

constexpr double wavelength_m = 0.7e-10, distance_m = 0.2;
RadialScales const scales{.wavelength_m = wavelength_m, .distance_m = distance_m};

std::vector<Unit> units_of_the_angle() {
  std::vector<Unit> units;
  for (auto const& name : unit_names()) {
    Unit const unit = unit_of(name);
    if (static_cast<int>(quantity_of(unit)) < static_cast<int>(Quantity::chi))
      units.push_back(unit);
  }
  return units;
}

double at(Unit unit, double r_m) {
  return scale_of(unit) * RadialQuantity(quantity_of(unit), wavelength_m,
                                         SampleOrientation{})({0.6 * r_m, 0.8 * r_m, distance_m});
}

TEST(RadialConversion, AgreesWithTheGeometryForEveryPairOfUnits) {
  std::vector<double> const points{0.001, 0.02, 0.11, 0.35};
  auto const units = units_of_the_angle();
  ASSERT_EQ(units.size(), 19u);
  for (Unit const from : units) {
    for (Unit const to : units) {
      std::vector<double> centres;
      for (double const r : points) centres.push_back(at(from, r));
      auto const found = converted(centres, from, to, scales);
      for (std::size_t i = 0; i < points.size(); ++i) {
        double const expected = at(to, points[i]);
        EXPECT_NEAR(found[i], expected, 1e-9 * std::abs(expected))
            << name_of(from) << " to " << name_of(to);
      }
    }
  }
}

TEST(RadialConversion, KnowsTheFirstRingOfSilicon) {
  double const d_A = 5.43102 / std::sqrt(3.0);
  auto const angle = converted(std::vector{2.0 * std::numbers::pi / d_A}, Unit::q_A,
                               Unit::two_theta_deg, {.wavelength_m = 1.5406e-10, .distance_m = {}});
  EXPECT_NEAR(angle[0], 28.442, 1e-3);
}

TEST(RadialConversion, HasNoValueWhereThereIsNone) {
  auto const angles = converted(std::vector{0.0, 1e6}, Unit::q_nm, Unit::two_theta_deg, scales);
  EXPECT_EQ(angles[0], 0.0);
  EXPECT_TRUE(std::isnan(angles[1]));
  EXPECT_TRUE(std::isinf(converted(std::vector{0.0}, Unit::q_nm, Unit::d_A, scales)[0]));
}

std::string error_of(Unit from, Unit to, RadialScales const& given) {
  try {
    converted(std::vector{1.0}, from, to, given);
  } catch (InputError const& error) {
    return error.what();
  }
  return "no error";
}

TEST(RadialConversion, SaysWhatIsMissing) {
  EXPECT_THAT(error_of(Unit::q_nm, Unit::two_theta_deg, {}), HasSubstr("expected a wavelength"));
  EXPECT_THAT(
      error_of(Unit::r_mm, Unit::two_theta_deg, {.wavelength_m = wavelength_m, .distance_m = {}}),
      HasSubstr("flat detector"));
  EXPECT_EQ(error_of(Unit::q_nm, Unit::d_A, {}), "no error") << "q and d need no wavelength";
  EXPECT_EQ(error_of(Unit::qip_nm, Unit::qip_A, {}), "no error") << "the same quantity";
  for (auto const& name : unit_names()) {
    Unit const unit = unit_of(name);
    if (static_cast<int>(quantity_of(unit)) < static_cast<int>(Quantity::chi)) continue;
    EXPECT_THAT(error_of(unit, Unit::two_theta_deg, scales),
                HasSubstr("depend on 2theta alone, found " + name));
    EXPECT_THAT(error_of(Unit::q_nm, unit, scales),
                HasSubstr("depend on 2theta alone, found " + name));
  }
}

TEST(RadialConversion, TakesTheDistanceOfFlatUprightDetectorsAlone) {
  Calibration calibration;
  calibration.detector.name = "Pilatus1M";
  EXPECT_TRUE(radial_scales(calibration).distance_m);
  calibration.rot1_rad = 1e-3;
  EXPECT_FALSE(radial_scales(calibration).distance_m);
  calibration.rot1_rad = 0.0;
  calibration.parallax = true;
  EXPECT_FALSE(radial_scales(calibration).distance_m);
  calibration.parallax = false;
  calibration.detector.name = "Aarhus";
  EXPECT_FALSE(radial_scales(calibration).distance_m) << "bent";
}

}  // namespace
}  // namespace xrdct::core
