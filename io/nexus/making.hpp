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

/// The input files as an output lists them: each of up to core::most_files_listed; of more one
/// entry with their pattern, number and hash (of names and sizes), and the bytes of all.
std::vector<InputFile> listed_inputs(std::vector<InputFile> const& files);

/// \throws core::IoError it cannot be read, or says less
Making making_of_output(std::filesystem::path const& file);

}  // namespace xrdct::io
