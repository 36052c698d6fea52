#pragma once
#include <filesystem>
#include <string>

#include "app/simulation/simulate_options.hpp"
#include "core/phantom/simulated_scan.hpp"

namespace xrdct::app {

/// The texts that lie beside the frames.
struct SimulatedTexts {
  std::string calibration, job;
  std::string table;  //!< of the motors; "": none
};

/// Writes `truth.h5`, with the copies of a repeated scan. \throws core::IoError
void write_truth_file(std::filesystem::path const& file, SimulateOptions const& options,
                      SimulatedTexts const& texts, core::SimulatedScan const& scan);

}  // namespace xrdct::app
