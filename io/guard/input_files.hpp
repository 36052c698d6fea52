#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/files/file_names.hpp"

namespace xrdct::io {

/*!
 * The files that a command reads, so that none of its outputs is one of them. A file is what it is
 * on the disk (device and inode): links, hard or symbolic, and other spellings of a path are the
 * same file. What is not there, or cannot be opened, is left out: whoever reads it tells that.
 * `what` is for messages, such as "the mask".
 */
class InputFiles {
 public:
  void add(std::filesystem::path const& file, std::string const& what);
  /// An image as it is named in jobs and on the command line, `file`, `file.h5:/path[3]`, and every
  /// HDF5 file behind it.
  void add_image(std::string const& location, std::string const& what);
  /// A dataset of an HDF5 file, and every file behind it: through external links and virtual
  /// datasets, to any depth.
  void add_dataset(std::filesystem::path const& file, std::string const& dataset,
                   std::string const& what);
  /// A file, and all that its external links and virtual datasets name, where what is read of it is
  /// chosen by its content.
  void add_whole(std::filesystem::path const& file, std::string const& what);

  /// "the mask (mask.h5)", where `file` is one of them.
  std::optional<std::string> find(std::filesystem::path const& file) const;

  /// One of them as it is now.
  struct Stamp {
    std::string name;  //!< as by `find`
    std::uint64_t bytes = 0;
    std::int64_t changed_ns = 0;  //!< since 1970; 0: it is gone
  };
  static Stamp stamp_of(std::filesystem::path const& file, std::string name);
  /// All of them, by name.
  std::vector<Stamp> stamps() const;

 private:
  using Identity = std::pair<std::uint64_t, std::uint64_t>;  // device, inode
  static std::optional<Identity> identity_of(std::filesystem::path const& file);

  struct Known {
    std::uint32_t what;  //!< index into `whats_`
    std::size_t path;    //!< index into `paths_`
  };
  std::string name_of(Known const& known) const;

  std::vector<std::string> whats_;
  FileNames paths_;
  std::map<Identity, Known> known_;
  std::set<Identity> walked_;  // by add_whole
};

}  // namespace xrdct::io
