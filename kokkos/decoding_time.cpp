// Measures what no reduction can do without: decoding the frames.
#include "kokkos/decoding_time.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
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
  std::vector<Decoding> decodings;
  for (std::size_t worker = 0; worker < host_workers(); ++worker) decodings.emplace_back(plan);
  std::atomic<std::size_t> next = 0;
  auto const begin = std::chrono::steady_clock::now();
  run_on_host("xrdct::decode_frames", [&](std::size_t worker) {
    for (std::size_t frame; (frame = next.fetch_add(1)) < batch.frames.size();) {
      if (batch.frames[frame].status != core::FrameStatus::good) continue;
      (void)decodings[worker].decoder.decode(batch.frames[frame], decodings[worker].frame);
    }
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace xrdct::kernels
