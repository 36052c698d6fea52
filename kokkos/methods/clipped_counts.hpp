#pragma once
#include <cstddef>

#include "kokkos/bins/count_clipper.hpp"
#include "kokkos/methods/lane_sums.hpp"
#include "kokkos/methods/whole_bins.hpp"

namespace xrdct::kernels {

/// Method `sigma_clip` of counts, by `CountClipper`: pixels are brought together only in lanes with
/// invalid ones, and where limits are not known well enough. Memory: 256 B per bin and that of
/// `CountClipper`. One object per thread.
class ClippedCounts {
 public:
  /// Memory: `WholeBinsPlan` and `CountPlan`.
  struct Plan {
    /// \param bins of a reduction that this `applies_to`
    explicit Plan(WholeBinsPlan&& bins);
    static bool applies_to(WholeBinsPlan const& bins);

    GroupNeeds needs() const noexcept { return bins.needs(); }
    bool takes_placeholders() const noexcept { return true; }
    std::size_t memory_bytes() const noexcept {
      return bins.memory_bytes() + counts.memory_bytes();
    }

    WholeBinsPlan bins;
    ClipRule rule;
    CountPlan counts;
  };

  explicit ClippedCounts(Plan const& plan);

  void add_tile(std::size_t tile, TilePixels const& pixels) {
    clipper_.add_tile(tile, pixels, sums_.data());
  }
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out);
  void finish(Group const& group, core::PatternSums& out, std::span<core::PixelTally> tally);
  std::size_t memory_bytes() const noexcept {
    return sums_.memory_bytes() + clipper_.memory_bytes();
  }

 private:
  void clip(Group const& group, std::size_t bin, std::span<BinRuns::Place const> runs,
            BinMoments& sums);

  Plan const& plan_;
  LaneSums sums_;
  CountClipper clipper_;
};

}  // namespace xrdct::kernels
