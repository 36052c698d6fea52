#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::io {

struct Verification {
  std::size_t blocks = 0, datasets = 0;
  std::uint64_t bytes = 0;          //!< of the file
  std::vector<std::string> damage;  //!< for people; empty: every byte is as it was written
};

/// Compares a finished output with its checksums. Memory: 1 MiB. \param most lines about blocks
/// \throws core::IoError it cannot be read, or has no checksums
Verification verify_output(std::filesystem::path const& file, std::size_t most);

}  // namespace xrdct::io
