// Reads NumPy arrays.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;

core::Problem problem_of(std::filesystem::path const& file, std::string const& expected,
                         std::string const& found, std::string const& attempt) {
  return {"read NPY image " + file.string(), expected, found, attempt};
}

// What follows "'key':" in the header, a Python dictionary.
std::string_view value_of(std::string_view header, std::string const& key,
                          std::filesystem::path const& file) {
  auto const found = header.find("'" + key + "'");
  auto const colon = found == std::string_view::npos ? found : header.find(':', found);
  auto const value =
      colon == std::string_view::npos ? colon : header.find_first_not_of(" ", colon + 1);
  if (value == std::string_view::npos)
    throw core::IoError(problem_of(file, key + " in the header", "none", "write the file again"));
  return header.substr(value);
}

// '<u2': byte order, kind, bytes.
StoredNumber number_type(std::string_view descr, std::filesystem::path const& file) {
  bool const quoted = descr.starts_with('\'') && descr.find('\'', 1) != std::string_view::npos;
  auto const word = quoted ? descr.substr(1, descr.find('\'', 1) - 1) : std::string_view{};
  bool const plain = word.size() == 3 &&
                     (word[0] == '<' || word[0] == '>' || word[0] == '|' || word[0] == '=') &&
                     word[2] >= '1' && word[2] <= '8';
  if (!plain || std::string_view("buif").find(word[1]) == std::string_view::npos ||
      (word[1] == 'b' && word[2] != '1')) {
    throw core::InputError(problem_of(file, "numbers or booleans",
                                      quoted ? "type " + shown(word) : "a structured type",
                                      "convert the array"));
  }
  Kind const kind = word[1] == 'f'   ? Kind::floating
                    : word[1] == 'i' ? Kind::signed_integer
                                     : Kind::unsigned_integer;
  return {kind, static_cast<std::size_t>(word[2] - '0'), word[0] == '>'};
}

// "(3, 4)", and "(3L, 4L)" of Python 2. Nothing: something else.
std::optional<std::vector<std::size_t>> dimensions_of(std::string_view text) {
  std::vector<std::size_t> dims;
  if (!text.starts_with('(')) return std::nullopt;
  text.remove_prefix(1);
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return dims;
    std::size_t value = 0;
    auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{}) return std::nullopt;
    dims.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    if (text.starts_with('L')) text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return dims;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
}

// Leading dimensions of 1 are dropped.
core::FrameShape shape_of(std::string_view text, std::filesystem::path const& file) {
  auto const close = text.find(')');
  auto dims = close == std::string_view::npos ? std::nullopt : dimensions_of(text.substr(0, close));
  if (!dims)
    throw core::IoError(problem_of(file, "a shape such as (195, 487) in the header", shown(text),
                                   "save the array again"));
  while (dims->size() > 2 && dims->front() == 1) dims->erase(dims->begin());
  if (dims->size() != 2) {
    throw core::InputError(problem_of(file, "an array of two dimensions",
                                      fmt::format("shape {}", text.substr(0, close + 1)),
                                      "save one image"));
  }
  return {dims->front(), dims->back()};
}

bool is_fortran(std::string_view text, std::filesystem::path const& file) {
  bool const fortran = text.starts_with("True");
  if (!fortran && !text.starts_with("False")) {
    throw core::IoError(problem_of(file, "fortran_order True or False in the header",
                                   shown(text.substr(0, text.find(','))), "save the array again"));
  }
  return fortran;
}

struct Layout {
  core::FrameShape shape;
  StoredNumber number;
  bool fortran = false;
  std::size_t first = 0;  // byte of the pixels
};

Layout layout_of(ImageContent const& whole) {
  auto const& file = whole.file;
  auto const& content = whole.bytes;
  auto const byte = [&](std::size_t i) {
    return i < content.size() ? std::to_integer<std::size_t>(content[i]) : 0;
  };
  std::size_t const version = byte(6);
  if (version < 1 || version > 3) {
    throw core::InputError(problem_of(file, "version 1, 2 or 3", fmt::format("{}", version),
                                      "save it with a current numpy"));
  }
  std::size_t const start = version == 1 ? 10 : 12;
  std::size_t const length = version == 1
                                 ? byte(8) + (byte(9) << 8)
                                 : byte(8) + (byte(9) << 8) + (byte(10) << 16) + (byte(11) << 24);
  if (start + length > content.size())
    throw core::IoError(
        problem_of(file, "a whole header", "a truncated one", "copy the file again"));
  std::string_view const header(reinterpret_cast<char const*>(content.data()) + start, length);
  return {.shape = shape_of(value_of(header, "shape", file), file),
          .number = number_type(value_of(header, "descr", file), file),
          .fortran = is_fortran(value_of(header, "fortran_order", file), file),
          .first = start + length};
}

// The file holds columns one after another.
void transpose(StoredImage& image) {
  std::size_t const pixel_bytes = core::size_of(image.encoding.type);
  auto const [rows, columns] = image.shape;
  core::LargeBytes turned;
  turned.reserve(image.bytes);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      auto const pixel = image.stored().subspan((c * rows + r) * pixel_bytes, pixel_bytes);
      turned.insert(turned.end(), pixel.begin(), pixel.end());
    }
  }
  image.content = std::move(turned);
  image.first = 0;
}

}  // namespace

StoredImage read_npy(ImageContent whole) {
  auto const& file = whole.file;
  auto const& content = whole.bytes;
  auto const layout = layout_of(whole);
  std::size_t const bytes = believed_bytes(layout.shape, layout.number.bytes);
  std::string_view const text(reinterpret_cast<char const*>(content.data()), content.size());
  if (bytes > 0 && bytes <= text.size() - layout.first &&
      text.substr(layout.first + bytes).starts_with("\x93NUMPY"))
    throw core::InputError(
        problem_of(file, "one array", "several in the file", "save one image per file"));
  auto image = plain_image(layout.shape, layout.number, std::move(whole), layout.first);
  if (layout.fortran) transpose(image);
  return image;
}

std::size_t npy_bytes(ImageContent const& beginning) {
  auto const layout = layout_of(beginning);
  return layout.first + believed_bytes(layout.shape, layout.number.bytes);
}

}  // namespace xrdct::io
