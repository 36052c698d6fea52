#pragma once
#include <filesystem>
#include <string>

namespace xrdct::config {

/*!
 * The whole text of a file of settings.
 * \param what for messages: "a PONI file"
 * \param advice where there is no such file: "check the path"
 * \throws core::InputError no file, a folder, not readable, empty: says which
 */
std::string text_of_file(std::filesystem::path const& file, std::string const& what,
                         std::string const& advice);

}  // namespace xrdct::config
