#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/conditioning/air.hpp"
#include "core/conditioning/zingers.hpp"
#include "core/tomography/ramp_filter.hpp"
#include "core/tomography/slice_choices.hpp"
#include "core/words/choices.hpp"

/// The job of a reconstruction: plain structs with the defaults of the schema. Paths are as written
/// in the file; `resolve` makes them absolute.
namespace xrdct::config {

/// Which sinograms become slices.
struct Sinograms {
  std::string file;                     //!< an output of `reduce`
  std::vector<std::string> reductions;  //!< empty: all but those of the method `maximum`
  /// of the channels, in the unit of the reduction; nothing: all
  std::optional<std::pair<double, double>> radial_range;
};

/// The voxels, and where they are.
struct SliceGrid {
  std::optional<int> side;       //!< N; nothing: the number of translations
  std::optional<double> centre;  //!< c [index of translations]; nothing: it is looked for
  core::Sense sense = core::Sense::counterclockwise;
};

/// How slices follow from sinograms.
struct Reconstruction {
  core::SliceAlgorithm algorithm = core::SliceAlgorithm::fbp;
  core::FilterWindow window = core::FilterWindow::none;  //!< of fbp
  core::Footprint footprint = core::Footprint::linear;   //!< of sirt and cgls
  int iterations = 100;                                  //!< of sirt and cgls
  double relaxation = 1.0;                               //!< of sirt
  bool non_negative = false;                             //!< of sirt
  core::StopRule stop = core::StopRule::iterations;      //!< of sirt
  int replicas = 0;    //!< of sirt and cgls, for the errors of voxels; 0: no errors
  bool errors = true;  //!< of fbp, where the sinograms have them
};

/// The mean of the outermost translations is taken for the scattering of air.
struct Air {
  std::optional<int> translations;  //!< at each end; nothing: some 1/40 of the line, 2 to 8
  core::AirScope per = core::AirScope::scan;
};

/// Samples that stick out of their neighbours get weight 0.
struct Zingers {
  double threshold = core::usual_zinger_limit;  //!< standard deviations of the noise
};

/// What is done to the sinograms before; estimated on the sum over channels.
struct Conditioning {
  std::optional<Air> air;
  core::IntensityRule intensity = core::IntensityRule::none;
  std::optional<Zingers> zingers;
};

struct SlicesOutput {
  std::string file;  //!< empty: <sinograms>_slices.h5
  bool overwrite = false;
  bool verify = true;
};

struct SlicesRun {
  core::Writer writer = core::Writer::collective;
  int threads = 0;
  double commit_s = 30.0;
  int watchdog_s = 300;
};

struct SlicesJob {
  std::filesystem::path folder;  //!< of the job file; not part of the description
  std::filesystem::path file;    //!< the job file; empty where the job is none
  Sinograms sinograms;
  SliceGrid grid;
  Reconstruction reconstruction;
  Conditioning conditioning;
  SlicesOutput output;
  SlicesRun run;

  std::filesystem::path resolve(std::string const& path) const;  //!< relative to `folder`
  std::filesystem::path output_file() const;                     //!< absolute
};

/// Reads and checks the text of a job; looks at no other file.
/// \throws core::InputError with all problems at once, as `read_job`
SlicesJob read_slices_job(std::filesystem::path const& file);
SlicesJob parse_slices_job(std::string_view text, std::string const& file_name,
                           std::filesystem::path const& folder);

/// What decides the numbers, in one line of JSON: as `canonical_job`.
std::string canonical_slices_job(SlicesJob const& job, std::string_view backend);

/// The text of `config/slices.schema.json`.
std::string slices_job_schema();

}  // namespace xrdct::config
