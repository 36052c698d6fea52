#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/patterns.hpp"
#include "core/reduction_plan.hpp"
#include "core/scan_layout.hpp"
#include "core/stages.hpp"
#include "core/words.hpp"
#include "io/communicator.hpp"
#include "io/frame_source.hpp"

namespace xrdct::io {

/// One axis of the scan as written.
struct AxisDescription {
  std::string name;
  std::string unit;
  std::vector<double> positions;
  bool rotates = false;    //!< this axis is the rotation of the tomography
  std::string label = {};  //!< for people; empty: name and unit
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
  std::optional<double> empty = {};                                 //!< value of bins without a pixel; nothing: NaN
  double lost = 0.0;                                                //!< Σ of the parts of pixels that lie outside of the ranges
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
  std::vector<std::pair<std::string, std::int64_t>> masked_by = {};  //!< cause, pixels: the attributes `by_<cause>` of the numbers of masked pixels
  core::ScanShape shape() const;
  core::BlockPlan blocks() const;
};

/// What a viewer shows at once; written by rank 0 at the end.
struct Preview {
  std::vector<std::vector<double>> mean;     //!< [reduction][bin] over places with a value
  std::vector<std::vector<double>> maximum;  //!< [reduction][bin]
};

enum class Writer { collective, independent, direct };
/// \throws core::InputError with the nearest name.
Writer writer_of(std::string const& name);

/*!
 * The output while it is written: `<file>.part`, complete in structure from the start.
 *
 * Rank 0 makes the skeleton (all groups, attributes, axes; fixed shape, early allocation, no filter), syncs it and renames it to `.part`; then
 * all ranks open it. A block is packed chunk by chunk and written whole chunks at a time. `close` syncs all ranks' data and rank 0 gives the file its
 * name. All writers give the same bytes. Without `close` the `.part` file stays.
 */
class SinogramFile final : public core::BlockWriter {
 public:
  /*!
   * Collective. \throws core::InputError on all ranks when `file` exists and not `overwrite`, or is not this program's to replace (output_guard.hpp);
   * core::IoError no space, no permission.
   */
  SinogramFile(Communicator& communicator, std::filesystem::path const& file, OutputDescription const& description, Writer writer, bool overwrite);
  ~SinogramFile() override;  //!< frees memory; closes no file (that is collective)

  /// Collective: one call per round on every rank. \throws core::IoError on a rank alone
  void write(core::BlockResult const* block) override;
  /// Collective; syncs, writes preview on rank 0, renames. \throws core::InputError,core::IoError on all ranks alike
  void close(Preview const& preview);
  std::size_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Size of the finished file without small parts: datasets with padded chunks. [bytes]
std::size_t estimated_file_bytes(OutputDescription const& description);

/// What groups, attributes, axes and texts may take beside that, at most [bytes].
std::size_t structure_bytes(OutputDescription const& description);

}  // namespace xrdct::io
