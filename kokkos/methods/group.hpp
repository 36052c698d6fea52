#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/quantile_bin.hpp"
#include "kokkos/simd/kernels.hpp"
#include "kokkos/tile/turned_image.hpp"

/// What the methods of the fused engine are given: to prepare themselves once per plan, and of each
/// group of frames.
namespace xrdct::kernels {

/// What all methods prepare themselves from. It outlives what they prepare.
struct MethodSetup {
  MethodSetup(core::ReductionPlan const& plan, std::size_t tile_pixels);

  core::ReductionPlan const& plan;
  std::size_t tile_pixels;
  Kernels kernels;
  bool norms_are_positive = true;  //!< of all unmasked pixels
};

/// What methods need while they finish a group; those of a thread do so one after the other.
struct GroupNeeds {
  bool image = false;                //!< the turned tiles of the whole image
  std::size_t entries = 0;           //!< of a bin that is gathered
  std::size_t quantile_entries = 0;  //!< of a bin that is gathered and divided by quantiles
  std::size_t pixel_masks = 0;       //!< pixels that a mask is needed for

  /// What serves both.
  void include(GroupNeeds const& other) noexcept;
};

/// Lanes of a pixel.
struct PixelLanes {
  std::uint32_t pixel = 0;
  LaneMask lanes = 0;
};

/// Memory that the methods of a thread share: 118 B per entry of the largest bin that is gathered,
/// 88 B more where quantiles divide it, 2 B per pixel with a mask.
struct GroupScratch {
  GroupScratch(MethodSetup const& setup, GroupNeeds const& needs);
  std::size_t memory_bytes() const noexcept;

  BinGatherer gatherer;
  ClipScratch clip;
  std::optional<QuantileScratch> quantiles;
  std::vector<PixelLanes> rejected;
  std::vector<LaneMask> pixel_masks;  //!< [pixel]
};

/// A group of frames of which all tiles have been added.
struct Group {
  std::span<std::size_t const> frames;  //!< [lane] of the batch
  LaneMask good;                        //!< lanes of frames that could be decoded
  TurnedImage const* image;             //!< nullptr where no method needs it
  GroupScratch& scratch;
};

}  // namespace xrdct::kernels
