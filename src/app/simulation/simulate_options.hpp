#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "core/phantom/simulation_settings.hpp"
#include "core/words/names.hpp"
#include "core/words/words.hpp"
#include "io/simulated/scan_files.hpp"

namespace xrdct::app {

/// What the beamline takes as a scan of its own: an entry of its file, or a file.
enum class ScanEntries { scan, heights, lines };

/// The motor that moves along a line.
enum class FastAxis { translation, rotation };

}  // namespace xrdct::app

namespace xrdct::core {

template <>
inline constexpr auto words_of<app::ScanEntries> =
    std::to_array<Word<app::ScanEntries>>({{"scan", app::ScanEntries::scan},
                                           {"heights", app::ScanEntries::heights},
                                           {"lines", app::ScanEntries::lines}});
template <>
inline constexpr auto words_of<app::FastAxis> = std::to_array<Word<app::FastAxis>>(
    {{"translation", app::FastAxis::translation}, {"rotation", app::FastAxis::rotation}});

}  // namespace xrdct::core

namespace xrdct::app {

/// All that `xrdct simulate` was asked for, with every default worked out.
struct SimulateOptions {
  core::SimulationSettings settings;
  std::filesystem::path folder;
  io::ScanLayout layout = io::ScanLayout::single;
  ScanEntries entries = ScanEntries::scan;  //!< of the layouts bliss and maxiv
  bool motors = false;                      //!< positions are written, and the job places by them
  std::int64_t frames_per_file = 1000;      //!< of data files, where there are several
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
};

}  // namespace xrdct::app
