#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/device/device_decoder.hpp"
#include "kokkos/space/device_memory.hpp"
#include "kokkos/teams/coded_frames.hpp"

namespace xrdct::kernels {

/// What became of some pixels of the frames of a group. At most 2¹⁵ pixels.
struct GroupCounts {
  std::uint32_t used[2], invalid[2];  //!< [0]: frames 0 and 2, [1]: 1 and 3; 16 bits each

  KOKKOS_FUNCTION GroupCounts& operator+=(GroupCounts const& other) {
    for (int k = 0; k < 2; ++k) {
      used[k] += other.used[k];
      invalid[k] += other.invalid[k];
    }
    return *this;
  }
};

/*!
 * Decoded frames in groups of four in the memory of the execution space, their invalid pixels
 * found, and what became of their pixels.
 *
 * Memory: 1 B per pixel for each frame at once (of whole groups); 1 B per pixel and reduction; with
 * a dark 4 B per pixel.
 */
class DeviceFrames {
 public:
  /// \param width most frames at once
  /// \param threads of a team; 0: what suits
  DeviceFrames(core::ReductionPlan const& plan, std::size_t width, int threads);

  /// Begins to judge the pixels of some frames, which have to outlive the use of `coded`.
  void read(DecodedFrames const& decoded, std::size_t columns);
  /// The frames that were read last.
  CodedFrames const& coded() const noexcept { return coded_; }
  /// Of a frame without rejected pixels; after a fence.
  core::PixelTally tally(std::size_t reduction, std::size_t column) const;
  EngineMemory memory() const noexcept;

 private:
  core::ReductionPlan const& plan_;
  int threads_;
  std::size_t stride_, groups_, parts_;  // pixels of a frame, rounded up to 8; of it
  bool counts_are_valid_;                // whatever the pixel
  Array<float*> dark_;
  Array<core::ValueRange*> invalid_;
  Array<CodesOfFour*> codes_;  // [group][pixel/4]
  CodedFrames coded_;
  Array<std::uint32_t**> fates_;      // [reduction][pixel/4] a byte per pixel
  std::vector<std::int64_t> masked_;  // [reduction] pixels
  Array<GroupCounts*> counts_;        // [reduction][group][part]
  Pinned<GroupCounts*> counts_on_host_;
};

}  // namespace xrdct::kernels
