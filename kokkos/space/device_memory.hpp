#pragma once
#include <Kokkos_Core.hpp>
#include <cstddef>
#include <string>
#include <vector>

// Where arrays of the kernels lie: in the memory of the default execution space (a GPU where there
// is one), on the host, or on the host where a GPU can fetch them while the host goes on. The one
// place that names the back ends of Kokkos 3.4 to 5.
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

/// Whether kernels can use the memory of the host.
constexpr bool host_memory = Kokkos::SpaceAccessibility<Space, Kokkos::HostSpace>::accessible;

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

/// Copies the first `size` values, in the order of the queue; does not wait. Nothing where both are
/// the same memory.
template <class Value>
void send(Space const& queue, Pinned<Value*> const& from, Array<Value*> const& to,
          std::size_t size) {
  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  if (from.data() == to.data()) return;
  Kokkos::deep_copy(
      queue,
      Kokkos::View<Value*, Kokkos::LayoutRight, Space::memory_space, Unmanaged>(to.data(), size),
      Kokkos::View<Value const*, Kokkos::LayoutRight, PinnedSpace, Unmanaged>(from.data(), size));
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

/// A queue for transfers: on a GPU its own, so that they run beside kernels, where Kokkos can make
/// one without the back end's words.
inline Space transfer_queue() {
#if KOKKOS_VERSION >= 40000
  if (!host_memory) return Kokkos::Experimental::partition_space(Space(), 1)[0];
#endif
  return Space();
}

}  // namespace xrdct::kernels
