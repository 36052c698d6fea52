// Reads numbers from the headers of images.
#include "io/values/header_values.hpp"

#include <fmt/core.h>

#include <cctype>
#include <limits>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/images/image_header.hpp"
#include "io/values/table_text.hpp"

namespace xrdct::io {
namespace {

[[noreturn]] void throw_no_key(FramePart const& part, std::string const& key,
                               ImageHeader const& header) {
  std::vector<std::string> names;
  for (auto const& [name, value] : header.entries) names.push_back(name);
  throw_no_name(part.file, "a header \"" + key + "\"", key, names, "name one of these");
}

double header_value(FramePart const& part, std::size_t image, std::string const& key) {
  auto const header = image_header(part.file, image);
  auto const text = header.value(key);
  if (!text) throw_no_key(part, key, header);
  if (auto const number = leading_number(*text)) return *number;
  throw core::InputError({.what = fmt::format("read header {} of {}", key, part.file),
                          .expected = "a number, with or without a unit",
                          .found = fmt::format("\"{}\"", *text),
                          .attempt = "name another key"});
}

}  // namespace

std::optional<double> leading_number(std::string_view text) {
  text = without_blanks_around(text);
  std::size_t length = 0;
  while (length < text.size() &&
         (std::isdigit(static_cast<unsigned char>(text[length])) != 0 ||
          std::string_view("+-.eE").find(text[length]) != std::string_view::npos))
    ++length;
  // "1e-3 m" and "3 eV": an `e` without digits behind it begins the unit
  for (; length > 0; --length) {
    auto const rest = text.substr(length);
    bool const unit = rest.empty() || rest.front() == ' ' || rest.front() == '\t' ||
                      rest.front() == '%' || static_cast<unsigned char>(rest.front()) >= 128 ||
                      std::isalpha(static_cast<unsigned char>(rest.front())) != 0;
    auto const number = number_in(text.substr(0, length));
    if (number) return unit ? number : std::nullopt;
    if (std::string_view("+-eE").find(text[length - 1]) == std::string_view::npos) return {};
  }
  return number_in(text);  // nan, inf
}

std::vector<double> header_values(std::vector<FramePart> const& parts, std::string const& key) {
  if (!parts.front().dataset.empty()) {
    throw core::InputError({.what = fmt::format("read header {}", key),
                            .expected = "frames that are images with a header, such as CBF and EDF",
                            .found = "frames in HDF5: " + parts.front().file,
                            .attempt = "name a dataset"});
  }
  std::vector<double> values;
  for (auto const& part : parts) {
    std::error_code ignored;
    bool const is_there = std::filesystem::exists(part.file, ignored);
    for (std::int64_t image = 0; image < part.frames; ++image)
      values.push_back(is_there ? header_value(part, static_cast<std::size_t>(image), key)
                                : std::numeric_limits<double>::quiet_NaN());
    core::note_progress();
  }
  return values;
}

}  // namespace xrdct::io
