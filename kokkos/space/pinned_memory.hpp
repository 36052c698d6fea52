#pragma once
#include <cstddef>
#include <map>
#include <mutex>
#include <span>

#include "core/words/large_bytes.hpp"

namespace xrdct::kernels {

/*!
 * Memory of the host that the system leaves in its place, so that a GPU fetches from it by itself
 * while the host goes on. Where kernels run on the host it is ordinary memory.
 *
 * Made on the main thread, after `start`; any thread may allocate.
 */
class PinnedMemory final : public core::ByteMemory {
 public:
  PinnedMemory();
  PinnedMemory(PinnedMemory const&) = delete;
  PinnedMemory& operator=(PinnedMemory const&) = delete;

  /// \throws std::bad_alloc also where the driver refuses to pin so much
  void* allocate(std::size_t bytes) override;
  void deallocate(void* begin, std::size_t bytes) noexcept override;
  /// Whether all of them lie in one piece that was allocated here.
  bool holds(std::span<std::byte const> bytes) const;

 private:
  int card_;
  mutable std::mutex mutex_;
  std::map<std::byte const*, std::size_t> pieces_;  // [begin] bytes
};

}  // namespace xrdct::kernels
