#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/device/device_decoder.hpp"
#include "kokkos/space/card_memory.hpp"
#include "kokkos/space/pinned_memory.hpp"

namespace xrdct::kernels {

struct DeviceSettings {
  /// most for the frames that are worked on at once, but enough for one
  std::size_t memory_bytes = std::size_t{4} << 30;
  /// what the memory of the kernels has free; nothing: no limit is known
  std::optional<std::size_t> free_bytes = free_card_memory();
  DeviceDecoding decoding = DeviceDecoding::of_space();
  int threads = 0;  //!< of the teams that count and sum up; 0: what suits the default execution
                    //!< space. The sums depend on it
};

/*!
 * The engine for GPUs: compressed bytes to the device, decoding, values, sums there; sums back.
 *
 * Up to 32 frames are worked on at once: their bytes are sent while the device is at the
 * 32 before. The next ones are begun there before the results of the last are written into the
 * batch, on all threads of the host. The last frames of a batch stay there until some of the next
 * batch have been sent, so that the device has work as long as there are batches. Plain sums are
 * row products
 * (`DeviceProduct`), methods that need whole bins go through `BinReducer`. Every frame is summed up
 * in an order of its own: a device repeats its bits, whatever the batch. Memory: matrix rows 12 B
 * per entry and reduction; for each frame at once its image and 2 B per pixel, 1 B more where whole
 * bins are needed, half an image in buffers, and 192 B per bin and reduction.
 */
class DeviceEngine {
 public:
  /// \param plan has to outlive this
  /// \throws core::InputError what is free does not hold the matrices and one frame
  explicit DeviceEngine(core::ReductionPlan const& plan, DeviceSettings const& settings = {});
  ~DeviceEngine();
  DeviceEngine(DeviceEngine const&) = delete;
  DeviceEngine& operator=(DeviceEngine const&) = delete;

  /// Batches whose frames are with the engine while `begin` works.
  static constexpr std::size_t batches_at_once = 2;

  /*!
   * Reduces a batch but for its last frames, which are only begun. The batch that was begun before
   * is finished when this returns. All arguments are used until then.
   * \param frames the good ones
   * \param out of the size of the batch; these frames are overwritten
   */
  void begin(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
             core::ReducedBatch& out);
  /// Waits for the batch that was begun last.
  void finish();
  /// Frames that lie there are sent from there; others are copied into a buffer before.
  PinnedMemory& batch_memory() noexcept;
  std::size_t frames_per_batch() const noexcept;  //!< of `batches_at_once` together
  CardPlan const& card_plan() const noexcept;     //!< made before anything was taken
  EngineMemory memory() const noexcept;           //!< without that of batches
  std::size_t sent_bytes() const noexcept;        //!< to the device since the start, frames alone

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
