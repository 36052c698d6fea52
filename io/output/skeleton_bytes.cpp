// Makes a skeleton in memory, and copies it into a file.
#include "io/output/skeleton_bytes.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/files/file_bytes.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string const& what) {
  throw core::IoError({.what = what,
                       .expected = "success of the file system",
                       .found = fmt::format("\"{}\"", std::strerror(errno)),
                       .attempt = "make room there, or name another folder in TMPDIR"});
}

// Memory first. Containers often have 64 MiB of it there, and HDF5 takes no name of memfd_create.
fs::path folder_with(std::uint64_t bytes) {
  std::error_code none;
  fs::path const memory = "/dev/shm", disk = fs::temp_directory_path(none);
  std::string found;
  for (auto const& folder : {memory, disk}) {
    if (!fs::is_directory(folder, none) || access(folder.c_str(), W_OK) != 0) continue;
    std::uint64_t const free = free_bytes(folder / "structure");
    if (free / 2 >= bytes) return folder;
    found +=
        fmt::format("{}{} free in {}", found.empty() ? "" : ", ", size_text(free), folder.string());
  }
  throw core::IoError({.what = "make the structure of the output",
                       .expected = size_text(2 * bytes) + " of space for a temporary file",
                       .found = found.empty() ? "no folder that can be written to" : found,
                       .attempt = "make room there, or name another folder in TMPDIR"});
}

/// HDF5 wants a name, and so it has one until it is written.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path const& folder) : name_(folder / "xrdct-structure-XXXXXX") {
    std::string text = name_.string();
    descriptor_ = FileDescriptor(mkostemp(text.data(), O_CLOEXEC));
    if (descriptor_.get() < 0) fail("make a file in " + folder.string());
    name_ = text;
  }
  ~TemporaryFile() { unlink(name_.c_str()); }
  TemporaryFile(TemporaryFile const&) = delete;
  TemporaryFile& operator=(TemporaryFile const&) = delete;

  fs::path const& name() const { return name_; }
  FileDescriptor take() { return std::move(descriptor_); }

 private:
  fs::path name_;
  FileDescriptor descriptor_;
};

// The next run of bytes from `from` on that were written. \returns its begin and end; equal: none
std::pair<off_t, off_t> written_from(FileDescriptor const& descriptor, off_t from) {
  off_t const begin = lseek(descriptor.get(), from, SEEK_DATA);
  if (begin < 0 && errno == ENXIO) return {0, 0};
  off_t const end = begin < 0 ? begin : lseek(descriptor.get(), begin, SEEK_HOLE);
  if (end < 0) fail("look for the bytes of the structure");
  return {begin, end};
}

}  // namespace

SkeletonBytes::SkeletonBytes(
    std::uint64_t bytes,
    std::function<std::vector<std::uint64_t>(std::filesystem::path const&)> const& make) {
  TemporaryFile file(folder_with(bytes));
  name_ = file.name();
  addresses_ = make(name_);
  descriptor_ = file.take();
  size_ = size_of_file(descriptor_, name_);
}

void SkeletonBytes::copy_to(std::filesystem::path const& file) const {
  constexpr off_t largest_piece = off_t{1} << 20;
  FileDescriptor out(file, O_RDWR | O_CREAT | O_TRUNC);
  resize(out, file, size_);
  allocate_blocks(out, file);
  std::vector<std::byte> piece;
  for (auto [begin, end] = written_from(descriptor_, 0); begin < end;
       std::tie(begin, end) = written_from(descriptor_, end)) {
    for (off_t from = begin; from < end; from += largest_piece) {
      piece.resize(static_cast<std::size_t>(std::min(largest_piece, end - from)));
      read_at(descriptor_, name_, piece, static_cast<std::uint64_t>(from));
      write_at(out, file, piece, static_cast<std::uint64_t>(from));
    }
  }
  sync_data(out, file);
  out.close(file);
}

}  // namespace xrdct::io
