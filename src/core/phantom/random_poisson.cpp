// Poisson counts that depend on seed, frame and pixel alone.
#include "core/phantom/random_poisson.hpp"

#include <array>
#include <cmath>

namespace xrdct::core {
namespace {

// log k!, by a table and Stirling's series (error below 1e-13 from k = 10 on). std::lgamma writes a
// global and differs among libraries.
double log_factorial(double k) noexcept {
  static constexpr std::array<double, 10> small{1.0,   1.0,   2.0,    6.0,     24.0,
                                                120.0, 720.0, 5040.0, 40320.0, 362880.0};
  if (k < 10.0) return std::log(small[static_cast<std::size_t>(k)]);
  constexpr double half_log_two_pi = 0.91893853320467274178;
  double const x = k + 1.0;
  double const y = 1.0 / (x * x);
  double const series =
      (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0)))) / x;
  return (x - 0.5) * std::log(x) - x + half_log_two_pi + series;
}

}  // namespace

std::uint64_t poisson_by_inversion(double mean, double u) noexcept {
  if (u < 1.0 - mean)
    return 0;  // 1 − μ ≤ e^−μ: the common case of weak pixels needs no exponential
  double probability = std::exp(-mean);
  double sum = probability;
  std::uint64_t k = 0;
  // The second condition ends the walk where rounding keeps the sum below the largest u.
  while (u >= sum && (probability > 0x1.0p-70 || static_cast<double>(k) < mean)) {
    ++k;
    probability *= mean / static_cast<double>(k);
    sum += probability;
  }
  return k;
}

std::uint64_t poisson_by_rejection(double mean, RandomFrame const& random, RandomUse use,
                                   std::uint32_t index) noexcept {
  double const b = 0.931 + 2.53 * std::sqrt(mean);
  double const a = -0.059 + 0.02483 * b;
  double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  double const sure = 0.9277 - 3.6224 / (b - 2.0);
  for (std::uint32_t draw = 0;; ++draw) {
    auto const [first, v] = random.uniforms(use, index, draw);
    double const u = first - 0.5;
    double const distance = 0.5 - std::abs(u);
    double const k = std::floor((2.0 * a / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= sure) return static_cast<std::uint64_t>(k);
    if (!(k >= 0.0) || (distance < 0.013 && v > distance)) continue;
    double const proposal = std::log(v * inverse_alpha / (a / (distance * distance) + b));
    if (proposal <= k * std::log(mean) - mean - log_factorial(k))
      return static_cast<std::uint64_t>(k);
  }
}

std::uint64_t poisson(double mean, RandomFrame const& random, RandomUse use,
                      std::uint32_t index) noexcept {
  if (mean < poisson_inversion_limit)
    return poisson_by_inversion(mean, random.uniforms(use, index)[0]);
  return poisson_by_rejection(mean, random, use, index);
}

void draw_counts(std::span<double const> mean, RandomFrame const& random, std::size_t first_pixel,
                 std::span<std::uint64_t> counts) noexcept {
  auto const count = [&](std::size_t i, double u) {
    return mean[i] < poisson_inversion_limit
               ? poisson_by_inversion(mean[i], u)
               : poisson_by_rejection(mean[i], random, RandomUse::pixel_rejection,
                                      static_cast<std::uint32_t>(first_pixel + i));
  };
  for (std::size_t i = 0; i < mean.size(); i += 2) {
    bool const pair = i + 1 < mean.size();
    std::array<double, 2> u{};
    if (mean[i] < poisson_inversion_limit || (pair && mean[i + 1] < poisson_inversion_limit)) {
      u = random.uniforms(RandomUse::pixel_inversion,
                          static_cast<std::uint32_t>((first_pixel + i) / 2));
    }
    counts[i] = count(i, u[0]);
    if (pair) counts[i + 1] = count(i + 1, u[1]);
  }
}

}  // namespace xrdct::core
