#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5/hdf5_path.hpp"

/// Paths of HDF5 objects in which `*` stands for several of them, as in /*.1/measurement/eiger.
/// Internal to io/.
namespace xrdct::io {

/// A path that a pattern means, and what each `*` of it stands for.
struct MatchedPath {
  std::string path;
  std::vector<std::string> stars;
};

/// A group that a pattern meets, but that is left out.
struct LeftOutGroup {
  std::string path;
  std::string why;  //!< "has no measurement/eiger", "is a subscan"
};

struct MatchedPaths {
  std::vector<MatchedPath> found;
  std::vector<LeftOutGroup> left_out;
};

bool has_star(std::string_view path);

/// Whether a name is one of a pattern, and what the stars of it stand for, each as little as
/// possible.
bool matches(std::string_view name, std::string_view pattern, std::vector<std::string>& stars);

/*!
 * The objects that a path means: itself, or where it has `*`, all whose names match, component by
 * component in natural order. `*` stands for any text within one name.
 *
 * Left out are names for which the rest of the path does not exist, and entries such as 2.2 where
 * `*` alone would take in the number behind the point: these are subscans of BLISS, which has other
 * frames there than in 2.1.
 * \throws core::InputError nothing is left: tells the names that are there, and the nearest;
 * core::IoError a file behind a link is missing
 */
MatchedPaths match_paths(Hdf5Files& files, std::filesystem::path const& file,
                         std::string const& pattern);

/// A pattern with the texts of another path's stars in the place of its own.
/// \throws core::InputError it has more stars than there are texts
std::string filled_pattern(std::string const& pattern, std::vector<std::string> const& stars);

}  // namespace xrdct::io
