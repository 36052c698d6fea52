#pragma once
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/words/errors.hpp"

/// Lines, cells and numbers of tables that are text. Internal to io/.
namespace xrdct::io {

/// The lines of a text, with their numbers from 1; ends of lines of any system, and the mark at the
/// beginning of UTF-8, are left out. Memory: one line.
class NumberedLines {
 public:
  /// \throws core::IoError unreadable; core::InputError no text: names the format it seems to be
  explicit NumberedLines(std::filesystem::path const& file);
  /// Moves to the next line; false: there is none. \throws core::IoError, core::InputError
  bool next();
  std::string const& text() const { return line_; }
  std::size_t number() const { return number_; }

 private:
  std::filesystem::path file_;
  std::ifstream stream_;
  std::string line_;
  std::size_t number_ = 0;
};

std::string_view without_blanks_around(std::string_view text);

/// How the cells of a line are told apart: a sign, or any number of blanks and tabs (' '), or, of
/// SPEC, two blanks at least ('2').
struct Separator {
  char sign = ' ';
};

/// The cells of a line; blanks around them and a pair of quotes ("" or '') are taken off, and a
/// separator between quotes does not count.
std::vector<std::string> cells_of(std::string_view line, Separator separator);

/// The number that a cell holds, "nan" and "inf" among them; nothing: another text.
std::optional<double> number_in(std::string_view cell);

/// Where a number was looked for, for messages.
struct CellPlace {
  std::filesystem::path file;
  std::string column;
  std::size_t line = 0;
};

/// \throws core::InputError no number: names file, line, column and the text, and says what to do
/// where it seems to have a decimal comma
double number_of(std::string_view cell, CellPlace const& place);

/// \throws core::InputError lists some of the names there are, and says the nearest, or `attempt`
[[noreturn]] void throw_no_name(std::filesystem::path const& file, std::string const& expected,
                                std::string const& wanted, std::vector<std::string> const& names,
                                std::string const& attempt);

}  // namespace xrdct::io
