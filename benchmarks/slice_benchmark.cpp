// Slices by one thread: 400 × 400 voxels, 600 projections of 400 translations, 64 bins together.
// ms_per_channel and GF_per_s are of processor time. over_peak: operations over those that one core
// can do, products and sums separate; over_cache: bytes that come from the L2 cache over those that
// it can give, see `Work`.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>
#include <string>

#include "core/tomography/angle_weights.hpp"
#include "core/tomography/slice_choices.hpp"
#include "core/words/errors.hpp"
#include "core_limits.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::benchmarks {
namespace {

using kernels::Footprint, kernels::LargeFloats;

struct Case {
  core::SliceGeometry geometry;
  std::size_t bins;

  Case() {
    bool const small = std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr;
    std::size_t const projections = small ? 20 : 600;
    geometry.translations = geometry.side = small ? 40 : 400;
    bins = small ? 16 : 64;
    for (std::size_t p = 0; p < projections; ++p)
      geometry.angles.push_back(std::numbers::pi * static_cast<double>(p) /
                                static_cast<double>(projections));
    geometry.centres.assign(projections, geometry.half_side());
  }
  LargeFloats sinogram() const { return filled(geometry.samples()); }
  LargeFloats slice() const { return filled(geometry.voxels()); }
  LargeFloats filled(std::size_t places) const {
    LargeFloats values(places * bins);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = 1.0F + 0.001F * static_cast<float>(i % 997);
    return values;
  }
};

/*!
 * What one channel costs at least.
 *
 * Operations: of each voxel inside of the circle and projection a product and a sum for each share;
 * of the filter, for each sample and its output a product and a sum where the tap is not 0.
 * Bytes: of 32 voxels of a row and one projection the samples below them, once; voxels stay in L1.
 */
struct Work {
  double operations = 0.0, bytes = 0.0;

  Work operator+(Work const& other) const {
    return {operations + other.operations, bytes + other.bytes};
  }
};

/// \param products of a voxel and projection
/// \param reach samples of one line that a voxel meets
/// \param lines of samples for each projection
Work over_pairs(Case const& one, double products, double reach, double lines) {
  constexpr double run = 32.0;  // voxels of a row of a tile
  auto const& geometry = one.geometry;
  double voxels = 0.0;
  for (std::size_t row = 0; row < geometry.side; ++row)
    for (std::size_t column = 0; column < geometry.side; ++column)
      voxels += geometry.inside(row, column) ? 1.0 : 0.0;
  Work work;
  for (double const angle : geometry.angles) {
    double const samples = lines * (run * std::abs(std::cos(angle)) + reach);
    work.operations += voxels * products * 2.0;
    work.bytes += voxels / run * samples * sizeof(float);
  }
  return work;
}
Work projection_of(Case const& one, Footprint footprint) {
  double const reach = footprint == Footprint::linear ? 2.0 : 3.0;
  return over_pairs(one, reach, reach, 1.0);
}
Work variance(Case const& one) { return over_pairs(one, 3.0, 2.0, 2.0); }
/// Bytes: the sums of four outputs, every second of eight, pass all samples of a line.
Work filter(Case const& one) {
  auto const samples = static_cast<double>(one.geometry.translations),
             outputs = static_cast<double>(core::reached_line(one.geometry).total);
  double const taps = samples * outputs / 2.0 * static_cast<double>(one.geometry.projections());
  return {.operations = taps * 2.0, .bytes = taps / 4.0 * sizeof(float)};
}

void report(benchmark::State& state, Case const& one, Work const& work) {
  static CoreLimits const limits = measure_core_limits();
  using Counter = benchmark::Counter;
  auto const channels = static_cast<double>(one.bins);
  auto const rate = [&](double count) {
    return Counter(count * channels, Counter::kIsIterationInvariantRate);
  };
  state.counters["ms_per_channel"] =
      Counter(channels * 1e-3, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["GF_per_s"] = rate(work.operations * 1e-9);
  state.counters["over_peak"] = rate(work.operations / limits.operations_per_s);
  state.counters["over_cache"] = rate(work.bytes / limits.cache_bytes_per_s);
  state.counters["peak_GF_per_s"] = limits.operations_per_s * 1e-9;
  state.counters["cache_GB_per_s"] = limits.cache_bytes_per_s * 1e-9;
}

/// Runs `work` again and again, and reports its processor time: the machine may have other users.
template <class Run>
void measure(benchmark::State& state, Case const& one, Work const& work, Run const& run) {
  run();  // touches all memory
  for (auto _ : state) {
    double const begin = processor_s();
    run();
    state.SetIterationTime(processor_s() - begin);
  }
  report(state, one, work);
}

kernels::FilteredBackProjection back_projection(Case const& one) {
  return {one.geometry, core::angle_weights(one.geometry.angles).weight, core::FilterWindow::none};
}

void fbp(benchmark::State& state) {
  Case const one;
  auto filtered = back_projection(one);
  auto const sinogram = one.sinogram();
  auto slice = one.slice();
  LargeFloats scratch;
  measure(state, one, projection_of(one, Footprint::linear) + filter(one),
          [&] { filtered.reconstruct(sinogram, one.bins, scratch, slice); });
}

void fbp_variance(benchmark::State& state) {
  Case const one;
  auto filtered = back_projection(one);
  auto const sinogram = one.sinogram();
  auto slice = one.slice();
  LargeFloats scratch, more;
  measure(state, one, variance(one) + filter(one),
          [&] { filtered.variance(sinogram, one.bins, scratch, more, slice); });
}

void back(benchmark::State& state, Footprint footprint) {
  Case const one;
  kernels::SliceProjector const projector(one.geometry, footprint);
  auto const padded = one.filled(projector.padded_samples());
  auto slice = one.slice();
  measure(state, one, projection_of(one, footprint),
          [&] { projector.back(padded, one.bins, slice); });
}

void forward(benchmark::State& state, Footprint footprint) {
  Case const one;
  kernels::SliceProjector const projector(one.geometry, footprint);
  auto padded = one.filled(projector.padded_samples());
  auto const slice = one.slice();
  measure(state, one, projection_of(one, footprint),
          [&] { projector.forward(slice, one.bins, padded); });
}

/// One iteration: a run of three less a run of one, by two.
void sirt(benchmark::State& state, Footprint footprint) {
  Case const one;
  kernels::IterativeSlices iterative(one.geometry, footprint);
  auto const sinogram = one.sinogram();
  LargeFloats weight(sinogram.size());
  std::fill(weight.begin(), weight.end(), 1.0F);
  auto slice = one.slice();
  auto const seconds = [&](int count) {
    double const begin = processor_s();
    iterative.sirt({sinogram, weight, {}}, one.bins, {.count = count}, slice);
    return processor_s() - begin;
  };
  seconds(1);
  for (auto _ : state) {
    double const one_iteration = seconds(1);
    state.SetIterationTime(std::max(1e-9, (seconds(3) - one_iteration) / 2.0));
  }
  auto const projection = projection_of(one, footprint);
  report(state, one, projection + projection);
}

void register_all() {
  auto const add = [](std::string const& name, auto const& run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  add("fbp", fbp);
  add("fbp_variance", fbp_variance);
  for (auto const footprint : {Footprint::linear, Footprint::strip}) {
    std::string const name(core::name_of(footprint));
    add("back/" + name, [footprint](auto& state) { back(state, footprint); });
    add("forward/" + name, [footprint](auto& state) { forward(state, footprint); });
    add("sirt_iteration/" + name, [footprint](auto& state) { sirt(state, footprint); });
  }
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  xrdct::kernels::start(1);
  xrdct::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  xrdct::kernels::stop();
} catch (xrdct::core::InputError const& error) {
  std::cerr << error.what() << '\n';
  return static_cast<int>(xrdct::core::ExitStatus::wrong_input);
}
