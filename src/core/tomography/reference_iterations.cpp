// SIRT and CGLS of one channel as plain loops.
#include "core/tomography/reference_iterations.hpp"

#include <algorithm>

namespace xrdct::core {
namespace {

using Values = std::vector<double>;

Values inverse_or_zero(Values values) {
  for (auto& value : values) value = value > 0.0 ? 1.0 / value : 0.0;
  return values;
}

double dot(Values const& a, Values const& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

Values sirt(LinearOperator const& projector, Iterations const& iterations,
            std::span<double const> weights, std::span<double const> data) {
  auto const rows = inverse_or_zero(projector.forward(Values(projector.columns, 1.0)));
  auto const columns = inverse_or_zero(projector.transpose(weights));
  Values slice(projector.columns, 0.0);
  for (int i = 0; i < iterations.count; ++i) {
    auto residual = projector.forward(slice);
    for (std::size_t s = 0; s < residual.size(); ++s)
      residual[s] = rows[s] * weights[s] * (data[s] - residual[s]);
    auto const step = projector.transpose(residual);
    for (std::size_t v = 0; v < slice.size(); ++v) {
      slice[v] += iterations.relaxation * columns[v] * step[v];
      if (iterations.non_negative) slice[v] = std::max(slice[v], 0.0);
    }
  }
  return slice;
}

Values cgls(LinearOperator const& projector, int count, std::span<double const> weights,
            std::span<double const> data) {
  auto const weighted = [&](Values values) {
    for (std::size_t s = 0; s < values.size(); ++s) values[s] *= weights[s];
    return values;
  };
  Values slice(projector.columns, 0.0);
  Values residual(data.begin(), data.end());
  auto gradient = projector.transpose(weighted(residual));
  auto direction = gradient;
  double length = dot(gradient, gradient);
  for (int i = 0; i < count && length > 0.0; ++i) {
    auto const image = projector.forward(direction);
    double const step = length / dot(image, weighted(image));
    for (std::size_t v = 0; v < slice.size(); ++v) slice[v] += step * direction[v];
    for (std::size_t s = 0; s < residual.size(); ++s) residual[s] -= step * image[s];
    gradient = projector.transpose(weighted(residual));
    double const next = dot(gradient, gradient);
    for (std::size_t v = 0; v < direction.size(); ++v)
      direction[v] = gradient[v] + next / length * direction[v];
    length = next;
  }
  return slice;
}

}  // namespace xrdct::core
