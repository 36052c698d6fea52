#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "core/geometry/geometry.hpp"
#include "core/geometry/parallax.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// µ [1/m] at the energies below; computed with pyFAI 2026.9.
struct MaterialValues {
  std::string name;
  std::array<double, 8> absorption;
};
constexpr double energies_keV[] = {1.5, 8.0478, 11.2, 17.48, 26.8, 33.3, 60.0, 90.0};
MaterialValues const materials[] = {
    {"Si",
     {124717.95000000001, 14892.585315100001, 6576.630200000001, 1729.3998816000003,
      560.1151839999999, 277.9698764000001, 74.69103, 47.313635000000005}},
    {"Ge",
     {2916532.5, 36302.24143559999, 104116.10331740614, 35726.69743999999, 12213.95868,
      6034.324387000001, 1077.6521, 400.88338500000003}},
    {"CdTe",
     {1925234.9999999998, 144228.65534999996, 67937.68800000001, 19951.729199999998,
      17096.3468012649, 18769.25571083043, 3827.0699999999997, 1371.825}},
    {"GaAs",
     {2743349.84, 36606.34776479999, 55055.81790860534, 35940.850124799996, 12297.056351999998,
      6076.081193600001, 1085.85392, 403.73877999999996}},
    {"Gd2O2S",
     {3213480.0000000005, 250519.94504792328, 141001.3536, 42546.41664, 14883.023999999998,
      7564.209840000001, 7184.58, 2664.114}},
    {"BaFBr0.85I0.15",
     {1043040.0, 74878.37879999999, 34093.234285714294, 16743.5904, 5820.672, 3408.960000000002,
      1949.3400000000001, 707.5500000000001}},
    {"Se",
     {2273136.0, 34197.244571999996, 14772.203473549553, 32359.164479999992, 11191.1904,
      5565.229920000001, 997.2660000000001, 365.8914}},
    {"CZT",
     {1934300.0, 136097.68233875828, 69018.40000000001, 20317.142, 16551.12158054711,
      17787.44597069597, 3621.3500000000004, 1298.9250000000002}},
};

TEST(Sensor, MaterialsAbsorbAsInPyFAI) {
  EXPECT_EQ(sensor_materials().size(), std::size(materials));
  for (auto const& [name, absorption] : materials) {
    for (std::size_t k = 0; k < absorption.size(); ++k)
      EXPECT_NEAR(absorption_coefficient(name, energies_keV[k]), absorption[k],
                  1e-12 * absorption[k])
          << name << " at " << energies_keV[k] << " keV";
  }
}

TEST(Sensor, AbsorptionJumpsAtAnEdge) {
  EXPECT_LT(absorption_coefficient("Ge", 11.1030), 0.2 * absorption_coefficient("Ge", 11.1031));
  EXPECT_NEAR(photon_energy_keV(1.5406e-10), 8.04778, 1e-4);
}

TEST(Sensor, UnknownMaterialsAndEnergiesAreRefused) {
  auto const error_of = [](std::string const& material, double energy) -> std::string {
    try {
      absorption_coefficient(material, energy);
    } catch (InputError const& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(error_of("CdTE", 20.0),
              AllOf(HasSubstr("\"CdTE\""), HasSubstr("did you mean \"CdTe\"")));
  EXPECT_THAT(error_of("Si", 0.5),
              AllOf(HasSubstr("from 1 to 20000 keV"), HasSubstr("found 0.5 keV")));
}

/// 2θ, χ and the half width in 2θ [rad] with a sensor; computed with pyFAI 2026.9.
struct PixelValues {
  std::size_t row, column;
  double two_theta, chi, half_width;
};
struct ParallaxValues {
  Sensor sensor;
  std::array<PixelValues, 3> pixels;
};
ParallaxValues const reference[] = {
    {{"Si", 450e-6},
     {{{0, 0, 0.2262503724597694, -1.2181498673941114, 0.0014656264282463527},
       {150, 200, 0.6214267931060419, 0.028547326358477853, 0.0011105260924920701},
       {299, 399, 0.9511898687210814, 0.19051973255254656, 0.0006312659111753494}}}},
    {{"Si", std::nullopt},
     {{{0, 0, 0.22445867051202847, -1.2171150266074704, 0.0014574171153824145},
       {150, 200, 0.6186088492441529, 0.02878208883911255, 0.0011112262773865789},
       {299, 399, 0.9494364954466928, 0.19058193871335877, 0.0006343819136728213}}}},
    {{"CdTe", 750e-6},
     {{{0, 0, 0.22693459833424645, -1.2185407852041077, 0.001469104044026559},
       {150, 200, 0.6228058107517995, 0.02843311368772536, 0.0011117823742665678},
       {299, 399, 0.9526124180415708, 0.19046937764482327, 0.0006306947330075863}}}},
};

Calibration with_sensor(std::optional<Sensor> const& sensor) {
  Calibration calibration{0.05, 0.012, -0.004, 0.02, -0.03, 0.1, 0.7e-10, {}, true};
  calibration.detector.sensor = sensor;
  return calibration;
}

Detector const detector{"Detector", 1e-4, 1.5e-4, {300, 400}, 3, {}};

TEST(Parallax, MovesPixelsAsPyFAIDoes) {
  for (auto const& [sensor, pixels] : reference) {
    SCOPED_TRACE(sensor.material);
    Geometry const geometry(with_sensor(sensor), detector);
    auto const two_theta = geometry.radial_centers(Unit::two_theta_rad),
               chi = geometry.chi_centers();
    auto const widths = geometry.radial_half_widths(Unit::two_theta_rad);
    for (auto const& expected : pixels) {
      std::size_t const pixel = expected.row * 400 + expected.column;
      // A pixel is 1 mrad to 3 mrad wide: a millionth of it.
      EXPECT_NEAR(two_theta[pixel], expected.two_theta, 1e-11);
      EXPECT_NEAR(chi[pixel], expected.chi, 1e-11);
      // Its corners were float32 numbers before they were moved.
      EXPECT_NEAR(widths[pixel], expected.half_width, 2.5e-7);
    }
  }
}

TEST(Parallax, LeavesTheSolidAngleAndThePointOfNormalIncidence) {
  Geometry const moved(with_sensor(Sensor{"Si", 450e-6}), detector);
  auto calibration = with_sensor({});
  calibration.parallax = false;
  Geometry const plain(calibration, detector);
  EXPECT_EQ(moved.solid_angle(), plain.solid_angle());
  ParallaxCorrection const correction({"Si", 450e-6}, 0.7e-10, 0.05);
  EXPECT_EQ(correction.shift(0.0), 0.0);
  double last = 0.0;
  for (double sine = 0.05; sine < 0.7; sine += 0.05) {
    EXPECT_LT(correction.shift(sine), last) << "further inside, further away";
    last = correction.shift(sine);
  }
}

std::string error_of(Calibration const& calibration, Detector const& with) {
  try {
    Geometry(calibration, with);
  } catch (InputError const& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Parallax, AsksForWhatItNeeds) {
  EXPECT_THAT(error_of(with_sensor({}), detector),
              AllOf(HasSubstr("parallax"), HasSubstr("a sensor"), HasSubstr("found none")));
  EXPECT_THAT(error_of(with_sensor(Sensor{"Silicon", 450e-6}), detector), HasSubstr("\"Silicon\""));
  EXPECT_THAT(error_of(with_sensor(Sensor{"Si", 0.0}), detector), HasSubstr("above 0 m, found 0"));
  auto calibration = with_sensor(Sensor{"Si", 450e-6});
  calibration.wavelength_m.reset();
  EXPECT_THAT(error_of(calibration, detector), HasSubstr("a wavelength"));
  calibration = with_sensor(Sensor{"Si", 450e-6});
  DetectorChoice const curved{
      .name = "Rapid", .pixel1_m = {}, .pixel2_m = {}, .max_shape = FrameShape{4, 5}};
  EXPECT_THAT(error_of(calibration, make_detector(curved, {})), HasSubstr("the curved Rapid"));
}

}  // namespace
}  // namespace xrdct::core
