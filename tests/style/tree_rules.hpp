#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::style {

/// One breach of a rule: where, and what was expected.
struct Breach {
  std::string file;  //!< relative to the root
  int line = 0;      //!< 0: the whole file
  std::string text;
};

/*!
 * Checks the tree below `root`: the arrows between folders by their includes, foreign includes in
 * their rooms alone, every test built, headers that cross a folder's border name nothing foreign,
 * the allowed top-level entries, no unfinished marks, no path of somebody's machine. Build folders
 * and .git are not looked at. Returns every breach, sorted by file.
 */
std::vector<Breach> check_tree(std::filesystem::path const& root);

}  // namespace xrdct::style
