#pragma once
#include <cstddef>
#include <filesystem>
#include <list>
#include <set>
#include <string>
#include <vector>

#include "io/hdf5/hdf5_handle.hpp"

/// Finding an object of an HDF5 file by following its links one by one, so that errors can name the
/// link that is broken. Internal to io/.
namespace xrdct::io {

/// Files opened for reading, at most `capacity` at a time; the one not used for longest is closed
/// first. Main thread.
class Hdf5Files {
 public:
  explicit Hdf5Files(std::size_t capacity = 32) : capacity_(capacity) {}
  /// The id stays valid until the next call; objects opened through it live as long as their own
  /// ids.
  /// \throws core::IoError
  hid_t open(std::string const& file);
  /// Says that reading the file failed: it is opened anew the next time.
  /// \param for_good it is to be tried once from now on, until `worked`
  void failed(std::string const& file, bool for_good);
  void worked(std::string const& file) { failing_.erase(file); }
  int tries(std::string const& file) const;
  /// By which HDF5 reads a file, which stays its own; −1: the file is not open now.
  int descriptor(std::string const& file) const;
  /// all, and those that could not be
  std::set<std::string> const& opened() const { return opened_; }
  /// Counts a file that another rank has opened for this one.
  void note_opened(std::string const& file) { opened_.insert(file); }

 private:
  struct Entry {
    std::string path;
    Hdf5File file;
  };
  std::size_t capacity_;
  std::list<Entry> entries_;  //!< last used first
  std::set<std::string> opened_, failing_;
};

/// An object without links: the file that holds it, and its path there. Texts: a
/// `std::filesystem::path` keeps each of its parts as well, half a kB, and a series has many files.
struct Hdf5Location {
  std::string file, path;
  std::string name() const { return path + " in " + file; }
  bool operator<(Hdf5Location const& other) const {
    return file != other.file ? file < other.file : path < other.path;
  }
};

/*!
 * Follows hard, soft and external links from the root of `file` to `path`.
 * \throws core::InputError no such name: tells the names that are there; core::IoError the file of
 * an external link is missing: names file, link and target.
 */
Hdf5Location follow_links(Hdf5Files& files, std::string const& file, std::string const& path);

/*!
 * The file that a link or a virtual dataset in `from` means by `name`: as it stands if absolute,
 * else beside `from`, else beside the file that `from` is a symbolic link to; a lost absolute path
 * is tried by its last part beside `from`.
 * \throws core::IoError missing: "… expected the file that <whom> points to …"
 */
std::filesystem::path linked_file(std::filesystem::path const& from, std::string const& name,
                                  std::string const& whom);

/// Names of the members of a group, in order of name.
std::vector<std::string> member_names(hid_t group);

/// "a/b": `path` + "/" + `name`, without a doubled slash.
std::string joined_path(std::string const& path, std::string const& name);

}  // namespace xrdct::io
