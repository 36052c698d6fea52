// Finds out what an image argument names, and which reader its file needs.
#include "io/images/image_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"
#include "io/images/file_content.hpp"
#include "io/images/image_formats.hpp"
#include "io/images/md5.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

struct SplitText {
  fs::path file;
  std::string rest;  // what follows the name of the file: "", ":/path", ":/path[3]", "[3]", ":3"
};

bool is_file(fs::path const& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// The shortest beginning, up to ":" or "[", that is a file.
SplitText split_location(std::string const& location) {
  if (is_file(location)) return {location, ""};
  for (std::size_t at = location.find_first_of(":["); at != std::string::npos;
       at = location.find_first_of(":[", at + 1)) {
    if (is_file(location.substr(0, at))) return {location.substr(0, at), location.substr(at)};
  }
  std::error_code ignored;
  std::string const found = fs::is_directory(location, ignored) ? "a folder"
                            : fs::exists(location, ignored)     ? "no regular file"
                                                                : "no such file";
  throw core::IoError({.what = "read image " + location,
                       .expected = "a file",
                       .found = found,
                       .attempt = "check the path"});
}

// ":/path[3]", "[3]" or ":3".
ImageLocation parse_name(SplitText const& location) {
  std::string rest = location.rest.starts_with(':') ? location.rest.substr(1) : location.rest;
  ImageLocation name{.file = location.file, .hdf5 = true, .dataset = ""};
  std::string digits;
  if (rest.ends_with(']') && rest.rfind('[') != std::string::npos) {
    auto const open = rest.rfind('[');
    digits = rest.substr(open + 1, rest.size() - open - 2);
    rest.resize(open);
  } else if (!rest.empty() &&
             std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    digits = std::exchange(rest, "");
  }
  name.dataset = rest;
  if (digits.empty() &&
      name.dataset == location.rest.substr(location.rest.starts_with(':') ? 1 : 0))
    return name;
  auto const result = std::from_chars(digits.data(), digits.data() + digits.size(), name.index);
  if (result.ec != std::errc{} || result.ptr != digits.data() + digits.size() || name.index < 0) {
    throw core::InputError({.what = "read image " + location.file.string() + location.rest,
                            .expected = "an index of 0 or more in brackets",
                            .found = fmt::format("\"{}\"", digits),
                            .attempt = "write it as :/path/to/data[0]"});
  }
  return name;
}

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

// HDF5 may begin after a user block of 512, 1024, 2048 … bytes.
bool is_hdf5(fs::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw core::IoError({.what = "read image " + file.string(),
                         .expected = "a readable file",
                         .found = "one that cannot be opened",
                         .attempt = "check its permissions"});
  auto const size = static_cast<std::streamoff>(fs::file_size(file));
  for (std::streamoff at = 0; at + 8 <= size; at = at == 0 ? 512 : 2 * at) {
    std::array<char, 8> bytes{};
    stream.seekg(at);
    if (!stream.read(bytes.data(), bytes.size()))
      throw core::IoError({.what = "read image " + file.string(),
                           .expected = "a readable file",
                           .found = "an error of the disk",
                           .attempt = "copy it again"});
    if (std::string_view(bytes.data(), bytes.size()) == hdf5_signature) return true;
  }
  return false;
}

[[noreturn]] void refuse(fs::path const& file, std::string_view start) {
  auto const problem = [&](std::string const& found, std::string const& attempt) {
    return core::Problem{"read image " + file.string(), "EDF, TIFF, CBF, NPY, a Fit2D mask or HDF5",
                         found, attempt};
  };
  if (start.empty()) throw core::IoError(problem("an empty file", "copy it again"));
  auto const kind = file_kind(start);
  auto const is_text = [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t' || c == '\n' || c == '\r';
  };
  std::string const other =
      std::all_of(start.begin(), start.end(), is_text) ? "another format (text)" : "another format";
  if (is_compressed(start))
    throw core::InputError(problem("a file that is compressed twice", "expand it once"));
  std::string advice(conversion_advice(start));
  if (auto const at = advice.find("FILE"); at != std::string::npos)
    advice.replace(at, 4, file.string());
  throw core::InputError(problem(kind.empty()     ? other
                                 : kind == "HDF5" ? "HDF5 in a compressed file"
                                                  : std::string(kind),
                                 advice));
}

/// A format by its name in the table of kinds.
struct Format {
  std::string_view kind;
  ImageList (*images)(ImageBytes& bytes);
  /// of images that are not stored as they are delivered
  core::LargeBytes (*pixels)(ImageBytes const& bytes, ImageList const& list, std::size_t image);
  std::size_t (*bytes)(Beginning const& beginning);  // nullptr: the beginning does not tell
};

constexpr std::array<Format, 5> formats{
    {{"NPY", npy_images, npy_pixels, npy_bytes},
     {"TIFF", tiff_images, tiff_pixels, nullptr},
     {"a Fit2D mask", fit2d_masks, fit2d_pixels, fit2d_mask_bytes},
     {"CBF", cbf_images, plain_pixels, cbf_bytes},
     {"EDF", edf_images, plain_pixels, edf_bytes}}};

Format const& format_of(fs::path const& file, std::string_view start) {
  auto const* const found = std::find_if(formats.begin(), formats.end(), [&](Format const& known) {
    return known.kind == file_kind(start);
  });
  if (found == formats.end()) refuse(file, start);
  return *found;
}

constexpr std::size_t longest_beginning = std::size_t{1} << 22;  // with all headers
constexpr std::size_t most_behind = std::size_t{1} << 24;        // padding, a text, another header
constexpr std::size_t most_untold = std::size_t{1} << 29;        // expanded, without knowing why

std::string_view text_of(core::LargeBytes const& content) {
  return {reinterpret_cast<char const*>(content.data()), content.size()};
}

// No more than the image needs by its header: some kB of zeros expand to any length.
core::LargeBytes expanded(fs::path const& file) {
  FileContent source(file);
  core::LargeBytes content;
  source.append(content, longest_beginning);
  if (source.at_end()) return content;
  auto const& format = format_of(file, text_of(content).substr(0, kind_bytes));
  std::size_t const told = format.bytes == nullptr ? 0 : format.bytes({file, text_of(content)});
  std::size_t const most = told > 0 ? told + most_behind : most_untold;
  source.append(content, most);
  if (source.at_end()) return content;
  throw core::IoError(
      {.what = "expand " + file.string(),
       .expected = told > 0
                       ? fmt::format("one image that ends after {} bytes, as its header says", told)
                       : fmt::format("{} of at most {} MiB", format.kind, most_untold >> 20),
       .found = fmt::format("more than {} MiB", most >> 20),
       .attempt = told > 0 ? "write one image per file, or copy it again" : "expand it by hand"});
}

[[noreturn]] void throw_several(fs::path const& file, std::size_t images, bool compressed) {
  throw core::InputError({.what = "read image " + file.string(),
                          .expected = "one image",
                          .found = fmt::format("several: a stack of {}", images),
                          .attempt = compressed ? "expand the file" : "write one image per file"});
}

// The bytes of a file, expanded where it is compressed.
ImageBytes open_bytes(fs::path const& file) {
  ImageBytes bytes(file);
  if (!is_compressed(bytes.window(0, first_window).substr(0, kind_bytes))) return bytes;
  return {file, expanded(file)};
}

}  // namespace

bool is_compressed(std::string_view start) {
  auto const kind = file_kind(start);
  return kind == "a gzip file" || kind == "a bzip2 file" || kind == "an xz file" ||
         kind == "a zstd file";
}

ImageLocation locate_image(std::string const& text) {
  auto const location = split_location(text);
  if (is_hdf5(location.file)) return parse_name(location);
  if (!location.rest.empty()) {
    throw core::InputError({.what = "read image " + text,
                            .expected = fmt::format("an HDF5 file before \"{}\"", location.rest),
                            .found = "another format",
                            .attempt = "leave it out"});
  }
  return {location.file, false, "", -1};
}

struct ImageFile::State {
  explicit State(fs::path const& file)
      : bytes(open_bytes(file)),
        format(format_of(file, bytes.window(0, first_window).substr(0, kind_bytes))),
        list(format.images(bytes)) {
    if (bytes.is_in_memory() && list.first.size() > 1) throw_several(file, list.first.size(), true);
  }
  ImageBytes bytes;
  Format const& format;
  ImageList list;
};

ImageFile::ImageFile(fs::path const& file) : state_(std::make_unique<State>(file)) {}
ImageFile::~ImageFile() = default;
ImageFile::ImageFile(ImageFile&&) noexcept = default;

std::size_t ImageFile::images() const { return state_->list.first.size(); }
core::FrameShape ImageFile::shape() const { return state_->list.shape; }
core::FrameEncoding ImageFile::encoding() const { return state_->list.encoding; }
WideInteger ImageFile::wide() const { return state_->list.wide; }
std::size_t ImageFile::image_bytes() const { return state_->list.bytes; }
bool ImageFile::as_stored() const {
  return state_->list.as_stored && !state_->bytes.is_in_memory();
}
std::string const& ImageFile::md5() const { return state_->list.md5; }

void ImageFile::read(std::size_t image, std::span<std::byte> out) const {
  auto const& state = *state_;
  if (state.list.as_stored) return state.bytes.read(state.list.first[image], out);
  std::ranges::copy(state.format.pixels(state.bytes, state.list, image), out.begin());
}

void verify_checksum(ImageFile const& image, std::span<std::byte const> bytes,
                     fs::path const& file) {
  auto const& expected = image.md5();
  std::string const found = expected.empty() ? "" : base64(md5(bytes));
  if (expected == found) return;
  throw core::IoError({.what = "read CBF image " + file.string(),
                       .expected = fmt::format("data of the checksum {} (Content-MD5)", expected),
                       .found = found + ": the file is damaged",
                       .attempt = "copy it again"});
}

StoredImage read_image_file(fs::path const& file) {
  ImageFile const opened(file);
  if (opened.images() > 1) throw_several(file, opened.images(), false);
  StoredImage image{.shape = opened.shape(), .encoding = opened.encoding(), .wide = opened.wide()};
  image.bytes = opened.image_bytes();
  image.content.resize(image.bytes);
  opened.read(0, image.content);
  verify_checksum(opened, image.stored(), file);
  return image;
}

}  // namespace xrdct::io
