// Measures the rate of products and sums, and that of reading from the cache, of one core.
#include "core_limits.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <ctime>

#include "core/words/large_bytes.hpp"
#include "io/codec/words/simd.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr std::size_t rounds = 1 << 18;
constexpr std::size_t cached_bytes = 256 << 10;  // more than L1, less than L2
constexpr int tries = 7;                         // others use the machine: the fastest counts

typedef float Vector16 __attribute__((vector_size(16)));
typedef float Vector32 __attribute__((vector_size(32)));
typedef float Vector64 __attribute__((vector_size(64)));

/// Chains of products and of sums that do not wait for each other; returns their number.
template <class Vector>
[[gnu::always_inline]] inline double calculate() {
  constexpr int chains = 6;  // of each kind: their latency is hidden, and all stay in registers
  Vector product[chains], sum[chains], factor, term;
  for (int c = 0; c < chains; ++c) product[c] = sum[c] = Vector{} + 1.0F;
  factor = Vector{} + 1.0F;
  term = Vector{} + 1e-9F;
  benchmark::DoNotOptimize(&factor);  // not known to the compiler
  benchmark::DoNotOptimize(&term);
  benchmark::ClobberMemory();
  Vector const by = factor, plus = term;
  for (std::size_t i = 0; i < rounds; ++i)
    for (int c = 0; c < chains; ++c) {
      product[c] *= by;
      sum[c] += plus;
    }
  Vector all{};
  for (int c = 0; c < chains; ++c) all += product[c] + sum[c];
  float kept = all[0];
  benchmark::DoNotOptimize(kept);
  return 2.0 * chains * rounds * sizeof(Vector) / sizeof(float);
}

/// Reads a buffer over and over; returns the number of bytes.
template <class Vector>
[[gnu::always_inline]] inline double read(float const* values) {
  constexpr std::size_t passes = 64, each = sizeof(Vector) / sizeof(float), together = 8;
  Vector sum[together] = {};
  for (std::size_t pass = 0; pass < passes; ++pass) {
    auto const* vectors = reinterpret_cast<Vector const*>(values);
    for (std::size_t i = 0; i < cached_bytes / sizeof(float) / each; i += together)
      for (std::size_t t = 0; t < together; ++t) sum[t] += vectors[i + t];
    benchmark::ClobberMemory();
  }
  for (std::size_t t = 1; t < together; ++t) sum[0] += sum[t];
  float kept = sum[0][0];
  benchmark::DoNotOptimize(kept);
  return static_cast<double>(passes) * cached_bytes;
}

struct Loops {
  double (*calculate)();
  double (*read)(float const*);
};

#if defined(__x86_64__)
[[gnu::target("avx512f")]] double calculate_avx512() { return calculate<Vector64>(); }
[[gnu::target("avx512f")]] double read_avx512(float const* values) {
  return read<Vector64>(values);
}
[[gnu::target("avx2")]] double calculate_avx2() { return calculate<Vector32>(); }
[[gnu::target("avx2")]] double read_avx2(float const* values) { return read<Vector32>(values); }
#endif
double calculate_portable() { return calculate<Vector16>(); }
double read_portable(float const* values) { return read<Vector16>(values); }

Loops loops_in_use() {
#if defined(__x86_64__)
  if (codec::simd() == codec::Simd::avx512) return {calculate_avx512, read_avx512};
  if (codec::simd() == codec::Simd::avx2) return {calculate_avx2, read_avx2};
#endif
  return {calculate_portable, read_portable};
}

double fastest(auto const& work) {
  double rate = 0.0;
  for (int i = 0; i < tries; ++i) {
    double const begin = processor_s();
    double const done = work();
    rate = std::max(rate, done / (processor_s() - begin));
  }
  return rate;
}

}  // namespace

double processor_s() {
  std::timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

CoreLimits measure_core_limits() {
  auto const loops = loops_in_use();
  std::vector<float, core::LargeAllocator<float>> values(cached_bytes / sizeof(float));
  std::fill(values.begin(), values.end(), 1.0F);
  return {.operations_per_s = fastest(loops.calculate),
          .cache_bytes_per_s = fastest([&] { return loops.read(values.data()); })};
}

}  // namespace xrdct::benchmarks
