// Which motors and counters there are, with their values.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>

#include "app/axes/axis_units.hpp"
#include "app/inspect/open_scan.hpp"
#include "core/detector/detector_guess.hpp"
#include "core/words/errors.hpp"
#include "io/images/image_header.hpp"
#include "io/values/open_values.hpp"
#include "io/values/spec_file.hpp"
#include "io/values/text_table.hpp"
#include "io/values/value_reader.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

/// Series that are read: what a beamline writes of a scan, and not a file of another kind.
constexpr std::size_t most_series = 400;

void note_range(FoundSeries& series) {
  series.low = std::numeric_limits<double>::infinity();
  series.high = -series.low;
  for (double const value : series.values) {
    if (!std::isfinite(value)) continue;
    series.low = std::min(series.low, value);
    series.high = std::max(series.high, value);
  }
  if (series.low > series.high) series.low = series.high = std::nan("");
}

/// Adds what fits the frames; what does not is none of this scan.
void add_series(OpenScan& scan, Findings& findings, FoundSeries series) {
  if (findings.series.size() >= most_series) return;
  try {
    auto const values = io::open_values(series.where, *scan.source);
    series.values = io::all_values(*values);
  } catch (core::InputError const&) {
    return;
  } catch (core::IoError const&) {
    return;
  }
  note_range(series);
  findings.series.push_back(std::move(series));
}

/// The path in every entry of the scan: "/1.1/measurement/dty" is "/*.1/measurement/dty".
std::string in_all_entries(OpenScan const& scan, std::string const& stack,
                           std::string const& path) {
  auto const here = "/" + scan.entry + "/";
  auto const end = stack.find('/', 1);
  if (scan.entry.empty() || !path.starts_with(here) || end == std::string::npos) return path;
  return stack.substr(0, end + 1) + path.substr(here.size());
}

/// Whether a single position is another one in the last part of the scan.
bool differs_at_the_end(OpenScan const& scan, std::string const& path, double first) {
  auto const parts = scan.source->parts();
  auto const& last = parts.back();
  auto const here = "/" + scan.entry + "/";
  auto const end = last.dataset.find('/', 1);
  auto const there = path.starts_with(here) && end != std::string::npos
                         ? last.dataset.substr(0, end + 1) + path.substr(here.size())
                         : path;
  try {
    auto const values = io::read_values(last.file, there);
    return values.size() == 1 && values.front() != first;
  } catch (core::InputError const&) {
    return false;
  } catch (core::IoError const&) {
    return false;
  }
}

void add_hdf5_values(OpenScan& scan, Findings& findings) {
  auto const& stack = *findings.taken();
  auto const parts = scan.source->parts();
  auto const& first = parts.front();
  auto const objects = io::list_objects(first.file, scan.entry);
  findings.facts = io::scan_facts(objects, first.dataset, stack.shape);
  auto const in_metres = [](auto const& size) {
    return size ? std::optional(size->value) : std::nullopt;
  };
  findings.stacks[*findings.stack].detectors = core::detectors_like(
      stack.shape, in_metres(findings.facts.pixel1_m), in_metres(findings.facts.pixel2_m));
  bool const is_split = parts.size() > 1;
  for (auto const& value : io::scan_values(objects, first.dataset, first.frames)) {
    core::ValueName where{.file = {},
                          .dataset = in_all_entries(scan, stack.path, value.path),
                          .column = {},
                          .header = {}};
    if (value.size > 1 && value.size > first.frames) where.first = 0;
    bool const is_single = value.size == 1 && first.frames > 1;
    if (is_single && !(is_split && differs_at_the_end(scan, value.path, *value.value))) {
      ++findings.motors_at_rest;
      continue;
    }
    add_series(scan, findings,
               {.where = where,
                .name = value.name,
                .unit = usual_unit(value.unit),
                .role = value.role,
                .values = {}});
  }
}

/// A file beside the frames as a job names it.
std::string beside(OpenScan const& scan, fs::path const& file) {
  bool const is_absolute = fs::path(scan.files.names.front()).is_absolute();
  return (is_absolute ? file : file.lexically_proximate(fs::current_path())).string();
}

void add_columns(OpenScan& scan, Findings& findings, std::string const& file,
                 std::vector<std::string> const& columns, std::optional<std::int64_t> first) {
  for (auto const& column : columns) {
    auto name = column.substr(0, column.find('('));
    add_series(
        scan, findings,
        {.where = {.file = file, .dataset = {}, .column = column, .header = {}, .first = first},
         .name = name.empty() ? column : name,
         .unit = {},
         .role = io::role_of_name(column),
         .values = {}});
  }
}

/// Whether a column has a value for every frame, exactly, or at least.
bool fits(OpenScan const& scan, fs::path const& file, std::string const& column,
          std::string const& key, bool may_be_longer) {
  auto const rows = io::read_column(file, column, key).values.size();
  auto const frames = static_cast<std::size_t>(scan.source->frames());
  return may_be_longer ? rows >= frames : rows == frames;
}

/// Columns of a text file, where it has as many rows as there are frames.
/// \param asked the user has named it: more rows are right then, the first is that of frame 0
void add_table(OpenScan& scan, Findings& findings, fs::path const& file, bool asked) {
  auto const name = beside(scan, file);
  auto const add = [&](std::string const& key, std::vector<std::string> const& columns) {
    if (columns.empty() || !fits(scan, file, columns.front(), key, asked)) return false;
    bool const exact = fits(scan, file, columns.front(), key, false);
    add_columns(scan, findings, key.empty() ? name : name + ":/" + key, columns,
                exact ? std::nullopt : std::optional<std::int64_t>(0));
    return true;
  };
  bool found = false;
  if (io::is_spec_file(file)) {
    for (auto const& spec : io::spec_scans(file)) {
      bool const is_it = add(spec.key, spec.columns);
      if (is_it && findings.facts.title.empty()) findings.facts.title = spec.command;
      found = found || is_it;
    }
  } else {
    found = add("", io::column_names(file));
  }
  if (asked && !found) {
    throw core::InputError(
        {.what = "take motors and counters of --table " + name,
         .expected = "a row for each of the " + std::to_string(scan.source->frames()) + " frames",
         .found = "fewer",
         .attempt = "name the table of this scan"});
  }
}

bool may_be_table(fs::path const& file) {
  static std::set<std::string> const endings{".csv", ".txt", ".dat", ".spec", ""};
  constexpr std::uintmax_t largest = 1u << 28;
  std::error_code failure;
  return endings.contains(file.extension().string()) && fs::is_regular_file(file, failure) &&
         fs::file_size(file, failure) < largest;
}

/// Texts in the folder of the frames; of images in a folder of their own those beside it, too.
std::vector<fs::path> texts_beside(OpenScan const& scan) {
  auto const folder = fs::path(scan.files.files[0]).parent_path();
  std::vector<fs::path> folders{folder.empty() ? fs::path(".") : folder};
  if (scan.files.images && folder.has_parent_path()) folders.push_back(folder.parent_path());
  constexpr std::size_t most_tables = 16;
  std::vector<fs::path> tables;
  std::error_code failure;
  for (auto const& place : folders)
    for (auto const& entry : fs::directory_iterator(place, failure))
      if (may_be_table(entry.path())) tables.push_back(entry.path());
  std::sort(tables.begin(), tables.end());
  if (tables.size() > most_tables) tables.resize(most_tables);
  return tables;
}

void add_tables_beside(OpenScan& scan, Findings& findings) {
  for (auto const& table : texts_beside(scan)) {
    try {
      add_table(scan, findings, table, false);
    } catch (core::InputError const&) {  // a text of another kind
    } catch (core::IoError const&) {
    }
  }
}

/// Whether the frames' own files may tell where they were taken.
bool has_positions(Findings const& findings) {
  auto const motors = std::ranges::count_if(findings.series, [](FoundSeries const& series) {
    return series.role != io::ValueRole::clock && series.moves();
  });
  return motors >= 2;
}

std::optional<double> leading_number(std::string const& text) {
  char* end = nullptr;
  double const number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(number)) return {};
  return number;
}

/// What stands behind the number of a header: "deg." of "0.1000 deg.".
std::string unit_behind(std::string const& text) {
  auto begin = text.find_last_of("0123456789");
  std::string unit = begin == std::string::npos ? "" : text.substr(begin + 1);
  std::erase_if(unit, [](char c) { return c == ' ' || c == '.'; });
  bool const is_word = std::all_of(unit.begin(), unit.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
  });
  return is_word && unit.size() <= 8 ? unit : "";
}

/// Keys of headers whose number changes from the first to another of a few images.
void add_headers(OpenScan& scan, Findings& findings) {
  auto const& files = scan.files.files;
  io::ImageHeader first;
  std::vector<io::ImageHeader> others;
  try {
    first = io::image_header(files[0]);
    for (std::size_t const i : {std::size_t{1}, files.size() / 2, files.size() - 1})
      if (i < files.size()) others.push_back(io::image_header(files[i]));
  } catch (core::InputError const&) {
    return;  // a format without a header
  }
  for (auto const& [key, text] : first.entries) {
    auto const number = leading_number(text);
    bool const changes = std::any_of(others.begin(), others.end(), [&](auto const& other) {
      auto const there = other.value(key);
      return there && leading_number(*there) != number;
    });
    auto const role = io::role_of_name(key);
    constexpr std::size_t few = 2000;  // each key is a walk through all files
    bool const is_of_storage = key.starts_with("X-Binary") || key.starts_with("Content");
    if (!number || !changes || is_of_storage ||
        (role == io::ValueRole::clock && files.size() > few))
      continue;
    add_series(scan, findings,
               {.where = {.file = {}, .dataset = {}, .column = {}, .header = key},
                .name = key,
                .unit = usual_unit(unit_behind(text)),
                .role = role,
                .values = {}});
  }
}

}  // namespace

std::string usual_unit(std::string const& unit) {
  if (unit.empty() || is_axis_unit(unit)) return unit;
  auto const near = nearest_axis_unit(unit);
  return near.empty() ? unit : near;
}

void find_values(OpenScan& scan, Findings& findings) {
  if (!scan.source) return;
  if (!scan.files.images) add_hdf5_values(scan, findings);
  if (scan.files.images) add_headers(scan, findings);
  if (scan.options.table) {
    add_table(scan, findings, *scan.options.table, true);
  } else if (scan.source->frames() > 1 && !has_positions(findings)) {
    add_tables_beside(scan, findings);
  }
  findings.command = io::read_scan_command(findings.facts.title);
}

}  // namespace xrdct::app
