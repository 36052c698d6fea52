// The centre of rotation from the sinusoid of the centre of mass.
#include "core/centre/centre_of_mass.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "core/conditioning/missing_samples.hpp"
#include "core/conditioning/robust_statistics.hpp"

namespace xrdct::core {
namespace {

constexpr double biweight_limit = 4.685;         // efficient to 95 % where there are no outliers
constexpr double sigma_of_median_size = 1.4826;  // of a normal distribution
constexpr int rounds = 30;
constexpr double largest_error = 5.0;  // [translations]
constexpr std::size_t least_projections = 4;

using Three = std::array<double, 3>;
using Matrix = std::array<Three, 3>;

Three row_of(double angle) { return {1.0, std::cos(angle), std::sin(angle)}; }

double dot(Three const& a, Three const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Three cross(Three const& a, Three const& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// Inverse of a symmetric matrix; all NaN where there is none.
Matrix inverse(Matrix const& m) {
  Matrix adjoint{cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])};
  double const determinant = dot(m[0], adjoint[0]);
  double const size = m[0][0] * m[0][0] * m[0][0];
  for (auto& row : adjoint)
    for (auto& value : row)
      value = determinant > 1e-12 * size ? value / determinant
                                         : std::numeric_limits<double>::quiet_NaN();
  return adjoint;
}

struct Fit {
  Three coefficients{};
  Matrix covariance{};  // for points of variance 1/weight
};

Fit fit_weighted(std::vector<double> const& angles, std::vector<double> const& places,
                 std::vector<double> const& weights) {
  Matrix normal{};
  Three right{};
  for (std::size_t i = 0; i < angles.size(); ++i) {
    auto const row = row_of(angles[i]);
    for (std::size_t a = 0; a < 3; ++a) {
      right[a] += weights[i] * row[a] * places[i];
      for (std::size_t b = 0; b < 3; ++b) normal[a][b] += weights[i] * row[a] * row[b];
    }
  }
  Fit fit;
  fit.covariance = inverse(normal);
  for (std::size_t a = 0; a < 3; ++a) fit.coefficients[a] = dot(fit.covariance[a], right);
  return fit;
}

/// The projections that have a centre of mass.
struct Points {
  std::vector<std::size_t> projection;
  std::vector<double> angle, place, weight;  // weight: 1/variance, or 1
  bool all_positive = true;
};

Points points_of(SummedSinogram const& full) {
  Points points;
  for (std::size_t p = 0; p < full.projections(); ++p) {
    if (full.whole_missing(p)) continue;
    double total = 0.0, moment = 0.0;
    for (std::size_t k = 0; k < full.translations; ++k) {
      total += full.at(p, k);
      moment += static_cast<double>(k) * full.at(p, k);
    }
    points.all_positive = points.all_positive && total > 0.0;
    double const place = moment / total;
    double variance = 0.0;
    for (std::size_t k = 0; k < full.translations && full.variance_known(); ++k)
      variance += (static_cast<double>(k) - place) * (static_cast<double>(k) - place) *
                  full.variance[full.sample(p, k)];
    points.projection.push_back(p);
    points.angle.push_back(full.angles[p]);
    points.place.push_back(place);
    points.weight.push_back(variance > 0.0 ? total * total / variance : 1.0);
  }
  // only ratios matter: the scatter found says how large errors are
  double const usual = median(points.weight);
  for (auto& weight : points.weight) weight /= usual;
  return points;
}

/// Tukey's biweight of residuals in units of their robust spread.
std::vector<double> biweights(Points const& points, Fit const& fit, double& spread) {
  std::vector<double> residuals(points.angle.size());
  for (std::size_t i = 0; i < residuals.size(); ++i)
    residuals[i] = (points.place[i] - dot(fit.coefficients, row_of(points.angle[i]))) *
                   std::sqrt(points.weight[i]);
  // about 0, not about their median: outliers may have shifted the whole fit
  std::vector<double> sizes(residuals.size());
  std::transform(residuals.begin(), residuals.end(), sizes.begin(),
                 [](double residual) { return std::abs(residual); });
  spread = sigma_of_median_size * median(std::move(sizes));
  for (auto& residual : residuals) {
    double const u = spread > 0.0 ? residual / (biweight_limit * spread) : 0.0;
    double const rest = std::max(1.0 - u * u, 0.0);
    residual = rest * rest;
  }
  return residuals;
}

/// Fits again and again, each time without those that lie far off.
Fit fit_robustly(Points const& points, CentreOfMass& result) {
  std::vector<double> robust(points.angle.size(), 1.0);
  Fit fit;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> weights(robust.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = points.weight[i] * robust[i];
    fit = fit_weighted(points.angle, points.place, weights);
    if (!std::isfinite(fit.coefficients[0])) break;
    robust = biweights(points, fit, result.residual);
  }
  for (std::size_t i = 0; i < robust.size(); ++i) result.weight[points.projection[i]] = robust[i];
  return fit;
}

}  // namespace

CentreOfMass centre_of_mass(SummedSinogram const& sinogram, Air const& air) {
  CentreOfMass result;
  result.mass_centre.assign(sinogram.projections(), std::numeric_limits<double>::quiet_NaN());
  result.weight.assign(sinogram.projections(), 0.0);
  if (!air.sample_inside()) {
    result.estimate = refused("the sample reaches the end of the line");
    return result;
  }
  auto const points = points_of(filled(sinogram));
  for (std::size_t i = 0; i < points.place.size(); ++i)
    result.mass_centre[points.projection[i]] = points.place[i];
  if (points.place.size() < least_projections) {
    result.estimate = refused("fewer than four projections");
  } else if (!points.all_positive) {
    result.estimate = refused("the total of a projection is not above 0 after air");
  } else {
    auto const fit = fit_robustly(points, result);
    double const error = result.residual * std::sqrt(fit.covariance[0][0]);
    if (!(error < largest_error)) {
      result.estimate = refused("the angles are too close to each other to tell the centre");
      return result;
    }
    result.estimate.centre = fit.coefficients[0];
    result.estimate.error = error;
    result.cosine = fit.coefficients[1];
    result.sine = fit.coefficients[2];
  }
  return result;
}

}  // namespace xrdct::core
