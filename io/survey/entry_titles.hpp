#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::io {

/// What an entry says of its scan; "" where it says nothing.
struct EntryTitle {
  std::string title;
  bool aborted = false;  //!< the scan stopped before its end
};

/// Titles of entries of a file, in their order. \param entries paths of groups
/// \throws core::IoError the file cannot be opened
std::vector<EntryTitle> entry_titles(std::filesystem::path const& file,
                                     std::vector<std::string> const& entries);

}  // namespace xrdct::io
