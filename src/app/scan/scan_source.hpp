#pragma once
#include <memory>
#include <string>
#include <vector>

#include "config/job/job.hpp"
#include "io/frames/frame_source.hpp"

namespace xrdct::app {

/// Frames that another rank has found.
struct FoundSource {
  std::string text;     //!< of io::FrameSource::found; empty: each rank opens them
  std::string dataset;  //!< the one that was named or found
};

/*!
 * Opens the frames of a job. Where it names no dataset, that is found and entered into it.
 * \param warnings are added: numbers that are missing in a series, entries that are left out;
 * none where the frames were found by another rank
 * \throws core::InputError, core::IoError
 */
std::unique_ptr<io::FrameSource> open_source(config::Job& job, std::vector<std::string>& warnings,
                                             FoundSource const& found);

}  // namespace xrdct::app
