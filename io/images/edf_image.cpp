// EDF, the format of the ESRF: text blocks that describe pixels. What fabio reads is read to the
// same pixels; what it guesses is refused by name.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/images/edf_header.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;

std::string found_value(EdfHeader const& header, std::string const& key) {
  auto const value = header.value(key);
  return value ? key + " = " + shown(*value) : "no " + key;
}

// "512", and "512.0", which fabio takes as well; nothing for anything else.
std::optional<std::size_t> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = result.ec == std::errc{} && result.ptr == text.data() + text.size() &&
                     value >= 0.0 && value < 0x1p53 && std::floor(value) == value;
  return whole ? std::optional(static_cast<std::size_t>(value)) : std::nullopt;
}

std::size_t dimension(EdfHeader const& header, std::string const& key,
                      std::filesystem::path const& file) {
  auto const text = header.value(key);
  auto const value = text ? whole_number(*text) : std::nullopt;
  if (!value)
    throw core::IoError(edf_problem(file, fmt::format("a whole number for {} in the header", key),
                                    found_value(header, key), "write it"));
  return *value;
}

std::optional<StoredNumber> type_of(std::string const& upper) {
  static std::map<std::string, StoredNumber> const known{
      {"SIGNEDBYTE", {Kind::signed_integer, 1}},
      {"SIGNED8", {Kind::signed_integer, 1}},
      {"UNSIGNEDBYTE", {Kind::unsigned_integer, 1}},
      {"UNSIGNED8", {Kind::unsigned_integer, 1}},
      {"SIGNEDSHORT", {Kind::signed_integer, 2}},
      {"SIGNED16", {Kind::signed_integer, 2}},
      {"UNSIGNEDSHORT", {Kind::unsigned_integer, 2}},
      {"UNSIGNED16", {Kind::unsigned_integer, 2}},
      {"UNSIGNEDSHORTINTEGER", {Kind::unsigned_integer, 2}},
      {"SIGNEDINTEGER", {Kind::signed_integer, 4}},
      {"SIGNED32", {Kind::signed_integer, 4}},
      {"SIGNEDLONG", {Kind::signed_integer, 4}},
      {"UNSIGNEDINTEGER", {Kind::unsigned_integer, 4}},
      {"UNSIGNED32", {Kind::unsigned_integer, 4}},
      {"UNSIGNEDLONG", {Kind::unsigned_integer, 4}},
      {"SIGNED64", {Kind::signed_integer, 8}},
      {"UNSIGNED64", {Kind::unsigned_integer, 8}},
      {"FLOATVALUE", {Kind::floating, 4}},
      {"FLOAT", {Kind::floating, 4}},
      {"FLOATIEEE32", {Kind::floating, 4}},
      {"FLOAT32", {Kind::floating, 4}},
      {"DOUBLE", {Kind::floating, 8}},
      {"DOUBLEVALUE", {Kind::floating, 8}},
      {"FLOATIEEE64", {Kind::floating, 8}},
      {"DOUBLEIEEE64", {Kind::floating, 8}}};
  auto const found = known.find(upper);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

// fabio takes the word "Low" or "High" anywhere in the value, and little endian for all else, which
// is not done here.
bool is_big_endian(EdfHeader const& header, std::filesystem::path const& file) {
  std::string const word = header.value("ByteOrder").value_or("");
  bool const low = word.find("Low") != std::string::npos || edf_upper(word) == "LOWBYTEFIRST",
             high = word.find("High") != std::string::npos;
  if (low == high) {
    throw core::InputError(edf_problem(file, "a ByteOrder of LowByteFirst or HighByteFirst",
                                       found_value(header, "ByteOrder"), "correct the header"));
  }
  return high;
}

StoredNumber number_type(EdfHeader const& header, std::filesystem::path const& file) {
  auto const text = header.value("DataType");
  auto number = type_of(edf_upper(text.value_or("")));
  if (!number) {
    std::string word = text.value_or("");
    std::transform(word.begin(), word.end(), word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    throw core::InputError(edf_problem(file, "a DataType like UnsignedShort or FloatValue",
                                       text ? shown(word) : "no DataType", "convert it"));
  }
  number->big_endian = number->bytes > 1 && is_big_endian(header, file);
  return *number;
}

// Dim_3, Dim_4 …
void refuse_more_dimensions(EdfHeader const& header, std::filesystem::path const& file) {
  for (auto const& [key, value] : header.entries()) {
    auto const upper = edf_upper(key);
    auto const index = upper.starts_with("DIM_") ? whole_number(upper.substr(4)) : std::nullopt;
    if (!index || *index < 3 || whole_number(value) == std::size_t{1}) continue;
    throw core::InputError(edf_problem(
        file, "two dimensions", fmt::format("three or more ({} = {})", shown(key), shown(value)),
        "write one image per file"));
  }
}

void refuse_variants(EdfHeader const& header, std::filesystem::path const& file) {
  auto const compression = edf_upper(header.value("Compression").value_or(""));
  if (!compression.empty() &&
      !compression.starts_with("NO")) {  // NONE, NO_COMPRESSION, NoSpecificValue …, as fabio
    throw core::InputError(edf_problem(file, "no compression", found_value(header, "Compression"),
                                       "write it without"));
  }
  if (header.value("EDF_BinaryFileName")) {
    throw core::InputError(
        edf_problem(file, "the pixels in the same file", "EDF_BinaryFileName", "write one file"));
  }
  refuse_more_dimensions(header, file);
}

// Sizes of the pixels that the header tells: EDF_BinarySize and Size. Each may stand alone, and the
// pixels may be padded.
std::vector<std::size_t> told_sizes(EdfHeader const& header) {
  std::vector<std::size_t> sizes;
  for (auto const& text : {header.exact("EDF_BinarySize"), header.value("Size")}) {
    auto const size = text ? whole_number(*text) : std::nullopt;
    if (size) sizes.push_back(*size);
  }
  return sizes;
}

void check_size(EdfHeader const& header, std::size_t needed, std::filesystem::path const& file) {
  auto const sizes = told_sizes(header);
  if (sizes.empty() || *std::max_element(sizes.begin(), sizes.end()) >= needed) return;
  throw core::IoError(edf_problem(
      file,
      fmt::format("a Size of {} bytes or more, as {}, {} and {} need", needed,
                  found_value(header, "Dim_1"), found_value(header, "Dim_2"),
                  found_value(header, "DataType")),
      found_value(header, header.value("Size") ? "Size" : "EDF_BinarySize"), "correct the header"));
}

// The block of the first image. Before it may stand a general block, whose entries hold where the
// image has none of its own.
EdfBlock first_image(std::string_view text, std::filesystem::path const& file) {
  EdfHeader general;
  EdfBlock block = read_edf_block(text, 0, file);
  while (block.header.exact("EDF_DataFormatVersion")) {
    general = block.header;
    std::size_t const skipped =
        whole_number(general.exact("EDF_BinarySize").value_or("0")).value_or(0);
    std::size_t const next = block.data + std::min(skipped, text.size() - block.data);
    if (!edf_block_begins(text, next)) {
      throw core::InputError(edf_problem(
          file, "an image after the general header block (the one with EDF_DataFormatVersion)",
          "none", "write an image into it"));
    }
    block = read_edf_block(text, next, file);
  }
  // fabio takes the value of the general block then, other readers that of the image.
  if (auto const key = block.header.take_missing(general); !key.empty()) {
    throw core::InputError(
        edf_problem(file, "one value for " + key,
                    fmt::format("{} in the general header block and {} in that of the image",
                                shown(*general.exact(key)), shown(*block.header.value(key))),
                    "correct the header"));
  }
  return block;
}

// Another block may begin behind the pixels, or behind the padding that the header tells of.
void refuse_several(EdfBlock const& block, std::size_t pixels, std::string_view text,
                    std::filesystem::path const& file) {
  auto ends = told_sizes(block.header);
  ends.push_back(pixels);
  for (std::size_t const size : ends) {
    if (size >= pixels && size <= text.size() - block.data &&
        edf_block_begins(text, block.data + size)) {
      throw core::InputError(edf_problem(file, "one image", "several", "write one image per file"));
    }
  }
}

struct Layout {
  EdfBlock block;
  core::FrameShape shape;
  StoredNumber number;
};

std::string_view text_of(ImageContent const& content) {
  return {reinterpret_cast<char const*>(content.bytes.data()), content.bytes.size()};
}

Layout layout_of(ImageContent const& content) {
  auto const& file = content.file;
  auto block = first_image(text_of(content), file);
  refuse_variants(block.header, file);
  core::FrameShape const shape{dimension(block.header, "Dim_2", file),
                               dimension(block.header, "Dim_1", file)};
  auto const number = number_type(block.header, file);
  if (is_believable(shape)) check_size(block.header, shape.pixels() * number.bytes, file);
  return {std::move(block), shape, number};
}

}  // namespace

EdfHeader edf_header(ImageContent const& beginning) {
  return first_image(text_of(beginning), beginning.file).header;
}

StoredImage read_edf(ImageContent whole) {
  auto const [block, shape, number] = layout_of(whole);
  std::size_t const bytes = believed_bytes(shape, number.bytes);
  if (bytes > 0 && bytes <= whole.bytes.size() - block.data)
    refuse_several(block, bytes, text_of(whole), whole.file);
  return plain_image(shape, number, std::move(whole), block.data);
}

std::size_t edf_bytes(ImageContent const& beginning) {
  auto const [block, shape, number] = layout_of(beginning);
  return block.data + believed_bytes(shape, number.bytes);
}

}  // namespace xrdct::io
