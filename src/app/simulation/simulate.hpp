#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "core/phantom/simulation_settings.hpp"
#include "core/words/words.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/// All that `xrdct simulate` was asked for, with every default worked out.
struct SimulateOptions {
  core::SimulationSettings settings;
  std::filesystem::path folder;
  enum class Layout { single, eiger } layout = Layout::single;
  std::int64_t frames_per_file = 1000;  //!< of the data files of the eiger layout
  /// the master names the stored frames so many times; above 1 with the eiger layout alone
  std::int64_t repeat = 1;
  std::size_t bins = 1000;  //!< of the job and of the expected patterns
  core::Splitting splitting = core::Splitting::bounding_box;
  int threads = 0;  //!< 0: OMP_NUM_THREADS, else processors ÷ ranks of the node
  bool overwrite = false;
  bool dry_run = false;

  /// What the job covers: the heights of the stored scan, `repeat` times, one copy above the other.
  core::ScanShape scan() const noexcept {
    return {settings.scan.height * static_cast<std::size_t>(repeat), settings.scan.slow,
            settings.scan.fast};
  }
  std::int64_t frames() const noexcept { return static_cast<std::int64_t>(scan().places()); }
};

/*!
 * Writes a simulated scan into a folder: frames, `calib.poni`, `truth.h5`, and `job.json`, the job
 * that reduces it. Collective.
 *
 * With `repeat` N frame n of the scan is stored frame n mod (frames / N): the master links each
 * data file N times, and N copies of the truth follow one another. A rank writes whole data files;
 * rank 0 writes the rest. Same bytes for any number of ranks and threads. Progress and a summary go
 * to `log` on rank 0.
 * \throws core::InputError settings that cannot be, files that exist; core::IoError no space, no
 * permission.
 */
void simulate(SimulateOptions const& options, io::Communicator& communicator, std::ostream& log);

}  // namespace xrdct::app
