#include <gtest/gtest.h>

#include <map>

#include "core/matrix/plan_building.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::core {
namespace {

using Coefficients = std::map<std::pair<std::size_t, std::size_t>, double>;  // (bin, pixel)

Coefficients coefficients_of(BinMatrix const& matrix) {
  Coefficients result;
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    for (std::size_t entry = matrix.entry_begin[pixel]; entry < matrix.entry_begin[pixel + 1];
         ++entry)
      result[{matrix.bin[entry], pixel}] = matrix.coefficient[entry];
  }
  return result;
}

Coefficients coefficients_of(test::ReferenceMatrix const& matrix) {
  Coefficients result;
  for (std::size_t bin = 0; bin + 1 < matrix.indptr.size(); ++bin) {
    for (std::size_t k = matrix.indptr[bin]; k < matrix.indptr[bin + 1]; ++k) {
      if (matrix.data[k] != 0.0) result[{bin, matrix.indices[k]}] = matrix.data[k];
    }
  }
  return result;
}

void expect_matrix(Splitting splitting, std::string const& name, double tolerance) {
  Calibration const calibration{.distance_m = 0.1,
                                .poni1_m = 0.0012,
                                .poni2_m = 0.0033,
                                .wavelength_m = 1e-10,
                                .detector = {}};
  Geometry const geometry(calibration, Detector{"Detector", 1e-3, 1e-3, {8, 8}, 3, {}});
  BinMatrix const matrix = build_bin_matrix(
      geometry, {}, {.unit = Unit::r_mm, .bins = 6, .splitting = splitting, .radial_range = {}});
  auto const& reference = test::reference_vectors().matrices.at(name);
  for (std::size_t bin = 0; bin < 6; ++bin)
    EXPECT_NEAR(matrix.radial_axis[bin], 1e3 * reference.bin_centers.at(bin), 1e-9) << name;
  Coefficients const expected = coefficients_of(reference), found = coefficients_of(matrix);
  ASSERT_EQ(found.size(), expected.size()) << name;
  for (auto const& [place, value] : expected) {
    auto const entry = found.find(place);
    ASSERT_NE(entry, found.end()) << name << ": no entry in bin " << place.first << " for pixel "
                                  << place.second;
    EXPECT_NEAR(static_cast<float>(entry->second), static_cast<float>(value), tolerance)
        << name << " bin " << place.first << " pixel " << place.second;
  }
}

TEST(BinMatrixReference, EveryCoefficientOfAnEightByEightDetector) {
  expect_matrix(Splitting::none, "no", 0.0);
  expect_matrix(Splitting::bounding_box, "bbox", 0.0);
  expect_matrix(Splitting::full, "full", 2e-6);  // float32 areas there
}

}  // namespace
}  // namespace xrdct::core
