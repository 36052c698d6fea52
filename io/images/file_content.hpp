#pragma once
#include <filesystem>
#include <memory>

#include "core/words/large_bytes.hpp"

namespace xrdct::io {

/*!
 * The content of a file from its beginning, piece by piece, expanded where the file is compressed
 * as a whole by gzip, bzip2, xz or zstd (known by content, not by name; several members are joined,
 * zeros behind the last one are left out). A small file may expand to more than any memory holds,
 * so the caller says how much it takes.
 *
 * Memory: a compressed file as it is stored.
 */
class FileContent {
 public:
  /// \throws core::IoError unreadable, compressed and longer than any image; core::InputError a
  /// build without zstd
  explicit FileContent(std::filesystem::path const& file);
  ~FileContent();

  /// Appends what follows `content`, all that was read before, until it has `bytes` bytes or ends.
  /// \throws core::IoError unreadable, truncated or damaged
  void append(core::LargeBytes& content, std::size_t bytes);
  bool at_end() const;  //!< all was read

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::io
