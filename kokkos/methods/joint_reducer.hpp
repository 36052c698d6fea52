#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/count_clipper.hpp"
#include "kokkos/bins/quantile_bin.hpp"

namespace xrdct::kernels {

/// Whether the pixels of a bin have to be looked at together: nothing can be said of one before all
/// are known.
bool is_joint(core::Reduction const& reduction);

/// What the joint reductions of a plan have prepared once; read-only, shared by all threads.
struct JointPlan {
  JointPlan(core::ReductionPlan const& plan, std::vector<TileMatrix> const& matrices,
            std::size_t tile_pixels, BinKernels const& kernels, CountKernels const& count_kernels);

  bool any() const noexcept { return any_; }
  std::size_t memory_bytes() const noexcept;

  core::ReductionPlan const& plan;
  std::size_t tile_pixels;
  BinKernels kernels;
  std::vector<BinRuns> runs;                     //!< [reduction]; of the joint ones
  std::vector<std::optional<CountPlan>> counts;  //!< [reduction]; of those that clip counts
  std::vector<std::uint8_t> split;               //!< [reduction] 1: some pixel has several bins
  std::size_t most_entries = 0;                  //!< of a bin of a joint reduction
  bool norms_are_positive = true;                //!< of all unmasked pixels

 private:
  bool any_ = false;
};

/*!
 * Reduces the frames of a group bin by bin, from their turned tiles: clipping and quantiles.
 *
 * Memory: 118 B per entry of the largest bin; for quantiles 88 B more; 2 B per pixel for quantiles
 * where pixels are split. One object per thread.
 */
class JointReducer {
 public:
  JointReducer(JointPlan const& plan, std::vector<TileMatrix> const& matrices);

  void clear();
  /// Adds a tile where a reduction takes its sums in its own way. \return whether it does
  bool add_tile(std::size_t reduction, std::size_t tile, TilePixels const& pixels,
                std::span<double> sums);

  /*!
   * \param reduction index of a joint one
   * \param frames of `out`
   * \param lanes_used lanes of good frames
   * \param scratch what `add_tile` added to, 0 again
   * \param out holds S, V of propagated errors, N, N2, C, pixels and tally of all valid pixels;
   * sums and tally are replaced
   */
  void reduce(std::size_t reduction, TileMatrix const& matrix, TurnedImage const& image,
              std::span<std::size_t const> frames, LaneMask lanes_used, std::span<double> scratch,
              core::ReducedBatch& out);
  std::size_t memory_bytes() const noexcept;

 private:
  struct Rejected {  // an entry that some frames reject
    std::uint32_t pixel;
    LaneMask lanes;
  };

  void reduce_counts(std::size_t reduction, TileMatrix const& matrix, TurnedImage const& image,
                     std::span<std::size_t const> frames, LaneMask lanes_used,
                     std::span<double> scratch, core::ReducedBatch& out);
  void reduce_bin(core::Reduction const& reduction, ClipRule const& rule, BinEntries const& bin,
                  LaneMask lanes_used, BinMoments& sums);
  void average_between(core::Reduction const& reduction, BinEntries const& bin, LaneMask lanes_used,
                       BinMoments& sums);
  void note_rejected(core::Reduction const& reduction, BinEntries const& bin);
  PerLane<std::int64_t> count_rejected(core::Reduction const& reduction);
  PerLane<std::int64_t> count_kept() const;

  JointPlan const& plan_;
  BinGatherer gatherer_;
  ClipScratch clip_;
  std::vector<std::optional<CountClipper>> clippers_;  // [reduction]
  std::optional<QuantileSelector> selector_;
  std::vector<float> quotients_;    // [lane][entry]
  std::vector<float> weights_;      // [entry]
  std::vector<Rejected> rejected_;  // by clipping, where pixels are split
  // [pixel] kept by quantiles in some bin, where pixels are split
  std::vector<LaneMask> kept_pixels_;
};

}  // namespace xrdct::kernels
