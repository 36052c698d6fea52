// The units in which motors and other axes of a scan are given, and how else they are spelt.
#include "app/axes/axis_units.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

constexpr std::array<std::string_view, 50> units{
    "deg", "rad", "mrad", "urad", "µrad",   "m",    "cm",     "mm",   "um",    "µm",
    "μm",  "nm",  "pm",   "A",    "Å",      "s",    "ms",     "us",   "ns",    "min",
    "h",   "d",   "K",    "mK",   "C",      "degC", "°C",     "bar",  "mbar",  "Pa",
    "kPa", "MPa", "GPa",  "eV",   "keV",    "MeV",  "V",      "mV",   "mA",    "N",
    "T",   "mT",  "Hz",   "%",    "counts", "mdeg", "arcsec", "kbar", "pixel", "steps"};

/// Other spellings, small and without a final s or full stop.
constexpr std::array<std::pair<std::string_view, std::string_view>, 42> spellings{
    {{"degree", "deg"},
     {"°", "deg"},
     {"grad", "deg"},
     {"deg", "deg"},
     {"radian", "rad"},
     {"rad", "rad"},
     {"milliradian", "mrad"},
     {"meter", "m"},
     {"metre", "m"},
     {"centimeter", "cm"},
     {"centimetre", "cm"},
     {"millimeter", "mm"},
     {"millimetre", "mm"},
     {"mm", "mm"},
     {"micrometer", "um"},
     {"micrometre", "um"},
     {"micron", "um"},
     {"mum", "um"},
     {"mu", "um"},
     {"um", "um"},
     {"nanometer", "nm"},
     {"nanometre", "nm"},
     {"angstrom", "A"},
     {"ang", "A"},
     {"second", "s"},
     {"sec", "s"},
     {"minute", "min"},
     {"hour", "h"},
     {"hr", "h"},
     {"day", "d"},
     {"millisecond", "ms"},
     {"kelvin", "K"},
     {"k", "K"},
     {"celsius", "degC"},
     {"volt", "V"},
     {"pascal", "Pa"},
     {"percent", "%"},
     {"count", "counts"},
     {"kev", "keV"},
     {"px", "pixel"},
     {"step", "steps"},
     {"ev", "eV"}}};

}  // namespace

bool is_axis_unit(std::string const& unit) {
  return std::find(units.begin(), units.end(), unit) != units.end();
}

std::string nearest_axis_unit(std::string const& word) {
  std::string small;
  for (char const c : word) small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  while (small.size() > 1 && (small.back() == '.' || small.back() == ' ')) small.pop_back();
  auto const spelt = [&](std::string_view text) -> std::string {
    for (auto const& [other, unit] : spellings) {
      if (other == text) return std::string(unit);
    }
    return {};
  };
  if (auto const unit = spelt(small); !unit.empty()) return unit;
  if (small.size() > 2 && small.back() == 's') {
    if (auto const unit = spelt(std::string_view(small).substr(0, small.size() - 1)); !unit.empty())
      return unit;
  }
  // Short units are all near each other: only long words are guessed by their letters.
  if (small.size() < 5) return {};
  std::vector<std::string> known;
  for (auto const& [other, unit] : spellings) {
    if (other.size() >= 4 && other.size() + 1 >= small.size() && other.size() <= small.size() + 1)
      known.emplace_back(other);
  }
  return spelt(core::nearest_name(small, known));
}

}  // namespace xrdct::app
