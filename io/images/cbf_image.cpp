// CBF as detectors write it: a text header, and pixels as differences, which stay as they are.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "io/images/cbf_header.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

core::PixelType element_type(CbfFields const& header, std::filesystem::path const& file) {
  using core::PixelType;
  static constexpr std::array<std::pair<std::string_view, PixelType>, 6> types{
      {{"signed 8-bit integer", PixelType::i8},
       {"unsigned 8-bit integer", PixelType::u8},
       {"signed 16-bit integer", PixelType::i16},
       {"unsigned 16-bit integer", PixelType::u16},
       {"signed 32-bit integer", PixelType::i32},
       {"unsigned 32-bit integer", PixelType::u32}}};
  std::string const name = lower(header.word("x-binary-element-type", "signed 32-bit integer"));
  auto const* const found = std::find_if(types.begin(), types.end(),
                                         [&](auto const& type) { return type.first == name; });
  if (found == types.end()) {
    throw core::InputError(cbf_problem(file, "integers of 8, 16 or 32 bits", shown(name),
                                       "convert it to EDF or TIFF"));
  }
  return found->second;
}

void refuse_variants(CbfFields const& header, std::filesystem::path const& file) {
  std::string const conversions = header.word("conversions", "none");
  if (conversions != "x-cbf_byte_offset") {
    throw core::InputError(cbf_problem(file, "the compression x-CBF_BYTE_OFFSET",
                                       shown(conversions), "convert it to EDF or TIFF"));
  }
  std::string const encoding = lower(header.word("content-transfer-encoding", "binary"));
  if (encoding != "binary") {
    throw core::InputError(
        cbf_problem(file, "binary data", "the encoding " + shown(encoding), "write it as binary"));
  }
  std::string const order = lower(header.word("x-binary-element-byte-order", "little_endian"));
  if (order != "little_endian") {
    throw core::InputError(cbf_problem(file,
                                       "the byte order LITTLE_ENDIAN (X-Binary-Element-Byte-Order)",
                                       shown(order), "convert it to EDF or TIFF"));
  }
  if (header.number("x-binary-size-third-dimension", 1, file) > 1) {
    throw core::InputError(
        cbf_problem(file, "two dimensions", "three", "write one image per file"));
  }
}

struct Layout {
  core::FrameShape shape;
  core::PixelType type;
  std::uint64_t first;
  std::size_t bytes, elements;
  std::string md5;
};

Layout layout_of(Beginning const& beginning) {
  auto const& file = beginning.file;
  auto const [header, first] = cbf_section(beginning.text, file);
  refuse_variants(header, file);
  core::FrameShape const shape{header.number("x-binary-size-second-dimension", 1, file),
                               header.number("x-binary-size-fastest-dimension", 0, file)};
  std::size_t const elements = header.number("x-binary-number-of-elements", shape.pixels(), file);
  return {shape,    element_type(header, file),    first, header.number("x-binary-size", 0, file),
          elements, header.word("content-md5", "")};
}

// A pixel takes one byte at least, so a broken header cannot ask for more memory than the file is
// long.
void check_shape(Layout const& layout, std::filesystem::path const& file) {
  auto const [rows, columns] = layout.shape;
  bool const believable =
      rows > 0 && columns > 0 && rows <= layout.bytes && columns <= layout.bytes / rows;
  if (!believable) {
    throw core::IoError(cbf_problem(
        file, "an image",
        fmt::format("a header that claims {} × {} pixels in {} bytes", rows, columns, layout.bytes),
        "copy the file again"));
  }
  if (layout.elements != layout.shape.pixels()) {
    throw core::IoError(
        cbf_problem(file,
                    fmt::format("X-Binary-Number-of-Elements of {}, as its {} × {} pixels are",
                                layout.shape.pixels(), rows, columns),
                    fmt::format("{}", layout.elements), "copy the file again"));
  }
}

constexpr std::size_t longest_ending = std::size_t{1} << 16;  // padding, the end of the section

}  // namespace

ImageList cbf_images(ImageBytes& bytes) {
  auto const& file = bytes.file();
  Layout layout;
  bytes.read_header(0, first_window, [&](std::string_view text) {
    layout = layout_of({file, text});
  });
  std::uint64_t const there = bytes.size() - layout.first;
  if (layout.bytes > there) {
    throw core::IoError(cbf_problem(file, fmt::format("{} bytes of data", layout.bytes),
                                    fmt::format("{}: the file is truncated", there),
                                    "copy it again"));
  }
  check_shape(layout, file);
  if (cbf_section_begins(bytes.window(layout.first + layout.bytes, longest_ending)))
    throw core::InputError(cbf_problem(file, "one image", "several", "write one image per file"));
  return {.shape = layout.shape,
          .encoding = {.type = layout.type, .filter = core::Filter::byte_offset},
          .bytes = layout.bytes,
          .first = {layout.first},
          .md5 = layout.md5};
}

std::size_t cbf_bytes(Beginning const& beginning) {
  auto const layout = layout_of(beginning);
  return static_cast<std::size_t>(layout.first) +
         (layout.bytes <= 8 * most_image_pixels ? layout.bytes : 0);
}

}  // namespace xrdct::io
