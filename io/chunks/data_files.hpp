#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <set>
#include <span>
#include <string>

namespace xrdct::io {

/*!
 * Reads bytes of files by pread, without HDF5. Keeps at most `most_open` files open (fewer where
 * RLIMIT_NOFILE is small); the one not used for longest is closed first. Any number of threads;
 * each may keep one file more open.
 */
class DataFiles {
 public:
  static constexpr std::size_t most_open = 64;

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

 private:
  struct Entry {
    std::filesystem::path path;
    int descriptor;
    int readers = 0;
    bool given_up = false;  //!< closed after its last reader
  };
  std::string try_to_read(std::filesystem::path const& file, std::int64_t address,
                          std::span<std::byte> out);
  Entry* take(std::filesystem::path const& file);  //!< to be given back; nullptr and errno
  void give_back(Entry& entry, bool was_read);
  bool is_failing(std::filesystem::path const& file);
  void note_failure(std::filesystem::path const& file);

  std::size_t capacity_;
  std::mutex lock_;           //!< of all below
  std::list<Entry> entries_;  //!< last used first
  std::set<std::filesystem::path> failing_;
};

}  // namespace xrdct::io
