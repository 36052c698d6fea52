#pragma once
#include <cstdint>
#include <string>

namespace xrdct::io {

/// An input file and its size, for the provenance.
struct InputFile {
  std::string path;  //!< as the user or the master file names it
  std::int64_t bytes = 0;

  bool operator==(InputFile const&) const = default;
};

}  // namespace xrdct::io
