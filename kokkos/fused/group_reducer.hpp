#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/aligned_vector.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/methods/joint_reducer.hpp"
#include "kokkos/methods/largest_pixels.hpp"
#include "kokkos/simd/multiply.hpp"
#include "kokkos/simd/run_kernels.hpp"
#include "kokkos/tile/frame_walk.hpp"
#include "kokkos/tile/stage_pixels.hpp"
#include "kokkos/tile/static_sums.hpp"
#include "kokkos/tile/tile_matrix.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/// What the fused engine prepares once per plan; read-only, shared by all threads.
struct FusedPlan {
  /// \param plan has to outlive this
  explicit FusedPlan(core::ReductionPlan const& plan);

  core::ReductionPlan const& plan;
  std::size_t block_pixels;             //!< what is decoded at once
  std::size_t tile_pixels;              //!< what is multiplied at once: a few blocks
  std::vector<std::uint64_t> unmasked;  //!< [word] one bit per pixel, lowest first
  std::vector<std::uint8_t> wanted;     //!< [block] 1: holds an unmasked pixel
  PixelStager stager;
  std::vector<TileMatrix> matrices;                //!< [reduction]
  std::vector<StaticSums> static_sums;             //!< [reduction]
  std::vector<std::vector<float>> smallest_norms;  //!< [reduction][bin]; empty but for maxima
  LaneKernels kernels;
  RunKernels run_kernels;
  JointPlan joint;
  bool marks_bright = true;  //!< every reduction can do with marks

  std::size_t memory_bytes() const;
};

/// Memory of `NormsSoFar`: 137 B per bin; 128 of them are touched where frames have invalid pixels.
class NormMemory {
 public:
  explicit NormMemory(std::size_t bins)
      : shared_(bins),
        differs_(bins),
        of_lane_(std::make_unique_for_overwrite<double[]>(bins * lanes)) {}
  NormsSoFar norms() noexcept { return {shared_.data(), of_lane_.get(), differs_.data()}; }
  void clear() noexcept;
  std::size_t memory_bytes() const noexcept {
    return shared_.capacity() * (lanes + 1) * sizeof(double) + differs_.capacity();
  }

 private:
  std::vector<double> shared_;
  std::vector<std::uint8_t> differs_;
  std::unique_ptr<double[]> of_lane_;
};

/*!
 * Reduces up to `lanes` frames at once. One object per thread; its memory is allocated here (but
 * see `FrameWalk`).
 *
 * Sums, azimuthal variances and maxima are formed tile by tile, and a tile is forgotten when it has
 * been added. Where a reduction is joint, the turned tiles are kept until all are there, and the
 * bins are gone through afterwards.
 */
class GroupReducer {
 public:
  explicit GroupReducer(FusedPlan const& plan);

  /*!
   * \param batch  holds the frames
   * \param frames indices of frames of `batch`, at most `lanes`
   * \param out    sums, tally and status of these frames are written; a frame that cannot be
   * decoded becomes corrupt, its sums are left as they are
   */
  void reduce(core::EncodedBatch const& batch, std::span<std::size_t const> frames,
              core::ReducedBatch& out);
  std::size_t memory_bytes() const;
  /// Of `memory_bytes`, decoded pixels: reserved, and touched by the groups so far.
  std::size_t reserved_pixel_bytes() const { return image_ ? image_->reserved_bytes() : 0; }
  std::size_t touched_pixel_bytes() const { return image_ ? image_->touched_bytes() : 0; }

 private:
  void open(core::EncodedBatch const& batch, std::span<std::size_t const> frames);
  void reduce_tile(std::size_t first);
  Staged stage_block(std::size_t lane, std::size_t pixel, std::size_t in_tile);
  bool mark_bright(std::size_t tile, TilePixels& turned);
  void restore_bright(Storage storage, std::byte* values) const;
  void turn_tile(std::size_t first, std::size_t last, Storage storage, std::byte* turned);
  void add_tile(std::size_t reduction, std::size_t tile, TilePixels const& turned);
  void reduce_joint(std::span<std::size_t const> frames, core::ReducedBatch& out);
  LaneMask good_lanes() const noexcept;
  PixelBlock block_at(std::size_t pixel) const;
  std::span<std::byte> row_of(std::size_t lane, std::size_t in_tile);
  void write(std::size_t reduction, std::span<std::size_t const> frames, core::ReducedBatch& out);
  void write_block(std::size_t reduction, std::size_t first, std::size_t last, std::size_t lane,
                   std::size_t frame, core::PatternSums& sums);

  FusedPlan const& plan_;
  DecodeScratch scratch_;
  std::vector<FrameWalk> walks_;     // [lane]
  std::array<bool, lanes> alive_{};  // decodes so far
  // [lane][pixel of a tile] staged values, each block from its first pixel's place
  core::AlignedVector<std::byte> rows_;
  std::vector<Staged> staged_;  // [block of a tile][lane]
  // [pixel of a tile][lane], of any storage; where no reduction is joint
  core::AlignedVector<float> turned_;
  std::vector<BrightCount> bright_;       // of a tile
  std::vector<std::uint8_t> keeps_wide_;  // [tile] 1: had too many bright counts
  std::array<bool, lanes> drops_{};       // some bit of `dropped_` is set
  // [lane][word]; written for blocks that hold an unmasked pixel
  std::vector<std::uint64_t> dropped_;
  // [reduction][bin][2][lane], 0 between groups; empty where tiles are not added up
  std::vector<core::AlignedVector<double>> sums_;
  std::vector<StaticBins> static_scratch_;             // [reduction]
  std::vector<std::optional<LargestPixels>> largest_;  // [reduction] of maxima
  // [reduction] with azimuthal variances that tiles are added to
  std::vector<std::optional<NormMemory>> norms_;
  std::optional<TurnedImage> image_;  // where a reduction is joint
  std::optional<JointReducer> joint_;
};

}  // namespace xrdct::kernels
