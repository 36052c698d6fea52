#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/simulation/simulate_options.hpp"
#include "core/phantom/simulated_scan.hpp"
#include "io/simulated/scan_files.hpp"

namespace xrdct::test {

/// What a job may say of the grid beside the positions.
enum class GridKnown { nothing, shape, all };

/// A small scan on whose course, files and job a seed decides: any of the ways in which scans go
/// wrong, together.
struct DrawnScan {
  app::SimulateOptions options;
  GridKnown known = GridKnown::nothing;
  std::shared_ptr<core::SimulatedScan> scan;
  std::shared_ptr<io::ScanFiles> files;
  std::string job;  //!< its text

  /// What is unusual about it, for messages.
  std::string course() const;
};

/// The same for the same seed.
DrawnScan drawn_scan(std::uint64_t seed);

/// A regular scan in the order of its places, of twice as many lines and points: lines the same
/// way, or a zigzag.
core::SimulationSettings drawn_raster(std::uint64_t seed, bool zigzag);

/// Writes the frames and what goes with them, but no texts other than tables.
void write_drawn(DrawnScan const& drawn, std::filesystem::path const& folder);

}  // namespace xrdct::test
