// The radial units: names, symbols and conversions.
#include "core/words/units.hpp"

#include <array>
#include <numbers>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::core {
namespace {

struct UnitRow {
  Unit unit;
  std::string_view name, label, symbol;
  Quantity quantity;
  double scale;
  bool needs_wavelength, has_negative_values, needs_sample_orientation;
};

constexpr double degrees = 180.0 / std::numbers::pi;

// In the order of the enumeration, so that a unit is its own row number.
constexpr std::array<UnitRow, 41> unit_table{{
    {Unit::q_nm, "q_nm^-1", "q", "nm^-1", Quantity::q, 1.0, true, false, false},
    {Unit::q_A, "q_A^-1", "q", "A^-1", Quantity::q, 0.1, true, false, false},
    {Unit::two_theta_deg, "2th_deg", "2theta", "deg", Quantity::two_theta, degrees, false, false,
     false},
    {Unit::two_theta_rad, "2th_rad", "2theta", "rad", Quantity::two_theta, 1.0, false, false,
     false},
    {Unit::r_mm, "r_mm", "r", "mm", Quantity::r, 1e3, false, false, false},
    {Unit::r_m, "r_m", "r", "m", Quantity::r, 1.0, false, false, false},
    {Unit::d_nm, "d_nm", "d", "nm", Quantity::d, 1e9, true, false, false},
    {Unit::d_A, "d_A", "d", "A", Quantity::d, 1e10, true, false, false},
    {Unit::d_m, "d_m", "d", "m", Quantity::d, 1.0, true, false, false},
    {Unit::d_star2_nm, "d*2_nm^-2", "d*2", "nm^-2", Quantity::d_star2, 1.0, true, false, false},
    {Unit::d_star2_A, "d*2_A^-2", "d*2", "A^-2", Quantity::d_star2, 0.01, true, false, false},
    {Unit::log10_q_m, "log10(q.m)_None", "log10(q.m)", "", Quantity::log10_q_m, 1.0, true, true,
     false},
    {Unit::log_q_nm, "log(q.nm)_None", "log(q.nm)", "", Quantity::log_q_nm, 1.0, true, true, false},
    {Unit::log_1q_nm, "log(1+q.nm)_None", "log(1+q.nm)", "", Quantity::log_1q_nm, 1.0, true, false,
     false},
    {Unit::log_1q_A, "log(1+q.A)_None", "log(1+q.A)", "", Quantity::log_1q_A, 1.0, true, false,
     false},
    {Unit::arcsinh_q_nm, "arcsinh(q.nm)_None", "arcsinh(q.nm)", "", Quantity::arcsinh_q_nm, 1.0,
     true, false, false},
    {Unit::arcsinh_q_A, "arcsinh(q.A)_None", "arcsinh(q.A)", "", Quantity::arcsinh_q_A, 1.0, true,
     false, false},
    {Unit::chi_deg, "chi_deg", "chi", "deg", Quantity::chi, degrees, false, true, false},
    {Unit::chi_rad, "chi_rad", "chi", "rad", Quantity::chi, 1.0, false, true, false},
    {Unit::qx_nm, "qx_nm^-1", "qx", "nm^-1", Quantity::qx, 1.0, true, true, false},
    {Unit::qy_nm, "qy_nm^-1", "qy", "nm^-1", Quantity::qy, 1.0, true, true, false},
    {Unit::qip_nm, "qip_nm^-1", "qip", "nm^-1", Quantity::qip, 1.0, true, true, true},
    {Unit::qip_A, "qip_A^-1", "qip", "A^-1", Quantity::qip, 0.1, true, true, true},
    {Unit::qoop_nm, "qoop_nm^-1", "qoop", "nm^-1", Quantity::qoop, 1.0, true, true, true},
    {Unit::qoop_A, "qoop_A^-1", "qoop", "A^-1", Quantity::qoop, 0.1, true, true, true},
    {Unit::qtot_nm, "qtot_nm^-1", "qtot", "nm^-1", Quantity::q, 1.0, true, true, false},
    {Unit::qtot_A, "qtot_A^-1", "qtot", "A^-1", Quantity::q, 0.1, true, true, false},
    {Unit::qxgi_nm, "qxgi_nm^-1", "qxgi", "nm^-1", Quantity::qxgi, 1.0, true, true, true},
    {Unit::qxgi_A, "qxgi_A^-1", "qxgi", "A^-1", Quantity::qxgi, 0.1, true, true, true},
    {Unit::qygi_nm, "qygi_nm^-1", "qygi", "nm^-1", Quantity::qygi, 1.0, true, true, true},
    {Unit::qygi_A, "qygi_A^-1", "qygi", "A^-1", Quantity::qygi, 0.1, true, true, true},
    {Unit::qzgi_nm, "qzgi_nm^-1", "qzgi", "nm^-1", Quantity::qzgi, 1.0, true, true, true},
    {Unit::qzgi_A, "qzgi_A^-1", "qzgi", "A^-1", Quantity::qzgi, 0.1, true, true, true},
    {Unit::chigi_deg, "chigi_deg", "chigi", "deg", Quantity::chigi, degrees, false, true, true},
    {Unit::chigi_rad, "chigi_rad", "chigi", "rad", Quantity::chigi, 1.0, false, true, true},
    {Unit::exit_angle_vert_deg, "exit_angle_vert_deg", "exit angle vert", "deg",
     Quantity::exit_angle_vert, degrees, false, true, true},
    {Unit::exit_angle_vert_rad, "exit_angle_vert_rad", "exit angle vert", "rad",
     Quantity::exit_angle_vert, 1.0, false, true, true},
    {Unit::exit_angle_horz_deg, "exit_angle_horz_deg", "exit angle horz", "deg",
     Quantity::exit_angle_horz, degrees, false, true, true},
    {Unit::exit_angle_horz_rad, "exit_angle_horz_rad", "exit angle horz", "rad",
     Quantity::exit_angle_horz, 1.0, false, true, true},
    {Unit::scattering_angle_vert_rad, "scattering_angle_vert_rad", "scattering angle vert", "rad",
     Quantity::scattering_angle_vert, 1.0, false, true, true},
    {Unit::scattering_angle_horz_rad, "scattering_angle_horz_rad", "scattering angle horz", "rad",
     Quantity::scattering_angle_horz, 1.0, false, true, true},
}};

UnitRow const& row_of(Unit unit) { return unit_table.at(static_cast<std::size_t>(unit)); }

}  // namespace

Unit unit_of(std::string const& name) {
  for (auto const& row : unit_table) {
    if (row.name == name) return row.unit;
  }
  std::string expected;
  for (auto const& row : unit_table)
    expected += (expected.empty() ? "" : ", ") + std::string(row.name);
  std::string const near = nearest_name(name, unit_names());
  throw InputError("cannot use the radial unit \"" + name + "\": expected one of " + expected +
                   ", found \"" + name + "\"" +
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

std::vector<std::string> radial_unit_names() {
  std::vector<std::string> names;
  for (auto const& row : unit_table) {
    if (!is_azimuth(row.unit)) names.emplace_back(row.name);
  }
  return names;
}

Quantity quantity_of(Unit unit) { return row_of(unit).quantity; }
double scale_of(Unit unit) { return row_of(unit).scale; }
bool needs_wavelength(Unit unit) { return row_of(unit).needs_wavelength; }
bool has_negative_values(Unit unit) { return row_of(unit).has_negative_values; }
bool is_azimuth(Unit unit) {
  return quantity_of(unit) == Quantity::chi || quantity_of(unit) == Quantity::chigi;
}

bool jumps_at_half_turn(Quantity quantity) {
  return quantity == Quantity::chi || quantity == Quantity::chigi ||
         quantity == Quantity::exit_angle_horz || quantity == Quantity::scattering_angle_horz;
}

bool diverges_at_beam(Quantity quantity) {
  return quantity == Quantity::d || quantity == Quantity::log10_q_m ||
         quantity == Quantity::log_q_nm;
}

bool needs_sample_orientation(Unit unit) { return row_of(unit).needs_sample_orientation; }

}  // namespace xrdct::core
