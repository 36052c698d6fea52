// Crystalline phases of the phantom: their reflections and profiles.
#include "core/phantom/phantom_phases.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <map>
#include <numbers>

namespace xrdct::core {
namespace {

using Positions = std::vector<std::array<double, 3>>;

std::vector<UnitCellAtom> atoms_at(double electrons, Positions const& positions) {
  std::vector<UnitCellAtom> atoms;
  for (auto const& position : positions) atoms.push_back({electrons, position});
  return atoms;
}

// The positions again at the four centrings of a face-centred cell.
Positions face_centred(Positions const& motif) {
  Positions all;
  for (auto const& p : motif) {
    all.push_back(p);
    all.push_back({p[0], p[1] + 0.5, p[2] + 0.5});
    all.push_back({p[0] + 0.5, p[1], p[2] + 0.5});
    all.push_back({p[0] + 0.5, p[1] + 0.5, p[2]});
  }
  return all;
}

std::vector<UnitCellAtom> together(std::vector<UnitCellAtom> first,
                                   std::vector<UnitCellAtom> const& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

double form_factor(double electrons, double s_per_A) {
  double const x = s_per_A / 0.55;
  return electrons / (1.0 + x * x) * std::exp(-0.5 * s_per_A * s_per_A);
}

double squared_structure_factor(CubicCrystal const& crystal, int h, int k, int l, double s_per_A) {
  std::complex<double> sum;
  for (auto const& atom : crystal.atoms) {
    double const phase = 2.0 * std::numbers::pi *
                         (h * atom.position[0] + k * atom.position[1] + l * atom.position[2]);
    sum += form_factor(atom.electrons, s_per_A) *
           std::complex<double>(std::cos(phase), std::sin(phase));
  }
  return std::norm(sum);
}

}  // namespace

std::vector<CubicCrystal> phantom_crystals() {
  double const b = 0.1993;  // the free coordinate of boron in LaB6
  Positions const boron{{b, 0.5, 0.5},       {1.0 - b, 0.5, 0.5}, {0.5, b, 0.5},
                        {0.5, 1.0 - b, 0.5}, {0.5, 0.5, b},       {0.5, 0.5, 1.0 - b}};
  Positions const corner{{0.0, 0.0, 0.0}};
  Positions const diamond{{0.0, 0.0, 0.0}, {0.25, 0.25, 0.25}};
  Positions const fluorite{{0.25, 0.25, 0.25}, {0.75, 0.75, 0.75}};
  Positions const body{{0.0, 0.0, 0.0}, {0.5, 0.5, 0.5}};
  return {{"CeO2", 5.4115e-10,
           together(atoms_at(58.0, face_centred(corner)), atoms_at(8.0, face_centred(fluorite)))},
          {"LaB6", 4.15683e-10, together(atoms_at(57.0, corner), atoms_at(5.0, boron))},
          {"Si", 5.43102e-10, atoms_at(14.0, face_centred(diamond))},
          {"Fe", 2.8665e-10, atoms_at(26.0, body)}};
}

std::vector<PowderLine> powder_lines(CubicCrystal const& crystal, double wavelength_m,
                                     double two_theta_max_rad) {
  double const sin_max = std::sin(0.5 * std::min(two_theta_max_rad, std::numbers::pi));
  double const squares_max = std::pow(2.0 * crystal.lattice_m * sin_max / wavelength_m, 2);
  int const last = static_cast<int>(std::sqrt(squares_max));
  std::map<int, PowderLine> rings;  // by h² + k² + l²
  for (int h = -last; h <= last; ++h) {
    for (int k = -last; k <= last; ++k) {
      for (int l = -last; l <= last; ++l) {
        int const squares = h * h + k * k + l * l;
        if (squares == 0 || squares > squares_max) continue;
        auto& ring = rings[squares];
        ring.d_m = crystal.lattice_m / std::sqrt(static_cast<double>(squares));
        ring.intensity += squared_structure_factor(crystal, h, k, l, 0.5e-10 / ring.d_m);
        ++ring.reflections;
      }
    }
  }
  std::vector<PowderLine> lines;
  double strongest = 0.0;
  for (auto const& [squares, ring] : rings) {
    double const sin_theta = std::min(1.0, wavelength_m / (2.0 * ring.d_m));
    double const theta = std::asin(sin_theta);
    lines.push_back(ring);
    lines.back().two_theta_rad = 2.0 * theta;
    lines.back().intensity /= sin_theta * sin_theta * std::max(std::cos(theta), 1e-3);
    strongest = std::max(strongest, lines.back().intensity);
  }
  std::erase_if(lines, [&](PowderLine const& line) { return line.intensity < 1e-6 * strongest; });
  return lines;
}

double powder_profile(std::vector<PowderLine> const& lines, double two_theta_rad,
                      double sigma_rad) {
  double const reach = 7.0 * sigma_rad;  // beyond it a Gaussian is below 3e-11 of its top
  auto line = std::lower_bound(lines.begin(), lines.end(), two_theta_rad - reach,
                               [](PowderLine const& l, double x) { return l.two_theta_rad < x; });
  double sum = 0.0;
  for (; line != lines.end() && line->two_theta_rad <= two_theta_rad + reach; ++line) {
    double const x = (two_theta_rad - line->two_theta_rad) / sigma_rad;
    sum += line->intensity * std::exp(-0.5 * x * x);
  }
  return sum / (sigma_rad * std::sqrt(2.0 * std::numbers::pi));
}

double amorphous_profile(double q_nm) {
  double const first = (q_nm - 15.0) / 4.0;
  double const second = (q_nm - 30.0) / 8.0;
  return std::exp(-0.5 * first * first) + 0.35 * std::exp(-0.5 * second * second) + 0.05;
}

double air_profile(double q_nm) { return std::exp(-q_nm / 12.0) + 0.25; }

}  // namespace xrdct::core
