#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kokkos/methods/lane_sums.hpp"

namespace xrdct::kernels {

/// Methods `mean` and `sum` with the azimuthal error model: V is formed entry after entry, from the
/// sums of those before. Memory: 393 B per bin, 128 of which are touched where frames have invalid
/// pixels. One object per thread.
class RunningVariance {
 public:
  /// Memory: `TileMatrix`.
  struct Plan {
    Plan(MethodSetup const& setup, core::Reduction const& reduction);

    GroupNeeds needs() const noexcept { return {}; }
    bool takes_placeholders() const noexcept { return false; }
    std::size_t memory_bytes() const noexcept { return matrix.memory_bytes(); }

    MethodSetup const& setup;
    TileMatrix matrix;
    std::size_t bins;
  };

  explicit RunningVariance(Plan const& plan);

  void add_tile(std::size_t tile, TilePixels const& pixels);
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
    sums_.write(first, last, group, true, out);
  }
  void finish(Group const& group, core::PatternSums& out, std::span<core::PixelTally> tally);
  std::size_t memory_bytes() const noexcept;

 private:
  Plan const& plan_;
  LaneSums sums_;
  // `NormsSoFar`
  std::vector<double> shared_norms_;         // [bin] 0 between groups
  std::vector<std::uint8_t> norms_differ_;   // [bin] 0 between groups
  std::unique_ptr<double[]> norms_of_lane_;  // [bin][lane] set where `norms_differ_`
};

}  // namespace xrdct::kernels
