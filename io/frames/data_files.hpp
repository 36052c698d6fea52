#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
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

  /// Fills `out` from position `address`. Returns why that failed, "expected …, found …", or an
  /// empty string. Interrupted, short and failed reads are tried again.
  std::string read(std::filesystem::path const& file, std::int64_t address,
                   std::span<std::byte> out);

 private:
  struct Entry {
    std::filesystem::path path;
    int descriptor;
    int readers = 0;
  };
  Entry* take(std::filesystem::path const& file);  //!< to be given back; nullptr and errno
  void give_back(Entry& entry);

  std::size_t capacity_;
  std::mutex lock_;           //!< of all below
  std::list<Entry> entries_;  //!< last used first
};

}  // namespace xrdct::io
