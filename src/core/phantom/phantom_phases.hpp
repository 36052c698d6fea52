#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace xrdct::core {

/// An atom of a unit cell. Its form factor is a simple model: electrons / (1 + (s/0.55)²) ·
/// exp(−0.5·s²), s = sin θ / λ in Å⁻¹.
struct UnitCellAtom {
  double electrons = 0.0;
  std::array<double, 3> position{};  //!< fractions of the cell
};

/// A cubic crystal: real cell and structure.
struct CubicCrystal {
  std::string name;
  double lattice_m = 0.0;
  std::vector<UnitCellAtom> atoms;
};

/// One ring of a powder: all reflections of one d.
struct PowderLine {
  double two_theta_rad = 0.0;
  double d_m = 0.0;
  int reflections = 0;     //!< number of (h, k, l), the multiplicity
  double intensity = 0.0;  //!< Σ |F|² · Lorentz factor 1/(sin²θ·cos θ), relative
};

/// CeO2 (5.4115 Å), LaB6 (4.15683 Å), Si (5.43102 Å), Fe (2.8665 Å); NIST SRM 674b, 660c, 640f and
/// a textbook value.
std::vector<CubicCrystal> phantom_crystals();

/// The rings up to an angle, in rising order; extinct ones (below 1e-6 of the strongest) are left
/// out.
std::vector<PowderLine> powder_lines(CubicCrystal const& crystal, double wavelength_m,
                                     double two_theta_max_rad);

/// Σ intensity · Gaussian(2θ − 2θ_line), area 1 each.
/// \param lines in rising order
/// \param sigma_rad width (standard deviation)
double powder_profile(std::vector<PowderLine> const& lines, double two_theta_rad, double sigma_rad);

/// Two broad humps, at 15 and 30 nm⁻¹, as of a glass. \param q_nm [nm⁻¹]
double amorphous_profile(double q_nm);

/// Scattering of air: falls with q.
double air_profile(double q_nm);

}  // namespace xrdct::core
