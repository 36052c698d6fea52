#pragma once
#include <cstddef>
#include <cstdint>

#include "kokkos/tomography/footprint_area.hpp"
#include "kokkos/tomography/slice_kernels.hpp"

// Where one voxel lies on the lines of a block of rays, and its shares there, for all rays at once,
// in vectors of rays. The loops over bins then only read them: computed ray by ray they would take
// as long as the bins. All in double, then rounded. Lines are padded: no place is below 0. Rays
// that a short block lacks lie at 0 and are not used.
namespace xrdct::kernels {

/// Vectors of rays where those of bins have so many bytes.
template <std::size_t Bytes>
struct RayVectors;
template <>
struct RayVectors<16> {
  typedef double Doubles __attribute__((vector_size(16)));
  typedef float Floats __attribute__((vector_size(8)));
  typedef std::int32_t Integers __attribute__((vector_size(8)));
};
template <>
struct RayVectors<32> {
  typedef double Doubles __attribute__((vector_size(32)));
  typedef float Floats __attribute__((vector_size(16)));
  typedef std::int32_t Integers __attribute__((vector_size(16)));
};
template <>
struct RayVectors<64> {
  typedef double Doubles __attribute__((vector_size(64)));
  typedef float Floats __attribute__((vector_size(32)));
  typedef std::int32_t Integers __attribute__((vector_size(32)));
};

/// Shares of one voxel: [sample of its reach][ray].
template <std::size_t Bytes, int Reach>
struct RayShares {
  static constexpr int reach = Reach;
  static constexpr std::size_t parts = rays_of_block * sizeof(double) / Bytes;
  using Vectors = RayVectors<Bytes>;
  union Values {
    float of[rays_of_block];
    typename Vectors::Floats part[parts];
  };
  union Samples {
    std::int32_t of[rays_of_block];
    typename Vectors::Integers part[parts];
  };
  Samples first;
  Values share[Reach];
};

/// Where the voxels of one row lie.
template <std::size_t Bytes>
struct RayPlaces {
  using Vectors = RayVectors<Bytes>;
  using Doubles = typename Vectors::Doubles;
  static constexpr std::size_t parts = rays_of_block * sizeof(double) / Bytes;
  union Values {
    double of[rays_of_block];
    Doubles part[parts];
  };
  Values base = {}, cosine = {};

  [[gnu::always_inline]] RayPlaces(RayBlock const& block, double up) {
    for (std::size_t r = 0; r < block.rays; ++r) {
      base.of[r] = block.ray[r].centre + up * block.ray[r].sine;
      cosine.of[r] = block.ray[r].cosine;
    }
  }
};

/// Linear interpolation: shares of a sample and the next.
template <std::size_t Bytes>
struct LinearPlaces : RayPlaces<Bytes> {
  using Shares = RayShares<Bytes, 2>;

  using RayPlaces<Bytes>::RayPlaces;
  template <int Reach>
  [[gnu::always_inline]] void find(double across, RayShares<Bytes, Reach>& shares) const {
    using V = RayVectors<Bytes>;
    for (std::size_t p = 0; p < Shares::parts; ++p) {
      auto const place = this->base.part[p] + across * this->cosine.part[p];
      auto const below = __builtin_convertvector(place, typename V::Integers);
      shares.first.part[p] = below;
      shares.share[1].part[p] = __builtin_convertvector(
          place - __builtin_convertvector(below, typename V::Doubles), typename V::Floats);
      shares.share[0].part[p] = 1.0F - shares.share[1].part[p];
    }
  }
};

/// What linear shares become in a variance: of V₀, of V₀ at the next sample, of V₁.
template <std::size_t Bytes>
struct VariancePlaces : LinearPlaces<Bytes> {
  using Shares = RayShares<Bytes, 3>;

  using LinearPlaces<Bytes>::LinearPlaces;
  [[gnu::always_inline]] void find(double across, Shares& shares) const {
    LinearPlaces<Bytes>::find(across, shares);
    for (std::size_t p = 0; p < Shares::parts; ++p) {
      auto const low = shares.share[0].part[p], high = shares.share[1].part[p];
      shares.share[0].part[p] = low * low;
      shares.share[1].part[p] = high * high;
      shares.share[2].part[p] = 2.0F * low * high;
    }
  }
};

/// Shares of three strips in the footprint of a square voxel, a trapezoid of area 1.
template <std::size_t Bytes>
struct StripPlaces : RayPlaces<Bytes> {
  using Places = RayPlaces<Bytes>;
  using Doubles = typename Places::Doubles;
  using Shares = RayShares<Bytes, 3>;
  typename Places::Values outer = {}, inner = {}, height = {};

  [[gnu::always_inline]] StripPlaces(RayBlock const& block, double up) : Places(block, up) {
    for (std::size_t r = 0; r < block.rays; ++r) {
      outer.of[r] = block.ray[r].outer;
      inner.of[r] = block.ray[r].inner;
      height.of[r] = block.ray[r].height;
    }
  }
  [[gnu::always_inline]] void find(double across, Shares& shares) const {
    using V = RayVectors<Bytes>;
    for (std::size_t p = 0; p < Shares::parts; ++p) {
      auto const place = this->base.part[p] + across * this->cosine.part[p];
      // ⌈place − ½ − outer⌉ = ⌊start⌋ but for whole numbers, where the first share is 0
      Doubles const start = place - outer.part[p] + 0.5;
      auto const below = __builtin_convertvector(start, typename V::Integers);
      shares.first.part[p] = below;
      Doubles const end = __builtin_convertvector(below, Doubles) + 0.5 - place, after = end + 1.0;
      auto const &far = outer.part[p], &near = inner.part[p], &high = height.part[p];
      AreaBelow<Doubles> const below_end{far, near, high, end}, below_next{far, near, high, after};
      Doubles const one = below_end.area, two = below_next.area;
      shares.share[0].part[p] = __builtin_convertvector(one, typename V::Floats);
      shares.share[1].part[p] = __builtin_convertvector(two - one, typename V::Floats);
      shares.share[2].part[p] = __builtin_convertvector(1.0 - two, typename V::Floats);
    }
  }
};

/// Calls `work(shares, voxel)` for the voxels of a run in their order. The shares of the next voxel
/// are found before, so that they are there when the work begins.
template <class Places, class Voxel, class Work>
[[gnu::always_inline]] inline void over_run(RayBlock const& block, VoxelRun const& run,
                                            Voxel* voxel, Work const& work) {
  Places const places(block, run.up);
  typename Places::Shares shares[2];
  places.find(run.across, shares[0]);
  for (std::size_t column = 0; column < run.columns; ++column, ++voxel) {
    places.find(run.across + static_cast<double>(column + 1), shares[(column + 1) % 2]);
    work(shares[column % 2], *voxel);
  }
}

}  // namespace xrdct::kernels
