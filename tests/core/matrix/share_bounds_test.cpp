#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "core/matrix/plan_building.hpp"

/// Every unit × splitting × range × pattern on detectors around, beside and behind the beam: the
/// shares of a pixel lie within 0 … 1, add up to at most 1, and with what is reported as lost they
/// add up to the number of pixels; a window has the shares that the whole axis has there.
namespace xrdct::core {
namespace {

constexpr Splitting all_splittings[] = {Splitting::none, Splitting::bounding_box, Splitting::full};
constexpr double rounding = 1e-6;  // of float32 coefficients

struct Place {
  std::string name;
  Geometry geometry;
};

constexpr std::size_t rows = 11, columns = 13;
constexpr double pixel_m = 1e-3;

/// \param row, column where the beam would meet the detector without rotations [pixel]
Place place(std::string const& name, double row, double column,
            std::array<double, 3> const& rotation = {}, int orientation = 3,
            SampleOrientation const& sample = {}) {
  Calibration const calibration{
      0.05, row * pixel_m, column * pixel_m, rotation[0], rotation[1], rotation[2], 1e-10, {}};
  return {name,
          {calibration, Detector{"Detector", pixel_m, pixel_m, {rows, columns}, orientation, {}},
           OrientationConvention::since_2026_9, sample}};
}

std::vector<Place> places() {
  std::vector<Place> all{place("beam in a pixel", 5.3, 6.2),
                         place("beam in the middle of a pixel", 5.5, 6.5),
                         place("beam on an edge", 5.0, 6.5),
                         place("beam on a corner", 5.0, 6.0),
                         place("beam beside the detector", -30.0, 6.5),
                         place("left of the beam, across 180 degrees", 5.3, 40.0),
                         place("tilted", 5.3, 6.2, {0.3, -0.2, 0.5}),
                         place("behind the sample", 5.3, 6.2, {3.0, 0.0, 0.0}),
                         place("at a right angle", 5.3, 6.2, {1.5, 0.1, 0.0})};
  for (int orientation : {1, 2, 4})
    all.push_back(place("detector orientation " + std::to_string(orientation), 4.4, 7.7,
                        {0.05, 0.02, 0.3}, orientation));
  for (int orientation = 1; orientation <= 8; ++orientation)
    all.push_back(place("sample orientation " + std::to_string(orientation), 5.3, 6.2, {}, 3,
                        {0.02, 0.01 * orientation, orientation}));
  return all;
}

using Shares = std::vector<std::vector<double>>;  // [pixel][bin]

Shares shares_of(BinMatrix const& matrix) {
  Shares all(matrix.pixels(), std::vector<double>(matrix.bins, 0.0));
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel)
    for (std::size_t k = matrix.entry_begin[pixel]; k < matrix.entry_begin[pixel + 1]; ++k)
      all[pixel][matrix.bin[k]] += matrix.coefficient[k];
  return all;
}

double sum(std::vector<double> const& values) {
  double total = 0.0;
  for (double const value : values) total += value;
  return total;
}

/// \returns the number of pixels that have a share
std::size_t expect_bounded(BinMatrix const& matrix) {
  double shared = 0.0;
  std::size_t in_play = 0;
  auto const all = shares_of(matrix);
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    for (double const share : all[pixel]) {
      EXPECT_GE(share, 0.0) << "pixel " << pixel;
      EXPECT_LE(share, 1.0) << "pixel " << pixel;
    }
    EXPECT_LE(sum(all[pixel]), 1.0 + rounding) << "pixel " << pixel;
    EXPECT_EQ(sum(all[pixel]) > 0.0, matrix.has_entry(pixel)) << "pixel " << pixel;
    shared += sum(all[pixel]);
    in_play += matrix.has_entry(pixel);
  }
  EXPECT_GE(matrix.lost, 0.0);
  EXPECT_NEAR(shared + matrix.lost, static_cast<double>(in_play),
              1e-6 * static_cast<double>(matrix.pixels()));
  for (double const center : matrix.radial_axis) EXPECT_TRUE(std::isfinite(center));
  return in_play;
}

/// Ends of a radial axis in its unit.
std::pair<double, double> ends(BinMatrix const& matrix) {
  double const width = (matrix.radial_axis.back() - matrix.radial_axis.front()) /
                       static_cast<double>(matrix.radial_axis.size() - 1);
  return {matrix.radial_axis.front() - 0.5 * width, matrix.radial_axis.back() + 0.5 * width};
}

template <class Check>
void for_each(Check const& check) {
  for (auto const& [name, geometry] : places()) {
    for (auto const& unit_name : unit_names()) {
      Unit const unit = unit_of(unit_name);
      bool const of_sample = name.starts_with("sample");
      if (of_sample != needs_sample_orientation(unit) && of_sample)
        continue;  // other units do not know the sample
      for (auto const splitting : all_splittings) {
        SCOPED_TRACE(name + ", " + unit_name + ", splitting " + std::string(name_of(splitting)));
        check(geometry, unit, splitting);
        if (testing::Test::HasFailure()) return;  // one message, not thousands
      }
    }
  }
}

TEST(ShareBounds, WithoutARangeNothingIsLost) {
  for_each([](Geometry const& geometry, Unit unit, Splitting splitting) {
    for (std::size_t bins : {1u, 9u, 150u}) {
      auto const matrix =
          build_bin_matrix(geometry, {}, {.unit = unit, .bins = bins, .splitting = splitting});
      std::size_t const in_play = expect_bounded(matrix);
      EXPECT_GE(in_play + 4, matrix.pixels()) << "four pixels can meet at the beam";
      EXPECT_LE(matrix.lost, 1e-3);
    }
  });
}

TEST(ShareBounds, AWindowHasTheSharesOfTheWholeAxis) {
  for_each([](Geometry const& geometry, Unit unit, Splitting splitting) {
    Binning binning{.unit = unit, .bins = 12, .splitting = splitting};
    auto const [low, high] = ends(build_bin_matrix(geometry, {}, binning));
    double const width = (high - low) / 12.0;
    auto const window = [&](int first, int last) {
      binning.bins = static_cast<std::size_t>(last - first);
      double const begin = low + first * width;
      // From 0 on exactly: there, what the box of a pixel has below 0 belongs to the first bin.
      binning.radial_range =
          std::pair{std::abs(begin) < 1e-9 * width ? 0.0 : begin, low + last * width};
      return build_bin_matrix(geometry, {}, binning);
    };
    bool const reaches_below = has_negative_values(unit) || low > 2.0 * width;
    auto const whole = window(reaches_below ? -2 : 0, 14);  // over both ends
    std::size_t const shift = reaches_below ? 2 : 0;
    // Areas are float32; the upper end of an axis is raised by 2^-23 of itself, much where an axis
    // is short and far from 0.
    double const tolerance = (splitting == Splitting::full ? 2e-3 : 1e-4) +
                             1000.0 * 0x1p-23 * std::max(std::abs(low), std::abs(high)) / width;
    expect_bounded(whole);
    EXPECT_LE(whole.lost, 1e-3);
    auto const all = shares_of(whole);
    for (auto const& [first, last] : {std::pair(3, 8), std::pair(5, 6), std::pair(1, 11)}) {
      auto const part = window(first, last);
      expect_bounded(part);
      auto const inside = shares_of(part);
      for (std::size_t pixel = 0; pixel < part.pixels(); ++pixel)
        for (std::size_t bin = 0; bin < part.bins; ++bin)
          EXPECT_NEAR(inside[pixel][bin], all[pixel][bin + static_cast<std::size_t>(first) + shift],
                      tolerance)
              << "pixel " << pixel << " bin " << bin << " of " << first << " to " << last;
    }
  });
}

TEST(ShareBounds, WhatIsAtTheBeamDoesNotStretchTheAxisOfAUnitThatDivergesThere) {
  for (double const off_m : {0.0, 1e-18, 3e-12, -4e-10}) {
    for (double const middle : {0.5, 0.0}) {
      double const off = off_m / pixel_m;
      auto const geometry = place("", 5.0 + middle + off, 6.0 + middle - off).geometry;
      std::vector<std::uint8_t> at_beam(geometry.shape().pixels(), 0);
      for (std::size_t row : {4u, 5u})
        for (std::size_t column : {5u, 6u})
          at_beam[row * columns + column] = middle == 0.0 || (row == 5 && column == 6);
      for (auto const& name : unit_names()) {
        Unit const unit = unit_of(name);
        if (!diverges_at_beam(quantity_of(unit))) continue;
        for (auto const splitting : all_splittings) {
          if ((middle != 0.0) != (splitting == Splitting::none) &&
              splitting != Splitting::bounding_box)
            continue;  // no centre, no corner is there
          SCOPED_TRACE(name + ", splitting " + std::string(name_of(splitting)) + ", beam off by " +
                       std::to_string(1e12 * off_m) + " pm");
          Binning const binning{.unit = unit, .bins = 20, .splitting = splitting};
          auto const matrix = build_bin_matrix(geometry, {}, binning),
                     without = build_bin_matrix(geometry, at_beam, binning);
          EXPECT_EQ(matrix.radial_axis, without.radial_axis);
          EXPECT_EQ(matrix.coefficient, without.coefficient);
          EXPECT_EQ(matrix.lost, without.lost);
        }
      }
    }
  }
}

TEST(ShareBounds, CakesAndAzimuthalPatternsAreBounded) {
  std::size_t turn = 0;
  for_each([&turn](Geometry const& geometry, Unit unit, Splitting splitting) {
    static constexpr std::array<std::pair<double, double>, 4> sectors{
        {{-180.0, 180.0}, {170.0, 190.0}, {0.0, 90.0}, {-200.0, 100.0}}};
    auto const sector = sectors[turn++ % sectors.size()];
    auto const ring =
        build_bin_matrix(geometry, {}, {.unit = unit, .bins = 12, .splitting = splitting});
    auto const [low, high] = ends(ring);
    for (bool window : {false, true}) {
      Binning binning{.unit = unit,
                      .bins = 6,
                      .splitting = splitting,
                      .azimuthal_bins = 7,
                      .azimuth_range_deg = sector};
      if (window)
        binning.radial_range = std::pair{low + 0.25 * (high - low), low + 0.75 * (high - low)};
      for (auto const kind : {PatternKind::radial, PatternKind::cake, PatternKind::azimuthal}) {
        binning.kind = kind;
        if (kind == PatternKind::azimuthal) binning.bins = 1;
        auto const matrix = build_bin_matrix(geometry, {}, binning);
        std::size_t const in_play = expect_bounded(matrix);
        if (sector.first == -180.0 && !window) {
          EXPECT_LE(matrix.lost, 1e-3);
          EXPECT_GE(in_play + 4, matrix.pixels());
        }
      }
    }
  });
}

}  // namespace
}  // namespace xrdct::core
