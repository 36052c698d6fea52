#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "core/geometry/geometry.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

/// A unit at three pixels of the image below; computed with pyFAI 2026.9: incident angle 0.2, tilt
/// 0.4, sample orientation 6.
struct UnitValues {
  std::string name;
  bool positive;
  std::array<double, 3> value;
};

UnitValues const reference[] = {
    {"q_nm^-1", true, {0.9772444016835111, 3.712441683759962, 3.988344190421982}},
    {"q_A^-1", true, {0.09772444016835112, 0.3712441683759962, 0.3988344190421982}},
    {"2th_deg", true, {0.8911490177940824, 3.3858335009525278, 3.637544654246525}},
    {"2th_rad", true, {0.015553484486420273, 0.05909394251594817, 0.0634871309049206}},
    {"r_mm", true, {1.5568965707838323, 5.910750657698915, 6.3476284378475425}},
    {"r_m", true, {0.0015568965707838322, 0.005910750657698915, 0.006347628437847542}},
    {"d_nm", true, {6.429492250204212, 1.6924670721873736, 1.5753869293098302}},
    {"d_A", true, {64.29492250204211, 16.924670721873735, 15.753869293098301}},
    {"d_m", true, {6.429492250204212e-09, 1.6924670721873735e-09, 1.5753869293098301e-09}},
    {"d*2_nm^-2", true, {0.024190600296916533, 0.34910779336295616, 0.4029262150445729}},
    {"d*2_A^-2", true, {0.00024190600296916534, 0.0034910779336295617, 0.004029262150445729}},
    {"log10(q.m)_None", false, {8.990003191179063, 9.569659640340038, 9.600792630469812}},
    {"log(q.nm)_None", false, {-0.023018502968601456, 1.3116897959273202, 1.3833761549004686}},
    {"log(1+q.nm)_None", true, {0.6817041590483597, 1.5502061778986136, 1.6071040291304048}},
    {"log(1+q.A)_None", true, {0.0932393463519977, 0.3157184798186764, 0.3356393320254606}},
    {"arcsinh(q.nm)_None", true, {0.8651910670010832, 2.0225017277056314, 2.091881714805082}},
    {"arcsinh(q.A)_None", true, {0.097569559043457, 0.36320574288143787, 0.3889528876597437}},
    {"chi_deg", false, {168.65431466401498, 92.53427455781113, 31.572111118112726}},
    {"chi_rad", false, {2.943573088581615, 1.615027761978224, 0.5510372908165754}},
    {"qx_nm^-1", false, {-0.9581505602321232, -0.1643679260947867, 3.399404503728599}},
    {"qy_nm^-1", false, {0.1922680882380065, 3.708820216010376, 2.09047546372552}},
    {"qip_nm^-1", false, {-0.5771082098545843, -3.4715150613096437, -0.8265330641636415}},
    {"qip_A^-1", false, {-0.05771082098545843, -0.3471515061309644, -0.08265330641636415}},
    {"qoop_nm^-1", false, {-0.7886398003779677, 1.3156011684468858, 3.901760176525083}},
    {"qoop_A^-1", false, {-0.07886398003779677, 0.13156011684468857, 0.3901760176525083}},
    {"qtot_nm^-1", false, {0.9772444016835111, 3.712441683759962, 3.988344190421982}},
    {"qtot_A^-1", false, {0.09772444016835112, 0.3712441683759962, 0.3988344190421982}},
    {"qxgi_nm^-1", false, {-0.5421533588862396, -3.4686874174640185, -0.6163689876837273}},
    {"qxgi_A^-1", false, {-0.05421533588862396, -0.34686874174640187, -0.06163689876837273}},
    {"qygi_nm^-1", false, {-0.7886398003779677, 1.3156011684468858, 3.901760176525083}},
    {"qygi_A^-1", false, {-0.07886398003779677, 0.13156011684468857, 0.3901760176525083}},
    {"qzgi_nm^-1", false, {-0.19779691941466426, -0.14008719008708787, 0.5506779250864116}},
    {"qzgi_A^-1", false, {-0.019779691941466428, -0.014008719008708787, 0.05506779250864116}},
    {"chigi_deg", false, {-143.80420462548162, -69.24477886383556, -11.9604908432101}},
    {"chigi_rad", false, {-2.5098568489263133, -1.2085493809893089, -0.2087499453686491}},
    {"exit_angle_vert_deg", false, {9.672003883092504, 9.052152936599947, 12.61956857737816}},
    {"exit_angle_vert_rad", false, {0.1688083130256409, 0.1579898731377426, 0.2202530218564657}},
    {"exit_angle_horz_deg", false, {-4.325732569170264, -7.5981742198420825, -7.562900028887186}},
    {"exit_angle_horz_rad",
     false,
     {-0.07549827589277447, -0.1326131572763958, -0.13199750650325565}},
    {"scattering_angle_vert_rad",
     false,
     {-0.015249516163995601, -0.0026114401379161937, 0.05407991368181973}},
    {"scattering_angle_horz_rad",
     false,
     {-0.003060042858099768, -0.059036279922569185, -0.033272485099336106}},
};

/// qip, qoop [nm⁻¹], vertical and horizontal exit angle [rad] at the third pixel, for the sample
/// orientations 1–8.
constexpr double orientations[8][4] = {
    {3.9452608168037537, 0.5846421714739358, 0.23583302418371097, -0.041254018034244284},
    {-2.33994069996812, 3.2297936314733002, 0.19274536465092892, -0.14279402348969636},
    {-3.951848309198202, -0.5383161918056107, 0.13196550330076062, -0.11557835326268505},
    {2.402586749980965, -3.1834676518049756, 0.1745669669508005, -0.014973378632733233},
    {-3.3067254637934016, -2.2299004660237856, 0.1211845247334879, -0.08793262786261136},
    {-0.8265330641636415, 3.901760176525083, 0.2202530218564657, -0.13199750650325565},
    {3.2750087861263277, 2.276226445692111, 0.24684695734688605, -0.06940167585476338},
    {1.0210369900156762, -3.8554341968567574, 0.14729129893329973, -0.026271673387016},
};

Geometry geometry(int sample_orientation, std::optional<double> wavelength_m = 1e-10) {
  Calibration const calibration{0.1, 0.0032, 0.0041, 0.02, -0.03, 0.1, wavelength_m, {}};
  return {calibration, Detector{"Detector", 1e-4, 1e-4, {64, 80}, 3, {}},
          OrientationConvention::since_2026_9, SampleOrientation{0.2, 0.4, sample_orientation}};
}

constexpr std::size_t pixels[] = {3 * 80 + 5, 60 * 80 + 12, 40 * 80 + 71};

TEST(RadialQuantity, EveryUnitHasTheValueOfPyFAI) {
  ASSERT_EQ(std::size(reference), unit_names().size());
  for (auto const& expected : reference) {
    Unit const unit = unit_of(expected.name);
    EXPECT_EQ(has_negative_values(unit), !expected.positive) << expected.name;
    auto const centers = geometry(6).radial_centers(unit);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(centers[pixels[k]] * scale_of(unit), expected.value[k],
                  1e-9 * std::abs(expected.value[k]))
          << expected.name << " " << k;
  }
}

TEST(RadialQuantity, TheSampleStandsInEightOrientations) {
  for (int o = 1; o <= 8; ++o) {
    Geometry const g = geometry(o);
    Unit const units[] = {Unit::qip_nm, Unit::qoop_nm, Unit::exit_angle_vert_rad,
                          Unit::exit_angle_horz_rad};
    for (std::size_t k = 0; k < 4; ++k)
      EXPECT_NEAR(g.radial_centers(units[k])[pixels[2]], orientations[o - 1][k], 1e-9)
          << o << " " << k;
  }
  EXPECT_THROW(geometry(0), InputError);
  EXPECT_THROW(geometry(9), InputError);
}

TEST(RadialQuantity, QOfASampleHasTheLengthOfQ) {
  Geometry const g = geometry(3);
  auto const q = g.radial_centers(Unit::q_nm), in_plane = g.radial_centers(Unit::qip_nm),
             out_of_plane = g.radial_centers(Unit::qoop_nm);
  for (std::size_t pixel = 0; pixel < q.size(); ++pixel)
    EXPECT_NEAR(std::hypot(in_plane[pixel], out_of_plane[pixel]), q[pixel], 1e-12);
}

TEST(RadialQuantity, OnlyUnitsThatDependOnTheWavelengthAskForIt) {
  Geometry const with = geometry(6), without = geometry(6, std::nullopt);
  for (auto const& name : unit_names()) {
    Unit const unit = unit_of(name);
    if (needs_wavelength(unit)) {
      EXPECT_THROW(without.radial_centers(unit), InputError) << name;
    } else {
      EXPECT_EQ(without.radial_centers(unit), with.radial_centers(unit)) << name;
    }
  }
}

TEST(RadialQuantity, OnlyUnitsOfASampleDependOnIt) {
  Geometry const one = geometry(1), six = geometry(6);
  for (auto const& name : unit_names()) {
    Unit const unit = unit_of(name);
    EXPECT_EQ(one.radial_centers(unit) != six.radial_centers(unit), needs_sample_orientation(unit))
        << name;
  }
}

}  // namespace
}  // namespace xrdct::core
