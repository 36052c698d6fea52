#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace xrdct::core {

/// Radial units, with pyFAI's names.
enum class Unit {
  q_nm,
  q_A,
  two_theta_deg,
  two_theta_rad,
  r_mm,
  r_m,
  d_nm,
  d_A,
  d_m,
  d_star2_nm,  //!< "d*2_nm^-2"
  d_star2_A,
  log10_q_m,  //!< "log10(q.m)_None"
  log_q_nm,
  log_1q_nm,  //!< "log(1+q.nm)_None"
  log_1q_A,
  arcsinh_q_nm,
  arcsinh_q_A,
  chi_deg,
  chi_rad,
  qx_nm,
  qy_nm,
  // of a sample with a surface or a fibre axis: they depend on its `SampleOrientation`
  qip_nm,  //!< in the plane of the sample
  qip_A,
  qoop_nm,  //!< out of that plane
  qoop_A,
  qtot_nm,
  qtot_A,
  qxgi_nm,
  qxgi_A,
  qygi_nm,
  qygi_A,
  qzgi_nm,
  qzgi_A,
  chigi_deg,
  chigi_rad,
  exit_angle_vert_deg,
  exit_angle_vert_rad,
  exit_angle_horz_deg,
  exit_angle_horz_rad,
  scattering_angle_vert_rad,
  scattering_angle_horz_rad
};

/// What a unit measures; all units of a quantity differ by a factor.
enum class Quantity {
  q,          //!< [nm⁻¹]
  two_theta,  //!< [rad]
  r,          //!< distance from the beam [m]
  d,          //!< lattice spacing [m]
  d_star2,    //!< 1/d² [nm⁻²]
  log10_q_m,  //!< of q in m⁻¹
  log_q_nm,   //!< natural, of q in nm⁻¹
  log_1q_nm,  //!< of 1 + q
  log_1q_A,   //!< the same with q in Å⁻¹
  arcsinh_q_nm,
  arcsinh_q_A,
  chi,  //!< [rad]
  qx,   //!< [nm⁻¹]
  qy,
  qip,
  qoop,
  qxgi,
  qygi,
  qzgi,
  chigi,  //!< [rad]
  exit_angle_vert,
  exit_angle_horz,
  scattering_angle_vert,
  scattering_angle_horz
};

/// Unit of a name such as "q_nm^-1". \throws InputError with the nearest name.
Unit unit_of(std::string const& name);
std::string_view name_of(Unit unit);    //!< "q_nm^-1"
std::string_view label_of(Unit unit);   //!< "q" — for axes
std::string_view symbol_of(Unit unit);  //!< "nm^-1" — for axes and @units; empty for logarithms
std::vector<std::string> unit_names();
/// The units that a radial axis may have: all but azimuths.
std::vector<std::string> radial_unit_names();

Quantity quantity_of(Unit unit);
/// Shown value = internal value × scale; the internal units are those of `Quantity`.
double scale_of(Unit unit);
bool needs_wavelength(Unit unit);
/// Whether an axis may begin below 0.
bool has_negative_values(Unit unit);
/// Whether it is an azimuth, χ or that of a sample: `PatternKind::azimuthal` bins it. On a radial
/// axis a pixel would have no area in (azimuth, χ).
bool is_azimuth(Unit unit);
/// Whether the quantity is an angle that jumps by a full turn, from 180° to −180°.
bool jumps_at_half_turn(Quantity quantity);
/// Whether the quantity has no finite value at the beam: d, and logarithms of q.
bool diverges_at_beam(Quantity quantity);
/// Whether the values depend on how the sample stands in the beam.
bool needs_sample_orientation(Unit unit);

}  // namespace xrdct::core
