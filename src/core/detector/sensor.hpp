#pragma once
#include <optional>
#include <string>
#include <vector>

namespace xrdct::core {

/// The layer of a detector that absorbs X-rays.
struct Sensor {
  std::string material;                    //!< one of `sensor_materials`
  std::optional<double> thickness_m = {};  //!< nothing: absorbs all
};

/// "Si", "Ge", "CdTe", "CZT", "GaAs", "Gd2O2S", "Se", "BaFBr0.85I0.15"
std::vector<std::string> sensor_materials();

/*!
 * Linear absorption coefficient µ = (µ/ρ)·ρ [1/m], by linear interpolation of µ/ρ between tabulated
 * energies [keV], on the side of an edge that the energy is on.
 *
 * Source of µ/ρ: J. H. Hubbell and S. M. Seltzer, NIST Standard Reference Database 126,
 * doi:10.18434/T4D01F.
 * \throws InputError unknown material, with the nearest one; energy outside of the table.
 */
double absorption_coefficient(std::string const& material, double energy_keV);

/// E = hc/λ [keV]
double photon_energy_keV(double wavelength_m);

}  // namespace xrdct::core
