#include "core/units.hpp"

#include <array>
#include <numbers>

#include "core/errors.hpp"

namespace xrdct::core {
namespace {

struct UnitRow {
  Unit unit;
  std::string_view name, label, symbol;
  double scale;
  bool needs_wavelength;
};

// In the order of the enumeration, so that a unit is its own row number.
constexpr std::array<UnitRow, 9> unit_table{{
    {Unit::q_nm, "q_nm^-1", "q", "nm^-1", 1.0, true},
    {Unit::q_A, "q_A^-1", "q", "A^-1", 0.1, true},
    {Unit::two_theta_deg, "2th_deg", "2theta", "deg", 180.0 / std::numbers::pi, false},
    {Unit::two_theta_rad, "2th_rad", "2theta", "rad", 1.0, false},
    {Unit::r_mm, "r_mm", "r", "mm", 1e3, false},
    {Unit::r_m, "r_m", "r", "m", 1.0, false},
    {Unit::d_nm, "d_nm", "d", "nm", 1e9, true},
    {Unit::d_A, "d_A", "d", "A", 1e10, true},
    {Unit::d_m, "d_m", "d", "m", 1.0, true},
}};

UnitRow const& row_of(Unit unit) { return unit_table.at(static_cast<std::size_t>(unit)); }

}  // namespace

Unit unit_of(std::string const& name) {
  for (auto const& row : unit_table) {
    if (row.name == name) return row.unit;
  }
  std::string expected;
  for (auto const& row : unit_table) expected += (expected.empty() ? "" : ", ") + std::string(row.name);
  std::string const near = nearest_name(name, unit_names());
  throw InputError("cannot use the radial unit \"" + name + "\": expected one of " + expected + ", found \"" + name + "\"" +
                   (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

std::string_view name_of(Unit unit) { return row_of(unit).name; }
std::string_view label_of(Unit unit) { return row_of(unit).label; }
std::string_view symbol_of(Unit unit) { return row_of(unit).symbol; }

std::vector<std::string> unit_names() {
  std::vector<std::string> names;
  for (auto const& row : unit_table) names.emplace_back(row.name);
  return names;
}

double scale_of(Unit unit) { return row_of(unit).scale; }
bool needs_wavelength(Unit unit) { return row_of(unit).needs_wavelength; }

}  // namespace xrdct::core
