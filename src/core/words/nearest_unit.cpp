// Guesses which unit a word is meant to be, for messages.
#include "core/words/nearest_unit.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/units.hpp"

namespace xrdct::core {
namespace {

/// Letters and digits alone, small; Å in UTF-8 becomes a, and so does "angstrom".
std::string plain(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> spelt{{{"\u00c5", "a"},
                                                                                {"\u212b", "a"},
                                                                                {"\u03b8", "theta"},
                                                                                {"\u03c7", "chi"},
                                                                                {"angstrom", "a"},
                                                                                {"Angstrom", "a"}}};
  for (auto const& [from, to] : spelt) {
    for (auto place = text.find(from); place != std::string::npos; place = text.find(from, place))
      text.replace(place, from.size(), to);
  }
  std::string out;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte)) out += static_cast<char>(std::tolower(byte));
  }
  return out;
}

/// Other names, as `plain` leaves them. Without an inverse or a unit the usual one is meant.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> other_names{
    {{"2theta", "2th_deg"},
     {"2thetadeg", "2th_deg"},
     {"2thetadegrees", "2th_deg"},
     {"2thetarad", "2th_rad"},
     {"twotheta", "2th_deg"},
     {"twothetadeg", "2th_deg"},
     {"twothetarad", "2th_rad"},
     {"2th", "2th_deg"},
     {"tth", "2th_deg"},
     {"tthdeg", "2th_deg"},
     {"tthrad", "2th_rad"},
     {"q", "q_nm^-1"},
     {"qnm", "q_nm^-1"},
     {"1nm", "q_nm^-1"},
     {"nm1", "q_nm^-1"},
     {"qa", "q_A^-1"},
     {"1a", "q_A^-1"},
     {"a1", "q_A^-1"},
     {"q1a", "q_A^-1"},
     {"q1nm", "q_nm^-1"},
     {"r", "r_mm"},
     {"d", "d_A"}}};

}  // namespace

std::string nearest_unit(std::string const& word) {
  auto const all = unit_names(), names = radial_unit_names();
  if (std::find(all.begin(), all.end(), word) != all.end()) return word;
  auto const letters = plain(word);
  if (letters.empty()) return {};
  for (auto const& name : names) {
    if (plain(name) == letters) return name;
  }
  for (auto const& [other, name] : other_names) {
    if (other == letters) return std::string(name);
  }
  return nearest_name(word, names);
}

}  // namespace xrdct::core
