// Centres of rotation of real scans, whose sinograms are read from HDF5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <numeric>
#include <vector>

#include "core/centre/rotation_centre.hpp"
#include "core/conditioning/half_acquisition.hpp"
#include "core/tomography/reference_slices.hpp"
#include "io/hdf5/hdf5_handle.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;
using Values = std::vector<double>;

Values read_all(fs::path const& file, char const* dataset) {
  auto const opened = open_hdf5_for_reading(file);
  Hdf5Dataset const data(H5Dopen2(opened.get(), dataset, H5P_DEFAULT), dataset);
  Hdf5Space const space(H5Dget_space(data.get()), dataset);
  Values values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  hdf5_checked(H5Dread(data.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
               dataset);
  return values;
}

Values radians(Values degrees) {
  for (auto& angle : degrees) angle *= std::numbers::pi / 180.0;
  return degrees;
}

class RealSinograms : public testing::Test {
 protected:
  void SetUp() override {
    char const* const folder = std::getenv("XRDCT_TEST_DATA");
    if (folder == nullptr)
      GTEST_SKIP() << "XRDCT_TEST_DATA does not name the folder with the data of tomography-tooth "
                      "and i18-tomography";
    data_ = fs::path(folder) / "data";
  }
  fs::path file(char const* name) const {
    if (!fs::exists(data_ / name)) return {};
    return data_ / name;
  }
  fs::path data_;
};

/// −ln((data − dark)/(white − dark)) of one row, 181 projections of 640 translations.
core::SummedSinogram tooth(fs::path const& file, std::size_t row) {
  constexpr std::size_t rows = 2, line = 640, flats = 10;
  auto const data = read_all(file, "/exchange/data"),
             white = read_all(file, "/exchange/data_white"),
             dark = read_all(file, "/exchange/data_dark");
  auto angles = radians(read_all(file, "/exchange/theta"));
  auto const mean_of = [&](Values const& images, std::size_t k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < flats; ++i) sum += images[(i * rows + row) * line + k];
    return sum / flats;
  };
  Values value(angles.size() * line);
  for (std::size_t k = 0; k < line; ++k) {
    double const zero = mean_of(dark, k), full = mean_of(white, k);
    for (std::size_t p = 0; p < angles.size(); ++p)
      value[p * line + k] = -std::log((data[(p * rows + row) * line + k] - zero) / (full - zero));
  }
  return core::summed_sinogram(std::move(angles), line, std::move(value));
}

core::RotationCentre centre_of(core::SummedSinogram const& sinogram) {
  auto const air = core::estimate_air(sinogram, core::usual_air_columns(sinogram.translations),
                                      core::AirScope::projection);
  return core::find_rotation_centre(core::without_air(sinogram, air), air);
}

TEST_F(RealSinograms, tooth_has_its_axis_at_296) {
  auto const path = file("tomography-tooth/tooth.h5");
  if (path.empty()) GTEST_SKIP() << "no tomography-tooth/tooth.h5 in " << data_;
  for (std::size_t row = 0; row < 2; ++row) {
    auto const found = centre_of(tooth(path, row));
    EXPECT_NEAR(found.mass.estimate.centre.value_or(0.0), 296.0, 0.5);
    EXPECT_NEAR(found.sweep.centre.value_or(0.0), 296.0, 0.5);
    EXPECT_NEAR(found.wedge.centre.value_or(0.0), 296.0, 0.5);
    EXPECT_FALSE(found.pairs.estimate.centre) << "the angles end at 179.006";
    EXPECT_THAT(found.pairs.estimate.refusal, testing::HasSubstr("half a turn apart"));
    EXPECT_EQ(found.method, core::CentreMethod::centre_of_mass);
    EXPECT_FALSE(found.disagree()) << found.disagreement;
    EXPECT_FALSE(found.half.found);
  }
}

constexpr std::size_t capillary_rows = 7, capillary_line = 101;

/// Absorbance above that of the last translations, of one row.
core::SummedSinogram capillary(fs::path const& file, std::size_t row) {
  auto const data = read_all(file, "/entry1/stxm_entry/data/data");
  auto angles = radians(read_all(file, "/entry1/stxm_entry/data/theta"));
  Values value(angles.size() * capillary_line);
  for (std::size_t p = 0; p < angles.size(); ++p) {
    double const* const line = data.data() + (p * capillary_rows + row) * capillary_line;
    double const open = (line[98] + line[99] + line[100]) / 3.0;
    for (std::size_t k = 0; k < capillary_line; ++k)
      value[p * capillary_line + k] = -std::log(line[k] / open);
  }
  return core::summed_sinogram(std::move(angles), capillary_line, std::move(value));
}

double correlation(Values const& a, Values const& b) {
  double const n = static_cast<double>(a.size());
  double const mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n,
               mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

/// Sums of a slice along y (of each column) and along x (of each row, from the lowest y on).
struct Shadows {
  Values along_y, along_x;
};

Shadows shadows_of(Values const& slice, std::size_t side) {
  Shadows sums{Values(side, 0.0), Values(side, 0.0)};
  for (std::size_t row = 0; row < side; ++row) {
    for (std::size_t column = 0; column < side; ++column) {
      double const value = slice[row * side + column];
      if (std::isnan(value)) continue;
      sums.along_y[column] += value;
      sums.along_x[side - 1 - row] += value;
    }
  }
  return sums;
}

/// A projection at s = −(side − 1)/2 … (side − 1)/2.
Values about_axis(core::SummedSinogram const& sinogram, std::size_t p, double centre,
                  std::size_t side) {
  Values values(side);
  for (std::size_t i = 0; i < side; ++i) {
    double const place =
        std::clamp(centre + static_cast<double>(i) - (static_cast<double>(side) - 1.0) / 2.0, 0.0,
                   static_cast<double>(sinogram.translations) - 1.001);
    auto const k = static_cast<std::size_t>(place);
    double const share = place - static_cast<double>(k);
    values[i] = (1.0 - share) * sinogram.at(p, k) + share * sinogram.at(p, k + 1);
  }
  return values;
}

TEST_F(RealSinograms, angles_in_disorder_give_an_upright_slice) {
  auto const path = file("i18-tomography/mm.nxs");
  if (path.empty()) GTEST_SKIP() << "no i18-tomography/mm.nxs in " << data_;
  auto const sinogram = capillary(path, 6);
  // a full turn in steps of 7°, two out of order; the tube leaves the line at its first end
  auto const found = centre_of(sinogram);
  EXPECT_FALSE(found.mass.estimate.centre);
  EXPECT_FALSE(found.pairs.estimate.centre);
  EXPECT_NEAR(found.centre, 43.2, 0.3);
  EXPECT_FALSE(found.disagree()) << found.disagreement;

  // which the other side of the turn completes
  ASSERT_TRUE(found.half.found) << found.half.reason;
  std::size_t const line = sinogram.translations;
  auto value = sinogram.value;
  core::weigh_translations(core::redundancy_weights(line, found.centre), 1, std::span(value),
                           std::span<double>());
  constexpr std::size_t side = 115;
  core::SliceGeometry const geometry{sinogram.angles, line, 1.0,
                                     Values(sinogram.projections(), found.centre), side};
  auto const slice = core::filtered_back_projection(
      geometry, core::full_turn_weights(sinogram.angles).weight, core::FilterWindow::hann, value);
  auto const shadows = shadows_of(slice, side);
  auto const at = [&](double degrees) {
    for (std::size_t p = 0; p < sinogram.projections(); ++p)
      if (std::abs(sinogram.angles[p] * 180.0 / std::numbers::pi - degrees) < 0.1)
        return about_axis(sinogram, p, found.centre, side);
    ADD_FAILURE() << "no projection at " << degrees;
    return Values(side);
  };
  auto const mirrored = [](Values values) {
    std::reverse(values.begin(), values.end());
    return values;
  };
  // the projection at 0° is the slice seen along y, over rising x; that at 91° along x, over y
  auto const along_y = at(0.0), along_x = at(91.0);
  // the sample moved by some steps in the course of the scan: 0.96 and 0.99
  EXPECT_GT(correlation(shadows.along_y, along_y), 0.95);
  EXPECT_GT(correlation(shadows.along_x, along_x), 0.98);
  EXPECT_LT(correlation(shadows.along_y, mirrored(along_y)), 0.7);
  EXPECT_LT(correlation(shadows.along_x, mirrored(along_x)), 0.95);
}

}  // namespace
}  // namespace xrdct::io
