#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/values/text_table.hpp"

namespace xrdct::io {

/// A scan of a SPEC file, without its rows.
struct SpecScan {
  std::string key;      //!< "3.1": the first scan of number 3
  std::string command;  //!< "ascan samz 0 1 10 0.5"
  std::vector<std::string> columns = {};
  std::map<std::string, double> motors = {};  //!< where all motors stood when it began
};

/// Whether a text begins like a file of SPEC, with `#F` or `#S`.
bool is_spec_file(std::filesystem::path const& file);

/*!
 * A column of a scan by its name in `#L`, or by the short name that `#J` and `#j`, `#O` and `#o`
 * give it; else the motor of this name, which stood still and is a constant.
 *
 * Names are two blanks apart. Lines of spectra (`@A`) are left out.
 * \param key "3.1" or "3"; "": the only scan
 * \throws core::InputError no such scan, or several: lists them; no such column: lists columns, and
 * the nearest of columns and motors; a cell that is no number: names the line; core::IoError
 */
ColumnValues read_spec_column(std::filesystem::path const& file, std::string const& key,
                              std::string const& column);

/// The columns of `#L`. \throws core::InputError, core::IoError as read_spec_column
std::vector<std::string> spec_columns(std::filesystem::path const& file, std::string const& key);

/// All scans, in the order of the file.
std::vector<SpecScan> spec_scans(std::filesystem::path const& file);

/// \throws core::InputError a scan is named of a table that has none
void expect_no_scan(std::filesystem::path const& file, std::string const& scan);

}  // namespace xrdct::io
