// Takes lines of text apart into cells and numbers.
#include "io/values/table_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/words/names.hpp"
#include "io/files/file_kind.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t longest_line = std::size_t{1} << 20;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 32 && !is_blank(c); }
bool is_quote(char c) { return c == '"' || c == '\''; }

void expect_readable(std::filesystem::path const& file) {
  std::error_code failure;
  auto const status = std::filesystem::status(file, failure);
  auto const problem = [&](std::string const& found) {
    return core::IoError({.what = "read table " + file.string(),
                          .expected = "a file",
                          .found = found,
                          .attempt = "check the path"});
  };
  if (!std::filesystem::exists(status)) throw problem("none");
  if (std::filesystem::is_directory(status)) throw problem("a folder");
  if (!std::filesystem::is_regular_file(status)) throw problem("a pipe, a socket or a device");
}

// How many characters at the beginning separate two cells; 0: none do.
std::size_t separator_length(std::string_view text, Separator separator) {
  if (separator.sign != ' ' && separator.sign != '2') return text.front() == separator.sign ? 1 : 0;
  std::size_t blanks = 0;
  while (blanks < text.size() && is_blank(text[blanks])) ++blanks;
  bool const tab = text.substr(0, blanks).find('\t') != std::string_view::npos;
  return separator.sign == ' ' || blanks > 1 || tab ? blanks : 0;
}

std::string unquoted(std::string_view cell) {
  auto const text = without_blanks_around(cell);
  if (text.size() < 2 || !is_quote(text.front()) || text.back() != text.front())
    return std::string(text);
  std::string inner;  // a doubled quote stands for one
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    inner += text[i];
    if (text[i] == text.front() && text[i + 1] == text[i]) ++i;
  }
  return std::string(without_blanks_around(inner));
}

}  // namespace

NumberedLines::NumberedLines(std::filesystem::path const& file) : file_(file) {
  expect_readable(file);
  stream_.open(file, std::ios::binary);
  if (!stream_)
    throw core::IoError({.what = "read table " + file.string(),
                         .expected = "a readable file",
                         .found = "no permission",
                         .attempt = "check its permissions"});
}

bool NumberedLines::next() {
  line_.clear();
  char c = 0;
  auto* const buffer = stream_.rdbuf();
  bool any = false;
  for (int next = buffer->sbumpc(); next != std::char_traits<char>::eof();
       next = buffer->sbumpc()) {
    any = true;
    c = static_cast<char>(next);
    if (c == '\n' || c == '\r') {
      if (c == '\r' && buffer->sgetc() == '\n') buffer->sbumpc();
      break;
    }
    if (is_control(c) || line_.size() == longest_line) {
      auto const kind = file_kind_of(file_);
      throw core::InputError({.what = "read table " + file_.string(),
                              .expected = "lines of text in UTF-8",
                              .found = kind.empty() ? "bytes that are none" : std::string(kind),
                              .attempt = "store the table as CSV in UTF-8"});
    }
    line_ += c;
  }
  if (!any) return false;
  if (++number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.erase(0, 3);
  return true;
}

std::string_view without_blanks_around(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> cells_of(std::string_view line, Separator separator) {
  bool const blanks = separator.sign == ' ' || separator.sign == '2';
  if (blanks) line = without_blanks_around(line);
  std::vector<std::string> cells;
  if (line.empty()) return cells;
  std::size_t begin = 0;
  char quote = 0;  // that the cell is in
  for (std::size_t i = 0; i < line.size();) {
    bool const starts = without_blanks_around(line.substr(begin, i - begin)).empty();
    if (quote != 0) {
      quote = line[i] == quote ? char{0} : quote;
      ++i;
    } else if (is_quote(line[i]) && starts) {
      quote = line[i++];
    } else if (auto const length = separator_length(line.substr(i), separator); length > 0) {
      cells.push_back(unquoted(line.substr(begin, i - begin)));
      begin = i += length;
    } else {
      ++i;
    }
  }
  cells.push_back(unquoted(line.substr(begin)));
  return cells;
}

std::optional<double> number_in(std::string_view cell) {
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  double value = 0.0;
  auto const [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (cell.empty() || end != cell.data() + cell.size()) return {};
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(cell).c_str(), nullptr);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

double number_of(std::string_view cell, CellPlace const& place) {
  if (auto const number = number_in(cell)) return *number;
  auto const comma = cell.find(',');
  bool const decimal_comma = comma != std::string_view::npos && [&] {
    auto pointed = std::string(cell);
    pointed[comma] = '.';
    return number_in(pointed).has_value();
  }();
  throw core::InputError(
      {.what = fmt::format("read column {} of {}", place.column, place.file.string()),
       .expected = fmt::format("a number in line {}", place.line),
       .found = cell.empty() ? "nothing" : fmt::format("\"{}\"", cell),
       .attempt = decimal_comma ? "write decimal points, not commas"
                                : "write nan where a value is not known"});
}

void throw_no_name(std::filesystem::path const& file, std::string const& expected,
                   std::string const& wanted, std::vector<std::string> const& names,
                   std::string const& attempt) {
  constexpr std::size_t most = 40;
  auto listed = names;
  if (listed.size() > most) {
    listed.resize(most);
    listed.push_back(fmt::format("… ({} names)", names.size()));
  }
  auto const nearest = core::nearest_name(wanted, names);
  throw core::InputError(
      {.what = "read values of " + file.string(),
       .expected = expected,
       .found = names.empty() ? "none that has a name" : core::listed(listed, ", "),
       .attempt = nearest.empty() ? attempt : fmt::format("did you mean \"{}\"?", nearest)});
}

}  // namespace xrdct::io
