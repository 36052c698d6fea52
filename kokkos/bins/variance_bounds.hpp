#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/simd/bin_kernels.hpp"
#include "kokkos/tile/tile_matrix.hpp"

namespace xrdct::kernels {

inline constexpr std::size_t most_windows = 32;  // one bit each

/// The norms of a bin on a grid: norm ≈ origin + step·q, |q| < 2¹⁴.
struct NormGrid {
  double origin = 0.0, step = 0.0;

  std::int16_t place_of(double norm) const noexcept;
  double at(std::int16_t place) const noexcept { return origin + step * place; }
};

/// The norms ω of a bin's pixels in the tiles of one window, ω' those of the grid. Memory: 56 B.
struct WindowNorms {
  double sum = 0.0, squares = 0.0, products = 0.0;  //!< Σ ω, Σ ω², Σ ω·ω' of all of them
  double deviation = 0.0;                           //!< √Σ (ω − ω')², not less
  double least = 0.0, most = 0.0, pixels = 0.0;
};

/// Consecutive tiles, cut into windows of equally many; as many that a window has 64 pixels of a
/// bin on average. Memory: < 3 B per entry.
struct WindowPlan {
  WindowPlan() = default;
  WindowPlan(core::ReductionPlan const& plan, TileMatrix const& matrix, BinRuns const& runs,
             std::size_t tile_pixels);

  std::size_t window_of(std::size_t tile) const noexcept { return tile / window_tiles; }
  /// Whether a window has pixels of the bin.
  bool has(std::size_t bin, std::size_t window) const noexcept {
    return (present[bin] >> window & 1) != 0;
  }
  std::size_t windows() const noexcept { return bins == 0 ? 0 : norms.size() / bins; }
  std::size_t memory_bytes() const noexcept {
    return norms.capacity() * sizeof(WindowNorms) + grids.capacity() * sizeof(NormGrid) +
           places.capacity() * sizeof(std::int16_t) + present.capacity() * sizeof(std::uint32_t);
  }

  std::size_t bins = 0, window_tiles = 1;
  std::vector<WindowNorms> norms;    //!< [bin][window]
  std::vector<NormGrid> grids;       //!< [bin]
  std::vector<std::int16_t> places;  //!< [entry of the tile matrix] q
  /// [bin] one bit for each window, the first lowest: `has`
  std::vector<std::uint32_t> present;
};

/// A pixel that a frame has rejected.
struct RejectedCount {
  std::uint32_t entry;  //!< of the tile matrix
  std::uint32_t window;
  std::uint32_t lane;
  double counts, norm;
};

/*!
 * Bounds of V of the azimuthal model of kept counts, from sums of the windows of a frame.
 *
 * With r = s − m·ω, R_k and N_k the sums of r and ω of the first k kept pixels, and Q_k = R_k²/N_k:
 *
 *     V = Σ_k r_k² − ω_k·(Q_k − Q_{k−1})
 *     of a window whose norms are w ± δ:
 *       within δ·Σ |Q_k − Q_{k−1}| of Σ r² − w·(Q at its end − Q at its beginning)
 *
 * Σ r² is known from sums, as norms are put on a grid; derived in
 * docs/decisions/0018-bounds-of-the-variance.md. The bounds are close, for norms differ little
 * within a window. Memory: 384 B per bin and window, at most 6 B per entry. One object per thread.
 */
class VarianceBounds {
 public:
  explicit VarianceBounds(WindowPlan const& plan);

  void clear() noexcept { windows_done_ = 0; }
  /// Before a tile is added.
  /// \param sums [bin][2][lane] S and any
  /// \param squares, placed [bin][lane] Σ s² and Σ q·s; of the tiles before
  void begin(std::size_t tile, double const* sums, double const* squares, double const* placed);

  /// Sums of all pixels of a bin in one frame, and m = S/N of the kept ones.
  struct Whole {
    double signal, squares, placed, mean;
  };
  struct Bounds {
    double least, most;
  };
  /// What the pixels of one window add to V.
  struct Part {
    double least = 0.0, most = 0.0;
    double rounding = 0.0;  //!< absolute error where it is formed instead, pixel by pixel
    double signal = 0.0, normalization = 0.0;  //!< S and N of the kept pixels of the windows before
  };
  /// \param parts [window] is set where the bounds are finite; their sums are the bounds, up to
  /// rounding
  Bounds bounds(std::size_t bin, std::size_t lane, Whole const& whole,
                std::span<RejectedCount const> rejected,
                std::array<Part, most_windows>* parts = nullptr) const;
  std::size_t memory_bytes() const noexcept { return sums_.capacity() * sizeof(double); }

 private:
  // Sums over the kept pixels of a window: s, s², q·s, ω, ω² and ω·ω'.
  struct Kept {
    double signal, squares, placed, norm, norm2, products;
  };
  // R, S and N of the windows so far.
  struct Running {
    double r = 0.0, signal = 0.0, normalization = 0.0;
    double quotient() const { return normalization != 0.0 ? r * r / normalization : 0.0; }  // Q
    Running with(Kept const& kept, double m) const {
      return {r + (kept.signal - m * kept.norm), signal + kept.signal, normalization + kept.norm};
    }
  };

  std::array<Kept, most_windows> sums_of_kept(std::size_t bin, std::size_t lane, Whole const& whole,
                                              std::span<RejectedCount const> rejected) const;
  static Bounds bound_root(Kept const& kept, WindowNorms const& norms, NormGrid const& grid,
                           double m, double inexact);
  static double bound_changes(Kept const& kept, WindowNorms const& norms, double most_root,
                              Running const& before, Running const& after);

  WindowPlan const& plan_;
  // [bin][window][3][lane] S, Σ s² and Σ q·s up to the end of the window, if it has pixels of the
  // bin; the last window is left out.
  std::vector<double> sums_;
  std::size_t windows_done_ = 0;
};

}  // namespace xrdct::kernels
