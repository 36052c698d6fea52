#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/files/file_patterns.hpp"

/// Which files of a folder belong to a scan: one rule for jobs and for what is looked into.
namespace xrdct::app {

/// What a file of this program without frames is: "a result of xrdct reduce", "the truth of a
/// simulated scan"; "": it may have some.
std::string without_frames(std::filesystem::path const& file);

/// As `io::find_files`; in folders and patterns what this program wrote without frames is passed
/// over, so that results may lie beside the frames that they were made of.
io::NamedFiles find_scan_files(std::vector<std::string> const& names,
                               std::filesystem::path const& folder, io::SeriesOf kind);

}  // namespace xrdct::app
