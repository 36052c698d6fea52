#pragma once
#include <filesystem>
#include <string>
#include <string_view>

/// What kind of file people have given where another one was expected. Internal to io/.
namespace xrdct::io {

/// The format of a file by its first bytes: "a PNG picture", "EDF", "JSON" …; empty: not known.
std::string_view file_kind(std::string_view start);

/// The same for a file, of which the first bytes are read; empty, too, when it is no
/// regular file or cannot be read.
std::string_view file_kind_of(std::filesystem::path const& file);

/// How to make an image that can be read out of a file of such a format; FILE stands for its name.
std::string_view conversion_advice(std::string_view start);

/*!
 * What a text of HDF5 means where it speaks of a version that this library does not know; empty
 * otherwise. `hdf5_text`: a stack of errors, as take_hdf5_errors gives it
 */
std::string newer_hdf5_advice(std::string_view hdf5_text);

}  // namespace xrdct::io
