#pragma once
#include <optional>
#include <string>
#include <vector>

namespace xrdct::app {

/// The command line of `inspect`, and what `reduce` finds out of files without a job.
struct InspectOptions {
  std::vector<std::string> words;  //!< files, folders, patterns
  std::string poni;                //!< "": not given
  std::optional<std::string> stack, detector, fast, slow, height, monitor, table, shape;
  std::optional<bool> zigzag;  //!< how lines run where there are no positions
  bool stopped_early = false;  //!< frames that are missing are the last ones
  std::string job;             //!< file to be written; "": none
  bool json = false;
};

}  // namespace xrdct::app
