#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/files/output_ending.hpp"
#include "core/geometry/radial_conversion.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {

/*!
 * One pattern for a text file: x, intensity and standard error.
 *
 * `.xy` and `.xye` are for Rietveld programs: x is 2θ in degrees unless another unit is asked for,
 * it increases, and the wavelength stands in the header. `.dat` and `.csv` keep the unit of the
 * bins. Bins change their place by formula alone; intensities stay those of the bins.
 */
struct TextPattern {
  OutputKind kind = OutputKind::dat;
  char comment = '#';                    //!< begins each line of the header
  std::vector<std::string> header;       //!< the first line names the program
  std::optional<core::Unit> stored;      //!< of the bins; nothing: azimuth in degrees
  std::optional<core::Unit> asked = {};  //!< nothing: as the kind has it
  core::RadialScales scales = {};
  std::span<double const> centres;    //!< [bin]
  std::span<float const> intensity;   //!< [bin] NaN: empty
  std::span<float const> error = {};  //!< [bin]; empty: none
  /// [bin] 0: without a pixel, whatever its intensity; empty: not known
  std::span<float const> count = {};
};

/// \throws core::InputError 2θ without a wavelength, a unit that cannot be computed
void check_text_unit(std::filesystem::path const& file, TextPattern const& pattern);

/*!
 * Writes the header and one line for each bin that has a pixel, with an error above 0 where it is
 * an .xye. What is left out is counted in the header.
 *
 * No line of the header of .xy and .xye has the small letter q, by which GSAS-II until 2024 takes a
 * file for data over q, but for those over q in Å⁻¹, where it finds the wavelength.
 * \throws core::InputError as `check_text_unit`, and where no line is left; core::IoError
 */
void write_text(std::filesystem::path const& file, TextPattern const& pattern);

}  // namespace xrdct::app
