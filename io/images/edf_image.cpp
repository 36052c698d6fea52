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

constexpr std::size_t first_part = std::size_t{1} << 16;  // holds most headers

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

// What stands before the images: entries that hold where an image has none of its own.
struct General {
  EdfHeader header;
  std::uint64_t behind = 0;  // where the first image begins
};

void expect_block(std::string_view text, std::filesystem::path const& file) {
  if (edf_block_begins(text, 0)) return;
  throw core::InputError(edf_problem(
      file, "an image after the general header block (the one with EDF_DataFormatVersion)", "none",
      "write an image into it"));
}

// Bytes behind a general block that belong to it.
std::size_t skipped_by(EdfHeader const& general) {
  return whole_number(general.exact("EDF_BinarySize").value_or("0")).value_or(0);
}

// fabio takes the value of the general block where both have one, other readers that of the image.
void take_general(EdfHeader const& general, EdfHeader& image, std::filesystem::path const& file) {
  auto const key = image.take_missing(general);
  if (key.empty()) return;
  throw core::InputError(
      edf_problem(file, "one value for " + key,
                  fmt::format("{} in the general header block and {} in that of the image",
                              shown(*general.exact(key)), shown(*image.value(key))),
                  "correct the header"));
}

// The block of the first image in the beginning of a file.
EdfBlock first_image(std::string_view text, std::filesystem::path const& file) {
  EdfHeader general;
  EdfBlock block = read_edf_block(text, 0, file);
  while (block.header.exact("EDF_DataFormatVersion")) {
    general = block.header;
    std::size_t const next = block.data + std::min(skipped_by(general), text.size() - block.data);
    expect_block(text.substr(next), file);
    block = read_edf_block(text, next, file);
  }
  take_general(general, block.header, file);
  return block;
}

General general_of(ImageBytes& bytes) {
  General general;
  while (true) {
    EdfBlock block;
    bytes.read_header(general.behind, first_part, [&](std::string_view text) {
      block = read_edf_block(text, 0, bytes.file());
    });
    if (!block.header.exact("EDF_DataFormatVersion")) return general;
    general.header = block.header;
    general.behind = std::min<std::uint64_t>(general.behind + block.data + skipped_by(block.header),
                                             bytes.size());
    bytes.read_header(general.behind, first_part,
                      [&](std::string_view text) { expect_block(text, bytes.file()); });
  }
}

struct Layout {
  core::FrameShape shape;
  StoredNumber number;
};

Layout layout_of(EdfHeader const& header, std::filesystem::path const& file) {
  refuse_variants(header, file);
  core::FrameShape const shape{dimension(header, "Dim_2", file), dimension(header, "Dim_1", file)};
  auto const number = number_type(header, file);
  if (is_believable(shape)) check_size(header, shape.pixels() * number.bytes, file);
  return {shape, number};
}

// Where the next block begins: behind the pixels, or behind the padding that the header tells of;
// 0: there is none.
std::uint64_t next_block(ImageBytes& bytes, EdfHeader const& header, std::uint64_t first,
                         std::size_t pixels) {
  auto ends = told_sizes(header);
  ends.push_back(pixels);
  for (std::size_t const size : ends) {
    if (size < pixels || size > bytes.size() - first) continue;
    auto const text = bytes.window(first + size, first_part);
    if (edf_block_begins(text, 0)) return first + size;
  }
  return 0;
}

// Calls visit(header, first byte of the pixels) for each image. It tells how many bytes the pixels
// have, or nothing to end.
template <class Visit>
void each_image(ImageBytes& bytes, Visit visit) {
  auto const general = general_of(bytes);
  std::uint64_t at = general.behind;
  do {
    EdfBlock block;
    bytes.read_header(at, first_part, [&](std::string_view text) {
      block = read_edf_block(text, 0, bytes.file());
      take_general(general.header, block.header, bytes.file());
    });
    std::uint64_t const first = at + block.data;
    std::optional<std::size_t> const pixels = visit(block.header, first);
    if (!pixels) return;
    at = next_block(bytes, block.header, first, *pixels);
  } while (at > 0);
}

}  // namespace

void each_edf_header(ImageBytes& bytes, std::function<bool(EdfHeader const&)> const& visit) {
  each_image(bytes, [&](EdfHeader const& header, std::uint64_t) -> std::optional<std::size_t> {
    if (!visit(header)) return std::nullopt;
    auto const layout = layout_of(header, bytes.file());
    return believed_bytes(layout.shape, layout.number.bytes);
  });
}

ImageList edf_images(ImageBytes& bytes) {
  std::optional<ImageList> list;
  each_image(bytes, [&](EdfHeader const& header, std::uint64_t first) {
    auto const [shape, number] = layout_of(header, bytes.file());
    if (!list) list = plain_images(shape, number, bytes.file());
    expect_alike(*list, shape, number, bytes.file());
    expect_pixels(*list, first, bytes.size(), bytes.file());
    list->first.push_back(first);
    return std::optional(list->bytes);
  });
  return std::move(*list);
}

std::size_t edf_bytes(Beginning const& beginning) {
  auto const block = first_image(beginning.text, beginning.file);
  auto const [shape, number] = layout_of(block.header, beginning.file);
  return block.data + believed_bytes(shape, number.bytes);
}

}  // namespace xrdct::io
