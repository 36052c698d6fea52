#pragma once
#include <filesystem>
#include <string>

#include "io/hdf5/hdf5_path.hpp"

namespace xrdct::io {

/// What an entry of an HDF5 file says of its scan; "" where it says nothing.
struct EntryFacts {
  std::string title;  //!< of BLISS: the command, as in "fscan2d dty 0 0.1 31 rot 0 5.6 32 0.01"
  std::string end_reason;  //!< of BLISS: SUCCESS, USER_ABORT, FAILURE …

  /// Whether the scan stopped before its end.
  bool aborted() const { return !end_reason.empty() && end_reason != "SUCCESS"; }
};

/// \param entry path of the group
/// \throws core::IoError the file cannot be opened
EntryFacts entry_facts(Hdf5Files& files, std::filesystem::path const& file,
                       std::string const& entry);

/// The text of a dataset, without blanks at its ends; "" where it is none, or not one.
std::string text_at(hid_t file, std::string const& path);

}  // namespace xrdct::io
