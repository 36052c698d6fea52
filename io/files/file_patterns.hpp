#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file_names.hpp"

namespace xrdct::io {

/// What the files of a scan are, as far as names tell.
enum class SeriesOf { images, hdf5, any };

/// The files that a scan names.
struct NamedFiles {
  FileNames names;
  std::vector<std::string> warnings;  //!< numbers that are missing, files passed over
};

/// What an HDF5 file that holds no frames of a scan is, such as "the truth of a simulated scan";
/// "": it may hold some.
using WithoutFrames = std::function<std::string(std::filesystem::path const& file)>;

/// Such a file.
struct PassedOver {
  std::string name;
  std::string what;  //!< it is
};

/// "passed over: a.h5 (a result of xrdct reduce), 3 more"; "": none.
std::string passed_over_text(std::vector<PassedOver> const& files);

/*!
 * Takes them out of the names of a folder, which keep their order. Of names that differ in numbers
 * alone the first is looked into, and the others where it holds no frames: one among files with
 * frames is left to whoever opens them all.
 * \returns "passed over: …" for people; "": there are none
 */
std::string pass_over(std::filesystem::path const& folder, std::vector<std::string>& names,
                      WithoutFrames const& without_frames);

/*!
 * Finds the files that names of a scan stand for, in the order of the names:
 *
 *     name.cbf        itself, whether it is there or not; also name.h5:/path
 *     folder          its images (or HDF5 files; of masters and their data the masters), all of one
 *                     ending; what else lies there, and what begins with a dot, is passed over
 *     img/a_*.tif     `*` stands for any characters, `?` for one, in any part of the path
 *     img_%05d.cbf    all numbers from the lowest to the highest; %d without zeros in front. One
 * that is missing keeps its place
 *     @list.txt       a name per line, in the folder of the list; # begins a comment
 *
 * HDF5 files of a folder or of a pattern with `*` or `?` are passed over, with a warning, where
 * they are `without_frames`, as `pass_over` finds them; the others are `found` among the
 * names. Files that several match have the natural order of their names: img_2 before img_10. A
 * name that is a file is no pattern.
 * \param folder where relative names begin
 * \throws core::InputError nothing matches, files of several kinds, far too many gaps;
 * core::IoError a folder or a list that cannot be read. Each says what is there instead.
 */
NamedFiles find_files(std::vector<std::string> const& names, std::filesystem::path const& folder,
                      SeriesOf kind, WithoutFrames const& without_frames = {});

/// Whether a name has `*`, `?` or `%d` in it, or begins with `@`.
bool is_pattern(std::string_view name);

}  // namespace xrdct::io
