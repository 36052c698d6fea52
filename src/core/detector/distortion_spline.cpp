// Evaluates the bivariate splines of Fit2D's distortion files.
#include "core/detector/distortion_spline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t degree = 3;
constexpr std::size_t fewest_knots = 2 * (degree + 1);

void check_knots(std::vector<double> const& knots) {
  bool const finite =
      std::all_of(knots.begin(), knots.end(), [](double knot) { return std::isfinite(knot); });
  if (knots.size() < fewest_knots || !finite || !std::is_sorted(knots.begin(), knots.end()) ||
      !(knots[degree] < knots[knots.size() - degree - 1]))
    throw InputError({.what = "use a distortion spline",
                      .expected = "at least 8 finite knots that rise along each axis",
                      .found = std::to_string(knots.size()) + " that do not"});
}

/// The four functions that are not 0 at x, and the number of the first of them.
struct Basis {
  std::size_t first;
  std::array<double, degree + 1> value;
};

/// de Boor's recursion.
Basis basis_at(std::vector<double> const& knots, double x) {
  std::size_t const last = knots.size() - degree - 1;
  double const inside = std::clamp(x, knots[degree], knots[last]);
  auto const after = std::upper_bound(knots.begin() + degree + 1,
                                      knots.begin() + static_cast<std::ptrdiff_t>(last), inside);
  auto const interval = static_cast<std::size_t>(after - knots.begin()) - 1;
  Basis basis{interval - degree, {1.0, 0.0, 0.0, 0.0}};
  for (std::size_t order = 1; order <= degree; ++order) {
    double carried = 0.0;
    for (std::size_t k = 0; k < order; ++k) {
      double const right = knots[interval + k + 1], left = knots[interval + k + 1 - order];
      double const share = right > left ? basis.value[k] / (right - left) : 0.0;
      basis.value[k] = carried + share * (right - inside);
      carried = share * (inside - left);
    }
    basis.value[order] = carried;
  }
  return basis;
}

}  // namespace

SplineSurface::SplineSurface(std::vector<double> knots_x, std::vector<double> knots_y,
                             std::vector<double> coefficients)
    : knots_x_(std::move(knots_x)),
      knots_y_(std::move(knots_y)),
      coefficients_(std::move(coefficients)) {
  check_knots(knots_x_);
  check_knots(knots_y_);
  std::size_t const expected = (knots_x_.size() - degree - 1) * (knots_y_.size() - degree - 1);
  bool const finite = std::all_of(coefficients_.begin(), coefficients_.end(),
                                  [](double value) { return std::isfinite(value); });
  if (coefficients_.size() != expected || !finite)
    throw InputError({.what = "use a distortion spline",
                      .expected = std::to_string(expected) + " finite coefficients for " +
                                  std::to_string(knots_x_.size()) + " and " +
                                  std::to_string(knots_y_.size()) + " knots",
                      .found = std::to_string(coefficients_.size())});
}

double SplineSurface::operator()(double x, double y) const {
  Basis const along_x = basis_at(knots_x_, x), along_y = basis_at(knots_y_, y);
  std::size_t const stride = knots_y_.size() - degree - 1;
  double sum = 0.0;
  for (std::size_t i = 0; i <= degree; ++i) {
    double row = 0.0;
    for (std::size_t j = 0; j <= degree; ++j)
      row += coefficients_[(along_x.first + i) * stride + along_y.first + j] * along_y.value[j];
    sum += along_x.value[i] * row;
  }
  return sum;
}

}  // namespace xrdct::core
