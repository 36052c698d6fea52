#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/words/moments.hpp"
#include "kokkos/simd/multiply.hpp"

namespace xrdct::kernels {

/// One value for each frame of a group.
template <class T>
using PerLane = std::array<T, lanes>;

/// One bit for each frame of a group, the first lowest.
using LaneMask = std::uint16_t;
static_assert(8 * sizeof(LaneMask) == lanes);

/// The entries of one bin with the pixels of all frames of a group, pixels ascending.
struct BinEntries {
  std::size_t entries = 0;
  float const* raw = nullptr;          //!< [entry][lane]; NaN: invalid
  float const* dark = nullptr;         //!< [entry]; signal = raw − dark (float32)
  float const* norm = nullptr;         //!< [entry]
  float const* coefficient = nullptr;  //!< [entry]
  double const* variance = nullptr;    //!< [entry] the part that no frame changes
  bool counts_vary = false;            //!< max(raw, 1) joins the variance
  bool has_invalid = true;             //!< some raw value may be NaN
  bool rounds_weights = false;         //!< c·norm and its square are rounded to float32 for N2
};

/*!
 * Sums over the entries of a bin that are valid and not excluded, as `core::PatternSums` has them;
 * `variance` is the propagated V, `azimuthal_variance` that of the azimuthal model.
 *
 * With u_k = c·signal·N_{k−1} − c·norm·S_{k−1} and sums S_k, N_k of the first k entries,
 *
 *     azimuthal_variance = Σ_k u_k²·(1/(N_{k−1}·N_k)), k ≥ 2
 *
 * one product instead of the quotients of the definition.
 */
struct BinMoments : core::Moments<PerLane<double>> {
  PerLane<double> azimuthal_variance{};
  PerLane<std::int32_t> pixels{};
};

/// Of a bin of which every entry counts, for its azimuthal variance.
struct RunningNorms {
  double const* before = nullptr;      //!< [entry] N_{k−1}
  double const* reciprocal = nullptr;  //!< [entry] 1/(N_{k−1}·N_k); 0 for the first
};

/// Lanes of an entry.
struct EntryLanes {
  std::uint32_t entry = 0;
  LaneMask lanes = 0;
};

/*!
 * Loops over the entries of a bin, in order, each lane by itself: the same bits for every
 * instruction set. All that form the azimuthal variance form it with the same bits.
 *
 * `gather`: raw[entry][lane] = the values of `storage` at image + 16·place[entry] bytes
 *
 * `azimuthal_variance_of_all`: sets it where no value is invalid and none excluded
 *
 * `azimuthal_variance_of_kept`: sets S, N and it for the groups of four lanes with a wanted one
 *
 * `moments`: sets all sums for the groups of four lanes with a wanted one
 *
 * `find`: entries and lanes with signal < norm·lower or signal > norm·upper in float32, in order;
 * norm has to be positive; returns how many
 *
 * `divide`: quotient[lane·stride + entry] = signal/norm, float32
 */
struct BinKernels {
  void (*gather)(std::byte const* image, std::uint32_t const* place, std::size_t entries,
                 Storage storage, float* raw);
  void (*azimuthal_variance_of_all)(BinEntries const& bin, RunningNorms const& norms,
                                    BinMoments& moments);
  void (*azimuthal_variance_of_kept)(BinEntries const& bin, LaneMask const* excluded,
                                     LaneMask wanted, BinMoments& moments);
  void (*moments)(BinEntries const& bin, LaneMask const* excluded, LaneMask wanted,
                  BinMoments& moments);
  std::size_t (*find)(BinEntries const& bin, PerLane<float> const& lower,
                      PerLane<float> const& upper, EntryLanes* found);
  void (*divide)(BinEntries const& bin, std::size_t stride, float* quotient);
};

BinKernels portable_bin_kernels();
BinKernels avx2_bin_kernels();

}  // namespace xrdct::kernels
