#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/calibration/poni.hpp"
#include "config/job/job.hpp"

namespace xrdct::config {

/*!
 * How single images are integrated: the parts of a job that do not depend on a scan.
 *
 * Of `job` are used: calibration, corrections, the first of its reductions, run.engine, and of the
 * scan the rules for invalid and saturated values. Paths are relative to the working directory.
 */
struct ImageJob {
  Job job;
  /// a calibration that is no file of its own; nothing: `job.calibration.poni`
  std::optional<PoniFile> poni;
  std::vector<std::string> dark, flat;  //!< image files; of several the mean counts
  double normalization_factor = 1.0;    //!< divides the intensity
  std::string configuration;            //!< text of the file that this was read from; empty: none
  std::vector<std::string> notes;       //!< what a user should know

  ReductionJob& reduction() { return job.reductions.front(); }
  ReductionJob const& reduction() const { return job.reductions.front(); }
};

}  // namespace xrdct::config
