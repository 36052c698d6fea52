#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace xrdct::config {

/// A value that a command line puts into a job, in place of what stands there.
struct JobEdit {
  std::string path;    //!< of the key: "scan.shape.slow", "reductions[0].bins"
  std::string value;   //!< JSON
  std::string origin;  //!< what messages call it: "--set scan.shape.slow"
};

/*!
 * Reads "PATH=VALUE" of an option `--set`.
 *
 * The path may begin with "$.". A value that is no JSON, and does not begin as a list, an object
 * or a text of JSON does, is a text: scan.dataset=/1.1/measurement/eiger.
 * \throws core::InputError
 */
JobEdit edit_of_option(std::string const& words);

/// Files in place of `scan.files`. \param origin for messages: "FILES"
JobEdit edit_of_files(std::vector<std::string> const& files, std::string const& origin);

/// A text in place of what stands at a path.
JobEdit edit_of_text(std::string_view path, std::string const& text, std::string const& origin);

}  // namespace xrdct::config
