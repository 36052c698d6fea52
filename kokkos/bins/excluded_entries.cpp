// Which frames have rejected which entries of the tile matrix.
#include "kokkos/bins/excluded_entries.hpp"

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {

ExcludedEntries::ExcludedEntries(TileMatrix const& matrix, std::size_t runs)
    : matrix_(matrix), first_(runs) {
  changed_.reserve(runs / 8);
  lanes_.reserve(matrix.tiles() * 64);
}

void ExcludedEntries::clear() {
  for (std::uint32_t run : changed_) first_[run] = 0;
  changed_.clear();
  lanes_.assign(1, 0);  // 0 is none
}

void ExcludedEntries::exclude(BinRuns::Place const& run, std::size_t entry,
                              LaneMask lanes_of_entry) {
  std::uint32_t& first = first_[run.run];
  if (first == 0) {
    first = static_cast<std::uint32_t>(lanes_.size());
    lanes_.resize(lanes_.size() + run.entries);
    changed_.push_back(run.run);
  }
  lanes_[first + entry] |= lanes_of_entry;
}

void ExcludedEntries::restore(std::size_t lane, std::size_t changed) {
  for (std::size_t k = changed; k < changed_.size(); ++k) {
    std::uint32_t const run = changed_[k],
                        entries = matrix_.run(run + 1).first_entry - matrix_.run(run).first_entry;
    for (std::size_t e = 0; e < entries; ++e)
      lanes_[first_[run] + e] &= static_cast<LaneMask>(~bit_of(lane));
  }
}

}  // namespace xrdct::kernels
