#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/aligned_vector.hpp"
#include "kokkos/simd/bin_kernels.hpp"

namespace xrdct::kernels {

/*!
 * Finds the entries of a bin that `core::Quantiles` keeps, in one frame.
 *
 * The values are counted into intervals; only those intervals that a quantile falls into are
 * divided again, and sorted when they are small: no full sort. Memory: 20 B per entry, more where
 * many values are equal. One object per thread.
 */
class QuantileSelector {
 public:
  explicit QuantileSelector(std::size_t most_entries);

  /*!
   * \param values [entry] signal/norm; NaN: invalid
   * \param weights [entry] float(c·norm)
   * \param positive whether all weights are at least 0; otherwise all entries are sorted
   * \param bit is set in `kept` where the entry is kept
   */
  void select(std::span<float const> values, std::span<float const> weights, bool positive,
              core::Quantiles const& quantiles, LaneMask bit, std::span<LaneMask> kept);
  std::size_t memory_bytes() const noexcept {
    return interval_.capacity() * sizeof(std::int32_t) + items_.capacity() * sizeof(Item);
  }

 private:
  struct Item {
    float value;
    std::uint32_t entry;
  };
  struct Intervals;

  void divide(std::size_t first, double running);
  void sort(std::size_t first, double running);

  // Of the running selection.
  std::span<float const> weights_;
  std::span<LaneMask> kept_;
  LaneMask bit_ = 0;
  float lower_ = 0.0f, upper_ = 0.0f;

  std::vector<std::int32_t> interval_;  // [entry]
  std::vector<Item> items_;             // stack of lists, in entry order
};

/// What dividing a bin by quantiles needs besides its entries. Memory: 88 B per entry, and 2 kB.
struct QuantileScratch {
  explicit QuantileScratch(std::size_t most_entries)
      : selector(most_entries),
        stride((most_entries + 31) / 16 * 16),
        quotients(stride * lanes),
        weights(most_entries) {}
  std::size_t memory_bytes() const noexcept {
    return selector.memory_bytes() + (quotients.capacity() + weights.capacity()) * sizeof(float);
  }
  QuantileSelector selector;
  /// From lane to lane of `quotients`: whole lines of the cache, and one more, so that the same
  /// entry of all lanes lies in different sets of it.
  std::size_t stride;
  core::AlignedVector<float> quotients;  // [lane][entry]
  std::vector<float> weights;            // [entry]
};

}  // namespace xrdct::kernels
