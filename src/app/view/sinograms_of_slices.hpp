#pragma once
#include <filesystem>
#include <optional>

#include "app/view/view_options.hpp"
#include "io/pictures/picture.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "io/stored/slices_reader.hpp"

/// The sinograms that slices were made of, to be shown beside them.
namespace xrdct::app {

/// Their file: that of --sinograms, else the one that the slices name, as it is named or beside
/// them; nothing, with a warning: it is not there.
/// \throws core::InputError the slices were made of others
std::optional<std::filesystem::path> sinograms_of(io::SlicesReader const& reader,
                                                  ViewOptions const& options);

/// Draws a line where the rotation axis is. \param centre index of translations
void mark_axis(io::MapPicture& map, io::SinogramReader const& sinograms, double centre);

}  // namespace xrdct::app
