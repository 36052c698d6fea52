// Reads the scans of a file that SPEC wrote, or a program that writes as SPEC does.
#include "io/values/spec_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/values/table_text.hpp"

namespace xrdct::io {
namespace {

// Lists of `#O0`, `#O1` …, by their number.
using NumberedLists = std::map<int, std::vector<std::string>>;

// "#P12 1 2 3" is the list 12 of the letter P.
struct ListLine {
  int number;
  std::string_view text;
};

std::optional<ListLine> list_line(std::string_view line, char letter) {
  if (line.size() < 4 || line[0] != '#' || line[1] != letter) return {};
  std::size_t end = 2;
  int number = 0;
  while (end < line.size() && end < 6 && std::isdigit(static_cast<unsigned char>(line[end])) != 0)
    number = 10 * number + (line[end++] - '0');
  if (end == 2 || end == line.size() || line[end] != ' ') return {};
  return ListLine{number, line.substr(end + 1)};
}

/// What is known at a line of the file: the scan that it belongs to, and the names of motors and
/// counters.
class SpecState {
 public:
  /// \returns whether a row of numbers of the scan
  bool take(std::string const& line) {
    bool const continues = std::exchange(in_spectrum_, false);
    if (continues || line.starts_with('@')) {
      in_spectrum_ = line.ends_with('\\');
      return false;
    }
    if (!line.starts_with('#')) return open_ && !without_blanks_around(line).empty();
    if (line.starts_with("#F ")) names_.clear();
    if (line.starts_with("#S ")) begin(line.substr(3));
    if (line.starts_with("#L ")) scan_.columns = names_of(line.substr(3));
    for (char const letter : {'O', 'o', 'J', 'j'})
      if (auto const list = list_line(line, letter)) take_names(letter, *list);
    if (auto const list = list_line(line, 'P')) take_positions(*list);
    return false;
  }

  bool begins(std::string const& line) const { return line.starts_with("#S "); }
  bool open() const { return open_; }
  SpecScan const& scan() const { return scan_; }

  /// The name in `#L` or `#O` that a short one stands for; itself where it stands for none.
  std::string long_name(std::string const& name) const {
    for (auto const& [brief, full] : {std::pair('j', 'J'), std::pair('o', 'O')}) {
      auto const briefs = names_.find(brief), fulls = names_.find(full);
      if (briefs == names_.end() || fulls == names_.end()) continue;
      for (auto const& [number, list] : briefs->second) {
        auto const there = fulls->second.find(number);
        if (there == fulls->second.end() || there->second.size() != list.size()) continue;
        auto const found = std::ranges::find(list, name);
        if (found != list.end())
          return there->second[static_cast<std::size_t>(found - list.begin())];
      }
    }
    return name;
  }

 private:
  static std::vector<std::string> names_of(std::string const& text) {
    return cells_of(text, {'2'});
  }

  void begin(std::string const& text) {
    auto const space = std::min(text.find_first_of(" \t"), text.size());
    auto const number = text.substr(0, space);
    scan_ = {.key = fmt::format("{}.{}", number, ++times_[number]),
             .command = std::string(without_blanks_around(text.substr(space)))};
    open_ = true;
  }

  void take_names(char letter, ListLine const& list) {
    // short names have one blank between them, and none inside
    names_[letter][list.number] = cells_of(list.text, {letter == 'O' || letter == 'J' ? '2' : ' '});
  }

  void take_positions(ListLine const& list) {
    auto const values = cells_of(list.text, {' '});
    auto const& motors = names_['O'][list.number];
    for (std::size_t i = 0; i < std::min(values.size(), motors.size()); ++i)
      if (auto const value = number_in(values[i])) scan_.motors[motors[i]] = *value;
  }

  SpecScan scan_;
  bool open_ = false, in_spectrum_ = false;
  std::map<std::string, int> times_;     // each number was seen
  std::map<char, NumberedLists> names_;  // by the letter of the lines
};

std::string listed_scans(std::vector<SpecScan> const& scans) {
  constexpr std::size_t most = 12;
  std::vector<std::string> texts;
  for (auto const& scan : scans)
    if (texts.size() < most) texts.push_back(fmt::format("{} ({})", scan.key, scan.command));
  if (scans.size() > most) texts.push_back(fmt::format("… ({} scans)", scans.size()));
  return texts.empty() ? "none" : core::listed(texts, ", ");
}

[[noreturn]] void throw_no_scan(std::filesystem::path const& file, std::string const& key,
                                std::vector<SpecScan> const& scans) {
  throw core::InputError({.what = "read values of " + file.string(),
                          .expected = key.empty() ? "one scan" : "the scan " + key,
                          .found = listed_scans(scans),
                          .attempt = fmt::format("name a scan, as in {}:/{}", file.string(),
                                                 scans.empty() ? "1.1" : scans.front().key)});
}

std::string full_key(std::string const& key) {
  return key.empty() || key.find('.') != std::string::npos ? key : key + ".1";
}

/// Goes through a file: `on_row` gets each row of the scan that is wanted.
/// \returns all scans
std::vector<SpecScan> walk(
    std::filesystem::path const& file,
    std::function<void(SpecState const&, NumberedLines const&)> const& on_row,
    std::function<void(SpecState const&)> const& on_end) {
  std::vector<SpecScan> scans;
  SpecState state;
  auto const finish = [&] {
    if (!state.open()) return;
    scans.push_back(state.scan());
    on_end(state);
  };
  for (NumberedLines lines(file); lines.next();) {
    if (state.begins(lines.text())) finish();
    if (state.take(lines.text())) on_row(state, lines);
  }
  finish();
  return scans;
}

/// Takes one column from the rows of one scan.
class SpecColumn {
 public:
  SpecColumn(std::filesystem::path const& file, std::string const& key, std::string const& column)
      : file_(file), key_(full_key(key)), column_(column) {}

  bool wants(SpecScan const& scan) const {
    return key_.empty() ? first_.empty() || first_ == scan.key : scan.key == key_;
  }

  void add(SpecState const& state, NumberedLines const& line) {
    if (!wants(state.scan())) return;
    if (first_.empty()) find(state);
    if (result_.constant) return;
    auto const cells = cells_of(line.text(), {' '});
    if (cells.size() != state.scan().columns.size()) {
      throw core::InputError({.what = fmt::format("read column {} of {}", column_, file_.string()),
                              .expected = fmt::format("{} numbers in line {}, as `#L` names them",
                                                      state.scan().columns.size(), line.number()),
                              .found = fmt::format("{}", cells.size()),
                              .attempt = "mend this line, or leave it out"});
    }
    result_.values.push_back(number_of(cells[index_], {file_, column_, line.number()}));
  }

  // A scan without a row tells of its columns, too.
  void end(SpecState const& state) {
    if (wants(state.scan()) && first_.empty()) find(state);
  }

  ColumnValues take(std::vector<SpecScan> const& scans) {
    if (first_.empty() || (key_.empty() && scans.size() > 1)) throw_no_scan(file_, key_, scans);
    return std::move(result_);
  }

 private:
  void find(SpecState const& state) {
    auto const& scan = state.scan();
    first_ = scan.key;
    for (auto const& name : {column_, state.long_name(column_)}) {
      auto const found = std::ranges::find(scan.columns, name);
      if (found != scan.columns.end()) {
        index_ = static_cast<std::size_t>(found - scan.columns.begin());
        return;
      }
    }
    for (auto const& name : {column_, state.long_name(column_)}) {
      auto const motor = scan.motors.find(name);
      if (motor == scan.motors.end()) continue;
      result_ = {{motor->second}, true};
      return;
    }
    missing_in(scan);
  }

  [[noreturn]] void missing_in(SpecScan const& scan) {
    std::vector<std::string> motors;
    for (auto const& [name, position] : scan.motors) motors.push_back(name);
    auto near = core::nearest_name(column_, scan.columns);
    if (near.empty()) near = core::nearest_name(column_, motors);
    throw core::InputError(
        {.what = fmt::format("read values of scan {} of {}", scan.key, file_.string()),
         .expected = fmt::format("a column or a motor \"{}\"", column_),
         .found = scan.columns.empty() ? "no line #L" : core::listed(scan.columns, ", "),
         .attempt = near.empty() ? fmt::format("name one of these, or of the {} motors in `#O`",
                                               motors.size())
                                 : fmt::format("did you mean \"{}\"?", near)});
  }

  std::filesystem::path file_;
  std::string key_, column_;
  std::string first_;  // the key of the scan that is read; empty: none was met
  std::size_t index_ = 0;
  ColumnValues result_;
};

}  // namespace

bool is_spec_file(std::filesystem::path const& file) {
  NumberedLines lines(file);
  while (lines.next()) {
    if (without_blanks_around(lines.text()).empty()) continue;
    return lines.text().starts_with("#F ") || lines.text().starts_with("#S ");
  }
  return false;
}

ColumnValues read_spec_column(std::filesystem::path const& file, std::string const& key,
                              std::string const& column) {
  SpecColumn wanted(file, key, column);
  auto const scans = walk(
      file, [&](SpecState const& state, NumberedLines const& line) { wanted.add(state, line); },
      [&](SpecState const& state) { wanted.end(state); });
  return wanted.take(scans);
}

std::vector<SpecScan> spec_scans(std::filesystem::path const& file) {
  return walk(
      file, [](SpecState const&, NumberedLines const&) {}, [](SpecState const&) {});
}

std::vector<std::string> spec_columns(std::filesystem::path const& file, std::string const& key) {
  auto const scans = spec_scans(file);
  auto const wanted = full_key(key);
  for (auto const& scan : scans)
    if (wanted.empty() ? scans.size() == 1 : scan.key == wanted) return scan.columns;
  throw_no_scan(file, wanted, scans);
}

void expect_no_scan(std::filesystem::path const& file, std::string const& scan) {
  if (scan.empty()) return;
  throw core::InputError({.what = fmt::format("read scan {} of {}", scan, file.string()),
                          .expected = "a file of SPEC, which begins with #F or #S",
                          .found = "another table",
                          .attempt = "name the file alone"});
}

}  // namespace xrdct::io
