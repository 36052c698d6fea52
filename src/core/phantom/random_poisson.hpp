#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/phantom/random_philox.hpp"

namespace xrdct::core {

/// Below this mean Poisson numbers are made by inversion of one uniform number, from it on by
/// rejection.
inline constexpr double poisson_inversion_limit = 10.0;

/*!
 * A Poisson number with mean < `poisson_inversion_limit`: the smallest k with u < Σ_{i≤k}
 * e^−μ·μⁱ/i!. Exact up to the 2⁻⁵³ steps of u.
 * \param u in [0, 1)
 */
std::uint64_t poisson_by_inversion(double mean, double u) noexcept;

/*!
 * A Poisson number with mean ≥ `poisson_inversion_limit`, at most 10¹²: transformed rejection with
 * squeeze (PTRS), exact. Takes the numbers (use, index, draw = 0, 1, …) until one is accepted; 1.1
 * on the average. Source: Hörmann (1993), doi:10.1016/0167-6687(93)90997-4.
 */
std::uint64_t poisson_by_rejection(double mean, RandomFrame const& random, RandomUse use,
                                   std::uint32_t index) noexcept;

/// A Poisson number of any mean ≥ 0; by inversion from the first number of (use, index).
std::uint64_t poisson(double mean, RandomFrame const& random, RandomUse use,
                      std::uint32_t index) noexcept;

/// Poisson counts of consecutive pixels; two neighbours share a block of random numbers.
/// \param first_pixel even
void draw_counts(std::span<double const> mean, RandomFrame const& random, std::size_t first_pixel,
                 std::span<std::uint64_t> counts) noexcept;

}  // namespace xrdct::core
