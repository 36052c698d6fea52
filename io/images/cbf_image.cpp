// CBF as detectors write it: a text header, and pixels as differences, which stay as they are.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"
#include "io/images/md5.hpp"

namespace xrdct::io {
namespace {

using Header = std::map<std::string, std::string>;  // keys in lower case
using namespace std::string_view_literals;

constexpr auto section_start = "--CIF-BINARY-FORMAT-SECTION--"sv;
constexpr auto data_start = "\x0c\x1a\x04\xd5"sv;
constexpr std::size_t longest_section_header = 1 << 16;

core::Problem problem_of(std::filesystem::path const& file, std::string const& expected,
                         std::string const& found, std::string const& attempt) {
  return {"read CBF image " + file.string(), expected, found, attempt};
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text, std::string_view what = " \t\r\n") {
  auto const first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

// "Key: value" lines; parameters (`; conversions="…"`) may stand on lines of their own.
Header parse_header(std::string_view text) {
  Header header;
  while (!text.empty()) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    auto const conversions = lower(line).find("conversions=");
    if (conversions != std::string::npos)
      header["conversions"] = lower(trimmed(line.substr(conversions + 12), " \t\";"));
    auto const colon = line.find(':');
    if (colon != std::string_view::npos)
      header.emplace(lower(trimmed(line.substr(0, colon))),
                     trimmed(line.substr(colon + 1), " \t\""));
  }
  return header;
}

std::string word_of(Header const& header, std::string const& key, std::string const& otherwise) {
  auto const found = header.find(key);
  return found == header.end() ? otherwise : found->second;
}

std::size_t number_of(Header const& header, std::string const& key, std::size_t otherwise,
                      std::filesystem::path const& file) {
  auto const found = header.find(key);
  if (found == header.end() && otherwise > 0) return otherwise;
  std::size_t value = 0;
  std::string const text = found == header.end() ? "" : found->second;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    throw core::IoError(problem_of(file, fmt::format("a number for {} in the header", key),
                                   shown(text), "copy the file again"));
  }
  return value;
}

core::PixelType element_type(Header const& header, std::filesystem::path const& file) {
  using core::PixelType;
  static constexpr std::array<std::pair<std::string_view, PixelType>, 6> types{
      {{"signed 8-bit integer", PixelType::i8},
       {"unsigned 8-bit integer", PixelType::u8},
       {"signed 16-bit integer", PixelType::i16},
       {"unsigned 16-bit integer", PixelType::u16},
       {"signed 32-bit integer", PixelType::i32},
       {"unsigned 32-bit integer", PixelType::u32}}};
  std::string const name = lower(word_of(header, "x-binary-element-type", "signed 32-bit integer"));
  auto const* const found = std::find_if(types.begin(), types.end(),
                                         [&](auto const& type) { return type.first == name; });
  if (found == types.end()) {
    throw core::InputError(
        problem_of(file, "integers of 8, 16 or 32 bits", shown(name), "convert it to EDF or TIFF"));
  }
  return found->second;
}

void refuse_variants(Header const& header, std::filesystem::path const& file) {
  std::string const conversions = word_of(header, "conversions", "none");
  if (conversions != "x-cbf_byte_offset") {
    throw core::InputError(problem_of(file, "the compression x-CBF_BYTE_OFFSET", shown(conversions),
                                      "convert it to EDF or TIFF"));
  }
  std::string const encoding = lower(word_of(header, "content-transfer-encoding", "binary"));
  if (encoding != "binary") {
    throw core::InputError(
        problem_of(file, "binary data", "the encoding " + shown(encoding), "write it as binary"));
  }
  std::string const order = lower(word_of(header, "x-binary-element-byte-order", "little_endian"));
  if (order != "little_endian") {
    throw core::InputError(problem_of(file,
                                      "the byte order LITTLE_ENDIAN (X-Binary-Element-Byte-Order)",
                                      shown(order), "convert it to EDF or TIFF"));
  }
  if (number_of(header, "x-binary-size-third-dimension", 1, file) > 1) {
    throw core::InputError(problem_of(file, "two dimensions", "three", "write one image per file"));
  }
}

// Each section starts with a line of its own; its end is the same line with two more hyphens.
bool has_another_section(std::string_view text) {
  for (auto at = text.find(section_start); at != std::string_view::npos;
       at = text.find(section_start, at + 1)) {
    if (!text.substr(at + section_start.size()).starts_with("--")) return true;
  }
  return false;
}

void verify_checksum(Header const& header, std::span<std::byte const> data,
                     std::filesystem::path const& file) {
  std::string const expected = word_of(header, "content-md5", "");
  std::string const found = expected.empty() ? "" : base64(md5(data));
  if (expected != found) {
    throw core::IoError(problem_of(file,
                                   fmt::format("data of the checksum {} (Content-MD5)", expected),
                                   found + ": the file is damaged", "copy it again"));
  }
}

// The header of the section that holds the image, and where its data begin.
struct Section {
  Header header;
  std::size_t first = 0;
};

Section section_of(std::string_view text, std::filesystem::path const& file) {
  auto const section = text.find(section_start);
  if (section == std::string_view::npos)
    throw core::InputError(problem_of(file, "a binary section", "none", "write an image into it"));
  auto const after = text.substr(section + section_start.size());
  auto const mark = after.substr(0, longest_section_header).find(data_start);
  if (mark == std::string_view::npos)
    throw core::IoError(problem_of(file, "the start of the data", "none", "copy the file again"));
  auto header = parse_header(after.substr(0, mark));
  refuse_variants(header, file);
  return {std::move(header), text.size() - after.size() + mark + data_start.size()};
}

std::string_view text_of(ImageContent const& content) {
  return {reinterpret_cast<char const*>(content.bytes.data()), content.bytes.size()};
}

}  // namespace

StoredImage read_cbf(ImageContent content) {
  auto const& file = content.file;
  auto const text = text_of(content);
  auto const [header, first] = section_of(text, file);
  auto const type = element_type(header, file);
  core::FrameShape const shape{number_of(header, "x-binary-size-second-dimension", 1, file),
                               number_of(header, "x-binary-size-fastest-dimension", 0, file)};
  auto const stored = text.substr(first);
  std::size_t const bytes = number_of(header, "x-binary-size", 0, file);
  if (bytes > stored.size()) {
    throw core::IoError(problem_of(file, fmt::format("{} bytes of data", bytes),
                                   fmt::format("{}: the file is truncated", stored.size()),
                                   "copy it again"));
  }
  // A pixel takes one byte at least, so a broken header cannot ask for more memory than the file is
  // long.
  bool const believable = shape.rows > 0 && shape.columns > 0 && shape.rows <= bytes &&
                          shape.columns <= bytes / shape.rows;
  if (!believable) {
    throw core::IoError(problem_of(file, "an image",
                                   fmt::format("a header that claims {} × {} pixels in {} bytes",
                                               shape.rows, shape.columns, bytes),
                                   "copy the file again"));
  }
  std::size_t const elements =
      number_of(header, "x-binary-number-of-elements", shape.pixels(), file);
  if (elements != shape.pixels()) {
    throw core::IoError(
        problem_of(file,
                   fmt::format("X-Binary-Number-of-Elements of {}, as its {} × {} pixels are",
                               shape.pixels(), shape.rows, shape.columns),
                   fmt::format("{}", elements), "copy the file again"));
  }
  verify_checksum(header, std::span(content.bytes).subspan(first, bytes), file);
  if (has_another_section(stored.substr(bytes))) {
    throw core::InputError(problem_of(file, "one image", "several", "write one image per file"));
  }
  return {.shape = shape,
          .encoding = {.type = type, .filter = core::Filter::byte_offset},
          .content = std::move(content.bytes),
          .first = first,
          .bytes = bytes};
}

std::size_t cbf_bytes(ImageContent const& beginning) {
  auto const [header, first] = section_of(text_of(beginning), beginning.file);
  std::size_t const bytes = number_of(header, "x-binary-size", 0, beginning.file);
  return first + (bytes <= 8 * most_image_pixels ? bytes : 0);
}

}  // namespace xrdct::io
