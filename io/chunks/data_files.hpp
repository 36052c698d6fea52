#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>

namespace xrdct::io {

/*!
 * Reads bytes of files by pread, without HDF5. Keeps at most `most_open` files open (fewer where
 * RLIMIT_NOFILE is small), or as many as were given by `keep`; the one not used for longest is
 * closed first. Any number of threads; each may keep one file more open.
 */
class DataFiles {
 public:
  static constexpr std::size_t most_open = 64;
  static constexpr std::size_t most_kept = 512;  //!< of `keep`; fewer where RLIMIT_NOFILE is small

  DataFiles();
  ~DataFiles();
  DataFiles(DataFiles const&) = delete;
  DataFiles& operator=(DataFiles const&) = delete;

  /*!
   * Fills `out` from position `address`. Returns why that failed, "expected …, found …", or an
   * empty string. What fails is tried three times in all, with the file opened anew; a file of
   * which that was in vain is tried once, until it can be read again. \throws std::bad_alloc,
   * core::IoError the machine lacks memory, or may open no more files: that says nothing of the
   * file
   */
  std::string read(std::filesystem::path const& file, std::int64_t address,
                   std::span<std::byte> out);

  /// Holds a copy of the descriptor of a file that is open, so that `read` need not open it; does
  /// nothing where the file is held already, or `most_kept` are. The file stays open for the
  /// caller. \param descriptor −1: not known
  void keep(std::filesystem::path const& file, int descriptor);
  /// The same for a file that is read next: another one is closed for it, and so is what had this
  /// path before.
  void add(std::filesystem::path const& file, int descriptor);

 private:
  struct Entry {
    std::filesystem::path path;
    int descriptor;
    int readers = 0;
    bool given_up = false;  //!< closed after its last reader
  };
  std::string try_to_read(std::filesystem::path const& file, std::int64_t address,
                          std::span<std::byte> out);
  using Held = std::list<Entry>::iterator;
  /// To be given back. Nothing: it cannot be opened, and errno says why.
  std::optional<Held> take(std::filesystem::path const& file);
  void make_room();
  void hold_copy(std::filesystem::path const& file, int descriptor);
  void give_up(Held entry);
  void give_back(Held entry, bool was_read);
  bool is_failing(std::filesystem::path const& file);
  void note_failure(std::filesystem::path const& file);

  std::mutex lock_;  //!< of all below
  std::size_t capacity_;
  std::list<Entry> entries_;                       //!< last used first
  std::unordered_map<std::string, Held> by_path_;  //!< not those given up
  std::set<std::filesystem::path> failing_;
};

}  // namespace xrdct::io
