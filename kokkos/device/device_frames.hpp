#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/space/device_memory.hpp"

namespace xrdct::kernels {

/*!
 * Decoded images as float values in the memory of the execution space, invalid ones NaN, and what
 * became of their pixels.
 *
 * Memory: 4 B per pixel for each frame at once, 1 B per pixel and reduction; with a dark 4 B per
 * pixel.
 */
class DeviceFrames {
 public:
  /// \param width most frames at once
  /// \param threads of a team that counts; 0: what suits
  DeviceFrames(core::ReductionPlan const& plan, std::size_t width, int threads);

  /// Begins to read the values of some images.
  /// \param images [column][image_bytes] in the memory of the execution space
  void read(std::byte const* images, std::size_t image_bytes, std::size_t columns);
  /// [column][pixel] float(raw), NaN: invalid
  float const* values() const noexcept { return values_.data(); }
  /// Of a frame without rejected pixels; after a fence.
  core::PixelTally tally(std::size_t reduction, std::size_t column) const;
  std::size_t memory_bytes() const noexcept;

 private:
  std::size_t parts() const noexcept;

  core::ReductionPlan const& plan_;
  std::size_t width_;
  int threads_;
  Array<float*> dark_;
  Array<core::ValueRange*> invalid_;
  Array<float*> values_;
  Array<unsigned char**> fates_;      // [reduction][pixel]
  std::vector<std::int64_t> masked_;  // [reduction] pixels
  Array<std::int64_t*> counts_;       // [reduction][column][part]
  Pinned<std::int64_t*> counts_on_host_;
};

}  // namespace xrdct::kernels
