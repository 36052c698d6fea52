#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/words.hpp"

namespace xrdct::io {

/// Positions along one axis of the scan.
struct TruthAxis {
  std::string name, unit;
  std::vector<double> positions;
};

/// All that is known of a simulated scan. Arrays as in `core::SimulatedScan` and
/// `core::SimulatedTruth`, of which this is the form on the disk.
struct TruthDescription {
  core::ScanShape scan;
  core::FrameShape frame;
  std::string parameters;               //!< the settings, as JSON
  std::string calibration, job;         //!< the texts that lie beside it in calib.poni and job.json
  std::string table;                    //!< that of the motors, where there is one
  std::vector<std::string> components;  //!< names: phases, then air
  std::size_t phases = 0;
  TruthAxis height, slow, fast;
  std::size_t map_cells = 0;              //!< of a side of the phase maps
  double map_step_mm = 0.0;               //!< a cell
  std::span<double const> weights;        //!< [place][component]
  std::span<double const> two_theta_rad;  //!< [pixel]
  std::span<double const> norm;           //!< [pixel] Ω·P
  std::span<std::uint8_t const> gaps;     //!< [pixel]
  std::span<std::uint8_t const> hot;      //!< [pixel]
  std::vector<std::int64_t> frame_index;  //!< [place] the last one there; −1: none
  std::vector<std::int64_t> place;        //!< [frame]; −1: none
  std::vector<TruthAxis> motors;          //!< [frame] in the middle of the exposure
  std::vector<double> monitor;            //!< [frame] relative
  std::vector<double> radial_axis;        //!< [bin] nm⁻¹
  std::span<double const> pattern;        //!< [component][bin]
  std::span<double const> bin_norm;       //!< [bin] Σ Ω·P
  std::size_t spots = 0;
  /// One map of a phase: [y][x].
  std::function<std::vector<float>(std::size_t phase, std::size_t height)> phase_map;
  std::function<std::span<float const>(std::size_t component)> image;            //!< G [pixel]
  std::function<void(std::size_t place, std::span<float> out)> expected;         //!< I [bin]
  std::function<std::vector<std::uint32_t>(std::int64_t frame)> spots_of_frame;  //!< pixels
};

/*!
 * Writes `truth.h5`: what a reduction of the scan has to find. docs/simulate.md describes every
 * dataset.
 *
 * Times are switched off: equal truths give equal bytes. \throws core::IoError
 */
void write_truth(std::filesystem::path const& file, TruthDescription const& truth);

/// The texts of calib.poni and job.json as a `truth.h5` keeps them; empty where there is none.
std::vector<std::string> texts_of_truth(std::filesystem::path const& file);

}  // namespace xrdct::io
