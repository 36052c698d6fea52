// Finds out what an image argument names, and which reader its file needs.
#include "io/images/image_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"
#include "io/images/expand_file.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

struct SplitText {
  fs::path file;
  std::string rest;  // what follows the name of the file: "", ":/path", ":/path[3]", "[3]", ":3"
};

bool is_file(fs::path const& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The shortest beginning, up to ":" or "[", that is a file.
SplitText split_location(std::string const& location) {
  if (is_file(location)) return {location, ""};
  for (std::size_t at = location.find_first_of(":["); at != std::string::npos;
       at = location.find_first_of(":[", at + 1)) {
    if (is_file(location.substr(0, at))) return {location.substr(0, at), location.substr(at)};
  }
  std::error_code ignored;
  std::string const found = fs::is_directory(location, ignored) ? "a folder"
                            : fs::exists(location, ignored)     ? "no regular file"
                                                                : "no such file";
  throw core::IoError({.what = "read image " + location,
                       .expected = "a file",
                       .found = found,
                       .attempt = "check the path"});
}

// ":/path[3]", "[3]" or ":3".
ImageLocation parse_name(SplitText const& location) {
  std::string rest = location.rest.starts_with(':') ? location.rest.substr(1) : location.rest;
  ImageLocation name{.file = location.file, .hdf5 = true, .dataset = ""};
  std::string digits;
  if (rest.ends_with(']') && rest.rfind('[') != std::string::npos) {
    auto const open = rest.rfind('[');
    digits = rest.substr(open + 1, rest.size() - open - 2);
    rest.resize(open);
  } else if (!rest.empty() &&
             std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    digits = std::exchange(rest, "");
  }
  name.dataset = rest;
  if (digits.empty() &&
      name.dataset == location.rest.substr(location.rest.starts_with(':') ? 1 : 0))
    return name;
  auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), name.index);
  if (result.ec != std::errc{} || result.ptr != digits.data() + digits.size() || name.index < 0) {
    throw core::InputError({.what = "read image " + location.file.string() + location.rest,
                            .expected = "an index of 0 or more in brackets",
                            .found = fmt::format("\"{}\"", digits),
                            .attempt = "write it as :/path/to/data[0]"});
  }
  return name;
}

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

// HDF5 may begin after a user block of 512, 1024, 2048 … bytes.
bool is_hdf5(fs::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw core::IoError({.what = "read image " + file.string(),
                         .expected = "a readable file",
                         .found = "one that cannot be opened",
                         .attempt = "check its permissions"});
  auto const size = static_cast<std::streamoff>(fs::file_size(file));
  for (std::streamoff at = 0; at + 8 <= size; at = at == 0 ? 512 : 2 * at) {
    std::array<char, 8> bytes{};
    stream.seekg(at);
    if (!stream.read(bytes.data(), bytes.size()))
      throw core::IoError({.what = "read image " + file.string(),
                           .expected = "a readable file",
                           .found = "an error of the disk",
                           .attempt = "copy it again"});
    if (std::string_view(bytes.data(), bytes.size()) == hdf5_signature) return true;
  }
  return false;
}

[[noreturn]] void refuse(fs::path const& file, std::string_view start) {
  auto const problem = [&](std::string const& found, std::string const& attempt) {
    return core::Problem{"read image " + file.string(), "EDF, TIFF, CBF, NPY, a Fit2D mask or HDF5",
                         found, attempt};
  };
  if (start.empty()) throw core::IoError(problem("an empty file", "copy it again"));
  auto const kind = file_kind(start);
  auto const is_text = [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r';
  };
  std::string const other =
      std::all_of(start.begin(), start.end(), is_text) ? "another format (text)" : "another format";
  if (kind == "a gzip file" || kind == "a bzip2 file" || kind == "an xz file" ||
      kind == "a zstd file")
    throw core::InputError(problem("a file that is compressed twice", "expand it once"));
  std::string advice(conversion_advice(start));
  if (auto const at = advice.find("FILE"); at != std::string::npos)
    advice.replace(at, 4, file.string());
  throw core::InputError(problem(kind.empty()     ? other
                                 : kind == "HDF5" ? "HDF5 in a compressed file"
                                                  : std::string(kind),
                                 advice));
}

}  // namespace

ImageLocation locate_image(std::string const& text) {
  auto const location = split_location(text);
  if (is_hdf5(location.file)) return parse_name(location);
  if (!location.rest.empty()) {
    throw core::InputError({.what = "read image " + text,
                            .expected = fmt::format("an HDF5 file before \"{}\"", location.rest),
                            .found = "another format",
                            .attempt = "leave it out"});
  }
  return {location.file, false, "", -1};
}

StoredImage read_image_file(fs::path const& file) {
  ImageContent content{file, expanded_content(file)};
  std::string_view const start(reinterpret_cast<char const*>(content.bytes.data()),
                               std::min<std::size_t>(content.bytes.size(), 64));
  auto const kind = file_kind(start);
  if (kind == "NPY") return read_npy(std::move(content));
  if (kind == "TIFF") return read_tiff(std::move(content));
  if (kind == "a Fit2D mask") return read_fit2d_mask(std::move(content));
  if (kind == "CBF") return read_cbf(std::move(content));
  if (kind == "EDF") return read_edf(std::move(content));
  refuse(file, start);
}

}  // namespace xrdct::io
