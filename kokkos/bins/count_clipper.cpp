// Clipping of counts: cycles bin by bin, and the sums of what they keep.
#include "kokkos/bins/count_clipper.hpp"

#include <algorithm>
#include <utility>

#include "kokkos/bins/azimuthal_variance.hpp"
#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {

CountClipper::CountClipper(core::ReductionPlan const& plan, CountPlan const& prepared,
                           BinRuns const& runs, TileMatrix const& matrix,
                           core::BinMatrix const& bins)
    : bins_{plan, prepared, runs, matrix, bins},
      group_(bins_),
      scratch_(bins_),
      finished_(runs.bins()) {}

std::size_t CountClipper::memory_bytes() const noexcept {
  return group_.memory_bytes() + scratch_.memory_bytes() + finished_.capacity() * sizeof(LaneMask) +
         spare_.capacity() * sizeof(RejectedCount);
}

void CountClipper::clear() {
  group_.clear();
  std::fill(finished_.begin(), finished_.end(), LaneMask{0});
}

ClippedBin CountClipper::clip(std::size_t bin, ClipRule const& rule, TurnedImage const& image,
                              LaneMask lanes_used, BinMoments const& sums) {
  ClippedBin clipped{bin, lanes_used, 0, sums, sums, std::move(spare_)};
  clipped.rejected.clear();
  CountCycles(bins_, group_, rule, image, scratch_, clipped).run();
  return clipped;
}

void CountClipper::exclude(ClippedBin const& clipped, std::span<LaneMask const> rejected) {
  std::size_t entry = 0;
  for (BinRuns::Place const& run : bins_.runs.of(clipped.bin))
    for (std::size_t k = 0; k < run.entries; ++k, ++entry) {
      auto const mask = static_cast<LaneMask>(rejected[entry] & clipped.undecided);
      if (mask != 0) group_.excluded.exclude(run, k, mask);
    }
}

// Sums are lessened in the order of the entries, whatever the order in which they were rejected, or
// formed again where more is lost than kept.
BinMoments CountClipper::finish(ClippedBin&& clipped, std::span<LaneMask const> rejected) {
  BinMoments const& before = clipped.before;
  BinMoments& sums = clipped.sums;
  LaneMask const undecided = clipped.undecided;
  if (undecided != 0) exclude(clipped, rejected);
  finished_[clipped.bin] = clipped.lanes_used;
  LaneMask lessened = 0, formed = 0;
  each_lane(clipped.lanes_used, [&](std::size_t lane) {
    std::int32_t const kept = sums.pixels[lane], lost = before.pixels[lane] - kept;
    (lost <= kept ? lessened : formed) |= bit_of(lane);
    sums.normalization[lane] = lost <= kept ? before.normalization[lane] : 0.0;
    sums.normalization2[lane] = lost <= kept ? before.normalization2[lane] : 0.0;
  });
  if (auto const by_entry = static_cast<LaneMask>(formed | (lessened & undecided)); by_entry != 0)
    for (BinRuns::Place const& run : bins_.runs.of(clipped.bin))
      finish_run(run, static_cast<LaneMask>(lessened & by_entry), formed, sums);
  std::sort(clipped.rejected.begin(), clipped.rejected.end(),
            [](RejectedCount const& a, RejectedCount const& b) { return a.entry < b.entry; });
  for (RejectedCount const& pixel : clipped.rejected) {
    if (((lessened & ~undecided) >> pixel.lane & 1) == 0) continue;
    sums.normalization[pixel.lane] -= pixel.norm;
    sums.normalization2[pixel.lane] -= pixel.norm * pixel.norm;
  }
  spare_ = std::move(clipped.rejected);
  return sums;
}

void CountClipper::finish_run(BinRuns::Place const& run, LaneMask lessened, LaneMask formed,
                              BinMoments& sums) const {
  LaneMask const* const excluded = group_.excluded.of(run.run);
  std::uint16_t const* const pixels = bins_.pixels_of(run);
  float const* const norms = bins_.norms_of(run.tile);
  for (std::size_t e = 0; e < run.entries; ++e) {
    double const norm = norms[pixels[e]];
    LaneMask const without = excluded == nullptr ? LaneMask{0} : excluded[e];
    each_lane(static_cast<LaneMask>(lessened & without), [&](std::size_t lane) {
      sums.normalization[lane] -= norm;
      sums.normalization2[lane] -= norm * norm;
    });
    each_lane(static_cast<LaneMask>(formed & ~without), [&](std::size_t lane) {
      sums.normalization[lane] += norm;
      sums.normalization2[lane] += norm * norm;
    });
  }
}

// Sums of squares have done their work: N so far takes their memory.
void CountClipper::form_azimuthal_variance(TurnedImage const& image,
                                           std::span<std::size_t const> frames, double* sums,
                                           core::PatternSums& out) {
  std::fill(group_.squares.begin(), group_.squares.end(), 0.0);
  AzimuthalVariance(bins_, group_, image).form(sums, group_.squares.data());
  for (std::size_t bin = 0; bin < bins_.runs.bins(); ++bin) {
    double* const of_bin = sums + bin * 2 * lanes;
    each_lane(finished_[bin], [&](std::size_t lane) {
      out.variance[frames[lane] * out.bins + bin] = of_bin[lanes + lane];
    });
    std::fill_n(of_bin, 2 * lanes, 0.0);
  }
}

}  // namespace xrdct::kernels
