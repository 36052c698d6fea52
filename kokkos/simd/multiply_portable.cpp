// Adds tiles to sums and turns pixels, for every processor.
#include <algorithm>
#include <array>
#include <cstring>

#include "kokkos/simd/multiply.hpp"

namespace xrdct::kernels {
namespace {

template <class Value>
void add_entry(Value const* values, float const* dark, float coefficient, bool with_variance,
               double* sums) {
  double const c = coefficient;
  double const c2 = c * c;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    float const raw = static_cast<float>(values[lane]);
    if (raw != raw) continue;
    float const signal = dark == nullptr ? raw : raw - *dark;
    sums[lane] += c * static_cast<double>(signal);
    if (with_variance) sums[lanes + lane] += c2 * static_cast<double>(raw > 1.0f ? raw : 1.0f);
  }
}

// The entries of a run to sums of its own, these to the sums of the bin.
template <class Value>
void add_ones(EntryRuns const& entries, TilePixels const& pixels, bool with_variance,
              double* sums) {
  Value const* values = static_cast<Value const*>(pixels.values);
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    std::array<double, 2 * lanes> of_run{};
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      std::size_t const p = entries.pixel[e];
      add_entry(values + p * lanes, pixels.dark == nullptr ? nullptr : pixels.dark + p, 1.0f,
                with_variance, of_run.data());
    }
    for (std::size_t k = 0; k < (with_variance ? 2 : 1) * lanes; ++k)
      sums[run->bin * 2 * lanes + k] += of_run[k];
  }
}

// \param bins_of_entry 1 or 2
template <class Value>
void add_runs(EntryRuns const& entries, std::size_t bins_of_entry, TilePixels const& pixels,
              bool with_variance, double* sums) {
  Value const* values = static_cast<Value const*>(pixels.values);
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run)
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      std::size_t const p = entries.pixel[e];
      for (std::size_t k = 0; k < bins_of_entry; ++k)
        add_entry(values + p * lanes, pixels.dark == nullptr ? nullptr : pixels.dark + p,
                  entries.coefficient[e * bins_of_entry + k], with_variance,
                  sums + (run->bin + k) * 2 * lanes);
    }
}

template <class Value>
void multiply_values(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
                     double* sums) {
  entries.all_one ? add_ones<Value>(entries.singles, pixels, with_variance, sums)
                  : add_runs<Value>(entries.singles, 1, pixels, with_variance, sums);
  add_runs<Value>(entries.pairs, 2, pixels, with_variance, sums);
}

void multiply(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
              double* sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return multiply_values<std::uint8_t>(entries, pixels, with_variance, sums);
    case Storage::u16:
      return multiply_values<std::uint16_t>(entries, pixels, with_variance, sums);
    case Storage::f32:
      return multiply_values<float>(entries, pixels, with_variance, sums);
  }
}

template <class Value>
void turn_values(std::byte const* rows, std::size_t stride, std::size_t pixels, void* turned) {
  auto* out = static_cast<std::byte*>(turned);
  for (std::size_t p = 0; p < pixels; ++p)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      std::memcpy(out + (p * lanes + lane) * sizeof(Value),
                  rows + lane * stride + p * sizeof(Value), sizeof(Value));
}

void turn(std::byte const* rows, std::size_t stride, std::size_t pixels, Storage storage,
          void* turned) {
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
