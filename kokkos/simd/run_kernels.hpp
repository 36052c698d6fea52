#pragma once
#include <cstddef>
#include <cstdint>

#include "kokkos/simd/bin_kernels.hpp"
#include "kokkos/simd/multiply.hpp"

namespace xrdct::kernels {

/// A run of a tile, and lanes of it.
struct RunLanes {
  std::uint32_t run = 0;
  LaneMask lanes = 0;
};

/// N of the entries so far, of a group of frames, for the azimuthal error model.
struct NormsSoFar {
  double* shared = nullptr;         //!< [bin] of a frame in which all pixels are valid
  double* of_lane = nullptr;        //!< [bin][lane]; where `differs`
  std::uint8_t* differs = nullptr;  //!< [bin] 1: some frame had an invalid pixel here
};

/*!
 * Loops over the runs of a tile, entries in order, each lane by itself: the same bits for every
 * instruction set.
 *
 * `find_above`: the runs, in order, with the lanes in which some entry has raw − dark (float32) >
 * limit; the last may be true of a few that have none.
 * \param limits [bin][lane]
 * \param found memory for all runs of the tile
 * \return how many
 *
 * `add_running_variance`: S, and V of the azimuthal model. With N_k, S_k of the first k valid
 * pixels of the bin:
 *
 *     S[bin][lane] += c·signal
 *     V[bin][lane] += u²·(1/(N_{k−1}·N_k)), k ≥ 2      u = c·signal·N_{k−1} − c·norm·S_{k−1}
 *
 * \param norm [pixel] of the tile
 * \param sums [bin][2][lane]: S, V
 */
struct RunKernels {
  std::size_t (*find_above)(EntryRuns const& entries, TilePixels const& pixels, float const* limits,
                            RunLanes* found);
  void (*add_running_variance)(EntryRuns const& entries, TilePixels const& pixels,
                               float const* norm, NormsSoFar const& norms, double* sums);
};

RunKernels portable_run_kernels();
RunKernels avx2_run_kernels();

/// The value of a pixel of a tile. NaN: invalid
float raw_of(TilePixels const& pixels, std::size_t pixel, std::size_t lane) noexcept;

}  // namespace xrdct::kernels
