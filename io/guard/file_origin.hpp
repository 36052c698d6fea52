#pragma once
#include <filesystem>
#include <string>

namespace xrdct::io {

/// Which part of this program wrote a file.
enum class FileOrigin {
  nothing,     //!< there is no such file
  reduction,   //!< HDF5 of `xrdct reduce`
  slices,      //!< HDF5 of `xrdct reconstruct`
  patterns,    //!< HDF5 of `xrdct integrate`
  simulation,  //!< HDF5 or CBF of `xrdct simulate`
  unfinished,  //!< HDF5 of this program that cannot be opened, such as one whose run was killed
  text,        //!< columns
  picture,     //!< PNG, SVG, PDF
  log,         //!< of a run
  other        //!< anything else: another program's file, a folder, a device, a pipe
};

/*!
 * Tells by its content who wrote a file; its name says nothing. Links are followed.
 *
 *     HDF5
 *     /entry/process/program is "xrdct", reached by hard links,
 *       or the root's `creator` is simulation_creator
 *     PNG    a tEXt chunk `Software` that says xrdct
 *     SVG, PDF, CBF
 *     the last line is a comment with xrdct and the MD5 sum of the lines before it
 *     text   the first line begins with a comment sign, xrdct and its version
 *     log    a JSON object whose first key is "program": "xrdct"
 *
 * Where somebody has added to one of them (objects, attributes, links, lines, chunks; see
 * own_content.hpp and picture_signature.hpp), it is `other`. Nothing but a regular file is opened,
 * and what cannot be read is `other`.
 */
FileOrigin origin_of(std::filesystem::path const& file);

/// "a folder", "a pipe", "a file that xrdct did not write": what was found in the place of an
/// output, for messages.
std::string found_text(std::filesystem::path const& file);

}  // namespace xrdct::io
