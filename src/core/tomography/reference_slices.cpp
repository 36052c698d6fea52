// Reconstructions of one channel as plain loops.
#include "core/tomography/reference_slices.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace xrdct::core {
namespace {

using Values = std::vector<double>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

double tap(Values const& ramp, std::int64_t offset) {
  auto const k = static_cast<std::size_t>(offset < 0 ? -offset : offset);
  return k < ramp.size() ? ramp[k] : 0.0;
}

/// Σ_m kernel(k − m)·values[m] along each projection, for all k that voxels reach.
template <class Kernel>
Values convolve(SliceGeometry const& geometry, std::span<double const> values,
                Kernel const& kernel) {
  auto const line = reached_line(geometry);
  auto const before = static_cast<std::int64_t>(line.before);
  Values out(geometry.projections() * line.total, 0.0);
  for (std::size_t p = 0; p < geometry.projections(); ++p)
    for (std::size_t i = 0; i < line.total; ++i)
      for (std::size_t m = 0; m < geometry.translations; ++m)
        out[p * line.total + i] +=
            kernel(static_cast<std::int64_t>(i) - before - static_cast<std::int64_t>(m)) *
            values[p * geometry.translations + m];
  return out;
}

Values ramp_for(SliceGeometry const& geometry, FilterWindow window) {
  return ramp_filter(reached_line(geometry).total, geometry.step, window);
}

/// Calls `add(voxel, projection, lower translation, f)` for every voxel inside; NaN for the others.
template <class Add>
Values over_voxels(SliceGeometry const& geometry, Add const& add) {
  Values slice(geometry.voxels(), not_a_number);
  for (std::size_t row = 0; row < geometry.side; ++row) {
    for (std::size_t column = 0; column < geometry.side; ++column) {
      if (!geometry.inside(row, column)) continue;
      double sum = 0.0;
      for (std::size_t p = 0; p < geometry.projections(); ++p) {
        Ray const ray(geometry, p);
        auto const shares =
            linear_shares(ray.place(static_cast<double>(column) - geometry.half_side(),
                                    geometry.half_side() - static_cast<double>(row)));
        sum += add(p, shares.first, shares.share[1]);
      }
      slice[row * geometry.side + column] = sum;
    }
  }
  return slice;
}

/// Of what `convolve` made.
double at(ReachedLine const& line, Values const& values, std::size_t p, std::int64_t k) {
  return values[p * line.total +
                static_cast<std::size_t>(k + static_cast<std::int64_t>(line.before))];
}

LinearOperator operator_of(SliceGeometry const& geometry, Footprint footprint) {
  return {geometry.voxels(),
          [&geometry, footprint](std::span<double const> slice) {
            return project(geometry, footprint, slice);
          },
          [&geometry, footprint](std::span<double const> sinogram) {
            return project_back(geometry, footprint, sinogram);
          }};
}

void leave_circle(SliceGeometry const& geometry, Values& slice) {
  for (std::size_t row = 0; row < geometry.side; ++row)
    for (std::size_t column = 0; column < geometry.side; ++column)
      if (!geometry.inside(row, column)) slice[row * geometry.side + column] = not_a_number;
}

}  // namespace

Values filtered_back_projection(SliceGeometry const& geometry, std::span<double const> weights,
                                FilterWindow window, std::span<double const> sinogram) {
  auto const ramp = ramp_for(geometry, window);
  auto const filtered =
      convolve(geometry, sinogram, [&](std::int64_t offset) { return tap(ramp, offset); });
  auto const line = reached_line(geometry);
  return over_voxels(geometry, [&](std::size_t p, std::int64_t k, double f) {
    return weights[p] * ((1.0 - f) * at(line, filtered, p, k) + f * at(line, filtered, p, k + 1));
  });
}

Values filtered_back_projection_variance(SliceGeometry const& geometry,
                                         std::span<double const> weights, FilterWindow window,
                                         std::span<double const> variance) {
  auto const ramp = ramp_for(geometry, window);
  auto const own = convolve(geometry, variance, [&](std::int64_t offset) {
    return tap(ramp, offset) * tap(ramp, offset);
  });
  auto const with_next = convolve(geometry, variance, [&](std::int64_t offset) {
    return tap(ramp, offset) * tap(ramp, offset + 1);
  });
  auto const line = reached_line(geometry);
  return over_voxels(geometry, [&](std::size_t p, std::int64_t k, double f) {
    return weights[p] * weights[p] *
           ((1.0 - f) * (1.0 - f) * at(line, own, p, k) + f * f * at(line, own, p, k + 1) +
            2.0 * f * (1.0 - f) * at(line, with_next, p, k));
  });
}

Values sirt(SliceGeometry const& geometry, Footprint footprint, Iterations const& iterations,
            std::span<double const> weights, std::span<double const> sinogram) {
  auto slice = sirt(operator_of(geometry, footprint), iterations, weights, sinogram);
  leave_circle(geometry, slice);
  return slice;
}

Values cgls(SliceGeometry const& geometry, Footprint footprint, int count,
            std::span<double const> weights, std::span<double const> sinogram) {
  auto slice = cgls(operator_of(geometry, footprint), count, weights, sinogram);
  leave_circle(geometry, slice);
  return slice;
}

}  // namespace xrdct::core
