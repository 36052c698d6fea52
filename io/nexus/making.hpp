#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"

/// What a reduction says of how it was made.
namespace xrdct::io {

/// Which program wrote a file, and on what.
struct Program {
  std::string version, revision, engine, backend;

  bool operator==(Program const&) const = default;
};

struct Making {
  Program program;
  std::string job;   //!< canonical
  std::string poni;  //!< text
  std::vector<InputFile> inputs;

  bool operator==(Making const&) const = default;
};

/// \throws core::IoError it cannot be read, or says less
Making making_of_output(std::filesystem::path const& file);

}  // namespace xrdct::io
