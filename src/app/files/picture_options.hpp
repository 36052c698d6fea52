#pragma once
#include <optional>
#include <string>

#include "app/files/output_ending.hpp"
#include "io/pictures/picture.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// What the intensity of a pattern is, for an axis or a colour bar.
inline constexpr char const* intensity_label = "intensity [counts per normalization]";

/// How pictures look: the options that `view` and `integrate` share.
struct PictureOptions {
  bool logarithmic = false;
  std::optional<std::string> colours, limits, range;
};

/// Adds --log, --colours, --limits and --range. \param group of the help; empty: the usual one
void add_picture_options(CLI::App& command, PictureOptions& options, std::string const& group);

/// \throws core::InputError a range that a logarithmic scale has not
io::ColourChoice colour_choice(PictureOptions const& options);

/// A curve has its values along an axis: --range chooses them.
/// \throws core::InputError options of maps; a range that a logarithmic scale has not
void shape_curve(io::CurvePicture& curve, PictureOptions const& options);

/// What the options are asked of.
enum class PictureKind { map, curve };

/// Looks for what would be thrown at the first picture. \throws core::InputError
void require_look(PictureOptions const& options, PictureKind kind);

/// Whether these endings are of pictures, and which one it is.
std::optional<io::PictureFormat> picture_format(OutputKind kind);

}  // namespace xrdct::app
