#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "core/detector/detector.hpp"
#include "core/geometry/geometry.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

/// 2θ, χ, half width in 2θ [rad] and relative solid angle of a pixel; computed with pyFAI 2026.9.
struct PixelValues {
  std::size_t row, column;
  double two_theta, chi, half_width, solid_angle;
};

struct DetectorValues {
  std::string name;
  FrameShape shape;
  std::array<PixelValues, 3> pixels;
};

DetectorValues const reference[] = {
    {"Aarhus",
     {10, 16000},
     {{{0, 0, 0.03811146852070012, -2.756641007987292, 6.664756244502412e-05, 0.9861314368996115},
       {3, 7999, 0.7709055845397582, -0.1379900267872011, 5.039528430794693e-05,
        0.9916226771916999},
       {9, 15998, 1.5374854941486433, -0.14242249073875451, 4.659699210374235e-05,
        0.9595146698902581}}}},
    {"Rapid",
     {20, 4700},
     {{{0, 0, 0.03791044952352236, -2.7582875944402234, 0.0002676665596227784, 0.9861021190082667},
       {6, 2349, 0.9055300494716698, -0.183563690090652, 0.00021432432670054347,
        0.16293134290904074},
       {19, 4698, 1.3571729895640279, -3.1326633356633473, 0.000215506834897905,
        0.05342415950419437}}}},
    {"Cirpad",
     {11200, 120},
     {{{0, 0, 0.03783017273498607, -2.758950206046821, 0.00034794334815907435, 0.986222892929179},
       {640, 60, 0.3248935606075145, 1.4774761928399378, 0.000568177898011335, 0.7656017605196459},
       {11100, 100, 0.41173694296488794, 1.3683961624638525, 4.390640864404549e-05,
        -0.6456166809041839}}}},
    {"ImXPadS10",
     {120, 80},
     {{{0, 0, 0.037830172735932886, -2.7589502060389877, 0.00034794334721225534,
        0.9862228929288632},
       {40, 39, 0.013728953623205574, 2.8124845679284007, 0.00031249811407908605,
        0.9929127205629021},
       {119, 78, 0.04465381232990626, 1.3168233501380882, 0.00029709758267994907,
        0.9969112939764906}}}},
    {"ImXPadS140",
     {240, 560},
     {{{0, 0, 0.037830172735932886, -2.7589502060389877, 0.00034794334721225534,
        0.9862228929288632},
       {80, 279, 0.11833580356500138, 0.10185819956510357, 0.00030623603203307204,
        0.9934415446746258},
       {239, 558, 0.2830072178526351, 0.28537910031088315, 0.0003221497849991706,
        0.9259071473252348}}}},
    {"ImXPadS70",
     {120, 560},
     {{{0, 0, 0.037830172735932886, -2.7589502060389877, 0.00034794334721225534,
        0.9862228929288632},
       {40, 279, 0.11591949064040676, -0.07471858414381513, 0.00026636075472340204,
        0.9924215790479166},
       {119, 558, 0.2661245574831686, 0.0633887327348267, 0.00028683639767551616,
        0.9337459523721393}}}},
    {"ImXPadS70V",
     {560, 120},
     {{{0, 0, 0.037830172735932886, -2.7589502060389877, 0.00034794334721225534,
        0.9862228929288632},
       {186, 59, 0.08203516091270759, 1.5074911920219392, 0.00026792352037117995,
        0.9917623064918927},
       {559, 118, 0.2784313147482307, 1.3732006123450733, 0.00026990123420644885,
        0.9109445846576688}}}},
    {"Xpad_flat",
     {960, 560},
     {{{0, 0, 0.03783017273498607, -2.758950206046821, 0.00034794334815907435, 0.9862228937491387},
       {320, 279, 0.21043798198024, 0.8910198020741551, 0.0003512339762803407, 0.9621846172578837},
       {959, 558, 0.5814177705882038, 1.0417110114303647, 0.00025728484372744553,
        0.6374913794128957}}}},
    {"Jungfrau",
     {512, 1024},
     {{{255, 256, 0.07307157777356693, 0.8347302131605251, 0.00041932500791957983,
        0.998691927537875},
       {300, 511, 0.14031055029929065, 0.4436501763207826, 0.00033208188116931603,
        0.9899514984622153},
       {511, 1022, 0.3014783504016435, 0.35926066423801845, 0.00018941783976911264,
        0.9141471469868353}}}},
    {"Jungfrau8M",
     {600, 600},
     {{{255, 256, 0.07307157777356693, 0.8347302131605251, 0.00041932500791957983,
        0.998691927537875},
       {300, 300, 0.09223685564813305, 0.8081016458810547, 0.000210209168818698,
        0.9971968767737655},
       {599, 598, 0.21707553614043473, 0.7378955279354414, 0.0002063756074833778,
        0.961122920658741}}}},
    {"Jungfrau_16M_cor",
     {1028, 1030},
     {{{255, 256, 0.07268426983658986, 0.8384862233363205, 0.0002095359652785761,
        0.9986956319591562},
       {300, 511, 0.13936460381524457, 0.44275444270159964, 0.00020460421068774215,
        0.9901811614033935},
       {1027, 1028, 0.3872604994432111, 0.7139157453071986, 0.0001896648065228823,
        0.8454076141695388}}}},
    {"Pixirad1",
     {476, 512},
     {{{0, 0, 0.03795632460829008, -2.757105504634756, 0.00018977633003008226, 0.986186230414489},
       {158, 255, 0.03120862638986028, 0.40042459663756397, 0.00019100068545258725,
        0.9988950421042276},
       {475, 510, 0.11993808622706809, 0.6388587271154081, 0.00017899598229803582,
        0.9939036629511897}}}},
    {"Pixirad8",
     {40, 4096},
     {{{0, 0, 0.03795632460829008, -2.757105504634756, 0.00018977633003008226, 0.986186230414489},
       {13, 2047, 0.43689432088322033, -0.13453856934812394, 0.00015538279003490807,
        0.7920380240923027},
       {39, 4094, 0.7818193990971853, -0.11174038743008566, 0.00010019133351346632,
        0.4108198379996013}}}},
};

Calibration calibration_of(DetectorChoice const& choice) {
  return {0.25, 0.012, 0.021, 0.05, -0.03, 0.1, 1e-10, choice};
}

Geometry geometry_of(std::string const& name, FrameShape shape, int orientation = 3) {
  DetectorChoice const choice{
      .name = name, .pixel1_m = {}, .pixel2_m = {}, .max_shape = shape, .orientation = orientation};
  return {calibration_of(choice), make_detector(choice, {})};
}

TEST(DetectorPositions, AreThoseOfPyFAI) {
  for (auto const& [name, shape, pixels] : reference) {
    SCOPED_TRACE(name);
    Geometry const geometry = geometry_of(name, shape);
    // Columns and modules of this one are added up in float32 by pyFAI.
    double const tolerance = name == "Cirpad" ? 1e-7 : 1e-9;
    auto const two_theta = geometry.radial_centers(Unit::two_theta_rad),
               chi = geometry.chi_centers();
    auto const half_width = geometry.radial_half_widths(Unit::two_theta_rad),
               solid_angle = geometry.solid_angle();
    for (auto const& expected : pixels) {
      std::size_t const pixel = expected.row * shape.columns + expected.column;
      EXPECT_NEAR(two_theta[pixel], expected.two_theta, tolerance) << pixel;
      EXPECT_NEAR(chi[pixel], expected.chi, tolerance) << pixel;
      EXPECT_NEAR(half_width[pixel], expected.half_width, tolerance) << pixel;
      // Where the back of a pixel faces the sample, pyFAI's is negative.
      EXPECT_NEAR(solid_angle[pixel], std::abs(expected.solid_angle), tolerance) << pixel;
    }
  }
}

TEST(DetectorPositions, OrientationFlipsTheImageOfEveryKindOfDetector) {
  for (auto const& [name, shape] : {std::pair<std::string, FrameShape>{"Jungfrau", {300, 520}},
                                    {"Rapid", {5, 40}},
                                    {"Xpad_flat", {250, 100}},
                                    {"Cirpad", {600, 120}},
                                    {"Pixirad1", {6, 9}}}) {
    SCOPED_TRACE(name);
    Geometry const native = geometry_of(name, shape);
    auto const centers = native.radial_centers(Unit::r_m), solid_angle = native.solid_angle(),
               widths = native.radial_half_widths(Unit::r_m);
    auto const corners = native.radial_corners(Unit::r_m);
    for (int orientation : {1, 2, 4}) {
      Geometry const turned = geometry_of(name, shape, orientation);
      auto const turned_centers = turned.radial_centers(Unit::r_m),
                 turned_angle = turned.solid_angle();
      auto const turned_widths = turned.radial_half_widths(Unit::r_m);
      auto const turned_corners = turned.radial_corners(Unit::r_m);
      for (std::size_t pixel = 0; pixel < shape.pixels(); ++pixel) {
        std::size_t const row = pixel / shape.columns, column = pixel % shape.columns;
        std::size_t const i = orientation == 4 ? row : shape.rows - 1 - row,
                          j = orientation == 2 ? column : shape.columns - 1 - column;
        std::size_t const there = i * shape.columns + j;
        ASSERT_EQ(turned_centers[there], centers[pixel]);
        ASSERT_EQ(turned_angle[there], solid_angle[pixel]);
        ASSERT_EQ(turned_widths[there], widths[pixel]);
        if (corners.count() != 4) continue;
        // Corner A of the turned image is the one next to its lower row and column.
        ASSERT_EQ(turned_corners.of(there).value[0],
                  corners.of(pixel).value[orientation == 1   ? 2
                                          : orientation == 2 ? 1
                                                             : 3]);
      }
    }
  }
}

TEST(DetectorPositions, TheOldConventionMirrorsChiOfATable) {
  DetectorChoice const choice{.name = "Xpad_flat",
                              .pixel1_m = {},
                              .pixel2_m = {},
                              .max_shape = FrameShape{250, 100},
                              .orientation = 1};
  auto const detector = make_detector(choice, {});
  Geometry const now(calibration_of(choice), detector),
      before(calibration_of(choice), detector, OrientationConvention::before_2026_9);
  EXPECT_EQ(now.radial_centers(Unit::q_nm), before.radial_centers(Unit::q_nm));
  auto const chi_now = now.chi_centers(), chi_before = before.chi_centers();
  // χ + 180°
  for (std::size_t pixel = 0; pixel < chi_now.size(); ++pixel)
    ASSERT_NEAR(std::abs(chi_before[pixel] - chi_now[pixel]), 3.141592653589793, 1e-12);
}

TEST(DetectorPositions, HexagonsCannotBeSharedByArea) {
  auto const corners = geometry_of("Pixirad1", {4, 5}).radial_corners(Unit::r_m);
  EXPECT_EQ(corners.count(), 6u);
  EXPECT_THROW(corners.quadrilateral(0), InputError);
}

TEST(DetectorPositions, ARadiusBendsTheDetectorAnotherWay) {
  DetectorChoice choice{
      .name = "Aarhus", .pixel1_m = {}, .pixel2_m = {}, .max_shape = FrameShape{2, 100}};
  choice.radius_m = 1.2;
  auto const detector = make_detector(choice, {});
  EXPECT_FLOAT_EQ(static_cast<float>(detector.edges.depth[100]),
                  static_cast<float>(1.2 * (std::cos(100 * 2.4893e-05 / 1.2) - 1.0)));
}

TEST(DetectorPositions, FramesOfUnevenPixelsCannotBeBinned) {
  DetectorChoice const choice{
      .name = "Jungfrau", .pixel1_m = 150e-6, .pixel2_m = 150e-6, .max_shape = {}};
  try {
    make_detector(choice, {});
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("75 µm by 75 µm"),
                                             testing::HasSubstr("cannot be binned")));
  }
}

TEST(DetectorPositions, CanBeReleased) {
  Geometry geometry = geometry_of("Pixirad1", {25, 10});
  EXPECT_FALSE(geometry.detector().table.position.empty());
  geometry.release_positions();
  EXPECT_EQ(geometry.detector().table.position.capacity(), 0u);
  EXPECT_EQ(geometry.detector().name, "Pixirad1");
}

}  // namespace
}  // namespace xrdct::core
