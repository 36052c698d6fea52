// Signs pictures and images, and finds out whether one is as it was signed.
#include "io/guard/picture_signature.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include "io/images/md5.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;

// Length, name, `Software` and the program, check sum.
constexpr std::string_view software_chunk = "\0\0\0\x0etEXtSoftware\0xrdct\xf6\xa0\x37\x26"sv;
constexpr std::size_t png_header = 33;  // the signature of PNG and IHDR, which have a fixed length

constexpr std::string_view in_svg = "<!-- xrdct ", in_pdf = "%xrdct ", in_cbf = "# xrdct ";

std::string sum_of(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string sum;
  for (auto const byte : md5(std::as_bytes(std::span(text)))) {
    sum += digits[byte >> 4];
    sum += digits[byte & 0xF];
  }
  return sum;
}

std::string last_line(std::string_view before, std::string_view opening) {
  return std::string(opening) + sum_of(before) + (opening == in_svg ? " -->\n" : "\n");
}

std::string with_last_line(std::string const& file, std::string_view opening) {
  std::string const before = file.ends_with('\n') ? file : file + "\n";
  return before + last_line(before, opening);
}

}  // namespace

std::string signed_png(std::string const& png) {
  return std::string(png).insert(png_header, software_chunk);
}

std::string signed_svg(std::string const& svg) { return with_last_line(svg, in_svg); }
std::string signed_pdf(std::string const& pdf) { return with_last_line(pdf, in_pdf); }
std::string signed_cbf(std::string const& cbf) { return with_last_line(cbf, in_cbf); }

bool is_own_png(std::string_view png) {
  std::string chunks;
  for (std::size_t at = 8; at + 12 <= png.size();) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8 | static_cast<unsigned char>(png[at + i]);
    auto const name = png.substr(at + 4, 4);
    chunks += std::string(name) + " ";
    // Versions before Cairo wrote sRGB.
    if (name == "IDAT"sv)
      return chunks == "IHDR tEXt bKGD IDAT " || chunks == "IHDR tEXt sRGB IDAT ";
    if (length > png.size() - at - 12) return false;
    if (name == "tEXt"sv && png.substr(at + 8, length) != "Software\0xrdct"sv) return false;
    at += std::size_t{12} + length;
  }
  return false;
}

bool is_signed_by_last_line(std::string_view file) {
  if (!file.ends_with('\n')) return false;
  auto const end_before = file.rfind('\n', file.size() - 2);
  if (end_before == std::string_view::npos) return false;
  auto const before = file.substr(0, end_before + 1), last = file.substr(end_before + 1);
  auto const opening = last.starts_with(in_svg)   ? in_svg
                       : last.starts_with(in_pdf) ? in_pdf
                                                  : in_cbf;
  return last == last_line(before, opening);
}

}  // namespace xrdct::io
