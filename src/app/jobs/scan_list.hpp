#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/jobs/reduce_options.hpp"
#include "config/job/job.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/// One of the scans that a command line asks for.
struct ScanRequest {
  std::string name;                    //!< for people: "job.json", "scan_0002.h5"
  std::filesystem::path job;           //!< file of the job; empty: `text`
  std::string text;                    //!< a job that was made of what lies in files
  std::vector<std::string> files;      //!< of frames, as given; empty: those of the job
  std::vector<config::JobEdit> edits;  //!< of the command line
  bool is_one_of_several = false;      //!< `--output` is then the folder of its output
};

/*!
 * Which scans the words of a command line ask for: one for each job; one for a job with other
 * files; one for files without a job, whose job is to be made (`job` is empty); with --each one for
 * each file. Looks at names, and at the first bytes of what might be a job.
 * \throws core::InputError
 */
std::vector<ScanRequest> requested_scans(ReduceOptions const& options);

/// The job of a request with the command line over it, and what is wrong with its text.
/// \throws core::InputError
config::JobReading job_of(ScanRequest const& request, ReduceOptions const& options);

/*!
 * The same scans on all ranks, those without a job with the one that rank 0 has made of their
 * files. Of several scans the texts of all jobs are looked at before the first begins, and no two
 * may have one output. Collective. \throws AgreedError
 */
std::vector<ScanRequest> agreed_scans(io::Communicator& communicator, ReduceOptions const& options);

}  // namespace xrdct::app
