#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/job/job_edits.hpp"
#include "core/detector/calibration.hpp"
#include "core/geometry/sample_orientation.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/positions/placed_scan.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/scan/value_name.hpp"
#include "core/words/choices.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "core/words/units.hpp"
#include "core/words/words.hpp"

/// The job description: plain structs with the defaults of the schema. Paths are as written in the
/// file; `resolve` makes them absolute.
namespace xrdct::config {

/// A motor that moves along one axis of the scan: position = start + step·index. Without a step
/// nobody knows where its places are, and they count, unless they are found in `scan.positions`.
struct ScanAxis {
  std::string name;
  std::optional<double> start;  //!< nothing: 0, or what is found
  std::optional<double> step;
  std::string unit;  //!< "deg", "mm", … ; "" when not given

  /// Whether the job says where the places are; of a single place the start does.
  bool known(std::size_t points) const {
    return step || (points == 1 && (first() != 0.0 || !unit.empty()));
  }
  /// Whether something is said of the motor that cannot be used without a step.
  bool needs_step(std::size_t points) const {
    return !known(points) && (first() != 0.0 || !unit.empty());
  }
  double first() const { return start.value_or(0.0); }  //!< position of index 0
};

struct Monitor : core::ValueName {
  std::optional<double> reference = 1.0;  //!< nothing: "mean", over the valid frames of the scan
};

/// Where the motors stood at each frame; they decide at which place of the scan it lies.
struct Positions {
  core::ValueName fast, slow;
  std::optional<core::ValueName> height;
  core::MomentTaken taken = core::MomentTaken::middle;
  std::optional<double> tolerance;  //!< [steps]; nothing: found
};

/// Which values are no measurements: "default" (sentinels of the type), "none", or explicit values
/// and ranges of values.
struct InvalidValues {
  core::InvalidRule rule = core::InvalidRule::type_default;
  std::vector<core::ValueRange> values;  //!< low = high for a single value
};

struct Scan {
  std::vector<std::string> files;
  /// "": the files are images; nothing: it is found when the files are opened
  std::optional<std::string> dataset;
  std::optional<core::ScanShape> shape;  //!< nothing: it is found, there are `positions`
  ScanAxis slow{.name = "rotation", .start = {}, .step = {}, .unit = {}};
  ScanAxis fast{.name = "translation", .start = {}, .step = {}, .unit = {}};
  ScanAxis height{.name = "height", .start = {}, .step = {}, .unit = {}};
  std::optional<Positions> positions;  //!< nothing: frames lie in the order of `shape`
  core::Repeated repeated = core::Repeated::error;
  bool snake = false;
  std::int64_t first_frame = 0;
  core::Incomplete incomplete = core::Incomplete::error;
  core::BadFrames bad_frames = core::BadFrames::mark;
  std::optional<Monitor> monitor;
  InvalidValues invalid;
  std::optional<double> saturated_above;  //!< larger values are invalid
  bool verify_md5 = false;                //!< of CBF images
};

/// How a sample with a surface or a fibre axis stands in the beam: core::SampleOrientation in
/// degrees.
struct Sample {
  double incident_deg = 0.0;
  double tilt_deg = 0.0;
  int orientation = 1;  //!< 1–8
};

struct CalibrationFiles {
  std::string poni;
  /// "2026.9" or "before-2026.9"
  std::optional<core::OrientationConvention> orientation_convention;
  bool detector_mask = true;
  /// image files (file or file:/dataset); the union is masked where not 0
  std::vector<std::string> mask;
  std::optional<std::string> dark;
  std::optional<std::string> flat;
  std::optional<std::string> variance;       //!< of the signal, for the error model `variance`
  std::optional<std::string> dark_variance;  //!< added to the variance of every pixel
  std::optional<std::string> absorption;     //!< multiplies the normalization
  std::optional<Sample> sample;
};

struct Polarization {
  double factor = 0.0;
  double offset_deg = 0.0;
};

struct Corrections {
  bool solid_angle = true;
  std::optional<Polarization> polarization;
  std::optional<double> sensor_transmission;  //!< at normal incidence, between 0 and 1
};

/// What is made of each frame. The bins of an azimuthal pattern are `binning.azimuthal_bins`;
/// `binning.bins` is 1 there.
struct ReductionJob {
  std::string name = "mean";                 //!< of its NXdata group: letters, digits, '_'
  core::Method method = core::Method::mean;  //!< "median" is quantile_mean between ½ and ½
  core::SigmaClip clip;                      //!< of sigma_clip
  core::Quantiles quantiles;                 //!< of quantile_mean
  core::Binning binning;
  /// not given: azimuthal for sigma_clip, poisson elsewhere
  core::ErrorModel error_model = core::ErrorModel::poisson;
  bool deviation = false;  //!< "std": the standard deviation of the pixels of a bin is written, too
  std::optional<double> empty;  //!< value of bins without a pixel; nothing: NaN

  std::size_t bins() const noexcept;  //!< of one pattern: radial × azimuthal
};

struct Output {
  std::string file;
  bool overwrite = false;
  bool verify = true;  //!< it is read back before it takes its name
};

struct Run {
  core::Engine engine = core::Engine::fused;
  core::Writer writer = core::Writer::collective;
  int threads = 0;         //!< 0: OMP_NUM_THREADS, else processors ÷ ranks of the node
  double commit_s = 30.0;  //!< time between two entries of the journal
  int watchdog_s = 300;    //!< without progress on any rank; 0: nobody watches
};

struct Job {
  std::filesystem::path folder;  //!< of the job file; not part of the description
  /// the job file; empty where the job is none. Not part of the description
  std::filesystem::path file;
  Scan scan;
  CalibrationFiles calibration;
  Corrections corrections;
  std::vector<ReductionJob> reductions;
  Output output;
  Run run;

  std::filesystem::path resolve(std::string const& path) const;  //!< relative to `folder`
  core::ValueName resolve(core::ValueName name) const;           //!< its file, if it has one
};

/// Whether two reductions differ in nothing but their names.
bool same_numbers(ReductionJob const& a, ReductionJob const& b);

/// The rule that makes patterns of the sums of a reduction.
core::FinishRule finish_rule(ReductionJob const& reduction);

/// The values of a pixel that are measurements. \param by_type those by the stored type of the
/// frames
core::ValidValues valid_values(Scan const& scan, core::ValidValues const& by_type);

/// The same in radians.
core::CorrectionChoice correction_choice(Corrections const& corrections);
core::SampleOrientation sample_orientation(CalibrationFiles const& calibration);

/*!
 * Parses and validates a job. Looks at the text alone, opens no other file.
 * \throws core::InputError with all problems at once, each `<file>: $.path.to.key: expected X,
 * found Y; <nearest right name or what to try>`.
 */
Job read_job(std::filesystem::path const& file);
Job parse_job(std::string_view text, std::string const& file_name,
              std::filesystem::path const& folder);

/// A job as far as it could be read, and all that is wrong with its text: with these, who opens its
/// files can tell everything at once.
struct JobReading {
  Job job;
  std::vector<std::string> problems;  //!< `<file>: $.path.to.key: …`; empty: the job is right
};

/// As read_job and parse_job, with the values of a command line in place of those of the text.
/// \throws core::InputError no JSON, no file that can be opened
JobReading read_whole_job(std::filesystem::path const& file, std::span<JobEdit const> edits = {});
JobReading parse_whole_job(std::string_view text, std::string const& file_name,
                           std::filesystem::path const& folder,
                           std::span<JobEdit const> edits = {});

/// The parts that decide the numbers (scan, calibration, corrections, reductions, engine), sorted
/// keys, defaults filled in, one line of JSON.
std::string canonical_job(Job const& job, std::string_view backend);

/// The text of `config/job.schema.json`: a JSON Schema, draft 2020-12, of what parse_job reads.
std::string job_schema();

}  // namespace xrdct::config
