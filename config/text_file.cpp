// Reads small text files, and says what is wrong with those that cannot be read.
#include "config/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/errors.hpp"

namespace xrdct::config {

std::string text_of_file(std::filesystem::path const& file, std::string const& what, std::string const& advice) {
  std::string const start = "cannot read " + file.string() + ": expected " + what + ", found ";
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) throw core::InputError(start + "a folder; name the file in it");
  if (!std::filesystem::exists(file, ignored)) throw core::InputError(start + "none that can be opened: there is no such file; " + advice);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) {
    throw core::InputError(start + "none that can be opened: " + std::strerror(errno == 0 ? EIO : errno) + "; check its permissions");
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw core::InputError(start + "an empty file; write it again");
  return text;
}

}  // namespace xrdct::config
