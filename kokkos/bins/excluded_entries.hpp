#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/tile/tile_matrix.hpp"

namespace xrdct::kernels {

/// Which frames of a group have rejected which entries. Memory: 4 B per run, and 2 B per entry of
/// the runs in which some frame has rejected one. One object per thread.
class ExcludedEntries {
 public:
  ExcludedEntries(TileMatrix const& matrix, std::size_t runs);

  void clear();
  /// \return [entry of the run]; nullptr: none is excluded
  LaneMask const* of(std::uint32_t run) const noexcept {
    return first_[run] == 0 ? nullptr : lanes_.data() + first_[run];
  }
  /// Fetches what `of` looks at into the cache.
  void fetch(std::uint32_t run) const noexcept { __builtin_prefetch(first_.data() + run); }
  void exclude(BinRuns::Place const& run, std::size_t entry, LaneMask lanes_of_entry);
  /// Of the runs from `first_run` on.
  ExcludedLanes from(std::uint32_t first_run) const noexcept {
    return {first_.data() + first_run, lanes_.data()};
  }

  /// How many runs have had an entry excluded so far.
  std::size_t changed_runs() const noexcept { return changed_.size(); }
  /// Takes the entries of one lane back, in all runs but the first `changed` ones.
  void restore(std::size_t lane, std::size_t changed);
  std::size_t memory_bytes() const noexcept {
    return (first_.capacity() + changed_.capacity()) * sizeof(std::uint32_t) +
           lanes_.capacity() * sizeof(LaneMask);
  }

 private:
  TileMatrix const& matrix_;
  std::vector<std::uint32_t> first_;    // [run of the tile matrix] in `lanes_`; 0: none
  std::vector<std::uint32_t> changed_;  // runs that are not 0
  std::vector<LaneMask> lanes_{0};
};

}  // namespace xrdct::kernels
