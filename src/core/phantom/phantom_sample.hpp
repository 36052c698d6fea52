#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace xrdct::core {

/// A body of constant density of one phase; negative densities cut holes into bodies of the same
/// phase around them.
struct PhantomBody {
  std::size_t phase = 0;
  double density = 1.0;
  std::array<double, 3> center_mm{};     //!< x, y in the plane of the slice at rotation 0, z up
  std::array<double, 3> semi_axis_mm{};  //!< of the ellipsoid, before the tilt
  double tilt_rad = 0.0;                 //!< turns x towards y
};

/// A sample of ellipsoids: its sections are ellipses, whose chords are known exactly.
struct PhantomSample {
  std::vector<std::string> phases;  //!< the crystals of `phantom_crystals`, then "glass"
  std::vector<PhantomBody> bodies;
};

/// A capillary of glass with bodies of all phases. \param radius_mm of the capillary
PhantomSample phantom_sample(double radius_mm);

/*!
 * Density × length of the ray x·cos ω + y·sin ω = t through the body at height z. [mm]
 *
 *     2·a·b·√(w² − (t − t₀)²) / w²     w² = a²·cos²(ω − tilt) + b²·sin²(ω − tilt)
 *     t₀ = x₀·cos ω + y₀·sin ω
 *
 * a, b are the half axes of the section. Source: Kak & Slaney (1988), §3.1,
 * doi:10.1137/1.9780898719277.
 */
double chord_mm(PhantomBody const& body, double height_mm, double rotation_rad,
                double translation_mm);

/// Density of the body at a point.
double density_at(PhantomBody const& body, double x_mm, double y_mm, double z_mm);

/*!
 * Density of one phase on a square grid, the mean of 4 × 4 points per cell: [y][x], n × n, cells of
 * `step_mm` around the rotation axis.
 */
std::vector<float> phase_map(PhantomSample const& sample, std::size_t phase, double height_mm,
                             std::size_t n, double step_mm);

}  // namespace xrdct::core
