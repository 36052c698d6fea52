#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kokkos/methods/lane_sums.hpp"

namespace xrdct::kernels {

/*!
 * The pixel with the largest signal/norm of each bin, the first of equal ones, of a group of
 * frames: method `maximum`, tile by tile.
 *
 * Most pixels are passed over by their signal alone: one that is not above largest · smallest norm
 * of the bin can change nothing. Memory: 256 B per bin. One object per thread.
 */
class LargestPixels {
 public:
  /// Memory: `TileMatrix`, and 4 B per bin.
  struct Plan {
    Plan(MethodSetup const& setup, core::Reduction const& reduction);

    GroupNeeds needs() const noexcept { return {}; }
    bool takes_placeholders() const noexcept { return true; }
    std::size_t memory_bytes() const noexcept {
      return matrix.memory_bytes() + smallest_norms.capacity() * sizeof(float);
    }

    MethodSetup const& setup;
    core::Reduction const& reduction;
    TileMatrix matrix;
    std::size_t most_runs;              //!< of a tile
    std::vector<float> smallest_norms;  //!< [bin] of unmasked pixels; −∞: one is not positive
  };

  explicit LargestPixels(Plan const& plan);

  void add_tile(std::size_t tile, TilePixels const& pixels);
  void write(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
    write_zeros(first, last, group, out);
  }
  /// Replaces S, V, N, N2 of bins that hold a pixel, and forgets all.
  void finish(Group const& group, core::PatternSums& out, std::span<core::PixelTally> tally);
  std::size_t memory_bytes() const noexcept;

 private:
  void enter(EntryRuns const& entries, TilePixels const& pixels, std::size_t first_pixel,
             RunLanes const& found);
  float signal_of(float raw, std::size_t pixel) const noexcept;
  bool is_larger(double signal, double norm, double than_signal, double than_norm,
                 std::size_t bin) const noexcept;
  double variance_of(float raw, std::size_t pixel) const noexcept;
  float limit_above(double value, std::size_t bin) const noexcept;

  Plan const& plan_;
  core::PixelCorrections const& corrections_;
  // [bin][lane] no signal that is not above it belongs to a larger value
  std::vector<float> limits_;
  std::vector<float> raw_, norms_;    // [bin][lane]
  std::vector<std::uint32_t> pixel_;  // [bin][lane]; `no_pixel`: none
  std::vector<RunLanes> found_;
};

}  // namespace xrdct::kernels
