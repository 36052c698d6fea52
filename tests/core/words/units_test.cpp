#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {
namespace {

TEST(Units, EveryNameIsItsUnit) {
  ASSERT_EQ(unit_names().size(), 41u);
  for (auto const& name : unit_names()) {
    Unit const unit = unit_of(name);
    EXPECT_EQ(name_of(unit), name);
    std::string const symbol = name.substr(name.rfind('_') + 1);
    EXPECT_EQ(symbol == "None" ? "" : symbol, symbol_of(unit));
    EXPECT_FALSE(label_of(unit).empty());
    EXPECT_GT(scale_of(unit), 0.0);
  }
}

TEST(Units, ScalesFromInternalValues) {
  EXPECT_EQ(scale_of(Unit::q_A), 0.1);
  EXPECT_EQ(scale_of(Unit::r_mm), 1000.0);
  EXPECT_EQ(scale_of(Unit::d_A), 1e10);
  EXPECT_NEAR(scale_of(Unit::two_theta_deg), 57.29577951308232, 1e-14);
}

TEST(Units, WavelengthIsNeededForQAndD) {
  EXPECT_TRUE(needs_wavelength(Unit::q_nm));
  EXPECT_TRUE(needs_wavelength(Unit::d_A));
  EXPECT_FALSE(needs_wavelength(Unit::two_theta_deg));
  EXPECT_FALSE(needs_wavelength(Unit::r_mm));
}

TEST(Units, AxesOfSomeUnitsMayBeginBelowZero) {
  for (auto const unit : {Unit::q_nm, Unit::two_theta_deg, Unit::r_mm, Unit::d_A, Unit::d_star2_A,
                          Unit::log_1q_nm, Unit::arcsinh_q_A})
    EXPECT_FALSE(has_negative_values(unit)) << name_of(unit);
  for (auto const unit : {Unit::log_q_nm, Unit::log10_q_m, Unit::chi_deg, Unit::qx_nm, Unit::qip_A,
                          Unit::exit_angle_vert_deg})
    EXPECT_TRUE(has_negative_values(unit)) << name_of(unit);
}

TEST(Units, AnAzimuthIsNoRadialUnit) {
  auto const radial = radial_unit_names();
  EXPECT_EQ(radial.size(), 37u);
  EXPECT_THAT(radial, testing::Each(testing::Not(testing::HasSubstr("chi"))));
  for (auto const& name : radial) EXPECT_FALSE(is_azimuth(unit_of(name))) << name;
}

TEST(Units, UnknownUnitNamesTheNearest) {
  try {
    unit_of("q_nm-1");
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("\"q_nm-1\""),
                                             testing::HasSubstr("did you mean \"q_nm^-1\"")));
  }
}

}  // namespace
}  // namespace xrdct::core
