#include <algorithm>
#include <array>
#include <cstring>

#include "kokkos/multiply.hpp"

namespace xrdct::kernels {
namespace {

template <class Value>
void add_entry(Value const* values, float const* dark, float coefficient, double* sums) {
  double const c = coefficient;
  double const c2 = c * c;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    float const raw = static_cast<float>(values[lane]);
    if (raw != raw) continue;
    float const signal = dark == nullptr ? raw : raw - *dark;
    sums[lane] += c * static_cast<double>(signal);
    sums[lanes + lane] += c2 * static_cast<double>(raw > 1.0f ? raw : 1.0f);
  }
}

template <class Value>
void multiply_values(TileEntries const& entries, TilePixels const& pixels, double* sums) {
  Value const* values = static_cast<Value const*>(pixels.values);
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size(); ++run) {
    double* of_bin = sums + run->bin * 2 * lanes;
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      std::size_t const p = entries.pixel[e];
      add_entry(values + p * lanes, pixels.dark == nullptr ? nullptr : pixels.dark + p, entries.coefficient[e], of_bin);
    }
  }
}

void multiply(TileEntries const& entries, TilePixels const& pixels, double* sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return multiply_values<std::uint8_t>(entries, pixels, sums);
    case Storage::u16:
      return multiply_values<std::uint16_t>(entries, pixels, sums);
    case Storage::f32:
      return multiply_values<float>(entries, pixels, sums);
  }
}

template <class Value>
void turn_values(std::byte const* rows, std::size_t stride, std::size_t pixels, void* turned) {
  auto* out = static_cast<std::byte*>(turned);
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      std::memcpy(out + (p * lanes + lane) * sizeof(Value), rows + lane * stride + p * sizeof(Value), sizeof(Value));
}

void turn(std::byte const* rows, std::size_t stride, std::size_t pixels, Storage storage, void* turned) {
  switch (storage) {
    case Storage::u8:
      return turn_values<std::uint8_t>(rows, stride, pixels, turned);
    case Storage::u16:
      return turn_values<std::uint16_t>(rows, stride, pixels, turned);
    case Storage::f32:
      return turn_values<float>(rows, stride, pixels, turned);
  }
}

}  // namespace

LaneKernels portable_kernels() { return {multiply, turn}; }

}  // namespace xrdct::kernels
