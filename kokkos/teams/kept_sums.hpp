#pragma once
#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/words/patterns.hpp"
#include "kokkos/teams/coded_frames.hpp"

// Sums that teams form of the pixels of a bin: device code for every back end.
namespace xrdct::kernels {

/// The sums of one bin of one frame over the pixels that are kept.
struct KeptSums : core::Moments<double> {
  std::int64_t pixels = 0;

  KOKKOS_FUNCTION KeptSums& operator+=(KeptSums const& other) {
    signal += other.signal;
    variance += other.variance;
    normalization += other.normalization;
    normalization2 += other.normalization2;
    count += other.count;
    pixels += other.pixels;
    return *this;
  }
};

/// The sums of a bin, as they are in a batch. \param k place of the bin in `sums`
inline void write_sums(KeptSums const& from, std::size_t k, core::PatternSums& sums) {
  core::each_field([k](double here, std::vector<double>& there) { there[k] = here; }, from, sums);
  sums.pixels[k] = static_cast<std::int32_t>(from.pixels);
}

/// Something of each frame of a group that is added up over the pixels.
template <class OfFrame>
struct OfGroup {
  OfFrame of_frame[frames_of_group] = {};

  KOKKOS_FUNCTION OfGroup& operator+=(OfGroup const& other) {
    for (int f = 0; f < frames_of_group; ++f) of_frame[f] += other.of_frame[f];
    return *this;
  }
};

}  // namespace xrdct::kernels

namespace Kokkos {
template <class OfFrame>
struct reduction_identity<xrdct::kernels::OfGroup<OfFrame>> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::OfGroup<OfFrame> sum() {
    return xrdct::kernels::OfGroup<OfFrame>();
  }
};
}  // namespace Kokkos
