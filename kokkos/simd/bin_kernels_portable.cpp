// Loops over the pixels of one bin, for every processor.
#include <cstring>

#include "kokkos/simd/bin_kernels.hpp"

namespace xrdct::kernels {
namespace {

template <class Value>
void gather_values(std::byte const* image, std::uint32_t const* place, std::size_t entries,
                   float* raw) {
  for (std::size_t e = 0; e < entries; ++e) {
    Value values[lanes];
    std::memcpy(values, image + place[e] * lanes, sizeof(values));
    for (std::size_t lane = 0; lane < lanes; ++lane)
      raw[e * lanes + lane] = static_cast<float>(values[lane]);
  }
}

void gather(std::byte const* image, std::uint32_t const* place, std::size_t entries,
            Storage storage, float* raw) {
  switch (storage) {
    case Storage::u8:
      return gather_values<std::uint8_t>(image, place, entries, raw);
    case Storage::u16:
      return gather_values<std::uint16_t>(image, place, entries, raw);
    case Storage::f32:
      return gather_values<float>(image, place, entries, raw);
  }
}

double square_of(BinEntries const& bin, double weight) {
  float const rounded = static_cast<float>(weight);
  return bin.rounds_weights ? static_cast<double>(rounded * rounded) : weight * weight;
}

void azimuthal_variance_of_all(BinEntries const& bin, RunningNorms const& norms,
                               BinMoments& moments) {
  PerLane<double> sums{};
  moments.azimuthal_variance = {};
  for (std::size_t e = 0; e < bin.entries; ++e) {
    double const c = bin.coefficient[e], weight = c * static_cast<double>(bin.norm[e]);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      double const part = c * static_cast<double>(bin.raw[e * lanes + lane] - bin.dark[e]);
      double const apart = part * norms.before[e] - weight * sums[lane];
      sums[lane] += part;
      moments.azimuthal_variance[lane] += apart * apart * norms.reciprocal[e];
    }
  }
}

void sum_lane(BinEntries const& bin, LaneMask const* excluded, std::size_t lane,
              BinMoments& moments) {
  double s = 0.0, v = 0.0, n = 0.0, n2 = 0.0, count = 0.0, azimuthal = 0.0;
  std::int32_t pixels = 0;
  for (std::size_t e = 0; e < bin.entries; ++e) {
    float const raw = bin.raw[e * lanes + lane];
    if (raw != raw || (excluded[e] >> lane & 1) != 0) continue;
    double const c = bin.coefficient[e], weight = c * static_cast<double>(bin.norm[e]),
                 part = c * static_cast<double>(raw - bin.dark[e]);
    double const of_counts = bin.counts_vary ? static_cast<double>(raw > 1.0f ? raw : 1.0f) : 0.0;
    double const apart = part * n - weight * s, before = n;
    s += part;
    n += weight;
    if (before != 0.0) azimuthal += apart * apart * (1.0 / (before * n));
    v += c * c * (of_counts + bin.variance[e]);
    n2 += square_of(bin, weight);
    count += c;
    ++pixels;
  }
  moments.signal[lane] = s;
  moments.variance[lane] = v;
  moments.normalization[lane] = n;
  moments.normalization2[lane] = n2;
  moments.count[lane] = count;
  moments.azimuthal_variance[lane] = azimuthal;
  moments.pixels[lane] = pixels;
}

void sum_moments(BinEntries const& bin, LaneMask const* excluded, LaneMask wanted,
                 BinMoments& moments) {
  for (std::size_t lane = 0; lane < lanes; ++lane)
    if ((wanted >> (lane / 4 * 4) & 15) != 0) sum_lane(bin, excluded, lane, moments);
}

void azimuthal_variance_of_kept(BinEntries const& bin, LaneMask const* excluded, LaneMask wanted,
                                BinMoments& moments) {
  BinMoments all;
  sum_moments(bin, excluded, wanted, all);
  moments.signal = all.signal;
  moments.normalization = all.normalization;
  moments.azimuthal_variance = all.azimuthal_variance;
}

std::size_t find(BinEntries const& bin, PerLane<float> const& lower, PerLane<float> const& upper,
                 EntryLanes* found) {
  std::size_t number = 0;
  for (std::size_t e = 0; e < bin.entries; ++e) {
    unsigned outside = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      float const signal = bin.raw[e * lanes + lane] - bin.dark[e];
      outside |= static_cast<unsigned>(signal < bin.norm[e] * lower[lane] ||
                                       signal > bin.norm[e] * upper[lane])
                 << lane;
    }
    if (outside != 0)
      found[number++] = {static_cast<std::uint32_t>(e), static_cast<LaneMask>(outside)};
  }
  return number;
}

void divide(BinEntries const& bin, std::size_t stride, float* quotient) {
  for (std::size_t e = 0; e < bin.entries; ++e)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      quotient[lane * stride + e] = (bin.raw[e * lanes + lane] - bin.dark[e]) / bin.norm[e];
}

}  // namespace

BinKernels portable_bin_kernels() {
  return {gather, azimuthal_variance_of_all, azimuthal_variance_of_kept, sum_moments, find, divide};
}

}  // namespace xrdct::kernels
