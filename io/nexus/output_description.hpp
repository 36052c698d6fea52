#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/words/patterns.hpp"
#include "core/words/words.hpp"
#include "io/files/input_file.hpp"

/// What an output file holds, in plain structs: who writes, guards and reads it shares them.
namespace xrdct::io {

/// One axis of the scan as written.
struct AxisDescription {
  std::string name;
  std::string unit;
  std::vector<double> positions;
  bool rotates = false;    //!< this axis is the rotation of the tomography
  std::string label = {};  //!< for people; empty: name and unit
  bool measured = false;   //!< where it was at each place is written, too
};

/// How a reduction was made.
struct ReductionMaking {
  core::Method method = core::Method::mean;
  core::ErrorModel error_model = core::ErrorModel::poisson;
  core::Splitting splitting = core::Splitting::bounding_box;
  core::SigmaClip clip = {};
  core::Quantiles quantiles = {};
  std::optional<std::pair<double, double>> radial_range = {};       //!< nothing: all pixels
  std::optional<std::pair<double, double>> azimuth_range_deg = {};  //!< nothing: the whole ring
  std::optional<double> empty = {};  //!< value of bins without a pixel; nothing: NaN
  double lost = 0.0;                 //!< Σ of the parts of pixels that lie outside of the ranges
};

/// One reduction as written.
struct ReductionDescription {
  std::string name;
  std::string unit_name;            //!< "q_nm^-1"
  std::string label;                //!< "q"
  std::string symbol;               //!< "nm^-1"
  std::vector<double> radial_axis;  //!< of an azimuthal pattern: the middle of its window
  bool errors = true;
  bool deviation = false;
  core::PatternKind kind = core::PatternKind::radial;
  std::vector<double> azimuthal_axis = {};  //!< [deg]; of azimuthal patterns and cakes
  ReductionMaking making = {};

  core::PatternShape shape() const;
};

/// Everything that the skeleton of the output holds. Equal descriptions give equal bytes.
struct OutputDescription {
  std::string title;
  AxisDescription height, slow, fast;
  std::vector<ReductionDescription> reductions;
  bool has_monitor = false;
  bool solid_angle = true, polarization = false;
  std::string version, revision, canonical_job, engine, backend, poni_text;
  std::vector<InputFile> inputs;
  /// cause, pixels: the attributes `by_<cause>` of the numbers of masked pixels
  std::vector<std::pair<std::string, std::int64_t>> masked_by = {};
  core::ScanShape shape() const;
  core::BlockPlan blocks() const;
};

/// Size of the finished file without small parts: datasets with padded chunks. [bytes]
std::size_t estimated_file_bytes(OutputDescription const& description);

/// What groups, attributes, axes and texts may take beside that, at most [bytes].
std::size_t structure_bytes(OutputDescription const& description);

}  // namespace xrdct::io
