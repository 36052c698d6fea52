#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include "core/conditioning/summed_sinogram.hpp"
#include "core/phantom/random_poisson.hpp"
#include "core/tomography/slice_geometry.hpp"

/// Sinograms of discs in closed form, with known truth. Lengths in translations.
namespace xrdct::core::test {

struct Disc {
  double x, y, radius, value;
};

/// A large disc with five others in it, not symmetric in any way; within `radius` of the axis.
inline std::vector<Disc> many_discs(double radius) {
  std::vector<Disc> discs{{0.0, 0.0, 0.95, 1.0},   {0.35, 0.2, 0.2, 1.5},   {-0.4, 0.3, 0.15, -0.6},
                          {-0.2, -0.5, 0.12, 2.0}, {0.5, -0.35, 0.07, 3.0}, {0.05, 0.6, 0.04, 4.0}};
  for (auto& disc : discs)
    disc = {disc.x * radius, disc.y * radius, disc.radius * radius, disc.value};
  return discs;
}

/// n angles of a span, without its end.
inline std::vector<double> even_angles(std::size_t n, double span, double start = 0.0) {
  std::vector<double> angles(n);
  for (std::size_t i = 0; i < n; ++i)
    angles[i] = start + span * static_cast<double>(i) / static_cast<double>(n);
  return angles;
}

/// s = x·cos θ + y·sin θ, translation k at s = k − c; the mean over the width of a translation.
inline std::vector<double> chords(std::vector<Disc> const& discs, std::vector<double> const& angles,
                                  std::size_t translations, double centre) {
  constexpr int parts = 5;
  std::vector<double> value(angles.size() * translations, 0.0);
  for (std::size_t i = 0; i < value.size(); ++i) {
    double const angle = angles[i / translations];
    for (auto const& disc : discs) {
      for (int part = 0; part < parts; ++part) {
        double const s = static_cast<double>(i % translations) - centre +
                         (static_cast<double>(part) - 2.0) / parts;
        double const u = s - disc.x * std::cos(angle) - disc.y * std::sin(angle);
        value[i] +=
            disc.value * 2.0 * std::sqrt(std::max(disc.radius * disc.radius - u * u, 0.0)) / parts;
      }
    }
  }
  return value;
}

/// Poisson numbers of given means.
inline std::vector<double> drawn(std::vector<double> means, std::uint64_t seed) {
  RandomFrame const random(seed, 0);
  for (std::size_t i = 0; i < means.size(); ++i)
    means[i] = static_cast<double>(
        poisson(means[i], random, RandomUse::pixel_rejection, static_cast<std::uint32_t>(i)));
  return means;
}

/// A uniform number in [0, 1) for each i.
inline double uniform(std::uint64_t seed, std::size_t i) {
  return RandomFrame(seed, 1).uniforms(RandomUse::hot_place, static_cast<std::uint32_t>(i))[0];
}

inline std::vector<double> scaled(std::vector<double> values, double factor, double level = 0.0) {
  for (auto& value : values) value = factor * value + level;
  return values;
}

/// The slice of a sinogram, as wide as its line.
inline SliceGeometry geometry_of(SummedSinogram const& sinogram, double centre) {
  return {sinogram.angles, sinogram.translations, 1.0,
          std::vector<double>(sinogram.projections(), centre), sinogram.translations};
}

}  // namespace xrdct::core::test
