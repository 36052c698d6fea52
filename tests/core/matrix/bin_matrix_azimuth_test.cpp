#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <random>

#include "core/matrix/azimuth_bins.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
constexpr Splitting all_splittings[] = {Splitting::none, Splitting::bounding_box, Splitting::full};

/// 24 × 30 pixels, tilted; the beam in a pixel, at a corner of pixels, or beside the detector.
Geometry detector(double poni1, double poni2, std::size_t rows = 24, std::size_t columns = 30) {
  Calibration const calibration{0.1, poni1, poni2, 0.02, -0.03, 0.1, 1e-10, {}};
  return {calibration, Detector{"Detector", 1e-3, 1e-3, {rows, columns}, 3, {}}};
}

Geometry upright(double poni1, double poni2, std::size_t rows, std::size_t columns) {
  Calibration const calibration{
      .distance_m = 0.1, .poni1_m = poni1, .poni2_m = poni2, .wavelength_m = 1e-10, .detector = {}};
  return {calibration, Detector{"Detector", 1e-3, 1e-3, {rows, columns}, 3, {}}};
}

std::vector<Geometry> detectors() {
  return {detector(0.0122, 0.0147),      upright(0.0122, 0.0147, 24, 30),
          upright(0.012, 0.015, 24, 30), upright(0.0125, 0.0155, 24, 30),
          detector(-0.02, 0.01),         detector(0.01, 0.06)};
}

/// c(radial bin, pixel), summed over the azimuthal bins.
using Sums = std::map<std::pair<std::size_t, std::size_t>, double>;
void add_to(BinMatrix const& matrix, Sums& sums) {
  std::size_t const radial_bins = matrix.radial_axis.size();
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel)
    for (std::size_t k = matrix.entry_begin[pixel]; k < matrix.entry_begin[pixel + 1]; ++k)
      sums[{matrix.bin[k] % radial_bins, pixel}] += matrix.coefficient[k];
}

void expect_equal(Sums const& found, Sums const& expected, double tolerance,
                  std::string const& what) {
  for (auto const& [place, value] : expected) {
    auto const at = found.find(place);
    ASSERT_NEAR(at == found.end() ? 0.0 : at->second, value, tolerance)
        << what << ": bin " << place.first << " pixel " << place.second;
  }
  for (auto const& [place, value] : found) {
    auto const at = expected.find(place);
    ASSERT_NEAR(value, at == expected.end() ? 0.0 : at->second, tolerance)
        << what << ": bin " << place.first << " pixel " << place.second;
  }
}

double tolerance_of(Splitting splitting) { return splitting == Splitting::none ? 0.0 : 1e-6; }

/// All entries are above 0, in ascending bins, and `lost` is what they lack.
void expect_well_formed(BinMatrix const& matrix) {
  EXPECT_EQ(matrix.bins,
            matrix.radial_axis.size() * std::max<std::size_t>(1, matrix.azimuthal_axis.size()));
  double lost = 0.0;
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    double sum = 0.0;
    for (std::size_t k = matrix.entry_begin[pixel]; k < matrix.entry_begin[pixel + 1]; ++k) {
      EXPECT_GT(matrix.coefficient[k], 0.0f);
      EXPECT_LT(matrix.bin[k], matrix.bins);
      EXPECT_TRUE(k == matrix.entry_begin[pixel] || matrix.bin[k] > matrix.bin[k - 1]);
      sum += matrix.coefficient[k];
    }
    EXPECT_LT(sum, 1.0 + 1e-6);
    if (matrix.has_entry(pixel)) lost += 1.0 - sum;
  }
  EXPECT_NEAR(matrix.lost, lost, 1e-5);
}

TEST(BinMatrixAzimuth, ACakeSummedOverTheAzimuthIsTheRadialPattern) {
  for (auto const& geometry : detectors()) {
    for (auto splitting : all_splittings) {
      Binning binning{.unit = Unit::q_nm, .bins = 40, .splitting = splitting};
      Sums ring;
      add_to(build_bin_matrix(geometry, {}, binning), ring);
      binning.kind = PatternKind::cake;
      for (std::size_t azimuthal_bins : {1u, 7u, 90u}) {
        for (double lower : {-180.0, 0.0, 12.3}) {
          binning.azimuthal_bins = azimuthal_bins;
          binning.azimuth_range_deg = std::pair{lower, lower + 360.0};
          auto const matrix = build_bin_matrix(geometry, {}, binning);
          expect_well_formed(matrix);
          Sums sums;
          add_to(matrix, sums);
          expect_equal(sums, ring, tolerance_of(splitting),
                       std::to_string(azimuthal_bins) + " bins");
        }
      }
    }
  }
}

TEST(BinMatrixAzimuth, SectorsThatTileTheCircleAddUpToTheRing) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> angle(0.0, 360.0);
  for (auto const& geometry : detectors()) {
    for (auto splitting : all_splittings) {
      for (bool range : {false, true}) {
        Binning binning{.unit = Unit::r_mm, .bins = 25, .splitting = splitting};
        if (range) binning.radial_range = std::pair{2.3, 28.8};
        Sums ring;
        add_to(build_bin_matrix(geometry, {}, binning), ring);
        for (std::size_t n : {1u, 3u, 7u, 8u}) {
          for (bool even : {true, false}) {
            double const lower = even ? -180.0 : angle(random);
            std::vector<double> borders{lower, lower + 360.0};
            for (std::size_t k = 1; k < n; ++k)
              borders.push_back(
                  lower +
                  (even ? 360.0 * static_cast<double>(k) / static_cast<double>(n) : angle(random)));
            std::sort(borders.begin(), borders.end());
            Sums sums;
            for (std::size_t k = 0; k < n; ++k) {
              binning.azimuth_range_deg = std::pair{borders[k], borders[k + 1]};
              auto const matrix = build_bin_matrix(geometry, {}, binning);
              EXPECT_EQ(matrix.bins, 25u);
              EXPECT_TRUE(matrix.azimuthal_axis.empty());
              expect_well_formed(matrix);
              add_to(matrix, sums);
            }
            expect_equal(sums, ring, tolerance_of(splitting),
                         std::to_string(n) + (even ? " even" : " random") + " sectors, splitting " +
                             std::to_string(static_cast<int>(splitting)) +
                             (range ? ", range" : ""));
          }
        }
      }
    }
  }
}

TEST(BinMatrixAzimuth, ASectorIsARowOfTheCake) {
  auto const geometry = detector(0.0122, 0.0147);
  for (auto splitting : all_splittings) {
    Binning binning{.unit = Unit::q_nm,
                    .bins = 20,
                    .splitting = splitting,
                    .kind = PatternKind::cake,
                    .azimuthal_bins = 8};
    auto const cake = build_bin_matrix(geometry, {}, binning);
    for (std::size_t sector = 0; sector < 8; ++sector) {
      Sums row, alone;
      for (std::size_t pixel = 0; pixel < cake.pixels(); ++pixel)
        for (std::size_t k = cake.entry_begin[pixel]; k < cake.entry_begin[pixel + 1]; ++k)
          if (cake.bin[k] / 20 == sector) row[{cake.bin[k] % 20, pixel}] += cake.coefficient[k];
      double const lower = -180.0 + 45.0 * static_cast<double>(sector);
      add_to(build_bin_matrix(geometry, {},
                              {.unit = Unit::q_nm,
                               .bins = 20,
                               .splitting = splitting,
                               .azimuth_range_deg = std::pair{lower, lower + 45.0}}),
             alone);
      expect_equal(alone, row, tolerance_of(splitting), "sector " + std::to_string(sector));
    }
  }
}

TEST(BinMatrixAzimuth, ARingThatIsGivenIsTheSameAsNone) {
  auto const geometry = detector(0.0122, 0.0147);
  for (auto splitting : all_splittings) {
    auto const plain = build_bin_matrix(geometry, {}, {.bins = 50, .splitting = splitting});
    auto const given = build_bin_matrix(
        geometry, {},
        {.bins = 50, .splitting = splitting, .azimuth_range_deg = std::pair{10.0, 370.0}});
    EXPECT_EQ(plain.bin, given.bin);
    EXPECT_EQ(plain.coefficient, given.coefficient);
  }
}

TEST(BinMatrixAzimuth, ByHandWithoutSplitting) {
  // 3 × 3 pixels of 1 mm around the beam; χ of the centres: row 0 −135 −90 −45, row 1 180 – 0, row
  // 2 135 90 45 deg.
  auto const geometry = upright(1.5e-3, 1.5e-3, 3, 3);
  std::vector<std::uint8_t> mask(9, 0);
  mask[4] = 1;
  Binning binning{.unit = Unit::r_mm,
                  .bins = 2,
                  .splitting = Splitting::none,
                  .kind = PatternKind::cake,
                  .azimuthal_bins = 4};
  auto const bins_of = [&](BinMatrix const& matrix) {
    std::vector<int> bins;
    for (std::size_t p = 0; p < 9; ++p)
      bins.push_back(matrix.has_entry(p) ? static_cast<int>(matrix.bin[matrix.entry_begin[p]])
                                         : -1);
    return bins;
  };
  auto const cake = build_bin_matrix(geometry, mask, binning);
  EXPECT_EQ(cake.bins, 8u);
  EXPECT_EQ(cake.azimuthal_axis, (std::vector<double>{-135.0, -45.0, 45.0, 135.0}));
  EXPECT_EQ(bins_of(cake), (std::vector<int>{1, 2, 3, 0, -1, 4, 7, 6, 5}))
      << "azimuthal bin * 2 + radial bin; chi 180 is the first bin";
  binning.azimuth_range_deg = std::pair{135.0, 225.0};
  binning.azimuthal_bins = 2;
  EXPECT_EQ(bins_of(build_bin_matrix(geometry, mask, binning)),
            (std::vector<int>{-1, -1, -1, 2, -1, -1, 1, -1, -1}));
  EXPECT_EQ(build_bin_matrix(geometry, mask, binning).azimuthal_axis,
            (std::vector<double>{157.5, 202.5}));
}

TEST(BinMatrixAzimuth, AnAzimuthalPatternHasOneRadialBin) {
  auto const geometry = upright(0.0122, 0.0147, 24, 30);
  for (auto splitting : all_splittings) {
    Binning const binning{.unit = Unit::r_mm,
                          .bins = 1000,
                          .splitting = splitting,
                          .radial_range = std::pair{4.0, 8.0},
                          .kind = PatternKind::azimuthal,
                          .azimuthal_bins = 36};
    auto const matrix = build_bin_matrix(geometry, {}, binning);
    expect_well_formed(matrix);
    EXPECT_EQ(matrix.bins, 36u);
    ASSERT_EQ(matrix.radial_axis.size(), 1u);
    EXPECT_NEAR(matrix.radial_axis[0], 6.0, 1e-5);
    ASSERT_EQ(matrix.azimuthal_axis.size(), 36u);
    EXPECT_EQ(matrix.azimuthal_axis.front(), -175.0);
    Sums sums, window;
    add_to(matrix, sums);
    add_to(build_bin_matrix(geometry, {},
                            {.unit = Unit::r_mm,
                             .bins = 1,
                             .splitting = splitting,
                             .radial_range = std::pair{4.0, 8.0}}),
           window);
    expect_equal(sums, window, tolerance_of(splitting), "window");
  }
  Binning const all{.unit = Unit::r_mm,
                    .splitting = Splitting::bounding_box,
                    .kind = PatternKind::azimuthal,
                    .azimuthal_bins = 36};
  auto const matrix = build_bin_matrix(geometry, {}, all);
  EXPECT_NEAR(matrix.lost, 0.0, 1e-9);
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel)
    EXPECT_TRUE(matrix.has_entry(pixel));
}

TEST(BinMatrixAzimuth, TheBoundingBoxIsTheProductOfBothShares) {
  auto const geometry = detector(-0.02, 0.01);
  Binning binning{.unit = Unit::q_nm, .bins = 30, .splitting = Splitting::bounding_box};
  auto const radial = build_bin_matrix(geometry, {}, binning);
  binning.kind = PatternKind::cake;
  binning.azimuthal_bins = 100;
  auto const cake = build_bin_matrix(geometry, {}, binning);
  auto const centers = geometry.chi_centers();
  auto const corners = geometry.chi_corners();
  for (std::size_t pixel = 0; pixel < cake.pixels(); ++pixel) {
    double half = 0.0;
    for (double corner : corners.of(pixel))
      half = std::max(half, std::abs(std::remainder(corner - centers[pixel], 2.0 * pi)));
    std::map<std::size_t, double> expected;
    for (std::size_t k = radial.entry_begin[pixel]; k < radial.entry_begin[pixel + 1]; ++k) {
      for (int a = 0; a < 300; ++a) {  // three turns
        double const low = -3.0 * pi + 2.0 * pi * a / 100.0, high = low + 2.0 * pi / 100.0;
        double const overlap =
            std::min(high, centers[pixel] + half) - std::max(low, centers[pixel] - half);
        if (overlap > 0.0)
          expected[static_cast<std::size_t>(a % 100) * 30 + radial.bin[k]] +=
              radial.coefficient[k] * overlap / (2.0 * half);
      }
    }
    for (std::size_t k = cake.entry_begin[pixel]; k < cake.entry_begin[pixel + 1]; ++k)
      EXPECT_NEAR(cake.coefficient[k], expected[cake.bin[k]], 1e-6);
  }
}

using Polygon = std::vector<std::array<double, 2>>;

/// The part of a polygon where sign·(coordinate − border) ≤ 0, by Sutherland and Hodgman (1974).
Polygon clip(Polygon const& polygon, std::size_t axis, double border, double sign) {
  Polygon result;
  for (std::size_t k = 0; k < polygon.size(); ++k) {
    auto const &a = polygon[k], &b = polygon[(k + 1) % polygon.size()];
    double const da = sign * (a[axis] - border), db = sign * (b[axis] - border);
    if (da <= 0.0) result.push_back(a);
    if ((da < 0.0 && db > 0.0) || (da > 0.0 && db < 0.0)) {
      double const t = da / (da - db);
      result.push_back({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])});
    }
  }
  return result;
}

double area(Polygon const& p) {
  double sum = 0.0;
  for (std::size_t k = 0; k < p.size(); ++k)
    sum += p[k][0] * p[(k + 1) % p.size()][1] - p[(k + 1) % p.size()][0] * p[k][1];
  return 0.5 * std::abs(sum);
}

/// Corners (r, χ) of a pixel with χ in one piece; empty when it holds the beam.
Polygon outline(Geometry const& geometry, std::size_t pixel) {
  auto const r = geometry.radial_corners(Unit::r_mm).quadrilateral(pixel),
             chi = geometry.chi_corners().quadrilateral(pixel);
  Polygon corners{{r[0], chi[0]}};
  for (std::size_t k = 1; k < 4; ++k)
    corners.push_back({r[k], corners.back()[1] + std::remainder(chi[k] - chi[k - 1], 2.0 * pi)});
  double const closing =
      corners.back()[1] + std::remainder(chi[0] - chi[3], 2.0 * pi) - corners.front()[1];
  return std::abs(closing) > 1.0 ? Polygon{} : corners;
}

TEST(BinMatrixAzimuth, FullSplittingIsTheExactOverlap) {
  for (auto const& geometry : {upright(0.0032, 0.0041, 8, 8), upright(-0.006, 0.003, 8, 8),
                               upright(0.0033, 0.014, 8, 8)}) {
    Binning const binning{.unit = Unit::r_mm,
                          .bins = 6,
                          .splitting = Splitting::full,
                          .kind = PatternKind::cake,
                          .azimuthal_bins = 10};
    auto const matrix = build_bin_matrix(geometry, {}, binning);
    expect_well_formed(matrix);
    double const width = 1e-3 * (matrix.radial_axis[1] - matrix.radial_axis[0]),
                 lower = 1e-3 * matrix.radial_axis[0] - 0.5 * width;
    std::size_t compared = 0;
    for (std::size_t pixel = 0; pixel < 64; ++pixel) {
      auto const polygon = outline(geometry, pixel);
      if (polygon.empty()) continue;
      std::map<std::size_t, double> found;
      for (std::size_t k = matrix.entry_begin[pixel]; k < matrix.entry_begin[pixel + 1]; ++k)
        found[matrix.bin[k]] = matrix.coefficient[k];
      for (std::size_t radial = 0; radial < 6; ++radial) {
        for (std::size_t azimuthal = 0; azimuthal < 10; ++azimuthal) {
          double overlap = 0.0;
          for (double turn : {-2.0 * pi, 0.0, 2.0 * pi}) {
            double const low = -pi + 2.0 * pi * static_cast<double>(azimuthal) / 10.0 + turn,
                         begin = lower + width * static_cast<double>(radial);
            overlap += area(
                clip(clip(clip(clip(polygon, 0, begin, -1.0), 0, begin + width, 1.0), 1, low, -1.0),
                     1, low + 2.0 * pi / 10.0, 1.0));
          }
          EXPECT_NEAR(found[azimuthal * 6 + radial], overlap / area(polygon), 5e-6)
              << "pixel " << pixel << " bins " << azimuthal << ", " << radial;
          compared += overlap > 0.0;
        }
      }
    }
    EXPECT_GT(compared, 100u);
  }
}

TEST(BinMatrixAzimuth, ThePixelOfTheBeamIsSharedEvenlyOverTheAzimuth) {
  auto const geometry = upright(1.4e-3, 1.7e-3, 3, 3);
  auto const matrix = build_bin_matrix(geometry, {},
                                       {.unit = Unit::r_mm,
                                        .bins = 1,
                                        .splitting = Splitting::full,
                                        .kind = PatternKind::cake,
                                        .azimuthal_bins = 12});
  ASSERT_EQ(matrix.entry_begin[5] - matrix.entry_begin[4], 12u);
  for (std::size_t k = matrix.entry_begin[4]; k < matrix.entry_begin[5]; ++k)
    EXPECT_NEAR(matrix.coefficient[k], 1.0 / 12.0, 1e-7);
}

TEST(BinMatrixAzimuth, TheRadialAxisIsTheOneOfTheRing) {
  auto const geometry = detector(0.0122, 0.0147);
  for (auto splitting : all_splittings) {
    auto const ring = build_bin_matrix(geometry, {}, {.bins = 30, .splitting = splitting});
    auto const sector = build_bin_matrix(
        geometry, {},
        {.bins = 30, .splitting = splitting, .azimuth_range_deg = std::pair{20.0, 21.0}});
    EXPECT_EQ(ring.radial_axis, sector.radial_axis);
  }
}

TEST(BinMatrixAzimuth, SaysWhatIsWrong) {
  auto const geometry = detector(0.0122, 0.0147);
  EXPECT_THROW(build_bin_matrix(geometry, {}, {.azimuth_range_deg = std::pair{170.0, -170.0}}),
               InputError);
  EXPECT_THROW(
      build_bin_matrix(geometry, {},
                       {.bins = 1u << 20, .kind = PatternKind::cake, .azimuthal_bins = 1u << 20}),
      InputError);
}

}  // namespace
}  // namespace xrdct::core
