#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tomography/slice_choices.hpp"
#include "core/tomography/slice_plan.hpp"
#include "io/nexus/output_description.hpp"
#include "io/nexus/stored_type.hpp"

/// What a file of slices holds, in plain structs: who writes, guards and reads it shares them.
namespace xrdct::io {

/// A result of conditioning, kept in /entry/conditioning/<reduction>.
struct SliceResult {
  std::string name;  //!< "centre", "gain", "imputed": see docs/output.md
  std::string label = {}, unit = {};
  StoredType type = StoredType::f8;
  bool per_bin = false;  //!< a number for each bin of a height: [height][bin]; `extent` is empty
  std::vector<std::size_t> extent = {};  //!< of one height; empty: one number
};

/// How slices were made: attributes of their group, empty ones are left out.
struct SliceMaking {
  std::string algorithm = {}, window = {}, footprint = {};
  std::optional<std::int64_t> iterations = {};
  std::optional<double> relaxation = {};
  bool non_negative = false;
  /// the method of the reduction is no sum over pixels, so that a slice of it is none, either
  bool additive = true;
};

/// c, d and the sense of rotation of the slices, as attributes.
struct SliceAxes {
  double step = 1.0;  //!< d, of voxels and translations
  std::string unit;   //!< of d, of x and y; empty: not known
  std::optional<double> centre =
      {};  //!< c [index of translations], where all heights have the same
  core::Sense sense = core::Sense::counterclockwise;
  std::size_t side = 0;  //!< N

  /// Without a unit, positions that are d = 1 apart count steps; others stay without a word.
  std::string unit_text() const { return unit.empty() && step == 1.0 ? "steps" : unit; }
};

/// Slices of one reduction as written: its description with the bins that are reconstructed.
struct SlicesOfReduction {
  ReductionDescription reduction;
  std::size_t bins_per_unit = 64;
  std::size_t first_bin = 0;  //!< column of the sinograms that is column 0 here
  bool errors = true;         //!< I_errors is written
  SliceMaking making = {};
  std::vector<SliceResult> results = {};
};

/// Everything that the skeleton of a file of slices holds. Equal descriptions give equal bytes.
struct SlicesDescription {
  std::string title;
  AxisDescription height;
  SliceAxes axes;
  std::vector<SlicesOfReduction> reductions;
  std::string version, revision, canonical_job, engine, backend, poni_text;
  std::string sinogram_file, sinogram_identity;  //!< of `SinogramUnits::identity`
  std::vector<InputFile> inputs;

  core::SlicePlan plan() const;
  std::vector<double> x() const;  //!< x_j = (j − (N−1)/2)·d
  std::vector<double> y() const;  //!< y_i = ((N−1)/2 − i)·d
};

/// Size of the finished file without small parts. [bytes]
std::size_t estimated_file_bytes(SlicesDescription const& description);

/// What groups, attributes, axes and texts may take beside that, at most [bytes].
std::size_t structure_bytes(SlicesDescription const& description);

}  // namespace xrdct::io
