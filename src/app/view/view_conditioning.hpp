#pragma once
#include <string>

#include "app/view/view_options.hpp"
#include "io/stored/slices_reader.hpp"

namespace xrdct::app {

/// What was found of a height before its reconstruction: the total intensity with a line where each
/// method puts the centre of rotation, total scattering, gain and air over the angle.
/// \throws core::InputError, core::IoError
void draw_conditioning(io::SlicesReader const& reader, ViewOptions const& options,
                       std::string const& reduction);

}  // namespace xrdct::app
