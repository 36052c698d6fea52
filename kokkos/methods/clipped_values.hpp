#pragma once
#include <cstddef>

#include "kokkos/methods/lane_sums.hpp"
#include "kokkos/methods/whole_bins.hpp"

namespace xrdct::kernels {

/// Method `sigma_clip` of any values, with or without splitting, by `clip_bin`. Memory: 256 B per
/// bin. One object per thread.
class ClippedValues {
 public:
  /// Memory: `WholeBinsPlan`.
  struct Plan {
    explicit Plan(WholeBinsPlan&& bins);

    GroupNeeds needs() const noexcept { return bins.needs(); }
    bool takes_placeholders() const noexcept { return false; }
    std::size_t memory_bytes() const noexcept { return bins.memory_bytes(); }

    WholeBinsPlan bins;
    ClipRule rule;
    TileAdder adder;
  };

  explicit ClippedValues(Plan const& plan) : plan_(plan), sums_(plan.adder.bins.bins) {}

  void add_tile(std::size_t tile, TilePixels const& pixels) {
    plan_.adder.add(plan_.bins.matrix, tile, pixels, sums_);
  }
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
    sums_.write(first, last, group, plan_.adder.with_variance, out);
  }
  void finish(Group const& group, core::PatternSums& out, std::span<core::PixelTally> tally);
  std::size_t memory_bytes() const noexcept { return sums_.memory_bytes(); }

 private:
  Plan const& plan_;
  LaneSums sums_;
};

}  // namespace xrdct::kernels
