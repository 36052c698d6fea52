// Reads masks of Fit2D.
#include <fmt/core.h>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t header_bytes = 1024;

std::size_t row_bytes_of(core::FrameShape shape) { return (shape.columns + 31) / 32 * 4; }

core::FrameShape shape_of(core::LargeBytes const& content) {
  auto const word = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value += std::to_integer<std::size_t>(content[at + i]) << (8 * i);
    return value;
  };
  return {word(20), word(16)};
}

}  // namespace

StoredImage read_fit2d_mask(ImageContent whole) {
  auto const& file = whole.file;
  auto const& content = whole.bytes;
  auto const fail = [&](std::string const& expected, std::string const& found) {
    return core::IoError({.what = "read Fit2D mask " + file.string(),
                          .expected = expected,
                          .found = found,
                          .attempt = "copy it again, or write it again"});
  };
  if (content.size() < header_bytes)
    throw fail("a header of 1024 bytes", fmt::format("{} bytes", content.size()));
  auto const shape = shape_of(content);
  std::size_t const row_bytes = row_bytes_of(shape);
  auto const text = fmt::format("{} × {} pixels", shape.rows, shape.columns);
  if (!is_believable(shape)) throw fail("an image", "a header that claims " + text);
  if ((content.size() - header_bytes) / row_bytes < shape.rows) {
    throw fail(text + " of one bit",
               fmt::format("{} bytes: the file is truncated", content.size() - header_bytes));
  }
  StoredImage image{.shape = shape, .encoding = {.type = core::PixelType::u8}};
  image.bytes = shape.pixels();
  image.content.resize(image.bytes);
  for (std::size_t r = 0; r < shape.rows; ++r) {
    for (std::size_t c = 0; c < shape.columns; ++c) {
      auto const bits = content[header_bytes + r * row_bytes + c / 8];
      image.content[r * shape.columns + c] = bits >> (c % 8) & std::byte{1};
    }
  }
  return image;
}

std::size_t fit2d_mask_bytes(ImageContent const& beginning) {
  auto const shape = shape_of(beginning.bytes);
  return header_bytes + (is_believable(shape) ? shape.rows * row_bytes_of(shape) : 0);
}

}  // namespace xrdct::io
