#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/view/view_options.hpp"
#include "core/geometry/radial_conversion.hpp"
#include "core/words/units.hpp"
#include "io/pictures/picture.hpp"
#include "io/stored/pattern_reader.hpp"

namespace xrdct::app {

std::string with_unit(std::string const& name, std::string const& unit);

/// An axis of the bins under the name that people use ("q", not the name of its dataset), and the
/// option that chooses on it.
struct BinAxis {
  io::StoredAxis axis;
  std::string option;
  std::vector<std::string> keys;              //!< what may stand before '='
  bool turns = false;                         //!< values that are 360 degrees apart are the same
  std::optional<core::Unit> stored = {};      //!< of the file; nothing: azimuth
  std::vector<double> stored_positions = {};  //!< in that unit

  std::string name_of(std::size_t bin) const;
  std::string label() const { return with_unit(axis.name, axis.unit); }
};

/// In the unit of --unit, else that of the file.
/// \throws core::InputError a unit that cannot be computed
BinAxis radial_axis(io::PatternReader const& reader, ViewOptions const& options,
                    std::string const& reduction);
BinAxis azimuthal_axis(io::PatternReader const& reader, std::string const& reduction);

/// What the calibration in the file gives to conversions; nothing where it cannot be read.
core::RadialScales scales_of(io::PatternReader const& reader);

/// "q=21.3" or "21.3": the bin whose centre is nearest; "bin=17": that bin.
/// \throws core::InputError
std::size_t bin_of(std::string const& word, BinAxis const& on);

io::PictureAxis picture_axis(io::StoredAxis const& axis);
/// The quantity of the field, "intensity", and with its unit.
std::string value_name(ViewOptions const& options);
std::string value_label(ViewOptions const& options);
/// "scan.h5  mean  q = 20 nm^-1"
std::string title_of(ViewOptions const& options, std::string const& reduction,
                     std::string const& what);
/// The name on the command line, else that of the file with another end.
std::string output_of(ViewOptions const& options, std::string const& suffix);

}  // namespace xrdct::app
