// Reads TIFF images by libtiff.
#include <fmt/core.h>
#include <tiffio.h>

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;

// The last text of libtiff. Its handlers are global and know no image, so each thread, which reads
// one image at a time, has its own.
std::string& last_message() {
  thread_local std::string message;
  return message;
}

// Warnings are about tags that nobody needs, but those of the JPEG codec are about pixels that it
// made up.
bool& pixels_are_damaged() {
  thread_local bool damaged = false;
  return damaged;
}

void watch_warning(char const* codec, char const*, va_list) {
  if (codec != nullptr && std::strncmp(codec, "JPEG", 4) == 0) pixels_are_damaged() = true;
}

void keep_message(char const*, char const* format, va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  last_message() = text;
}

void set_handlers_once() {
  static bool const set = [] {
    TIFFSetErrorHandler(keep_message);
    TIFFSetWarningHandler(watch_warning);
    return true;
  }();
  (void)set;
}

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, Close>;

core::IoError broken(std::filesystem::path const& file) {
  return core::IoError({.what = "read TIFF image " + file.string(),
                        .expected = "a whole image",
                        .found = fmt::format("\"{}\"", last_message()),
                        .attempt = "copy it again"});
}

struct Layout {
  core::FrameShape shape;
  StoredNumber number;
  std::size_t row_bytes() const { return shape.columns * number.bytes; }
};

// Stacks that are one page for libtiff, which reads the first image of them: volumes, and stacks of
// ImageJ beyond 4 GB, counted in a text.
void refuse_stacks(TIFF* tiff, std::filesystem::path const& file) {
  std::uint32_t depth = 1;
  TIFFGetField(tiff, TIFFTAG_IMAGEDEPTH, &depth);
  char const* text = nullptr;
  std::string_view const description =
      TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &text) != 0 && text != nullptr ? text : "";
  auto const found =
      description.starts_with("ImageJ=") ? description.find("\nimages=") : std::string_view::npos;
  std::size_t images = 1;
  if (found != std::string_view::npos)
    std::from_chars(description.data() + found + 8, description.data() + description.size(),
                    images);
  if (depth > 1 || images > 1) {
    throw core::InputError(
        {.what = "read TIFF image " + file.string(),
         .expected = "one image",
         .found = fmt::format("a stack of {}", std::max<std::size_t>(depth, images)),
         .attempt = "write one image per file"});
  }
}

Layout layout_of(TIFF* tiff, std::filesystem::path const& file) {
  std::uint32_t columns = 0, rows = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
  bool const floating = format == SAMPLEFORMAT_IEEEFP;
  bool const known = floating ? bits == 32 || bits == 64
                              : (format <= SAMPLEFORMAT_INT &&
                                 (bits == 8 || bits == 16 || bits == 32 || bits == 64));
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  if (photometric == PHOTOMETRIC_PALETTE) {
    throw core::InputError({.what = "read TIFF image " + file.string(),
                            .expected = "values of pixels",
                            .found = "numbers of colours in a palette",
                            .attempt = "save it in grey levels"});
  }
  if (samples != 1 || !known) {
    throw core::InputError(
        {.what = "read TIFF image " + file.string(),
         .expected = "one sample of 8, 16, 32 or 64-bit integers or 32 or 64-bit floating point",
         .found = fmt::format("{} of {} bits, format {}", samples, bits, format),
         .attempt = "convert it"});
  }
  Kind const kind = floating                     ? Kind::floating
                    : format == SAMPLEFORMAT_INT ? Kind::signed_integer
                                                 : Kind::unsigned_integer;
  return {{rows, columns}, {kind, bits / 8U, false}};
}

// A nearly empty mask shrinks by any factor (LZW, zstd, LZMA), so what a header claims is believed
// up to the size of such masks; memory is taken only as pixels come out of the file. Larger images
// must shrink by no more than deflate can, 1032 : 1.
void check_size(Layout const& layout, ImageContent const& content) {
  constexpr std::size_t most_expansion = 1100, largest_mask = std::size_t{1} << 27;
  bool const small = is_believable(layout.shape) && layout.shape.pixels() <= largest_mask;
  if (!small &&
      (!is_believable(layout.shape) ||
       layout.shape.pixels() * layout.number.bytes / most_expansion > content.bytes.size())) {
    last_message() =
        fmt::format("a header that claims {} × {} pixels", layout.shape.rows, layout.shape.columns);
    throw broken(content.file);
  }
}

bool read_rows(TIFF* tiff, Layout const& layout, core::LargeBytes& pixels) {
  if (TIFFScanlineSize64(tiff) != layout.row_bytes()) return false;
  for (std::size_t r = 0; r < layout.shape.rows; ++r) {
    pixels.resize((r + 1) * layout.row_bytes());
    if (TIFFReadScanline(tiff, pixels.data() + r * layout.row_bytes(),
                         static_cast<std::uint32_t>(r), 0) < 0)
      return false;
  }
  return true;
}

bool read_tiles(TIFF* tiff, Layout const& layout, core::LargeBytes& pixels) {
  std::uint32_t tile_columns = 0, tile_rows = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_columns);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_rows);
  std::size_t const tile_bytes = std::size_t{tile_columns} * tile_rows * layout.number.bytes;
  std::size_t const image_bytes = layout.shape.pixels() * layout.number.bytes;
  if (tile_bytes == 0 || tile_bytes / 4 > image_bytes + (std::size_t{1} << 20) ||
      TIFFTileSize64(tiff) != tile_bytes)
    return false;
  std::vector<std::byte> tile(tile_bytes);
  for (std::size_t top = 0; top < layout.shape.rows; top += tile_rows) {
    pixels.resize(std::min<std::size_t>(top + tile_rows, layout.shape.rows) * layout.row_bytes());
    for (std::size_t left = 0; left < layout.shape.columns; left += tile_columns) {
      if (TIFFReadTile(tiff, tile.data(), static_cast<std::uint32_t>(left),
                       static_cast<std::uint32_t>(top), 0, 0) < 0)
        return false;
      std::size_t const bytes =
          std::min<std::size_t>(tile_columns, layout.shape.columns - left) * layout.number.bytes;
      for (std::size_t r = top; r < std::min<std::size_t>(top + tile_rows, layout.shape.rows);
           ++r) {
        std::memcpy(pixels.data() + r * layout.row_bytes() + left * layout.number.bytes,
                    tile.data() + (r - top) * tile_columns * layout.number.bytes, bytes);
      }
    }
  }
  return true;
}

// libtiff reads from memory through these; it never asks beyond what the size says, and is given no
// more.
struct MemoryFile {
  std::span<std::byte const> bytes;
  std::uint64_t position = 0;
};

tmsize_t read_memory(thandle_t handle, void* target, tmsize_t size) {
  auto& file = *static_cast<MemoryFile*>(handle);
  if (size < 0 || file.position > file.bytes.size()) return 0;
  auto const count =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(size), file.bytes.size() - file.position);
  if (count > 0) std::memcpy(target, file.bytes.data() + file.position, count);
  file.position += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t refuse_to_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto& file = *static_cast<MemoryFile*>(handle);
  std::uint64_t const from = whence == SEEK_CUR   ? file.position
                             : whence == SEEK_END ? file.bytes.size()
                                                  : 0;
  return file.position = from + offset;
}

int close_memory(thandle_t) { return 0; }
toff_t size_of_memory(thandle_t handle) { return static_cast<MemoryFile*>(handle)->bytes.size(); }

}  // namespace

StoredImage read_tiff(ImageContent content) {
  auto const& file = content.file;
  set_handlers_once();
  pixels_are_damaged() = false;
  last_message() = "no reason given";
  MemoryFile memory{content.bytes};
  // "m": not mapped, so libtiff reads through the functions above.
  Tiff const tiff(TIFFClientOpen(file.c_str(), "rm", &memory, read_memory, refuse_to_write,
                                 seek_memory, close_memory, size_of_memory, nullptr, nullptr));
  if (!tiff) throw broken(file);
  auto const layout = layout_of(tiff.get(), file);
  refuse_stacks(tiff.get(), file);
  check_size(layout, content);
  core::LargeBytes pixels;  // rows as they come
  bool const read = TIFFIsTiled(tiff.get()) != 0 ? read_tiles(tiff.get(), layout, pixels)
                                                 : read_rows(tiff.get(), layout, pixels);
  if (!read) throw broken(file);
  if (pixels_are_damaged()) {
    last_message() = "JPEG data that end early or are damaged";
    throw broken(file);
  }
  if (TIFFReadDirectory(tiff.get()) != 0) {
    throw core::InputError({.what = "read TIFF image " + file.string(),
                            .expected = "one page",
                            .found = "several",
                            .attempt = "write one image per file"});
  }
  return plain_image(layout.shape, layout.number, {file, std::move(pixels)}, 0);
}

}  // namespace xrdct::io
