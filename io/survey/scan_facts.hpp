#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/words/words.hpp"
#include "io/survey/hdf5_objects.hpp"

namespace xrdct::io {

/// One number that a file says of the experiment, and where.
struct FoundFact {
  double value = 0.0;
  std::string path;
};

/// What an HDF5 file says of beam and detector, in the units of the names; nothing where it says
/// nothing.
struct ScanFacts {
  std::optional<FoundFact> energy_keV, wavelength_A, distance_m, exposure_s;
  std::optional<FoundFact> beam_row, beam_column;  //!< [pixels]
  std::optional<FoundFact> pixel1_m, pixel2_m;     //!< rows, columns
  std::vector<std::string> masks;                  //!< datasets of the shape of a frame
  std::string detector;                            //!< as the file describes it
  std::string title, end_reason, start_time;       //!< of the entry

  /// From the wavelength, where the energy is not said, and the other way round.
  std::optional<double> energy() const, wavelength() const;
};

/*!
 * Looks for what is known by its name: `energy`, `wavelength`, `distance` …, in the entry of the
 * frames first. Units are those of the attribute; without one the number has to be plausible.
 * \param stack path of the frames: what lies nearest to it counts
 * \param frame shape of a mask
 */
ScanFacts scan_facts(Hdf5Objects const& objects, std::string const& stack, core::FrameShape frame);

}  // namespace xrdct::io
