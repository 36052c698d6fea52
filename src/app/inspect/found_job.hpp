#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/inspect/findings.hpp"

namespace xrdct::app {

/// A job made of findings, and what nobody has said yet.
struct FoundJob {
  std::string text;                     //!< JSON, indented
  std::vector<std::string> to_fill_in;  //!< "$.calibration.poni: the PONI file of this detector"
};

/*!
 * The job that reduces a scan as it was found. Where something is not known its value says what is
 * to be filled in, which is an error of the job until it is.
 * \param folder of the job: paths are relative to it where they were to the working folder
 */
FoundJob found_job(Findings const& findings, std::filesystem::path const& folder);

}  // namespace xrdct::app
