// The projector as plain loops, voxel by voxel.
#include "core/tomography/projector.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::core {
namespace {

/// ∫ of a trapezoid of area 1 from −∞ to t: it rises from −outer to −inner, is flat, and falls.
double trapezoid_below(double t, double outer, double inner) {
  if (t <= -outer) return 0.0;
  if (t >= outer) return 1.0;
  double const height = 1.0 / (outer + inner);
  double const slope = outer - inner;
  if (t < -inner) return height * (t + outer) * (t + outer) / (2.0 * slope);
  if (t <= inner) return height * (slope / 2.0 + (t + inner));
  return 1.0 - height * (outer - t) * (outer - t) / (2.0 * slope);
}

/// Calls `visit(voxel, projection, translation, share)` for all that are inside.
template <class Visit>
void for_each_share(SliceGeometry const& geometry, Footprint footprint, Visit const& visit) {
  auto const translations = static_cast<std::int64_t>(geometry.translations);
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    Ray const ray(geometry, p);
    for (std::size_t row = 0; row < geometry.side; ++row) {
      for (std::size_t column = 0; column < geometry.side; ++column) {
        if (!geometry.inside(row, column)) continue;
        double const place = ray.place(static_cast<double>(column) - geometry.half_side(),
                                       geometry.half_side() - static_cast<double>(row));
        auto const shares = shares_of(footprint, place, ray);
        for (std::size_t i = 0; i < shares.share.size(); ++i) {
          auto const k = shares.first + static_cast<std::int64_t>(i);
          if (k < 0 || k >= translations || shares.share[i] == 0.0) continue;
          visit(row * geometry.side + column, p, static_cast<std::size_t>(k), shares.share[i]);
        }
      }
    }
  }
}

}  // namespace

Shares linear_shares(double place) {
  double const below = std::floor(place);
  double const share = place - below;
  return {static_cast<std::int64_t>(below), {1.0 - share, share, 0.0}};
}

Shares strip_shares(double place, double cosine, double sine) {
  double const outer = (std::abs(cosine) + std::abs(sine)) / 2.0,
               inner = std::abs(std::abs(cosine) - std::abs(sine)) / 2.0;
  auto const first = static_cast<std::int64_t>(std::ceil(place - 0.5 - outer));
  Shares shares{first, {}};
  double below = 0.0;
  for (std::size_t i = 0; i < shares.share.size(); ++i) {
    double const end = static_cast<double>(first) + static_cast<double>(i) + 0.5 - place;
    double const next = i + 1 == shares.share.size() ? 1.0 : trapezoid_below(end, outer, inner);
    shares.share[i] = next - below;
    below = next;
  }
  return shares;
}

Shares shares_of(Footprint footprint, double place, Ray const& ray) {
  return footprint == Footprint::linear ? linear_shares(place)
                                        : strip_shares(place, ray.cosine, ray.sine);
}

std::vector<double> project(SliceGeometry const& geometry, Footprint footprint,
                            std::span<double const> slice) {
  std::vector<double> sinogram(geometry.samples(), 0.0);
  for_each_share(geometry, footprint,
                 [&](std::size_t voxel, std::size_t p, std::size_t k, double share) {
                   sinogram[p * geometry.translations + k] += share * slice[voxel];
                 });
  for (auto& value : sinogram) value *= geometry.step;
  return sinogram;
}

std::vector<double> project_back(SliceGeometry const& geometry, Footprint footprint,
                                 std::span<double const> sinogram) {
  std::vector<double> slice(geometry.voxels(), 0.0);
  for_each_share(geometry, footprint,
                 [&](std::size_t voxel, std::size_t p, std::size_t k, double share) {
                   slice[voxel] += share * sinogram[p * geometry.translations + k];
                 });
  for (auto& value : slice) value *= geometry.step;
  return slice;
}

}  // namespace xrdct::core
