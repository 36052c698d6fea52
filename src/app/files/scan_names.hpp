#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::app {

/// Whether a word of a command line names frames and no job, as far as can be seen without opening
/// it as such: a folder, a pattern (`*`, `?`, `%`), a list (`@`), or a file that begins as HDF5 or
/// an image does.
bool names_frames(std::string const& word);

/// Whether a name ends as those of HDF5 files do.
bool has_hdf5_ending(std::filesystem::path const& file);

/// What results of a scan are named after: "scan_0001" of scan_0001_master.h5, img_%05d.cbf and
/// img_*.cbf → "img", a folder cbf/ → "cbf".
std::string stem_of_scan(std::vector<std::string> const& files);

/// One name that stands for these files and no others, in their order: img_%05d.cbf or img_*.cbf;
/// "": there is none.
std::string pattern_of(std::vector<std::string> const& words);

/// Many names as one that stands for the same files in the same order, where there is one: what a
/// shell has made of img_*.cbf is img_%05d.cbf, or img_*.cbf again. A few stay as they are.
std::vector<std::string> shorter_names(std::vector<std::string> const& words);

/// A path that is relative to the working folder, as a job in `folder` writes it. Absolute ones,
/// and lists (@) of them, stay as they are.
std::string as_in_job(std::string const& word, std::filesystem::path const& folder);

}  // namespace xrdct::app
