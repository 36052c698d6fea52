// Reads TIFF images: where pixels lie as they are, libtiff finds them; else it decodes them.
#include <fmt/core.h>
#include <tiffio.h>

#include <algorithm>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
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

// A volume is one page for libtiff, which reads the first image of it.
void refuse_volumes(TIFF* tiff, std::filesystem::path const& file) {
  std::uint32_t depth = 1;
  TIFFGetField(tiff, TIFFTAG_IMAGEDEPTH, &depth);
  if (depth <= 1) return;
  throw core::InputError({.what = "read TIFF image " + file.string(),
                          .expected = "images",
                          .found = fmt::format("a stack of {} as a volume", depth),
                          .attempt = "write one image per page"});
}

// ImageJ writes large stacks as one page, with the number of images in a text.
std::size_t images_by_text(TIFF* tiff) {
  char const* text = nullptr;
  std::string_view const description =
      TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &text) != 0 && text != nullptr ? text : "";
  auto const found =
      description.starts_with("ImageJ=") ? description.find("\nimages=") : std::string_view::npos;
  std::size_t images = 1;
  if (found != std::string_view::npos)
    std::from_chars(description.data() + found + 8, description.data() + description.size(),
                    images);
  return images;
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
void check_size(Layout const& layout, ImageBytes const& bytes) {
  constexpr std::size_t most_expansion = 1100, largest_mask = std::size_t{1} << 27;
  bool const small = is_believable(layout.shape) && layout.shape.pixels() <= largest_mask;
  if (!small && (!is_believable(layout.shape) ||
                 layout.shape.pixels() * layout.number.bytes / most_expansion > bytes.size())) {
    last_message() =
        fmt::format("a header that claims {} × {} pixels", layout.shape.rows, layout.shape.columns);
    throw broken(bytes.file());
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

// libtiff reads through these; it never asks beyond what the size says, and is given no more. No
// exception may pass through it: what cannot be read is no bytes.
struct Reading {
  ImageBytes const& bytes;
  std::uint64_t position = 0;
};

tmsize_t read_bytes(thandle_t handle, void* target, tmsize_t size) {
  auto& reading = *static_cast<Reading*>(handle);
  std::uint64_t const end = reading.bytes.size();
  if (size < 0 || reading.position > end) return 0;
  auto const count = static_cast<std::size_t>(
      std::min<std::uint64_t>(static_cast<std::uint64_t>(size), end - reading.position));
  try {
    reading.bytes.read(reading.position, {static_cast<std::byte*>(target), count});
  } catch (core::IoError const&) {
    return 0;
  }
  reading.position += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t refuse_to_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& reading = *static_cast<Reading*>(handle);
  std::uint64_t const from = whence == SEEK_CUR   ? reading.position
                             : whence == SEEK_END ? reading.bytes.size()
                                                  : 0;
  return reading.position = from + offset;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return static_cast<Reading*>(handle)->bytes.size(); }

// "m": not mapped, so libtiff reads through the functions above.
Tiff open_tiff(Reading& reading) {
  set_handlers_once();
  pixels_are_damaged() = false;
  last_message() = "no reason given";
  Tiff tiff(TIFFClientOpen(reading.bytes.file().c_str(), "rm", &reading, read_bytes,
                           refuse_to_write, seek, close_nothing, size_of, nullptr, nullptr));
  if (!tiff) throw broken(reading.bytes.file());
  return tiff;
}

// Pages that show another one in small.
bool is_thumbnail(TIFF* tiff) {
  std::uint32_t kind = 0;
  TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
  return (kind & FILETYPE_REDUCEDIMAGE) != 0;
}

// Where the pixels of a page begin, if they lie in the file as they are and in one piece; else 0.
std::uint64_t first_of_plain(TIFF* tiff, Layout const& layout) {
  std::uint16_t compression = COMPRESSION_NONE, order = FILLORDER_MSB2LSB;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &order);
  std::uint64_t const *offsets = nullptr, *counts = nullptr;
  if (compression != COMPRESSION_NONE || order != FILLORDER_MSB2LSB || TIFFIsTiled(tiff) != 0 ||
      TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) == 0 ||
      TIFFGetField(tiff, TIFFTAG_STRIPBYTECOUNTS, &counts) == 0 || offsets == nullptr ||
      counts == nullptr)
    return 0;
  std::uint32_t const strips = TIFFNumberOfStrips(tiff);
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < strips; ++i) {
    if (offsets[i] != offsets[0] + bytes) return 0;
    bytes += counts[i];
  }
  return bytes == layout.shape.rows * layout.row_bytes() ? offsets[0] : 0;
}

// A page of the list: its layout is that of the others.
void add_page(TIFF* tiff, Layout const& layout, ImageBytes const& bytes, ImageList& list) {
  expect_alike(list, layout.shape, layout.number, bytes.file());
  std::uint64_t const plain = first_of_plain(tiff, layout);
  bool const as_stored = plain > 0 && list.wide == WideInteger::none;
  if (list.first.empty()) list.as_stored = as_stored;
  if (as_stored != list.as_stored) {
    throw core::InputError({.what = fmt::format("read page {} of TIFF image {}", list.first.size(),
                                                bytes.file().string()),
                            .expected = "a page stored like those before",
                            .found = "another compression",
                            .attempt = "write all pages in one way"});
  }
  if (as_stored) expect_pixels(list, plain, bytes.size(), bytes.file());
  list.first.push_back(as_stored ? plain : TIFFCurrentDirOffset(tiff));
}

// Images behind the first, which has the only page.
void add_stack(std::size_t images, ImageBytes const& bytes, ImageList& list) {
  if (!list.as_stored) {
    throw core::InputError({.what = "read TIFF image " + bytes.file().string(),
                            .expected = "a stack of plain pixels, or of pages",
                            .found = fmt::format("a stack of {} as one page, compressed", images),
                            .attempt = "write one image per page"});
  }
  for (std::size_t i = 1; i < images; ++i) {
    std::uint64_t const first = list.first.front() + i * list.bytes;
    expect_pixels(list, first, bytes.size(), bytes.file());
    list.first.push_back(first);
  }
}

core::LargeBytes read_page(TIFF* tiff, Layout const& layout, std::filesystem::path const& file) {
  core::LargeBytes pixels;  // rows as they come
  bool const read =
      TIFFIsTiled(tiff) != 0 ? read_tiles(tiff, layout, pixels) : read_rows(tiff, layout, pixels);
  if (!read) throw broken(file);
  if (pixels_are_damaged()) {
    last_message() = "JPEG data that end early or are damaged";
    throw broken(file);
  }
  return pixels;
}

}  // namespace

ImageList tiff_images(ImageBytes& bytes) {
  Reading reading{bytes};
  auto const tiff = open_tiff(reading);
  std::optional<ImageList> list;
  std::size_t by_text = 1;
  do {
    if (list && is_thumbnail(tiff.get())) continue;
    auto layout = layout_of(tiff.get(), bytes.file());
    refuse_volumes(tiff.get(), bytes.file());
    check_size(layout, bytes);
    layout.number.big_endian = layout.number.bytes > 1 && TIFFIsBigEndian(tiff.get()) != 0;
    if (!list) {
      list = plain_images(layout.shape, layout.number, bytes.file());
      by_text = images_by_text(tiff.get());
    }
    add_page(tiff.get(), layout, bytes, *list);
  } while (TIFFReadDirectory(tiff.get()) != 0);
  if (list->first.size() == 1 && by_text > 1) add_stack(by_text, bytes, *list);
  if (!list->as_stored) list->encoding.big_endian = false;  // libtiff turns them
  return std::move(*list);
}

core::LargeBytes tiff_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image) {
  Reading reading{bytes};
  auto const tiff = open_tiff(reading);
  if (TIFFSetSubDirectory(tiff.get(), list.first[image]) == 0) throw broken(bytes.file());
  auto const layout = layout_of(tiff.get(), bytes.file());
  auto pixels = read_page(tiff.get(), layout, bytes.file());
  return list.wide == WideInteger::none ? pixels
                                        : doubles_of_integers(pixels, layout.number, bytes.file());
}

}  // namespace xrdct::io
