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
#include "io/images/md5.hpp"

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

void verify_checksum(CbfFields const& header, std::span<std::byte const> data,
                     std::filesystem::path const& file) {
  std::string const expected = header.word("content-md5", "");
  std::string const found = expected.empty() ? "" : base64(md5(data));
  if (expected != found) {
    throw core::IoError(cbf_problem(file,
                                    fmt::format("data of the checksum {} (Content-MD5)", expected),
                                    found + ": the file is damaged", "copy it again"));
  }
}

std::string_view text_of(ImageContent const& content) {
  return {reinterpret_cast<char const*>(content.bytes.data()), content.bytes.size()};
}

}  // namespace

StoredImage read_cbf(ImageContent content) {
  auto const& file = content.file;
  auto const text = text_of(content);
  auto const [header, first] = cbf_section(text, file);
  refuse_variants(header, file);
  auto const type = element_type(header, file);
  core::FrameShape const shape{header.number("x-binary-size-second-dimension", 1, file),
                               header.number("x-binary-size-fastest-dimension", 0, file)};
  auto const stored = text.substr(first);
  std::size_t const bytes = header.number("x-binary-size", 0, file);
  if (bytes > stored.size()) {
    throw core::IoError(cbf_problem(file, fmt::format("{} bytes of data", bytes),
                                    fmt::format("{}: the file is truncated", stored.size()),
                                    "copy it again"));
  }
  // A pixel takes one byte at least, so a broken header cannot ask for more memory than the file is
  // long.
  bool const believable = shape.rows > 0 && shape.columns > 0 && shape.rows <= bytes &&
                          shape.columns <= bytes / shape.rows;
  if (!believable) {
    throw core::IoError(cbf_problem(file, "an image",
                                    fmt::format("a header that claims {} × {} pixels in {} bytes",
                                                shape.rows, shape.columns, bytes),
                                    "copy the file again"));
  }
  std::size_t const elements = header.number("x-binary-number-of-elements", shape.pixels(), file);
  if (elements != shape.pixels()) {
    throw core::IoError(
        cbf_problem(file,
                    fmt::format("X-Binary-Number-of-Elements of {}, as its {} × {} pixels are",
                                shape.pixels(), shape.rows, shape.columns),
                    fmt::format("{}", elements), "copy the file again"));
  }
  verify_checksum(header, std::span(content.bytes).subspan(first, bytes), file);
  if (cbf_section_begins(stored.substr(bytes))) {
    throw core::InputError(cbf_problem(file, "one image", "several", "write one image per file"));
  }
  return {.shape = shape,
          .encoding = {.type = type, .filter = core::Filter::byte_offset},
          .content = std::move(content.bytes),
          .first = first,
          .bytes = bytes};
}

std::size_t cbf_bytes(ImageContent const& beginning) {
  auto const [header, first] = cbf_section(text_of(beginning), beginning.file);
  std::size_t const bytes = header.number("x-binary-size", 0, beginning.file);
  return first + (bytes <= 8 * most_image_pixels ? bytes : 0);
}

}  // namespace xrdct::io
