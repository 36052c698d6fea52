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

inline constexpr std::size_t most_bands = 32;  // one bit each

/// The norms of a bin on a grid: norm ≈ origin + step·q, |q| < 2¹⁴.
struct NormGrid {
  double origin = 0.0, step = 0.0;

  std::int16_t place_of(double norm) const noexcept;
  double at(std::int16_t place) const noexcept { return origin + step * place; }
};

/// The norms ω of a bin's pixels in the tiles of one band, ω' those of the grid. Memory: 56 B.
struct BandNorms {
  double sum = 0.0, squares = 0.0, products = 0.0;  //!< Σ ω, Σ ω², Σ ω·ω' of all of them
  double deviation = 0.0;                           //!< √Σ (ω − ω')², not less
  double least = 0.0, most = 0.0, pixels = 0.0;
};

/// Consecutive tiles, cut into bands of equally many; as many that a band has 64 pixels of a bin on
/// average. Memory: < 3 B per entry.
struct BandPlan {
  BandPlan() = default;
  BandPlan(core::ReductionPlan const& plan, TileMatrix const& matrix, BinRuns const& runs,
           std::size_t tile_pixels);

  std::size_t band_of(std::size_t tile) const noexcept { return tile / band_tiles; }
  std::size_t bands() const noexcept { return bins == 0 ? 0 : norms.size() / bins; }
  std::size_t memory_bytes() const noexcept {
    return norms.capacity() * sizeof(BandNorms) + grids.capacity() * sizeof(NormGrid) +
           places.capacity() * sizeof(std::int16_t) + present.capacity() * sizeof(std::uint32_t);
  }

  std::size_t bins = 0, band_tiles = 1;
  std::vector<BandNorms> norms;      //!< [bin][band]
  std::vector<NormGrid> grids;       //!< [bin]
  std::vector<std::int16_t> places;  //!< [entry of the tile matrix] q
  /// [bin] one bit for each band, the first lowest: it has pixels of the bin
  std::vector<std::uint32_t> present;
};

/// A pixel that a frame has rejected.
struct RejectedCount {
  std::uint32_t entry;  //!< of the tile matrix
  std::uint32_t band;
  std::uint32_t lane;
  double counts, norm;
};

/*!
 * Bounds of V of the azimuthal model of kept counts, from sums of the bands of a frame.
 *
 * With r = s − m·ω, R_k and N_k the sums of r and ω of the first k kept pixels, Q_k = R_k²/N_k, and
 * W_b = Σ r² of a band whose norms are w ± δ:
 *
 *     V = Σ r_k² − ω_k·(Q_k − Q_{k−1})
 *       ⟹  |V − Σ_b (W_b − w·(Q at its end − Q at its beginning))| ≤ Σ_b δ·E_b,
 *       E_b = Σ |Q_k − Q_{k−1}|
 *     r²/ω − (Q_k − Q_{k−1}) ≥ 0  ⟹  E_b ≤ 2·Σ r²/ω − (Q at its end − Q at its beginning)
 *     |Q_k − Q_{k−1}| ≤ (2·|R_{k−1}·r_k| + r_k²)/N_k + R_{k−1}²·ω_k/(N_{k−1}·N_k)
 *     Σ |r| ≤ A = √(n_b·W_b), |R_k| ≤ (|R at its beginning| + |R at its end| + A)/2
 *     W_b = Σ s² − m²·Σ ω² − 2·m·(Σ ω'·s − m·Σ ω·ω' + Σ (ω − ω')·r),
 *       |Σ (ω − ω')·r| ≤ √(Σ (ω − ω')²)·√W_b
 *
 * with ω' of the grid: Σ ω'·s is a sum of integers. Norms differ little within a band, so that the
 * bounds are close. Memory: 384 B per bin and band, at most 6 B per entry. One object per thread.
 */
class CountBands {
 public:
  explicit CountBands(BandPlan const& plan);

  void clear() noexcept { bands_done_ = 0; }
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
  /// What the pixels of one band add to V.
  struct Part {
    double least = 0.0, most = 0.0;
    double rounding = 0.0;  //!< absolute error where it is formed instead, pixel by pixel
    double signal = 0.0, normalization = 0.0;  //!< S and N of the kept pixels of the bands before
  };
  /// \param parts [band] is set where the bounds are finite; their sums are the bounds, up to
  /// rounding
  Bounds bounds(std::size_t bin, std::size_t lane, Whole const& whole,
                std::span<RejectedCount const> rejected,
                std::array<Part, most_bands>* parts = nullptr) const;
  std::size_t memory_bytes() const noexcept { return sums_.capacity() * sizeof(double); }

 private:
  BandPlan const& plan_;
  // [bin][band][3][lane] S, Σ s² and Σ q·s up to the end of the band, if it has pixels of the bin;
  // the last band is left out.
  std::vector<double> sums_;
  std::size_t bands_done_ = 0;
};

}  // namespace xrdct::kernels
