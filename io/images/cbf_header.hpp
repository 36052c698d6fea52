#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"

/// The text of CBF files. Internal to io/.
namespace xrdct::io {

/// Headers of the binary section: "Key: value" lines, keys in lower case, and the parameter
/// `conversions`.
class CbfFields {
 public:
  /// \param text the lines between the start of the section and that of the data
  explicit CbfFields(std::string_view text);

  std::string word(std::string const& key, std::string const& otherwise) const;
  /// \param otherwise where the key is missing; 0: an error
  /// \throws core::IoError no number
  std::size_t number(std::string const& key, std::size_t otherwise,
                     std::filesystem::path const& file) const;

 private:
  std::map<std::string, std::string> values_;
};

/// The section of a CBF file that holds its image.
struct CbfSection {
  CbfFields fields;
  std::size_t first = 0;  //!< the first byte of the data
};

/*!
 * Finds the first binary section.
 * \param text the beginning of the file, with the headers
 * \throws core::InputError none; core::IoError none of its data
 */
CbfSection cbf_section(std::string_view text, std::filesystem::path const& file);

/// Whether another binary section begins in what stands behind the data of the first.
bool cbf_section_begins(std::string_view text);

/// All that stands before the data for people, in order: see `ImageHeader`.
std::vector<std::pair<std::string, std::string>> cbf_entries(std::string_view text);

/// What is wrong with a CBF file: "cannot read CBF image <file>: expected …".
core::Problem cbf_problem(std::filesystem::path const& file, std::string const& expected,
                          std::string const& found, std::string const& attempt);

}  // namespace xrdct::io
