// Reduces batches in groups of frames, a group per thread.
#include "kokkos/fused/fused_engine.hpp"

#include <algorithm>
#include <atomic>

#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {

FusedEngine::FusedEngine(core::ReductionPlan const& plan) : plan_(plan), groups_(host_workers()) {
  // Each worker makes its own, so that its memory lies where it runs.
  run_on_host("xrdct::make_groups", [&](std::size_t worker) { groups_[worker].emplace(plan_); });
}

void FusedEngine::reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
                         core::ReducedBatch& out) {
  std::atomic<std::size_t> next = 0;
  run_on_host("xrdct::reduce_groups", [&](std::size_t worker) {
    for (std::size_t first; (first = next.fetch_add(lanes)) < frames.size();)
      reduce_group(worker, batch,
                   std::span(frames).subspan(first, std::min(lanes, frames.size() - first)), out);
  });
}

void FusedEngine::reduce_group(std::size_t worker, core::EncodedBatch const& batch,
                               std::span<std::size_t const> frames, core::ReducedBatch& out) {
  groups_[worker]->reduce(batch, frames, out);
}

EngineMemory FusedEngine::memory() const {
  std::size_t bytes = plan_.memory_bytes();
  std::size_t touched = 0;
  for (auto const& group : groups_) touched = std::max(touched, group->touched_pixel_bytes());
  for (auto const& group : groups_)
    bytes += group->memory_bytes() - (touched > 0 ? group->reserved_pixel_bytes() - touched : 0);
  return {.host = bytes};
}

}  // namespace xrdct::kernels
