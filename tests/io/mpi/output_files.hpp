#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "io/nexus/output_description.hpp"
#include "io/nexus/slices_description.hpp"
#include "io/output/output_part.hpp"
#include "io/ranks/communicator.hpp"

/// Outputs of these tests: their names, runs and bytes.
namespace xrdct::test {

/// <name>.h5, where nothing of an earlier test lies. Collective.
inline std::filesystem::path fresh(io::Communicator& communicator, std::string const& name) {
  std::filesystem::path const file = name + ".h5";
  if (communicator.rank() == 0)
    for (std::string const ending : {"", ".part", ".journal", ".lock"})
      std::filesystem::remove_all(file.string() + ending);
  communicator.barrier();
  return file;
}

/// A run whose journal is written after each block.
inline io::OutputRun run_of(core::Writer writer, std::string const& job = "a job") {
  io::OutputRun run{.writer = writer, .commit_s = 0.0};
  run.identity.add("the job", job);
  return run;
}

inline std::string content(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Changes one bit of a byte.
inline void flip(std::filesystem::path const& file, std::uint64_t at) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  int const byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(byte ^ 16));
}

/// That a file is as large as was told, and the same as those of the writers before.
/// \param reference of the first writer; empty: this is it
template <class Description>
void expect_equal_bytes(std::filesystem::path const& file, Description const& description,
                        std::string& reference) {
  if (reference.empty()) reference = content(file);
  EXPECT_GT(reference.size(), io::estimated_file_bytes(description));
  EXPECT_LE(reference.size(),
            io::estimated_file_bytes(description) + io::structure_bytes(description));
  EXPECT_TRUE(content(file) == reference);
}

}  // namespace xrdct::test
