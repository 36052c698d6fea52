// Reads tables with one line of cells per row: CSV and columns of text.
#include "io/values/text_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/words/errors.hpp"
#include "io/values/spec_file.hpp"
#include "io/values/table_text.hpp"

namespace xrdct::io {
namespace {

// The text of a comment; nothing where a line is none.
std::optional<std::string_view> comment_in(std::string_view line) {
  auto const text = without_blanks_around(line);
  for (std::string_view const sign : {"//", "#", "%", "!"}) {
    if (!text.starts_with(sign)) continue;
    auto const first = text.find_first_not_of(sign.front());
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
  }
  return {};
}

// What the lines before the numbers say: how cells are told apart, and what the columns are called.
struct TableForm {
  Separator separator;
  std::vector<std::string> names;  // empty: none
  std::size_t columns = 0;
  bool header_is_row = false;   // the first line that is no comment holds the names
  std::size_t header_line = 0;  // that says how many columns there are
};

bool any_number(std::vector<std::string> const& cells) {
  return std::ranges::any_of(cells, [](auto const& cell) { return number_in(cell).has_value(); });
}

void drop_empty_end(std::vector<std::string>& cells) {
  if (cells.size() > 1 && cells.back().empty()) cells.pop_back();
}

std::vector<std::string> row_of(std::string_view line, Separator separator) {
  auto cells = cells_of(line, separator);
  drop_empty_end(cells);
  return cells;
}

// A sign that tells cells apart in both lines, into as many.
Separator separator_of(std::string const& first, std::optional<std::string> const& second) {
  for (char const sign : {'\t', ';', ','}) {
    auto const cells = row_of(first, {sign}).size();
    if (cells < 2) continue;
    if (!second || row_of(*second, {sign}).size() == cells) return {sign};
  }
  return {' '};
}

std::vector<std::string> names_in(std::vector<std::string> const& comments, std::size_t columns) {
  for (auto comment = comments.rbegin(); comment != comments.rend(); ++comment) {
    for (char const sign : {'\t', ';', ',', '2', ' '}) {
      auto names = row_of(*comment, {sign});
      if (names.size() == columns && !any_number(names)) return names;
    }
  }
  return {};
}

TableForm form_of(std::filesystem::path const& file) {
  constexpr std::size_t most_comments = 1000;
  NumberedLines lines(file);
  std::vector<std::string> comments, rows;
  std::size_t first_row = 0;
  while (rows.size() < 2 && lines.next()) {
    if (without_blanks_around(lines.text()).empty()) continue;
    if (auto const comment = comment_in(lines.text())) {
      if (rows.empty() && comments.size() < most_comments) comments.emplace_back(*comment);
      continue;
    }
    if (rows.empty()) first_row = lines.number();
    rows.push_back(lines.text());
  }
  if (rows.empty()) {
    throw core::InputError({.what = "read table " + file.string(),
                            .expected = "lines of numbers",
                            .found = "none",
                            .attempt = "check that it is the right file"});
  }
  TableForm form;
  form.separator = separator_of(rows[0], rows.size() > 1 ? std::optional(rows[1]) : std::nullopt);
  auto const first = row_of(rows[0], form.separator);
  form.columns = first.size();
  form.header_line = first_row;
  form.header_is_row = !any_number(first) && rows.size() > 1;
  form.names = form.header_is_row ? first : names_in(comments, first.size());
  return form;
}

std::size_t column_of(TableForm const& form, std::filesystem::path const& file,
                      std::string const& column) {
  auto const& names = form.names;
  auto const found = std::ranges::find(names, column);
  if (found != names.end()) {
    if (std::find(found + 1, names.end(), column) != names.end()) {
      throw core::InputError({.what = "read values of " + file.string(),
                              .expected = fmt::format("one column \"{}\"", column),
                              .found = "several of this name",
                              .attempt = "name its number, counted from 1"});
    }
    return static_cast<std::size_t>(found - names.begin());
  }
  bool const digits = !column.empty() && column.size() < 7 &&
                      column.find_first_not_of("0123456789") == std::string::npos;
  if (auto const number = digits ? std::stoul(column) : 0; number >= 1 && number <= form.columns)
    return number - 1;
  if (names.empty()) {
    throw core::InputError({.what = "read values of " + file.string(),
                            .expected = fmt::format("a column \"{}\"", column),
                            .found = fmt::format("{} columns without names", form.columns),
                            .attempt = "give the number of the column, counted from 1"});
  }
  throw_no_name(file, fmt::format("a column \"{}\"", column), column, names,
                "name one of these, or its number, counted from 1");
}

}  // namespace

ColumnValues read_column(std::filesystem::path const& file, std::string const& column,
                         std::string const& scan) {
  if (is_spec_file(file)) return read_spec_column(file, scan, column);
  expect_no_scan(file, scan);
  auto const form = form_of(file);
  auto const index = column_of(form, file, column);
  NumberedLines lines(file);
  ColumnValues result;
  for (bool header = form.header_is_row; lines.next();) {
    if (without_blanks_around(lines.text()).empty() || comment_in(lines.text())) continue;
    if (std::exchange(header, false)) continue;
    auto const cells = row_of(lines.text(), form.separator);
    // the last cell of a row may be empty
    if (cells.size() != form.columns && cells.size() + 1 != form.columns) {
      throw core::InputError(
          {.what = fmt::format("read column {} of {}", column, file.string()),
           .expected = fmt::format("{} cells in line {} as in line {}", form.columns,
                                   lines.number(), form.header_line),
           .found = fmt::format("{}", cells.size()),
           .attempt = "give each row as many, with one separator throughout"});
    }
    auto const cell = index < cells.size() ? std::string_view(cells[index]) : std::string_view();
    result.values.push_back(number_of(cell, {file, column, lines.number()}));
  }
  return result;
}

std::vector<std::string> column_names(std::filesystem::path const& file, std::string const& scan) {
  if (is_spec_file(file)) return spec_columns(file, scan);
  expect_no_scan(file, scan);
  auto const form = form_of(file);
  if (!form.names.empty()) return form.names;
  std::vector<std::string> numbers;
  for (std::size_t i = 1; i <= form.columns; ++i) numbers.push_back(fmt::format("{}", i));
  return numbers;
}

}  // namespace xrdct::io
