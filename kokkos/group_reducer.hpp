#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frames.hpp"
#include "core/patterns.hpp"
#include "core/reduction_plan.hpp"
#include "kokkos/frame_walk.hpp"
#include "kokkos/multiply.hpp"
#include "kokkos/stage_pixels.hpp"
#include "kokkos/static_sums.hpp"
#include "kokkos/tile_matrix.hpp"

namespace xrdct::kernels {

/// What the fused engine prepares once per plan; read-only, shared by all threads.
struct FusedPlan {
  /// \param plan has to outlive this
  explicit FusedPlan(core::ReductionPlan const& plan);

  core::ReductionPlan const& plan;
  std::size_t tile_pixels;
  std::size_t tiles;
  std::size_t tile_words;               //!< 64-bit words of one bit per pixel of a tile; tiles begin at whole words
  std::vector<std::uint64_t> unmasked;  //!< [tile][word]
  std::vector<std::uint8_t> wanted;     //!< [tile] 1: holds an unmasked pixel
  PixelStager stager;
  std::vector<TileMatrix> matrices;     //!< [reduction]
  std::vector<StaticSums> static_sums;  //!< [reduction]
  LaneKernels kernels;

  std::size_t memory_bytes() const;
};

/// Reduces up to `lanes` frames at once. One object per thread; all memory but that of whole decoded frames is allocated here.
class GroupReducer {
 public:
  explicit GroupReducer(FusedPlan const& plan);

  /*!
   * \param batch  holds the frames
   * \param frames indices of frames of `batch`, at most `lanes`
   * \param out    sums, tally and status of these frames are written; a frame that cannot be decoded becomes corrupt, with sums of 0
   */
  void reduce(core::EncodedBatch const& batch, std::span<std::size_t const> frames, core::ReducedBatch& out);
  std::size_t memory_bytes() const;

 private:
  void open(core::EncodedBatch const& batch, std::span<std::size_t const> frames);
  float const* dark_of(std::size_t tile) const;
  void stage_tile(std::size_t tile, std::size_t pixels);
  void multiply_tile(std::size_t tile, std::size_t pixels);
  void write(std::size_t lane, std::size_t frame, core::ReducedBatch& out);

  FusedPlan const& plan_;
  DecodeScratch scratch_;
  std::vector<FrameWalk> walks_;            // [lane]
  std::array<bool, lanes> alive_{};         // decodes so far
  std::array<Staged, lanes> staged_{};      // of the current tile
  std::vector<std::byte> rows_;             // [lane][pixel] staged values of the current tile
  std::vector<float> turned_;               // [pixel][lane], of any storage
  std::vector<std::uint64_t> dropped_;      // [lane][tile][word]
  std::vector<std::vector<double>> sums_;   // [reduction][bin][2][lane]
  std::vector<StaticBins> static_scratch_;  // [reduction]
};

}  // namespace xrdct::kernels
