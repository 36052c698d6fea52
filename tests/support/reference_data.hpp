#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The reference vectors of tests/data as plain structs, so that tests need not know JSON.
namespace xrdct::test {

/// One result of pyFAI on the formula image: see tests/data/refvec.json.
struct ReferenceCase {
  std::string name;             //!< "basic", "full_corr", "2d", "sigma_clip" …
  std::string method = "mean";  //!< "mean", "sigma_clip", "medfilt"
  std::string splitting;        //!< "no", "bbox", "pseudo", "full"
  std::string algorithm;        //!< "csr", "csc", "lut", "histogram"
  std::string unit;
  std::size_t bins = 0;
  std::size_t azimuthal_bins = 0;  //!< 0: a 1D pattern
  int orientation = 3;
  bool solid_angle = true;
  bool mask = false, flat = false, dark = false;
  std::optional<double> polarization;
  double monitor = 1.0;
  std::string error_model;      //!< "", "poisson", "azimuthal", "hybrid"
  std::optional<double> dummy;  //!< this value is invalid
  std::optional<std::pair<double, double>> radial_range, azimuth_range_deg;
  bool discontinuity_at_pi = true;                    //!< of χ; otherwise at 0
  double threshold = 0.0;                             //!< of sigma_clip
  int cycles = 0;                                     //!< of sigma_clip
  std::pair<double, double> percentiles{50.0, 50.0};  //!< of medfilt
  /// "radial", "azimuthal", "intensity", "sum_signal" …, those that pyFAI gave; NaN for null
  std::map<std::string, std::vector<double>> values;

  std::string title() const;
};

/// A matrix in CSR form: rows are bins, columns are pixels.
struct ReferenceMatrix {
  std::vector<double> data;
  std::vector<std::size_t> indices, indptr;
  std::vector<double> bin_centers;
};

struct ReferenceVectors {
  std::map<std::string, double> poni;  //!< dist, poni1, poni2, rot1, rot2, rot3, wavelength
  double pixel = 0.0;                  //!< [m]
  std::size_t rows = 0, columns = 0;   //!< of the image
  /// arrays at every 9th row and 11th column (corners: 31st and 39th)
  std::map<std::string, std::vector<double>> sampled;
  std::map<std::string, ReferenceMatrix> matrices;  //!< "no", "bbox", "full" of an 8 × 8 detector
  std::vector<ReferenceCase> cases;                 //!< all of them, in the order of the file

  std::vector<ReferenceCase> named(std::string const& name) const;
};

/// The formula image and its corrections, [pixel] of 64 × 80.
struct FormulaImage {
  std::vector<double> image;
  std::vector<std::uint8_t> mask;
  std::vector<float> flat, dark;
};

struct ReferenceDetector {
  std::string name;
  std::vector<std::string> names;
  std::optional<double> pixel1, pixel2;
  std::size_t rows = 0, columns = 0;  //!< 0: none
  bool uniform = true, flat = true;
  std::optional<std::size_t> masked;
  std::string mask_crc32;  //!< eight hexadecimal digits, empty: none
};

ReferenceVectors const& reference_vectors();
FormulaImage formula_image();
std::vector<ReferenceDetector> reference_detectors();

}  // namespace xrdct::test
