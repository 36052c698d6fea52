#pragma once
#include <cstddef>

#include "kokkos/methods/lane_sums.hpp"

namespace xrdct::kernels {

/// Methods `mean` and `sum` with variances that belong to pixels: a tile is added and forgotten.
/// Memory: 256 B per bin. One object per thread.
class AddedSums {
 public:
  /// Memory: `TileMatrix`.
  struct Plan {
    Plan(MethodSetup const& setup, core::Reduction const& reduction);

    GroupNeeds needs() const noexcept { return {}; }
    bool takes_placeholders() const noexcept { return matrix.adds_pixels(); }
    std::size_t memory_bytes() const noexcept { return matrix.memory_bytes(); }

    TileAdder adder;
    TileMatrix matrix;
  };

  explicit AddedSums(Plan const& plan) : plan_(plan), sums_(plan.adder.bins.bins) {}

  void add_tile(std::size_t tile, TilePixels const& pixels) {
    plan_.adder.add(plan_.matrix, tile, pixels, sums_);
  }
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
    sums_.write(first, last, group, plan_.adder.with_variance, out);
  }
  void finish(Group const&, core::PatternSums&, std::span<core::PixelTally>) {}
  std::size_t memory_bytes() const noexcept { return sums_.memory_bytes(); }

 private:
  Plan const& plan_;
  LaneSums sums_;
};

}  // namespace xrdct::kernels
