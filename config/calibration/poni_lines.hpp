#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The lines of a PONI file, and how a problem with one of them is reported. Private to config.
namespace xrdct::config {

struct PoniLine {
  std::size_t number = 0;   //!< from 1
  std::string written_key;  //!< as it stands in the file
  std::string key;          //!< lower case, aliases resolved
  std::string value;        //!< without blanks around it
};

/// Collects `cannot read <file>, line L: key: expected X, found Y; <what to try>`.
class PoniProblems {
 public:
  explicit PoniProblems(std::string file) : file_(std::move(file)) {}
  void add(PoniLine const& line, std::string const& expected, std::string const& try_this = {});
  void add(std::size_t line, std::string const& what, std::string const& expected,
           std::string const& found, std::string const& try_this = {});
  void add_key(PoniLine const& line, std::string const& nearest);
  void add_missing(std::string const& key, std::string const& expected);
  std::vector<std::string> const& list() const noexcept { return list_; }

  std::optional<double> finite(PoniLine const& line, std::string const& what);
  std::optional<double> positive(PoniLine const& line, std::string const& what);

 private:
  std::string file_;
  std::vector<std::string> list_;
};

/// Splits a text into `Key: value` lines; blank lines and comments are left out.
class PoniLines {
 public:
  PoniLines(std::string_view text, PoniProblems& problems);
  std::vector<PoniLine> const& all() const noexcept { return lines_; }
  PoniLine const* find(std::string_view key) const;  //!< the last line with this key, or nullptr

 private:
  std::vector<PoniLine> lines_;
};

bool is_known_key(std::string const& key);
std::string nearest_key(std::string const& key);
std::string lower_case(std::string_view text);
bool is_none(std::string const& value);   //!< empty, "None" or "null"
bool is_false(std::string const& value);  //!< the same, "False" or "0"
std::optional<double> number_of(std::string const& value);

}  // namespace xrdct::config
