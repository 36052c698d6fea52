#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/detector/calibration.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/words/names.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/// Positions of a simulated motor: start + step·index.
struct SimulatedAxis {
  double start = 0.0;
  double step = 1.0;
};

/// Whether the fast motor stands still during an exposure, and at which moment of a moving one its
/// position is measured.
enum class Exposure { stepped, middle, start };

template <>
inline constexpr auto words_of<Exposure> = std::to_array<Word<Exposure>>(
    {{"stepped", Exposure::stepped}, {"middle", Exposure::middle}, {"start", Exposure::start}});

/// In which order the frames were taken, and what went wrong. Lines are counted from 0 through all
/// heights, in the order of their places.
struct CourseSettings {
  bool rotation_fast = false;  //!< a line is a turn at one translation
  bool zigzag = false;         //!< every second line runs backwards
  bool turning_on = false;     //!< the rotation, fast, goes on from line to line: whole turns
  std::size_t interlaced = 1;  //!< passes over the slow axis
  std::vector<std::size_t> missing_lines, repeated_lines;
  std::vector<std::size_t> aborted_lines;  //!< end early
  std::vector<std::size_t> longer_lines;   //!< with one frame more than places
  double jitter = 0.0;                     //!< largest deviation of motors that move [steps]
  Exposure exposure = Exposure::stepped;

  bool operator==(CourseSettings const&) const = default;
};

/// All that decides the frames of a simulated scan. Equal settings give equal bytes.
struct SimulationSettings {
  Calibration calibration;  //!< wavelength has to be there; orientation 3
  FrameShape frame;
  PixelType type = PixelType::u32;  //!< u16, u32, i32
  ScanShape scan{1, 48, 41};
  SimulatedAxis rotation_deg{0.0, 1.875};   //!< the slow axis, unless the course says otherwise
  SimulatedAxis translation_mm{-3.0, 0.1};  //!< the fast axis, unless the course says otherwise
  SimulatedAxis height_mm{0.0, 0.2};
  double sample_radius_mm = 2.7;
  CourseSettings course;
  /// mean of the expected counts over all frames and pixels that are not masked
  double counts = 5.0;
  double air_share = 0.2;       //!< part of it that is scattering of air
  double peak_fwhm_deg = 0.05;  //!< full width at half maximum of a powder line in 2θ
  bool solid_angle = true;
  bool polarization = true;
  double polarization_factor = 0.99;
  /// the beam loses this part of its intensity between two fillings of the ring
  double monitor_drift = 0.0;
  std::size_t hot_pixels = 0;
  double hot_counts = 1000.0;   //!< mean additional counts of a hot pixel, in every frame
  std::size_t spots = 0;        //!< single-crystal reflections per frame that meets a crystal
  double spot_counts = 1000.0;  //!< mean additional counts of the brightest pixel of a spot
  std::uint64_t seed = 1;

  std::size_t lines() const noexcept { return scan.height * scan.slow; }
  std::size_t rotations() const noexcept { return course.rotation_fast ? scan.fast : scan.slow; }
  std::size_t translations() const noexcept { return course.rotation_fast ? scan.slow : scan.fast; }
};

/// Everything that is wrong with the settings, one line each, each naming the option of `xrdct
/// simulate`.
std::vector<std::string> problems_of(SimulationSettings const& settings);

}  // namespace xrdct::core
