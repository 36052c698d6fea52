#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/aligned_vector.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/methods/group.hpp"
#include "kokkos/methods/method_list.hpp"
#include "kokkos/tile/frame_walk.hpp"
#include "kokkos/tile/stage_pixels.hpp"
#include "kokkos/tile/static_sums.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/// What the fused engine prepares once per plan; read-only, shared by all threads.
struct FusedPlan {
  /// \param plan has to outlive this
  explicit FusedPlan(core::ReductionPlan const& plan);
  FusedPlan(FusedPlan const&) = delete;
  FusedPlan& operator=(FusedPlan const&) = delete;

  core::ReductionPlan const& plan;
  std::size_t block_pixels;             //!< what is decoded at once
  std::size_t tile_pixels;              //!< what is multiplied at once: a few blocks
  std::vector<std::uint64_t> unmasked;  //!< [word] one bit per pixel, lowest first
  std::vector<std::uint8_t> wanted;     //!< [block] 1: holds an unmasked pixel
  PixelStager stager;
  MethodSetup setup;
  std::vector<FusedMethods::Plan> methods;  //!< [reduction]
  std::vector<StaticSums> static_sums;      //!< [reduction]
  GroupNeeds needs;                         //!< of all methods
  bool uses_placeholders;                   //!< every method can do with placeholders

  std::size_t memory_bytes() const;
};

/*!
 * Reduces up to `lanes` frames at once. One object per thread; its memory is allocated here (but
 * see `FrameWalk`).
 *
 * Decodes and turns tile by tile, and hands each tile to the methods of all reductions. A tile is
 * then forgotten, unless some method needs the image: then the turned tiles are kept until all are
 * there.
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
  void keep_dropped(std::size_t lane, std::size_t pixel, std::size_t pixels, bool any);
  bool list_bright(std::size_t tile, TilePixels& turned);
  void restore_bright(Storage storage, std::byte* values) const;
  void turn_tile(std::size_t first, std::size_t last, Storage storage, std::byte* turned);
  LaneMask good_lanes() const noexcept;
  PixelBlock block_at(std::size_t pixel) const;
  std::span<std::byte> row_of(std::size_t lane, std::size_t in_tile);
  void write(std::size_t reduction, Group const& group, core::ReducedBatch& out);

  FusedPlan const& plan_;
  DecodeScratch scratch_;
  std::vector<FrameWalk> walks_;     // [lane]
  std::array<bool, lanes> alive_{};  // decodes so far
  // [lane][pixel of a tile] staged values, each block from its first pixel's place
  core::AlignedVector<std::byte> rows_;
  std::vector<Staged> staged_;  // [block of a tile][lane]
  // [pixel of a tile][lane], of any storage; where no method needs the image
  core::AlignedVector<float> turned_;
  std::vector<BrightCount> bright_;            // of a tile
  std::vector<std::uint8_t> keeps_wide_;       // [tile] 1: had too many bright counts
  std::vector<std::uint64_t> invalid_;         // [word] of the block that is staged
  std::array<bool, lanes> drops_{};            // some bit of `dropped_` is set
  std::vector<std::uint64_t> dropped_;         // [lane][word]; of blocks that drop none 0
  std::vector<std::uint8_t> drops_some_;       // [lane][block] some bit of `dropped_` is set
  std::vector<FusedMethods::Method> methods_;  // [reduction]
  std::vector<StaticBins> static_scratch_;     // [reduction]
  std::optional<TurnedImage> image_;           // where some method needs it
  GroupScratch shared_;
};

}  // namespace xrdct::kernels
