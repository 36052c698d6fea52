#pragma once
#include <algorithm>
#include <cstddef>

#include "kokkos/tomography/ray_shares.hpp"

// The loops of a projector, of a filter and of variances, written once for every width of vector.
//
// `Vector` is a vector of float of the compiler, or float itself; `Count` of them are the bins of
// one voxel or sample. All functions are inlined into one that names its instruction set.
// Products and sums stay separate (no fused multiply-add), and each bin has its own lane: all
// widths give the same bits.
namespace xrdct::kernels {

template <class Vector, int Count>
struct Bins {
  Vector of[Count];

  [[gnu::always_inline]] static Bins* at(float* values) { return reinterpret_cast<Bins*>(values); }
  [[gnu::always_inline]] static Bins const* at(float const* values) {
    return reinterpret_cast<Bins const*>(values);
  }
  [[gnu::always_inline]] void add(float factor, Bins const& other) {
    for (int v = 0; v < Count; ++v) of[v] += factor * other.of[v];
  }
};

/// Sums over the rays of a block, at the places of a run of voxels of one row.
template <class Vector, int Count, class Places>
[[gnu::always_inline]] inline void back_run(RayBlock const& block, VoxelRun const& run) {
  using Sample = Bins<Vector, Count>;
  over_run<Places>(
      block, run, Sample::at(run.voxels),
      [&](auto const& shares, Sample& voxel) __attribute__((always_inline)) {
        Sample sum = voxel;
        for (std::size_t r = 0; r < block.rays; ++r) {
          Sample const* sample = Sample::at(block.samples) + r * block.line + shares.first.of[r];
          for (int v = 0; v < Count; ++v) {
            Vector seen = shares.share[0].of[r] * sample[0].of[v];
            for (int i = 1; i < shares.reach; ++i) seen += shares.share[i].of[r] * sample[i].of[v];
            sum.of[v] += seen;
          }
        }
        voxel = sum;
      });
}

/// Adds a run of voxels of one row to the samples of a block of rays.
template <class Vector, int Count, class Places>
[[gnu::always_inline]] inline void forward_run(RayBlock const& block, VoxelRun const& run) {
  using Sample = Bins<Vector, Count>;
  over_run<Places>(
      block, run, Sample::at(run.voxels),
      [&](auto const& shares, Sample const& voxel) __attribute__((always_inline)) {
        Sample const value = voxel;
        for (std::size_t r = 0; r < block.rays; ++r) {
          Sample* sample = Sample::at(block.samples) + r * block.line + shares.first.of[r];
          for (int i = 0; i < shares.reach; ++i) sample[i].add(shares.share[i].of[r], value);
        }
      });
}

/// Variance of what `back_run` sums with linear shares, from V₀ and V₁ (core/tomography).
template <class Vector, int Count>
[[gnu::always_inline]] inline void variance_run(RayBlock const& block, VoxelRun const& run) {
  using Sample = Bins<Vector, Count>;
  using Places = VariancePlaces<sizeof(Vector)>;
  over_run<Places>(
      block, run, Sample::at(run.voxels),
      [&](auto const& shares, Sample& voxel) __attribute__((always_inline)) {
        Sample sum = voxel;
        for (std::size_t r = 0; r < block.rays; ++r) {
          std::size_t const first = r * block.line + static_cast<std::size_t>(shares.first.of[r]);
          Sample const *own = Sample::at(block.samples) + first,
                       *with_next = Sample::at(block.with_next) + first;
          for (int v = 0; v < Count; ++v)
            sum.of[v] += shares.share[0].of[r] * own[0].of[v] +
                         shares.share[1].of[r] * own[1].of[v] +
                         shares.share[2].of[r] * with_next[0].of[v];
        }
        voxel = sum;
      });
}

/// `Line`; with `Step` 2 only taps at odd distances and the one in the middle are not 0.
template <class Vector, int Count, int Step>
[[gnu::always_inline]] inline void convolve_line(Line const& line) {
  using Sample = Bins<Vector, Count>;
  constexpr std::size_t together = Count <= 4 ? 4 : 2;  // samples whose sums stay in registers
  Sample const* const in = Sample::at(line.in);
  Sample* const out = Sample::at(line.out);
  for (std::size_t residue = 0; residue < Step; ++residue) {
    std::size_t const begin = Step == 2 ? (residue + line.before + 1) % 2 : 0;
    for (std::size_t first = residue; first < line.total; first += Step * together) {
      Sample sum[together] = {};
      if constexpr (Step == 2) {
        for (std::size_t b = 0; b < together; ++b) {
          std::size_t const own = first + Step * b - line.before;  // wraps below 0
          if (own < line.samples) sum[b].add(line.taps[0], in[own]);
        }
      }
      // samples within the reach of one of these sums
      std::size_t const low =
          first > line.before + line.reach ? first - line.before - line.reach : 0;
      std::size_t const high =
          std::min(line.samples, first + Step * (together - 1) + line.reach + 1 > line.before
                                     ? first + Step * (together - 1) + line.reach + 1 - line.before
                                     : 0);
      std::size_t const start = low <= begin ? begin : low + (low - begin) % Step;
      for (std::size_t m = start; m < high; m += Step) {
        float const* tap = line.taps + static_cast<std::ptrdiff_t>(first) -
                           static_cast<std::ptrdiff_t>(m + line.before);
        for (std::size_t b = 0; b < together; ++b) sum[b].add(tap[Step * b], in[m]);
      }
      for (std::size_t b = 0; b < together && first + Step * b < line.total; ++b)
        out[first + Step * b] = sum[b];
    }
  }
}

/// All loops for one width of vector and number of vectors.
template <class Vector, int Count>
struct SliceLoops {
  [[gnu::always_inline]] static void back(Footprint footprint, RayBlock const& block,
                                          VoxelRun const& run) {
    if (footprint == Footprint::linear)
      back_run<Vector, Count, LinearPlaces<sizeof(Vector)>>(block, run);
    else
      back_run<Vector, Count, StripPlaces<sizeof(Vector)>>(block, run);
  }
  [[gnu::always_inline]] static void forward(Footprint footprint, RayBlock const& block,
                                             VoxelRun const& run) {
    if (footprint == Footprint::linear)
      forward_run<Vector, Count, LinearPlaces<sizeof(Vector)>>(block, run);
    else
      forward_run<Vector, Count, StripPlaces<sizeof(Vector)>>(block, run);
  }
  [[gnu::always_inline]] static void variance(RayBlock const& block, VoxelRun const& run) {
    variance_run<Vector, Count>(block, run);
  }
  [[gnu::always_inline]] static void convolve(Line const& line) {
    if (line.odd_taps_only)
      convolve_line<Vector, Count, 2>(line);
    else
      convolve_line<Vector, Count, 1>(line);
  }
};

}  // namespace xrdct::kernels
