// Measures what no reduction can do without: decoding the frames.
#include "kokkos/decoding_time.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "io/codec/decode.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {
namespace {

// What a thread needs to decode whole frames.
struct Decoding {
  explicit Decoding(core::ReductionPlan const& plan)
      : decoder(plan.shape, plan.encoding), frame(decoder.frame_bytes()) {}
  codec::FrameDecoder decoder;
  std::vector<std::byte> frame;
};

}  // namespace

double seconds_to_decode(core::ReductionPlan const& plan, core::EncodedBatch const& batch) {
  // Each made by its thread, so that its memory lies where it is used.
  std::vector<std::optional<Decoding>> decodings(host_workers());
  run_on_host("xrdct::prepare_decoding",
              [&](std::size_t worker) { decodings[worker].emplace(plan); });
  std::atomic<std::size_t> next = 0;
  auto const begin = std::chrono::steady_clock::now();
  run_on_host("xrdct::decode_frames", [&](std::size_t worker) {
    for (std::size_t frame; (frame = next.fetch_add(1)) < batch.frames.size();) {
      if (batch.frames[frame].status != core::FrameStatus::good) continue;
      (void)decodings[worker]->decoder.decode(batch.frames[frame], decodings[worker]->frame);
    }
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace xrdct::kernels
