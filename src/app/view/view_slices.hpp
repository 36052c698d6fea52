#pragma once
#include <string>

#include "app/view/view_options.hpp"
#include "io/pictures/picture.hpp"
#include "io/stored/slices_reader.hpp"

namespace xrdct::app {

/// Turns a map of voxels so that y is largest on top, gives it its true aspect and a scale bar, and
/// marks the rotation axis where that is asked for.
void show_as_slice(io::MapPicture& map, io::StoredAxis const& x, ViewOptions const& options);

/// The mean slice beside the pattern of its strongest voxel.
/// \throws core::InputError, core::IoError
void draw_slices_overview(io::SlicesReader const& reader, ViewOptions const& options,
                          std::string const& reduction);

/// Slices of some channels, and below them their sinograms.
/// \throws core::InputError, core::IoError
void draw_slices_page(io::SlicesReader const& reader, ViewOptions const& options,
                      std::string const& reduction);

}  // namespace xrdct::app
