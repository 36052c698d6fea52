#pragma once
#include <cstddef>
#include <string>

#include "app/view/view_axes.hpp"
#include "app/view/view_options.hpp"
#include "io/stored/pattern_reader.hpp"

namespace xrdct::app {

/// A bin of a pattern and its name for people.
struct ChosenBin {
  std::size_t bin = 0;
  std::string name;
};

/// The bin that --channel and --azimuth choose; without, or by the word "strongest", the strongest
/// of a typical place: the middle of a scan, the strongest voxel of slices.
/// \throws core::InputError
ChosenBin chosen_bin(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction);

/// The row of a cake that --azimuth chooses, with its name behind a comma; of radial patterns the
/// only one, without a name.
/// \throws core::InputError
ChosenBin chosen_row(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction);

/// \throws core::InputError where --azimuth has no meaning
void refuse_azimuth(ViewOptions const& options, std::string const& reduction);

}  // namespace xrdct::app
