#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/space/device_memory.hpp"

// Values of many bins in the memory of the default execution space.
namespace xrdct::kernels {

/// Neighbouring bins of one voxel or sample: what a GPU loads at once.
struct alignas(16) FourBins {
  float of[4];

  KOKKOS_FUNCTION static FourBins const* at(Array<float const*> const& values) {
    return reinterpret_cast<FourBins const*>(values.data());
  }
  KOKKOS_FUNCTION static FourBins* at(Array<float*> const& values) {
    return reinterpret_cast<FourBins*>(values.data());
  }
  // By value, here and below: a GPU then loads all four at once.
  KOKKOS_FUNCTION void add(FourBins const other) {
    for (int b = 0; b < 4; ++b) of[b] += other.of[b];
  }
  KOKKOS_FUNCTION void add(float factor, FourBins const other) {
    for (int b = 0; b < 4; ++b) of[b] += factor * other.of[b];
  }
  KOKKOS_FUNCTION FourBins times(float factor) const {
    FourBins const own = *this;
    return {{factor * own.of[0], factor * own.of[1], factor * own.of[2], factor * own.of[3]}};
  }
};

/// What a thread works on: 8 bins of one voxel or sample. Where there are `threads` for its bins,
/// each takes every `threads`-th four of them: the 8 threads of 64 bins load 128 B that lie side by
/// side at once. With fewer bins the shares of a voxel would be computed more often, with more the
/// loads of neighbouring voxels would meet in the banks of the cache.
struct ThreadBins {
  static constexpr int fours = 2;
  FourBins of[fours];

  KOKKOS_FUNCTION void add(float factor, FourBins const* from, int threads) {
    for (int i = 0; i < fours; ++i) of[i].add(factor, from[i * threads]);
  }
  KOKKOS_FUNCTION void store(FourBins* to, int threads) const {
    for (int i = 0; i < fours; ++i) to[i * threads] = of[i];
  }
};

/// Threads of a team: enough to hide the memory of a GPU; a team of the host is one thread. No bit
/// depends on it.
inline int threads_of_slice_team() { return host_memory ? 1 : 256; }

/// Makes room for so many values, which are not kept.
template <class Value>
void make_room(std::string const& label, std::size_t size, Array<Value*>& values) {
  if (values.size() >= size) return;
  values = {};
  values = Array<Value*>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), size);
}

template <class Value>
using FirstOf = Kokkos::View<Value*, Kokkos::LayoutRight, Space::memory_space,
                             Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Copies all of `from` to where the kernels run. Waits.
template <class Value>
void copy_there(std::span<Value const> from, Array<Value*> const& to) {
  XRDCT_ASSERT(from.size() <= to.size());
  Kokkos::deep_copy(FirstOf<Value>(to.data(), from.size()),
                    OnHost<Value const*>(from.data(), from.size()));
}

/// The way back.
template <class Value>
void copy_here(Array<Value*> const& from, std::span<Value> to) {
  XRDCT_ASSERT(to.size() <= from.size());
  Kokkos::deep_copy(OnHost<Value*>(to.data(), to.size()), FirstOf<Value>(from.data(), to.size()));
}

}  // namespace xrdct::kernels
