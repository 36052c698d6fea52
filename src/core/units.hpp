#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace xrdct::core {

/// Radial units, with pyFAI's names.
enum class Unit { q_nm, q_A, two_theta_deg, two_theta_rad, r_mm, r_m, d_nm, d_A, d_m };

/// Unit of a name such as "q_nm^-1". \throws InputError with the nearest name.
Unit unit_of(std::string const& name);
std::string_view name_of(Unit unit);    //!< "q_nm^-1"
std::string_view label_of(Unit unit);   //!< "q" — for axes
std::string_view symbol_of(Unit unit);  //!< "nm^-1" — for axes and @units
std::vector<std::string> unit_names();

/// Shown value = internal value × scale; internal: q [nm⁻¹], 2θ [rad], r [m], d [m].
double scale_of(Unit unit);
bool needs_wavelength(Unit unit);

}  // namespace xrdct::core
