#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

// A strip of pixels 1 mm wide, pixel k at 10+k … 11+k mm from the beam and almost no height: r is
// the place along the strip.
Geometry strip(std::size_t pixels, double start_m = -0.010) {
  Calibration const calibration{.distance_m = 1.0,
                                .poni1_m = 0.5e-9,
                                .poni2_m = start_m,
                                .wavelength_m = 1e-10,
                                .detector = {}};
  return {calibration, Detector{"Detector", 1e-9, 1e-3, {1, pixels}, 3, {}}};
}

Geometry square(std::size_t size, double poni = 0.0) {
  Calibration const calibration{
      .distance_m = 0.1, .poni1_m = poni, .poni2_m = poni, .wavelength_m = 1e-10, .detector = {}};
  return {calibration, Detector{"Detector", 1e-3, 1e-3, {size, size}, 3, {}}};
}

double share(BinMatrix const& matrix, std::size_t pixel) {
  return std::accumulate(matrix.coefficient.begin() + matrix.entry_begin[pixel],
                         matrix.coefficient.begin() + matrix.entry_begin[pixel + 1], 0.0);
}

/// First bin of each pixel, −1 where it has none.
std::vector<int> first_bins(BinMatrix const& matrix) {
  std::vector<int> bins;
  for (std::size_t p = 0; p < matrix.pixels(); ++p)
    bins.push_back(matrix.has_entry(p) ? static_cast<int>(matrix.bin[matrix.entry_begin[p]]) : -1);
  return bins;
}

constexpr Splitting all_splittings[] = {Splitting::none, Splitting::bounding_box, Splitting::full};

TEST(BinMatrix, PixelsGoToTheBinOfTheirCentre) {
  auto const matrix = build_bin_matrix(
      strip(5), {},
      {.unit = Unit::r_mm, .bins = 3, .splitting = Splitting::none, .radial_range = {}});
  EXPECT_EQ(first_bins(matrix), (std::vector<int>{0, 0, 1, 2, 2}))
      << "centres 10.5 … 14.5, three bins";
  EXPECT_EQ(matrix.entry_begin, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_NEAR(matrix.radial_axis[0], 10.5 + 2.0 / 3.0, 1e-5);
  EXPECT_NEAR(matrix.radial_axis[2], 14.5 - 2.0 / 3.0, 1e-5);
}

TEST(BinMatrix, MaskedPixelsHaveNoEntryAndDoNotSetTheAxis) {
  std::vector<std::uint8_t> const mask{1, 0, 0, 0, 1};
  for (auto splitting : all_splittings) {
    auto const matrix = build_bin_matrix(
        strip(5), mask,
        {.unit = Unit::r_mm, .bins = 4, .splitting = splitting, .radial_range = {}});
    EXPECT_EQ(first_bins(matrix)[0], -1);
    EXPECT_EQ(first_bins(matrix)[4], -1);
    EXPECT_EQ(matrix.entry_begin[1], 0u);
    EXPECT_EQ(matrix.entry_begin[5], matrix.entry_begin[4]);
    double const margin = splitting == Splitting::none ? 0.0 : 0.5;
    EXPECT_NEAR(0.5 * (matrix.radial_axis[0] + matrix.radial_axis[3]), 12.5, 1e-5);
    EXPECT_NEAR(matrix.radial_axis[1] - matrix.radial_axis[0], (2.0 + 2.0 * margin) / 4.0, 1e-5);
  }
}

TEST(BinMatrix, WithoutARangeEveryPixelIsSharedWhole) {
  for (auto splitting : all_splittings) {
    for (std::size_t bins : {1u, 7u, 100u, 5000u}) {
      auto const matrix = build_bin_matrix(
          square(20), {},
          {.unit = Unit::two_theta_deg, .bins = bins, .splitting = splitting, .radial_range = {}});
      for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel)
        EXPECT_NEAR(share(matrix, pixel), 1.0, 1e-4) << bins << " bins, pixel " << pixel;
    }
  }
}

TEST(BinMatrix, TheBeamInsideTheDetectorLosesNothing) {
  for (double poni : {5.0e-3, 5.5e-3, 5.2e-3}) {  // a corner, a centre, somewhere in a pixel
    for (auto splitting : all_splittings) {
      auto const matrix = build_bin_matrix(
          square(11, poni), {},
          {.unit = Unit::r_mm, .bins = 300, .splitting = splitting, .radial_range = {}});
      for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
        EXPECT_NEAR(share(matrix, pixel), 1.0, 1e-4) << "pixel " << pixel;
        for (std::size_t entry = matrix.entry_begin[pixel]; entry < matrix.entry_begin[pixel + 1];
             ++entry)
          EXPECT_GT(matrix.coefficient[entry], 0.0f);
      }
    }
  }
}

TEST(BinMatrix, ARangeDropsWhatIsOutside) {
  Binning const binning{.unit = Unit::r_mm,
                        .bins = 4,
                        .splitting = Splitting::bounding_box,
                        .radial_range = std::pair{11.25, 13.25}};
  for (auto splitting : {Splitting::bounding_box, Splitting::full}) {
    Binning with = binning;
    with.splitting = splitting;
    auto const matrix = build_bin_matrix(strip(5), {}, with);
    EXPECT_EQ(first_bins(matrix), (std::vector<int>{-1, 0, 1, 3, -1}));
    double const tolerance = splitting == Splitting::full
                                 ? 0.01
                                 : 1e-5;  // in (r, χ) a pixel is narrower on its far side
    EXPECT_NEAR(share(matrix, 1), 0.75, tolerance) << "11 … 12 mm, in the range from 11.25 mm on";
    EXPECT_NEAR(share(matrix, 2), 1.0, 1e-6);
    EXPECT_NEAR(share(matrix, 3), 0.25, tolerance);
  }
  Binning none = binning;
  none.splitting = Splitting::none;
  EXPECT_EQ(first_bins(build_bin_matrix(strip(5), {}, none)), (std::vector<int>{-1, 0, 2, -1, -1}))
      << "centres 10.5, 11.5, 12.5, 13.5: floor, so that nothing below the range gets into the "
         "first bin";
}

TEST(BinMatrix, LostIsWhatThePixelsAtTheEndsLack) {
  Binning const binning{.unit = Unit::r_mm,
                        .bins = 4,
                        .splitting = Splitting::bounding_box,
                        .radial_range = std::pair{11.25, 13.25}};
  EXPECT_NEAR(build_bin_matrix(strip(5), {}, binning).lost, 0.25 + 0.75, 1e-5)
      << "pixels without an entry are not part of it";
  for (auto splitting : all_splittings)
    EXPECT_EQ(
        build_bin_matrix(square(20), {}, {.bins = 100, .splitting = splitting, .radial_range = {}})
            .lost,
        0.0);
}

TEST(BinMatrix, UnitsWithASignHaveAxesBelowZero) {
  // qx follows the columns: ten on one side of the beam, ten on the other. The corner is where
  // float32 has it.
  double const beam = 10.0f * 1e-3f;
  for (auto splitting : all_splittings) {
    auto const matrix = build_bin_matrix(
        square(20, beam), {},
        {.unit = Unit::qx_nm, .bins = 20, .splitting = splitting, .radial_range = {}});
    EXPECT_LT(matrix.radial_axis.front(), 0.0);
    EXPECT_NEAR(matrix.radial_axis.front(), -matrix.radial_axis.back(),
                1e-4 * matrix.radial_axis.back());
    auto const upper = build_bin_matrix(square(20, beam), {},
                                        {.unit = Unit::qx_nm,
                                         .bins = 5,
                                         .splitting = splitting,
                                         .radial_range = std::pair{0.0, 0.6}});
    EXPECT_NEAR(upper.radial_axis.front(), 0.06, 1e-6);
    for (std::size_t pixel = 0; pixel < upper.pixels(); ++pixel)
      EXPECT_EQ(upper.has_entry(pixel), pixel % 20 == 10)
          << "a column reaches from 0 to 0.628 nm⁻¹";
    auto const lower = build_bin_matrix(square(20, beam), {},
                                        {.unit = Unit::qx_nm,
                                         .bins = 5,
                                         .splitting = splitting,
                                         .radial_range = std::pair{-0.5, -0.1}});
    EXPECT_NEAR(lower.radial_axis.front(), -0.46, 1e-6);
    EXPECT_NEAR(lower.radial_axis.back(), -0.14, 1e-6);
  }
}

TEST(BinMatrix, NothingIsFoldedAtZeroWhereValuesHaveASign) {
  // The column from −0.5 to +0.5 mm: half of it is above 0.
  Calibration const calibration{.distance_m = 0.1,
                                .poni1_m = 0.5e-3,
                                .poni2_m = 10.5e-3,
                                .wavelength_m = 1e-10,
                                .detector = {}};
  Geometry const geometry(calibration, Detector{"Detector", 1e-3, 1e-3, {1, 20}, 3, {}});
  auto const matrix = build_bin_matrix(
      geometry, {}, {.unit = Unit::qx_nm, .bins = 4, .radial_range = std::pair{0.0, 3.0}});
  EXPECT_NEAR(share(matrix, 10), 0.5, 1e-6);
}

TEST(BinMatrix, ALogarithmOfZeroIsInNoBin) {
  for (auto splitting : {Splitting::none, Splitting::bounding_box}) {
    auto const matrix = build_bin_matrix(
        square(11, 5.5e-3), {},
        {.unit = Unit::log_q_nm, .bins = 10, .splitting = splitting, .radial_range = {}});
    EXPECT_FALSE(matrix.has_entry(5 * 11 + 5)) << "its centre is the beam";
    EXPECT_TRUE(std::isfinite(matrix.radial_axis.front()));
    for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel)
      EXPECT_EQ(matrix.has_entry(pixel), pixel != 5 * 11 + 5);
  }
  auto const matrix = build_bin_matrix(
      square(10, 5.0f * 1e-3f), {},
      {.unit = Unit::log_q_nm, .bins = 10, .splitting = Splitting::full, .radial_range = {}});
  std::size_t without = 0;
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) without += !matrix.has_entry(pixel);
  EXPECT_EQ(without, 4u) << "those with a corner at the beam";
}

TEST(BinMatrix, ChiAsTheRadialUnitIsNotTornAtHalfATurn) {
  for (auto splitting : all_splittings) {
    auto const matrix = build_bin_matrix(square(20, 0.0102), {},
                                         {.unit = Unit::chi_deg,
                                          .bins = 36,
                                          .splitting = splitting,
                                          .radial_range = std::pair{-180.0, 180.0}});
    EXPECT_NEAR(matrix.radial_axis.front(), -175.0, 1e-4);
    std::size_t const across = 10 * 20 + 2;  // left of the beam
    EXPECT_LE(matrix.entry_begin[across + 1] - matrix.entry_begin[across], 2u);
    EXPECT_TRUE(matrix.has_entry(across));
  }
}

TEST(BinMatrix, TheRangeIsInTheUnitOfTheReduction) {
  Binning const binning{.unit = Unit::q_A,
                        .bins = 10,
                        .splitting = Splitting::none,
                        .radial_range = std::pair{0.5, 1.5}};
  auto const matrix = build_bin_matrix(square(20), {}, binning);
  EXPECT_NEAR(matrix.radial_axis.front(), 0.55, 1e-6);
  EXPECT_NEAR(matrix.radial_axis.back(), 1.45, 1e-6);
}

TEST(BinMatrix, SaysWhatIsWrong) {
  std::vector<std::uint8_t> const all(5, 1);
  EXPECT_THROW(
      build_bin_matrix(
          strip(5), all,
          {.unit = Unit::r_mm, .bins = 4, .splitting = Splitting::none, .radial_range = {}}),
      InputError);
  EXPECT_THROW(
      build_bin_matrix(strip(5), {},
                       {.unit = Unit::r_mm, .bins = 4, .radial_range = std::pair{-3.0, -1.0}}),
      InputError);
  try {
    build_bin_matrix(strip(5), {},
                     {.unit = Unit::r_mm, .bins = 4, .radial_range = std::pair{100.0, 200.0}});
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("found 100 to 200 mm"),
                                             testing::HasSubstr("from 10 to 15 mm")));
  }
  Calibration const no_wavelength{.distance_m = 1.0, .wavelength_m = {}, .detector = {}};
  Geometry const geometry(no_wavelength, Detector{"Detector", 1e-3, 1e-3, {2, 2}, 3, {}});
  EXPECT_THROW(build_bin_matrix(geometry, {}, Binning{}), InputError);
}

TEST(BinMatrix, FarPixelsOfDSpacingDoNotBreakTheAxis) {
  // The centre of pixel (5, 5) is the beam itself: its d is infinite, so it is in no bin.
  auto const matrix = build_bin_matrix(
      square(11, 5.5e-3), {},
      {.unit = Unit::d_A, .bins = 10, .splitting = Splitting::none, .radial_range = {}});
  EXPECT_EQ(first_bins(matrix)[5 * 11 + 5], -1);
  EXPECT_TRUE(std::isfinite(matrix.radial_axis.back()));
}

}  // namespace
}  // namespace xrdct::core
