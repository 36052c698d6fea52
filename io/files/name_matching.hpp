#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/file_patterns.hpp"

/// How names of files compare with patterns. Internal to io/.
namespace xrdct::io {

/// `*`: any characters, `?`: one.
bool matches(std::string_view name, std::string_view pattern);

/// Names with a number in one place, "img_%05d.cbf".
struct NumberPattern {
  std::string before, after;
  std::size_t width = 0;  //!< fewest digits, with zeros in front; 0: as many as it needs

  std::optional<std::uint64_t> number_of(std::string_view name) const;
  std::string name_of(std::uint64_t number) const;
};
/// Nothing: no %d, or more than one.
std::optional<NumberPattern> number_pattern(std::string_view name);

/// ".cbf", ".cbf.gz", in lower case.
std::string ending_of(std::string_view name);
/// Of files that are compressed as a whole.
bool is_compressed_ending(std::string_view ending);
bool belongs_to_series(std::string_view ending, SeriesOf kind);

/// The same for all names that differ in numbers alone: "scan_#.h5".
std::string without_numbers(std::string_view name);

/// Drops the data files where there are master files.
void keep_masters(std::vector<std::string>& names);

/// Of names that differ in one number: "0003 is missing", "3 to 7 are missing"; "": none, or not
/// one number.
std::string first_gap(std::vector<std::string> const& sorted);
/// The name with %05d in place of its last number.
std::string as_number_pattern(std::string_view name);

}  // namespace xrdct::io
