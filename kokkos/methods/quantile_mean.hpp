#pragma once
#include <cstddef>

#include "kokkos/methods/lane_sums.hpp"
#include "kokkos/methods/whole_bins.hpp"

namespace xrdct::kernels {

/// Method `quantile_mean`: sums over the pixels of a bin between two quantiles. Nothing is kept
/// from tile to tile. One object per thread.
class QuantileMean {
 public:
  /// Memory: `WholeBinsPlan`.
  struct Plan {
    Plan(MethodSetup const& setup, core::Reduction const& reduction) : bins(setup, reduction) {}

    GroupNeeds needs() const noexcept;
    bool takes_placeholders() const noexcept { return true; }
    std::size_t memory_bytes() const noexcept { return bins.memory_bytes(); }

    WholeBinsPlan bins;
  };

  explicit QuantileMean(Plan const& plan) : plan_(plan) {}

  void add_tile(std::size_t, TilePixels const&) {}
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
    write_zeros(first, last, group, out);
  }
  void finish(Group const& group, core::PatternSums& out, std::span<core::PixelTally> tally);
  std::size_t memory_bytes() const noexcept { return 0; }

 private:
  void average_between(BinEntries const& bin, Group const& group, BinMoments& sums) const;

  Plan const& plan_;
};

}  // namespace xrdct::kernels
