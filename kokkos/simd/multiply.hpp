#pragma once
#include <cstddef>

#include "kokkos/tile/tile_entries.hpp"

namespace xrdct::kernels {

/*!
 * Adds one tile to the sums of a group.
 *
 *     S[bin][lane] += c·(float(x) − dark)      V[bin][lane] += c²·max(float(x), 1)
 *     in the order of the entries, in double
 *
 * Where the singles are all 1, those of a run are added to each other first, and their sum to S and
 * V. Products c·x of two float32 are exact in double, sums of integers are exact, too, and so is
 * c²·x where x < 32: fused or not, in whatever order, they give the same bits.
 *
 * \param with_variance false: V is left as it is
 * \param sums [bin][2][lane]: S, V
 */
using Multiply = void (*)(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
                          double* sums);

/*!
 * Turns pixels so that frames are the fastest index.
 * \param rows    [lane] `pixels` values of `storage` each, `stride` bytes from lane to lane
 * \param turned  [pixel][lane]
 */
using Turn = void (*)(std::byte const* rows, std::size_t stride, std::size_t pixels,
                      Storage storage, void* turned);

/// The loops of one instruction set; all give the same bits.
struct LaneKernels {
  Multiply multiply;
  Turn turn;
};

LaneKernels portable_kernels();
LaneKernels avx2_kernels();
LaneKernels avx512_kernels();

}  // namespace xrdct::kernels
