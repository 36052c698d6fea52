// Tells motors, counters and clocks among the numbers of a file.
#include "io/survey/scan_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

namespace xrdct::io {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string in_small_letters(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string last_component(std::string const& path) { return path.substr(path.rfind('/') + 1); }

// "dty" of …/dty/value and …/dty/data; "samx" of samx(xrfx).
std::string name_of(FoundNumbers const& numbers) {
  constexpr std::array<std::string_view, 4> general{"value", "data", "position", "raw"};
  std::string name = numbers.name();
  bool const is_general = std::find(general.begin(), general.end(), name) != general.end();
  if (is_general && !last_component(numbers.parent()).empty())
    name = last_component(numbers.parent());
  if (auto const bracket = name.find('('); bracket != std::string::npos && bracket > 0)
    name.resize(bracket);
  return name;
}

// Names of what belongs to a motor and is not its position.
bool is_beside_position(std::string const& name) {
  constexpr std::array<std::string_view, 5> endings{"_end", "_increment", "_range_average",
                                                    "_range_total", "_set"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_positioner(FoundNumbers const& numbers) {
  auto const& path = numbers.path;
  return numbers.group_class == "NXpositioner" || contains(path, "/positioners/") ||
         contains(path, "/goniometer/") || contains(path, "/transformations/") ||
         contains(path, "/snapshots/pre_scan/");
}

std::size_t components_in_common(std::string const& a, std::string const& b) {
  std::size_t common = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i)
    common += a[i] == '/';
  return common;
}

// Larger: rather this one of several by one name.
std::size_t preference(ScanValue const& value, std::string const& stack) {
  return components_in_common(value.path, stack) * 4 + (value.size > 1 ? 1000 : 0) +
         (contains(value.path, "/measurement/") ? 1 : 0);
}

}  // namespace

ValueRole role_of_name(std::string const& name) {
  constexpr std::array<std::string_view, 9> clocks{
      "time", "epoch", "sec", "index", "image", "frame_n", "frame_i", "npoints", "trig"};
  auto const small = in_small_letters(name);
  bool const is_clock =
      small == "frame" || small == "pt_no" || small == "i" || small == "t" ||
      std::any_of(clocks.begin(), clocks.end(), [&](auto word) { return contains(small, word); });
  return is_clock ? ValueRole::clock : ValueRole::counter;
}

int monitor_likelihood(std::string const& name) {
  auto const small = in_small_letters(name);
  auto const begins = [&](std::string_view word) { return small.starts_with(word); };
  if (small == "i0" || small == "ic0" || small == "io" || small == "i_0") return 4;
  if (begins("mon") || begins("ic") || begins("i0") || contains(small, "ionc")) return 3;
  if (contains(small, "monitor") || contains(small, "pico") || contains(small, "bpm") ||
      contains(small, "beam") || contains(small, "i0"))
    return 2;
  if (contains(small, "current") || contains(small, "diode") || begins("pd")) return 1;
  return 0;
}

std::vector<ScanValue> scan_values(Hdf5Objects const& objects, std::string const& stack,
                                   std::int64_t frames) {
  std::set<std::string> positioners;
  for (auto const& numbers : objects.numbers)
    if (is_positioner(numbers)) positioners.insert(name_of(numbers));
  std::vector<ScanValue> values;
  std::map<std::string, std::size_t> known;
  for (auto const& numbers : objects.numbers) {
    auto const size = numbers.size();
    ScanValue value{.path = numbers.path,
                    .name = name_of(numbers),
                    .unit = numbers.unit,
                    .role = ValueRole::counter,
                    .size = size,
                    .value = numbers.value};
    bool const is_motor = positioners.contains(value.name);
    bool const is_list = size > 1 && size >= frames && size <= frames + frames / 2 &&
                         (numbers.dims.size() == 1 || size == frames);
    bool const is_single = numbers.value && size == 1 && is_positioner(numbers);
    if ((!is_list && !is_single) || (is_motor && is_beside_position(value.name))) continue;
    value.role = is_motor ? ValueRole::motor : role_of_name(value.name);
    auto const [place, is_new] = known.emplace(value.name, values.size());
    if (is_new) {
      values.push_back(std::move(value));
    } else if (preference(value, stack) > preference(values[place->second], stack)) {
      values[place->second] = std::move(value);
    }
  }
  return values;
}

}  // namespace xrdct::io
