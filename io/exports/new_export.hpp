#pragma once
#include <filesystem>

#include "io/files/durable_file.hpp"

namespace xrdct::io {

/// A file for another program while it is written: under a name of its own, which it loses without
/// `finish`. Nothing is replaced.
class NewExport {
 public:
  /// \throws core::InputError there is a file of this name; core::IoError
  explicit NewExport(std::filesystem::path const& file);
  ~NewExport();
  NewExport(NewExport const&) = delete;
  NewExport& operator=(NewExport const&) = delete;

  std::filesystem::path const& part() const noexcept { return part_; }
  /// Brings it to the disk, and gives it its name. \throws core::InputError,core::IoError
  void finish();

 private:
  std::filesystem::path file_, part_;
};

}  // namespace xrdct::io
