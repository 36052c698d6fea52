// Middle and spread of values among which a few may be anything.
#include "core/conditioning/robust_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace xrdct::core {
namespace {

constexpr double sigma_of_median_deviation = 1.4826;

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2.0;
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0.0;
  auto const place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

double robust_spread(std::vector<double> values) {
  double const middle = median(values);
  for (auto& value : values) value = std::abs(value - middle);
  return sigma_of_median_deviation * median(std::move(values));
}

double noise_of_series(std::vector<double> const& values) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < values.size(); ++i)
    steps.push_back(std::abs(values[i] - values[i - 1]));
  return sigma_of_median_deviation / std::numbers::sqrt2 * median(std::move(steps));
}

}  // namespace xrdct::core
