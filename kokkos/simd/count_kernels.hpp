#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "kokkos/simd/bin_kernels.hpp"
#include "kokkos/simd/multiply.hpp"
#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {

/// Calls `visit` with the values of a tile as they are stored, [pixel][lane]: loops inside of it do
/// not ask for the storage.
template <class Visit>
auto with_values(TilePixels const& pixels, Visit visit) {
  switch (pixels.storage) {
    case Storage::u8:
      return visit(static_cast<std::uint8_t const*>(pixels.values));
    case Storage::u16:
      return visit(static_cast<std::uint16_t const*>(pixels.values));
    case Storage::f32:
      break;
  }
  return visit(static_cast<float const*>(pixels.values));
}

/// Calls `visit` with a function of pixel and lane.
template <class Visit>
auto with_counts(TilePixels const& pixels, Visit visit) {
  if (pixels.storage != Storage::u8 || pixels.bright.empty())
    return with_values(pixels, [&](auto const* values) {
      return visit([values](std::size_t pixel, std::size_t lane) -> double {
        return values[pixel * lanes + lane];
      });
    });
  auto const* const values = static_cast<std::uint8_t const*>(pixels.values);
  return visit([values, &pixels](std::size_t pixel, std::size_t lane) -> double {
    std::size_t const place = pixel * lanes + lane;
    return values[place] == bright_placeholder ? count_at_placeholder(pixels.bright, place)
                                               : values[place];
  });
}

/// The smallest and the largest count of a run in each frame; counts from 65535 on: 65535.
struct RunExtremes {
  PerLane<std::uint16_t> smallest, largest;
};

inline constexpr std::uint16_t most_counts = 65535;

/// What `CountKernels::add` adds up and sets; sums in double, exact as long as they stay below 2⁵³.
struct CountSums {
  double* sums = nullptr;                //!< [bin][2][lane]: Σ s, Σ max(s, 1)
  double* squares = nullptr;             //!< [bin][lane]: Σ s²
  double* placed = nullptr;              //!< [bin][lane]: Σ q·s
  std::int16_t const* places = nullptr;  //!< [entry]: q, |q| < 2¹⁴; nullptr: not asked for
  std::uint32_t const* place = nullptr;  //!< [run of the tile] in `extremes`
  RunExtremes* extremes = nullptr;
  bool with_variance = true;  //!< false: Σ max(s, 1) is left as it is
};

/// m = S/N, V of the azimuthal model and N so far.
struct MeanAndVariance {
  double* sums = nullptr;           //!< [bin][2][lane]: m, V
  double* normalization = nullptr;  //!< [bin][lane]
};

/// Lanes that do not count, of the entries of a run.
struct ExcludedLanes {
  /// [run of the tile] the first of its entries in `lanes`; 0: none is excluded
  std::uint32_t const* first = nullptr;
  LaneMask const* lanes = nullptr;
};

/// Entries of one run, and the lanes that do not count in each; nullptr: all do.
struct RunEntries {
  std::span<std::uint16_t const> pixel;  //!< [entry] within the tile
  LaneMask const* excluded = nullptr;    //!< [entry]
};

/*!
 * Loops over the entries of a tile, or the runs of a bin, where all coefficients are 1 and all
 * values s counts: whole, not negative, without a dark. The same bits for every instruction set.
 * Bright counts are taken for their placeholders.
 *
 * `add`: adds a tile to the sums, and sets the extremes of its runs; NaN adds nothing and is 65535
 * among the extremes
 *
 * `find`: runs [of `number`] with a lane of smallest < lower or largest > upper, and these lanes;
 * returns how many
 *
 * `find_outside`: entries with a lane, among `of`, of count < lower, count > upper or, of u8,
 * count = 255, and these lanes; returns how many. Sets `others`, of all lanes, to the extremes of
 * the other counts; without any: 65535 and 0. NaN and larger counts are taken for 65535
 *
 * `add_azimuthal_variance`: adds a tile to V as `BinMoments::azimuthal_variance` has it, in other
 * words: with ω = norm and u_k = s_k − ω_k·m_{k−1},
 *
 *     m_k = m_{k−1} + u_k/N_k        V = Σ_k u_k²·N_{k−1}/N_k
 *
 * Source: West (1979), doi:10.1145/359146.359153.
 * \param norm [pixel of the tile], > 0
 */
struct CountKernels {
  void (*add)(EntryRuns const& entries, TilePixels const& pixels, CountSums const& sums);
  std::size_t (*find)(RunExtremes const* extremes, std::size_t number,
                      PerLane<std::uint16_t> const& lower, PerLane<std::uint16_t> const& upper,
                      EntryLanes* found);
  std::size_t (*find_outside)(RunEntries const& run, TilePixels const& pixels,
                              PerLane<std::uint16_t> const& lower,
                              PerLane<std::uint16_t> const& upper, LaneMask of, RunExtremes& others,
                              EntryLanes* found);
  void (*add_azimuthal_variance)(EntryRuns const& entries, TilePixels const& pixels,
                                 float const* norm, ExcludedLanes const& excluded,
                                 MeanAndVariance const& sums);
};

CountKernels portable_count_kernels();
CountKernels avx2_count_kernels();

}  // namespace xrdct::kernels
