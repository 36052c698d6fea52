#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace xrdct::io {

/// The numbers of one column.
struct ColumnValues {
  std::vector<double> values;
  bool constant = false;  //!< one number for the whole scan, such as a motor that SPEC did not move
};

/*!
 * Reads a column of numbers from a text: CSV with commas, semicolons or tabs; columns with blanks
 * between them; SPEC, see `read_spec_column`.
 *
 * Names are in the first line, or, where this holds numbers, in the last comment before it that has
 * as many (lines that begin with `#`, `%`, `!` or `//`); a column without a name goes by its
 * number, from 1. Memory: 8 B per line. \param column its name, or its number \param scan of a SPEC
 * file: "3.1", scan 3, the first of this number; "": the only one \throws core::InputError no such
 * column: lists those there are; a cell that is no number, a line with another number of cells:
 * names the line; core::IoError
 */
ColumnValues read_column(std::filesystem::path const& file, std::string const& column,
                         std::string const& scan = {});

/// The names of the columns; "1", "2" … where they have none.
/// \throws core::InputError, core::IoError as read_column
std::vector<std::string> column_names(std::filesystem::path const& file,
                                      std::string const& scan = {});

}  // namespace xrdct::io
