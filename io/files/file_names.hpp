#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xrdct::io {

/*!
 * Names of many files in their order.
 *
 * Memory: each folder once where files of it follow each other, and 8 B and its name per file.
 */
class FileNames {
 public:
  FileNames() = default;
  FileNames(std::vector<std::filesystem::path> const& files);
  FileNames(std::initializer_list<std::filesystem::path> files);

  void push_back(std::filesystem::path const& file);
  /// \param name of a file in `folder`
  void push_back(std::string_view folder, std::string_view name);
  /// A file that a folder or a pattern stands for, rather than its own name.
  void push_found(std::string_view folder, std::string_view name);
  /// A file that is not there, whose place is kept.
  void push_gap(std::string_view folder, std::string_view name);

  std::size_t size() const noexcept { return ends_.size(); }
  bool empty() const noexcept { return ends_.empty(); }
  std::string operator[](std::size_t i) const;
  std::string_view name(std::size_t i) const;  //!< without its folder
  bool is_gap(std::size_t i) const;
  bool is_found(std::size_t i) const;
  std::size_t gaps() const noexcept { return gaps_.size(); }
  std::vector<std::filesystem::path> paths() const;  //!< all of them
  std::size_t memory_bytes() const;

 private:
  struct Folder {
    std::size_t first;  //!< of the files in it
    std::string name;   //!< with its slash
  };
  std::vector<Folder> folders_;
  std::string text_;                                        // all names
  std::vector<std::uint64_t> ends_;                         // [file] of its name in the text
  std::vector<std::size_t> gaps_;                           // in ascending order
  std::vector<std::pair<std::size_t, std::size_t>> found_;  // [first, last), in ascending order
};

}  // namespace xrdct::io
