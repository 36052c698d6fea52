#pragma once
#include <Kokkos_Core.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "kokkos/space/card_memory.hpp"

// Where arrays of the kernels lie: in the memory of the default execution space (a GPU where there
// is one), on the host, or on the host where a GPU can fetch them while the host goes on. The one
// place that names the back ends, by their names in Kokkos 3.4 and 4.
namespace xrdct::kernels {

using Space = Kokkos::DefaultExecutionSpace;
using TeamsOfSpace = Kokkos::TeamPolicy<Space>;
using TeamOfSpace = TeamsOfSpace::member_type;

#if defined(KOKKOS_ENABLE_CUDA)
using PinnedSpace = Kokkos::CudaHostPinnedSpace;
#elif defined(KOKKOS_ENABLE_HIP) && KOKKOS_VERSION >= 40000
using PinnedSpace = Kokkos::HIPHostPinnedSpace;
#elif defined(KOKKOS_ENABLE_HIP)
using PinnedSpace = Kokkos::Experimental::HIPHostPinnedSpace;
#else
using PinnedSpace = Kokkos::HostSpace;
#endif

template <class Value>
using Array = Kokkos::View<Value, Kokkos::LayoutRight, Space::memory_space>;
template <class Value>
using Pinned = Kokkos::View<Value, Kokkos::LayoutRight, PinnedSpace>;
template <class Value>
using OnHost = Kokkos::View<Value, Kokkos::LayoutRight, Kokkos::HostSpace,
                            Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// The same for memory that somebody else owns.
template <class Value>
using OnSpace = Kokkos::View<Value, Kokkos::LayoutRight, Space::memory_space,
                             Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Whether kernels can use the memory of the host.
constexpr bool host_memory = Kokkos::SpaceAccessibility<Space, Kokkos::HostSpace>::accessible;

/// Bytes where the kernels run.
constexpr EngineMemory in_space(std::size_t bytes) {
  return host_memory ? EngineMemory{.host = bytes} : EngineMemory{.card = bytes};
}

/// What an array of the kernels takes.
template <class Value>
EngineMemory memory_of(Array<Value> const& array) {
  return in_space(array.size() * sizeof(typename Array<Value>::value_type));
}

/// What a pinned array takes together with the array of the kernels for its content.
template <class Value>
EngineMemory memory_of_both(Pinned<Value> const& pinned) {
  std::size_t const bytes = pinned.size() * sizeof(typename Pinned<Value>::value_type);
  return {.host = bytes, .card = host_memory ? 0 : bytes};
}

/// Threads of a GPU that go in step: the least for a team.
#if defined(KOKKOS_ENABLE_HIP)
constexpr int threads_of_warp = 64;
#else
constexpr int threads_of_warp = 32;
#endif

/// A copy of `values` where the kernels run. Waits.
template <class Value>
Array<Value*> copy_to_space(std::string const& label, std::vector<Value> const& values) {
  Array<Value*> copy(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), values.size());
  Kokkos::deep_copy(copy, OnHost<Value const*>(values.data(), values.size()));
  return copy;
}

/// An array of the kernels for the content of a pinned one; the same memory where they can use it.
template <class Value>
Array<Value> array_for(Pinned<Value> const& pinned) {
  return Kokkos::create_mirror_view(Space::memory_space(), pinned);
}

/// Copies `size` values from pinned memory to that of the kernels, in the order of the queue; does
/// not wait. Nothing where both are the same memory.
template <class Value>
void send(Space const& queue, Value const* from, Value* to, std::size_t size) {
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  if (from == to) return;
  Kokkos::deep_copy(
      queue, Kokkos::View<Value*, Kokkos::LayoutRight, Space::memory_space, Unmanaged>(to, size),
      Kokkos::View<Value const*, Kokkos::LayoutRight, PinnedSpace, Unmanaged>(from, size));
}

/// The first ones of an array.
template <class Value>
void send(Space const& queue, Pinned<Value*> const& from, Array<Value*> const& to,
          std::size_t size) {
  send(queue, static_cast<Value const*>(from.data()), to.data(), size);
}

/// The way back.
template <class Value>
void fetch(Space const& queue, Array<Value*> const& from, Pinned<Value*> const& to,
           std::size_t size) {
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  if (from.data() == to.data()) return;
  Kokkos::deep_copy(
      queue, Kokkos::View<Value*, Kokkos::LayoutRight, PinnedSpace, Unmanaged>(to.data(), size),
      Kokkos::View<Value const*, Kokkos::LayoutRight, Space::memory_space, Unmanaged>(from.data(),
                                                                                      size));
}

/// What kernels have written, there and on the host: two sets, so that the host reads the one while
/// kernels write the other.
template <class Value>
class Results {
 public:
  Results() = default;
  Results(std::string const& label, std::size_t size) {
    for (Set& set : sets_) {
      set.here = Pinned<Value*>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), size);
      set.there = array_for(set.here);
    }
  }
  /// For the kernels. \param set 0 or 1
  Array<Value*> const& there(std::size_t set) const { return sets_[set].there; }
  /// Begins to bring the first values to the host, in the order of the queue.
  void fetch_first(std::size_t size, std::size_t set) const {
    fetch(Space(), sets_[set].there, sets_[set].here, size);
  }
  /// What was fetched; after a fence.
  Value const* here(std::size_t set) const { return sets_[set].here.data(); }
  EngineMemory memory() const {
    return memory_of_both(sets_[0].here) + memory_of_both(sets_[1].here);
  }

 private:
  struct Set {
    Array<Value*> there;
    Pinned<Value*> here;
  };
  Set sets_[2];
};

/// A queue for transfers: on a GPU its own, so that they run beside kernels, where Kokkos can make
/// one without the back end's words.
inline Space transfer_queue() {
#if KOKKOS_VERSION >= 40000
  if (!host_memory) return Kokkos::Experimental::partition_space(Space(), 1)[0];
#endif
  return Space();
}

}  // namespace xrdct::kernels
