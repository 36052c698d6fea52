#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The reference vectors of tests/data as plain structs, so that tests need not know JSON.
namespace xrdct::test {

/// One result of pyFAI on the formula image: see tests/data/refvec.json.
struct ReferenceCase {
  std::string name;       //!< "basic", "full_corr" …
  std::string splitting;  //!< "no", "bbox", "full"
  std::string algorithm;  //!< "csr", "csc", "lut", "histogram"
  std::string unit;
  std::size_t bins = 0;
  int orientation = 3;
  bool solid_angle = true;
  bool mask = false, flat = false, dark = false;
  std::optional<double> polarization;
  double monitor = 1.0;
  std::string error_model;                            //!< "", "poisson", "azimuthal"
  std::optional<double> dummy;                        //!< this value is invalid
  std::map<std::string, std::vector<double>> values;  //!< "radial", "intensity", "sem", "sum_signal" …, those that pyFAI gave; NaN for null

  std::string title() const;
};

/// A matrix in CSR form: rows are bins, columns are pixels.
struct ReferenceMatrix {
  std::vector<double> data;
  std::vector<std::size_t> indices, indptr;
  std::vector<double> bin_centers;
};

struct ReferenceVectors {
  std::map<std::string, double> poni;                  //!< dist, poni1, poni2, rot1, rot2, rot3, wavelength
  double pixel = 0.0;                                  //!< [m]
  std::size_t rows = 0, columns = 0;                   //!< of the image
  std::map<std::string, std::vector<double>> sampled;  //!< arrays at every 9th row and 11th column (corners: 31st and 39th)
  std::map<std::string, ReferenceMatrix> matrices;     //!< "no", "bbox", "full" of an 8 × 8 detector
  std::vector<ReferenceCase> cases;                    //!< the 1D cases of integrate1d

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
