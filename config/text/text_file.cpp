// Reads small text files, and says what is wrong with those that cannot be read.
#include "config/text/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

// Far more than any job, calibration or spline has: who gives a data file or a device by mistake is
// reported before it fills the memory.
constexpr std::size_t longest_text = std::size_t{64} << 20;

std::string text_of(std::istream& in) {
  std::string text;
  std::array<char, 65536> part{};
  while (text.size() <= longest_text && (in.read(part.data(), part.size()) || in.gcount() > 0))
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

std::string text_of_file(std::filesystem::path const& file, std::string const& what,
                         std::string const& advice) {
  std::string const start = "cannot read " + file.string() + ": expected " + what + ", found ";
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw core::InputError(start + "a folder; name the file in it");
  if (!std::filesystem::exists(file, ignored))
    throw core::InputError(start + "none that can be opened: there is no such file; " + advice);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (std::filesystem::is_socket(file, ignored))
    throw core::InputError(start + "a socket; check the path");
  bool const opened = static_cast<bool>(in);
  std::string text = text_of(in);
  if (!opened || in.bad()) {
    throw core::InputError(start + "none that can be opened: " +
                           std::strerror(errno == 0 ? EIO : errno) + "; check its permissions");
  }
  if (text.size() > longest_text)
    throw core::InputError(start + "more than 64 MiB; check that it is the right file");
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw core::InputError(start + "an empty file; write it again");
  return text;
}

}  // namespace xrdct::config
