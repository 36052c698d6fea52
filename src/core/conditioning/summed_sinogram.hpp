#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xrdct::core {

/*!
 * One sinogram that corrections are estimated from: the sum over all channels of one slice. What is
 * found is applied to each channel, so that no channel is treated unlike its neighbour.
 *
 * A sample that is missing has the value 0, the variance 0 and a mark; no NaN is left to spread.
 */
struct SummedSinogram {
  std::vector<double> angles;         //!< θ [rad], [projection]
  std::size_t translations = 0;       //!< T, of each projection
  std::vector<double> value;          //!< [projection][translation]
  std::vector<double> variance;       //!< [projection][translation]; empty: not known
  std::vector<std::uint8_t> missing;  //!< [projection][translation]: 1 where there is no sample

  std::size_t projections() const noexcept { return angles.size(); }
  std::size_t samples() const noexcept { return projections() * translations; }
  std::size_t sample(std::size_t p, std::size_t k) const noexcept { return p * translations + k; }
  bool there(std::size_t p, std::size_t k) const noexcept { return missing[sample(p, k)] == 0; }
  double at(std::size_t p, std::size_t k) const noexcept { return value[sample(p, k)]; }
  bool variance_known() const noexcept { return !variance.empty(); }
  bool whole_missing(std::size_t p) const noexcept;
};

/*!
 * Marks what is missing: where `missing` says so (empty: nothing), and where a value or a variance
 * is not finite.
 * \param value [projection][translation]
 * \param variance the same, or empty: not known
 */
SummedSinogram summed_sinogram(std::vector<double> angles, std::size_t translations,
                               std::vector<double> value, std::vector<double> variance = {},
                               std::vector<std::uint8_t> missing = {});

/// Projections in the order of θ mod 2π; equal angles in the order of the list.
std::vector<std::size_t> by_angle(std::span<double const> angles);

}  // namespace xrdct::core
