#pragma once
#include <string>
#include <vector>

#include "io/files/file_names.hpp"

namespace xrdct::app {

/// The files that the words of a command line name as one scan.
struct ScanFiles {
  std::vector<std::string> names;     //!< as `scan.files` has them
  io::FileNames files;                //!< in the order of the scan
  bool images = false;                //!< else HDF5
  std::vector<std::string> warnings;  //!< numbers that are missing, files passed over
};

/*!
 * Finds the files of a scan. Of a folder with HDF5 files the one is taken that is no output of
 * xrdct and that no other one refers to: a master, not its data files.
 * \throws core::InputError nothing there, or several scans in a folder: lists them; core::IoError
 */
ScanFiles scan_files(std::vector<std::string> const& words);

}  // namespace xrdct::app
