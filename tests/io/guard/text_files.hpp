#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// Small text files, which an output may or may not replace.
namespace xrdct::io::test {

inline void write(std::filesystem::path const& file, std::string const& text) {
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string content(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace xrdct::io::test
