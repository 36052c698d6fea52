#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

#include "core/errors.hpp"
#include "io/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;
using Header = std::map<std::string, std::string>;  // keys in lower case

constexpr std::size_t longest_header = std::size_t{1} << 20;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string start_of_message(std::filesystem::path const& file) { return "cannot read EDF image " + file.string() + ": expected "; }

Header parse_header(std::string_view text) {
  Header header;
  while (!text.empty()) {
    auto const end = std::min(text.find(';'), text.size());
    auto const line = text.substr(0, end);
    auto const equals = line.find('=');
    if (equals != std::string_view::npos) header.emplace(lower(trimmed(line.substr(0, equals))), trimmed(line.substr(equals + 1)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return header;
}

std::optional<std::size_t> number_of(Header const& header, std::string const& key) {
  auto const found = header.find(key);
  if (found == header.end()) return std::nullopt;
  std::size_t value = 0;
  auto const& text = found->second;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::string word_of(Header const& header, std::string const& key, std::string const& otherwise) {
  auto const found = header.find(key);
  return found == header.end() ? otherwise : lower(found->second);
}

std::size_t required(Header const& header, std::string const& key, std::filesystem::path const& file) {
  auto const value = number_of(header, key);
  if (!value) throw core::IoError(start_of_message(file) + "a number for " + key + " in the header, found none; write the file again");
  return *value;
}

StoredNumber number_type(Header const& header, std::filesystem::path const& file) {
  static std::map<std::string, StoredNumber> const known{{"signedbyte", {Kind::signed_integer, 1}},
                                                         {"signed8", {Kind::signed_integer, 1}},
                                                         {"unsignedbyte", {Kind::unsigned_integer, 1}},
                                                         {"unsigned8", {Kind::unsigned_integer, 1}},
                                                         {"signedshort", {Kind::signed_integer, 2}},
                                                         {"signed16", {Kind::signed_integer, 2}},
                                                         {"unsignedshort", {Kind::unsigned_integer, 2}},
                                                         {"unsigned16", {Kind::unsigned_integer, 2}},
                                                         {"unsignedshortinteger", {Kind::unsigned_integer, 2}},
                                                         {"signedinteger", {Kind::signed_integer, 4}},
                                                         {"signed32", {Kind::signed_integer, 4}},
                                                         {"signedlong", {Kind::signed_integer, 4}},
                                                         {"unsignedinteger", {Kind::unsigned_integer, 4}},
                                                         {"unsigned32", {Kind::unsigned_integer, 4}},
                                                         {"unsignedlong", {Kind::unsigned_integer, 4}},
                                                         {"signed64", {Kind::signed_integer, 8}},
                                                         {"unsigned64", {Kind::unsigned_integer, 8}},
                                                         {"floatvalue", {Kind::floating, 4}},
                                                         {"float", {Kind::floating, 4}},
                                                         {"floatieee32", {Kind::floating, 4}},
                                                         {"float32", {Kind::floating, 4}},
                                                         {"double", {Kind::floating, 8}},
                                                         {"doublevalue", {Kind::floating, 8}},
                                                         {"floatieee64", {Kind::floating, 8}},
                                                         {"doubleieee64", {Kind::floating, 8}}};
  std::string const type = word_of(header, "datatype", "");
  auto const found = known.find(type);
  if (found == known.end())
    throw core::InputError(start_of_message(file) + "a DataType like UnsignedShort or FloatValue, found \"" + type + "\"; convert it");
  auto number = found->second;
  number.big_endian = word_of(header, "byteorder", "lowbytefirst") == "highbytefirst";
  return number;
}

void refuse_variants(Header const& header, std::filesystem::path const& file) {
  std::string const compression = word_of(header, "compression", "none");
  if (compression != "none" && compression != "no_compression" && !compression.empty()) {
    throw core::InputError(start_of_message(file) + "no compression, found \"" + compression + "\"; write it without");
  }
  if (header.contains("edf_binaryfilename")) {
    throw core::InputError(start_of_message(file) + "the pixels in the same file, found EDF_BinaryFileName; write one file");
  }
  if (number_of(header, "dim_3").value_or(1) > 1) {
    throw core::InputError(start_of_message(file) + "two dimensions, found three; write one image per file");
  }
}

// The first byte after the header: "}" and the end of its line.
std::size_t end_of_header(std::string_view text, std::size_t brace) {
  std::size_t end = brace + 1;
  if (end < text.size() && text[end] == '\r') ++end;
  if (end < text.size() && text[end] == '\n') ++end;
  return end;
}

}  // namespace

Image read_edf(ImageContent const& whole) {
  auto const& file = whole.file;
  auto const content = whole.bytes;
  std::string_view const text(reinterpret_cast<char const*>(content.data()), content.size());
  auto const open = text.find('{');
  auto const brace = text.substr(0, longest_header).find('}');
  if (open == std::string_view::npos || brace == std::string_view::npos || brace < open) {
    throw core::IoError(start_of_message(file) + "a header between { and }, found no end of it; copy the file again");
  }
  auto const header = parse_header(text.substr(open + 1, brace - open - 1));
  refuse_variants(header, file);
  core::FrameShape const shape{number_of(header, "dim_2").value_or(1), required(header, "dim_1", file)};
  auto const number = number_type(header, file);
  std::size_t const start = std::min(number_of(header, "edf_headersize").value_or(end_of_header(text, brace)), content.size());
  auto image = image_of(shape, number, content.subspan(start), file);
  auto const rest = text.substr(start + shape.pixels() * number.bytes);
  if (!trimmed(rest).empty() && trimmed(rest).front() == '{') {
    throw core::InputError(start_of_message(file) + "one image, found several; write one image per file");
  }
  return image;
}

}  // namespace xrdct::io
