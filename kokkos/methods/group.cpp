// What methods share: found out once per plan, allocated once per thread.
#include "kokkos/methods/group.hpp"

#include <algorithm>

#include "io/codec/words/simd.hpp"

namespace xrdct::kernels {

MethodSetup::MethodSetup(core::ReductionPlan const& plan_, std::size_t tile_pixels_)
    : plan(plan_), tile_pixels(tile_pixels_), kernels(kernels_of(codec::simd())) {
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p)
    norms_are_positive &= plan.corrections.mask[p] != 0 || plan.corrections.normalization[p] > 0.0f;
}

void GroupNeeds::include(GroupNeeds const& other) noexcept {
  image |= other.image;
  entries = std::max(entries, other.entries);
  quantile_entries = std::max(quantile_entries, other.quantile_entries);
  pixel_masks = std::max(pixel_masks, other.pixel_masks);
}

GroupScratch::GroupScratch(MethodSetup const& setup, GroupNeeds const& needs)
    : gatherer(setup.plan, setup.tile_pixels, needs.entries),
      clip(needs.entries),
      pixel_masks(needs.pixel_masks) {
  if (needs.quantile_entries > 0) quantiles.emplace(needs.quantile_entries);
}

std::size_t GroupScratch::memory_bytes() const noexcept {
  return gatherer.memory_bytes() + clip.memory_bytes() +
         (quantiles ? quantiles->memory_bytes() : 0) + rejected.capacity() * sizeof(PixelLanes) +
         pixel_masks.capacity() * sizeof(LaneMask);
}

}  // namespace xrdct::kernels
