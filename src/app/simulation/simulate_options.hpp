#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "core/phantom/simulation_settings.hpp"
#include "core/words/names.hpp"
#include "core/words/words.hpp"

namespace xrdct::app {

/// The files of a simulated scan: one, or a master and data files.
enum class ScanFiles { single, eiger };

}  // namespace xrdct::app

namespace xrdct::core {

template <>
inline constexpr auto words_of<app::ScanFiles> = std::to_array<Word<app::ScanFiles>>(
    {{"single", app::ScanFiles::single}, {"eiger", app::ScanFiles::eiger}});

}  // namespace xrdct::core

namespace xrdct::app {

/// All that `xrdct simulate` was asked for, with every default worked out.
struct SimulateOptions {
  core::SimulationSettings settings;
  std::filesystem::path folder;
  ScanFiles layout = ScanFiles::single;
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

}  // namespace xrdct::app
