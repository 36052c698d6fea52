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

struct Stack {
  std::size_t images;
  core::FrameShape shape;
};

// Dimensions before the last two count images.
Stack stack_of(std::string_view text, std::filesystem::path const& file) {
  auto const close = text.find(')');
  auto dims = close == std::string_view::npos ? std::nullopt : dimensions_of(text.substr(0, close));
  if (!dims)
    throw core::IoError(problem_of(file, "a shape such as (195, 487) in the header", shown(text),
                                   "save the array again"));
  if (dims->size() < 2) {
    throw core::InputError(problem_of(file, "an array of at least two dimensions",
                                      fmt::format("shape {}", text.substr(0, close + 1)),
                                      "save one image"));
  }
  Stack stack{1, {(*dims)[dims->size() - 2], dims->back()}};
  for (std::size_t d = 0; d + 2 < dims->size(); ++d) {
    if (__builtin_mul_overflow(stack.images, (*dims)[d], &stack.images) || stack.images == 0)
      throw core::IoError(problem_of(file, "images",
                                     fmt::format("shape {}", text.substr(0, close + 1)),
                                     "save the array again"));
  }
  return stack;
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
  Stack stack;
  StoredNumber number;
  bool fortran = false;
  std::size_t first = 0;  // byte of the pixels
};

Layout layout_of(Beginning const& beginning) {
  auto const& [file, content] = beginning;
  auto const byte = [text = content](std::size_t i) {
    return i < text.size() ? static_cast<std::size_t>(static_cast<unsigned char>(text[i])) : 0;
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
  auto const header = content.substr(start, length);
  return {.stack = stack_of(value_of(header, "shape", file), file),
          .number = number_type(value_of(header, "descr", file), file),
          .fortran = is_fortran(value_of(header, "fortran_order", file), file),
          .first = start + length};
}

// Columns that lie side by side become rows.
core::LargeBytes transposed(core::LargeBytes const& pixels, core::FrameShape shape,
                            std::size_t pixel_bytes) {
  core::LargeBytes turned;
  turned.reserve(pixels.size());
  for (std::size_t r = 0; r < shape.rows; ++r) {
    for (std::size_t c = 0; c < shape.columns; ++c) {
      auto const pixel = std::span(pixels).subspan((c * shape.rows + r) * pixel_bytes, pixel_bytes);
      turned.insert(turned.end(), pixel.begin(), pixel.end());
    }
  }
  return turned;
}

}  // namespace

ImageList npy_images(ImageBytes& bytes) {
  auto const& file = bytes.file();
  Layout layout;
  bytes.read_header(0, 4096, [&](std::string_view text) { layout = layout_of({file, text}); });
  auto list = plain_images(layout.stack.shape, layout.number, file);
  if (layout.fortran && layout.stack.images > 1) {
    throw core::InputError(problem_of(file, "several images in C order", "them in Fortran order",
                                      "save numpy.ascontiguousarray of the array"));
  }
  std::uint64_t const there = (bytes.size() - layout.first) / list.bytes;
  if (there < layout.stack.images)
    expect_pixels(list, layout.first + there * list.bytes, bytes.size(), file);
  list.fortran = layout.fortran;
  if (layout.fortran) list.as_stored = false;
  for (std::size_t i = 0; i < layout.stack.images; ++i)
    list.first.push_back(layout.first + i * list.bytes);
  if (bytes.window(list.first.back() + list.bytes, 6) == "\x93NUMPY")
    throw core::InputError(
        problem_of(file, "one array", "several in the file", "save one image per file"));
  return list;
}

core::LargeBytes npy_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image) {
  auto pixels = plain_pixels(bytes, list, image);
  return list.fortran ? transposed(pixels, list.shape, list.number.bytes) : pixels;
}

std::size_t npy_bytes(Beginning const& beginning) {
  auto const layout = layout_of(beginning);
  return layout.first +
         layout.stack.images * believed_bytes(layout.stack.shape, layout.number.bytes);
}

}  // namespace xrdct::io
