#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"

/// Header blocks of EDF files, found and understood as fabio does it. Internal to io/.
namespace xrdct::io {

/*!
 * The entries `key = value ;` of a block, in their order. Of entries with the same key the last
 * value counts; where spellings differ in case
 * (`Dim_1`, `DIM_1`), the entry that stands last. An entry that is not ASCII does not count.
 */
class EdfHeader {
 public:
  EdfHeader() = default;
  /// \param text what stands between the braces
  explicit EdfHeader(std::string_view text);

  /// The value of a key, whatever the case of its letters.
  std::optional<std::string> value(std::string_view key) const;
  /// The value of a key in exactly this spelling: those that begin with EDF_ are defined so.
  std::optional<std::string> exact(std::string_view key) const;
  /// Entries of the general block that this one has not; those that describe one block alone
  /// (EDF_…, Size, Image, HeaderID) are never taken over.
  /// \returns a key that both have in
  /// different case and with different values; empty: none
  std::string take_missing(EdfHeader const& general);
  std::vector<std::pair<std::string, std::string>> const& entries() const { return entries_; }

 private:
  void set(std::string key, std::string value);
  std::vector<std::pair<std::string, std::string>> entries_;
};

struct EdfBlock {
  EdfHeader header;
  std::size_t data = 0;  //!< the first byte behind the header
};

/*!
 * The block that begins at byte `from` of a file: blanks, "{", entries, and a "}" that ends its
 * line. A "}" elsewhere belongs to a value, and what EDF_HeaderSize says is not asked.
 * \throws core::IoError no such block; core::InputError a "}" at the end of a line that is not the
 * end
 */
EdfBlock read_edf_block(std::string_view text, std::size_t from, std::filesystem::path const& file);

/// Whether another block begins at byte `from`, after blanks and padding.
bool edf_block_begins(std::string_view text, std::size_t from);

/// What is wrong with an EDF file: "cannot read EDF image <file>: expected …".
core::Problem edf_problem(std::filesystem::path const& file, std::string const& expected,
                          std::string const& found, std::string const& attempt);

/// Upper case, for keys and words.
std::string edf_upper(std::string_view text);

}  // namespace xrdct::io
