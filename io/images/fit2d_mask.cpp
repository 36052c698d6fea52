// Reads masks of Fit2D.
#include <fmt/core.h>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t header_bytes = 1024;

std::size_t row_bytes_of(core::FrameShape shape) { return (shape.columns + 31) / 32 * 4; }

core::IoError problem(std::filesystem::path const& file, std::string const& expected,
                      std::string const& found) {
  return core::IoError({.what = "read Fit2D mask " + file.string(),
                        .expected = expected,
                        .found = found,
                        .attempt = "copy it again, or write it again"});
}

core::FrameShape shape_of(Beginning const& beginning) {
  auto const& [file, text] = beginning;
  if (text.size() < header_bytes)
    throw problem(file, "a header of 1024 bytes", fmt::format("{} bytes", text.size()));
  auto const word = [bytes = text](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value += static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
  };
  return {word(20), word(16)};
}

}  // namespace

ImageList fit2d_masks(ImageBytes& bytes) {
  auto const& file = bytes.file();
  auto const shape = shape_of({file, bytes.window(0, header_bytes)});
  auto const text = fmt::format("{} × {} pixels", shape.rows, shape.columns);
  if (!is_believable(shape)) throw problem(file, "an image", "a header that claims " + text);
  std::uint64_t const found = bytes.size() - header_bytes;
  if (found / row_bytes_of(shape) < shape.rows)
    throw problem(file, text + " of one bit",
                  fmt::format("{} bytes: the file is truncated", found));
  auto list = plain_images(shape, {}, file);
  list.as_stored = false;
  list.first.push_back(header_bytes);
  return list;
}

core::LargeBytes fit2d_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image) {
  core::LargeBytes pixels;
  pixels.resize(list.bytes);
  std::vector<std::byte> row(row_bytes_of(list.shape));
  for (std::size_t r = 0; r < list.shape.rows; ++r) {
    bytes.read(list.first[image] + r * row.size(), row);
    for (std::size_t c = 0; c < list.shape.columns; ++c)
      pixels[r * list.shape.columns + c] = row[c / 8] >> (c % 8) & std::byte{1};
  }
  return pixels;
}

std::size_t fit2d_mask_bytes(Beginning const& beginning) {
  auto const shape = shape_of(beginning);
  return header_bytes + (is_believable(shape) ? shape.rows * row_bytes_of(shape) : 0);
}

}  // namespace xrdct::io
