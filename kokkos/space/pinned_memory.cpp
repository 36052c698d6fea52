// Memory of the host that a GPU can fetch from.
#include "kokkos/space/pinned_memory.hpp"

#include <iterator>

#include "kokkos/space/cards.hpp"
#include "kokkos/space/device_memory.hpp"

namespace xrdct::kernels {
namespace {

constexpr char label[] = "xrdct::batches";

}  // namespace

PinnedMemory::PinnedMemory() : card_(card_of_thread()) {}

void* PinnedMemory::allocate(std::size_t bytes) {
  use_card(card_);
  void* const begin = PinnedSpace().allocate(label, bytes);
  std::lock_guard const lock(mutex_);
  pieces_[static_cast<std::byte const*>(begin)] = bytes;
  return begin;
}

// What is thrown here says that the card is lost: somebody who waits for it has been told.
void PinnedMemory::deallocate(void* begin, std::size_t bytes) noexcept {
  {
    std::lock_guard const lock(mutex_);
    pieces_.erase(static_cast<std::byte const*>(begin));
  }
  try {
    use_card(card_);
    PinnedSpace().deallocate(label, begin, bytes);
  } catch (...) {
  }
}

bool PinnedMemory::holds(std::span<std::byte const> bytes) const {
  std::lock_guard const lock(mutex_);
  auto const after = pieces_.upper_bound(bytes.data());
  if (after == pieces_.begin()) return false;
  auto const& [begin, size] = *std::prev(after);
  return bytes.data() + bytes.size() <= begin + size;
}

}  // namespace xrdct::kernels
