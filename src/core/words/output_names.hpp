#pragma once
#include <algorithm>
#include <array>
#include <string_view>

/// The names that an output uses itself: an axis or a reduction of a job may not have them.
namespace xrdct::core {

/// In the group of a reduction or of a preview, where the axes of the scan lie, too.
inline constexpr std::array<std::string_view, 8> names_beside_axes{
    "I", "I_errors", "std", "count", "radial_axis", "azimuthal_axis", "title", "total_intensity"};

/// In the groups where those of the reductions lie: /entry and /entry/frames.
inline constexpr std::array<std::string_view, 8> names_beside_reductions{
    "frames", "preview", "process", "title", "definition", "status", "index", "monitor"};

/// In /entry/frames, where measured positions have the names of the axes.
inline constexpr std::array<std::string_view, 4> names_beside_positions{"status", "index",
                                                                        "monitor", "number"};

template <class Names>
constexpr bool is_one_of(std::string_view name, Names const& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace xrdct::core
