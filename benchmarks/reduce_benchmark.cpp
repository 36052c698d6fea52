// Reduction of frames of an Eiger 4M by one thread: bounding box, 1000 bins, Poisson errors; beside it, decoding alone. Time is per frame.

#include <benchmark/benchmark.h>

#include "core/plan_building.hpp"
#include "eiger_frame.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr std::size_t frames = 32;

core::ReductionPlan make_plan(std::size_t pixel_bytes, bool masked, bool dark) {
  core::FrameShape const shape = eiger_shape();
  core::Calibration calibration;
  calibration.distance_m = 0.2;
  calibration.poni1_m = 75e-6 * static_cast<double>(shape.rows) / 2.0;
  calibration.poni2_m = 75e-6 * static_cast<double>(shape.columns) / 2.0;
  calibration.wavelength_m = 1e-10;
  calibration.detector.pixel1_m = calibration.detector.pixel2_m = 75e-6;
  core::Geometry const geometry(calibration, core::make_detector(calibration.detector, shape));
  std::vector<std::uint8_t> mask(shape.pixels());
  for (std::size_t p = 0; masked && p < shape.pixels(); ++p) mask[p] = in_gap(p / shape.columns, p % shape.columns);
  std::vector<float> const dark_counts(dark ? shape.pixels() : 0, 0.25f);
  core::ReductionPlan plan;
  plan.shape = shape;
  plan.encoding = {pixel_bytes == 2 ? core::PixelType::u16 : core::PixelType::u32, core::Filter::bitshuffle_lz4};
  plan.corrections = core::build_corrections(geometry, {}, false, {.mask = mask, .dark = dark_counts});
  plan.valid = core::ValidValues::of(plan.encoding.type);
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, {}), core::ErrorModel::poisson});
  return plan;
}

// Stored frames, all different, of one mean count per pixel.
struct Scan {
  std::vector<std::vector<std::byte>> streams;
  core::EncodedBatch batch;

  Scan(core::ReductionPlan const& plan, double mean) {
    std::size_t const bytes = core::size_of(plan.encoding.type);
    for (std::size_t f = 0; f < frames; ++f) streams.push_back(codec::encode_bitshuffle_lz4(eiger_frame(bytes, mean, f + 1), bytes));
    batch.shape = plan.shape;
    batch.encoding = plan.encoding;
    for (auto const& stream : streams) batch.frames.push_back({stream, true, core::FrameStatus::good});
  }
};

void report(benchmark::State& state, Scan const& scan) {
  std::size_t const pixels = scan.batch.shape.pixels();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frames));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frames * pixels * core::size_of(scan.batch.encoding.type)));
  state.counters["seconds_per_frame"] =
      benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

struct Setting {
  std::size_t pixel_bytes = 4;
  double mean = 1.0;
  bool masked = true;
  bool dark = false;
};

void reduce(benchmark::State& state, Setting setting, kernels::Engine engine) {
  core::ReductionPlan const plan = make_plan(setting.pixel_bytes, setting.masked, setting.dark);
  Scan const scan(plan, setting.mean);
  kernels::FrameReducer reducer(plan, engine);
  core::ReducedBatch out;
  for (auto _ : state) reducer.reduce(scan.batch, out);
  report(state, scan);
  state.counters["entries_per_pixel"] = static_cast<double>(plan.reductions[0].matrix.entries()) / static_cast<double>(plan.shape.pixels());
  state.counters["memory_MB"] = static_cast<double>(reducer.memory_bytes()) * 1e-6;
}

void decode(benchmark::State& state, Setting setting) {
  core::ReductionPlan const plan = make_plan(setting.pixel_bytes, setting.masked, setting.dark);
  Scan const scan(plan, setting.mean);
  kernels::FrameReducer reducer(plan, kernels::Engine::fused);
  for (auto _ : state) state.SetIterationTime(reducer.seconds_to_decode(scan.batch));
  report(state, scan);
}

void register_all() {
  using kernels::Engine;
  auto const time = [](benchmark::internal::Benchmark* registered) { registered->Unit(benchmark::kMillisecond); };
  time(benchmark::RegisterBenchmark("fused/u32/mean_1", reduce, Setting{}, Engine::fused));
  time(benchmark::RegisterBenchmark("decode/u32/mean_1", decode, Setting{})->UseManualTime());
  time(benchmark::RegisterBenchmark("fused/u32/mean_100", reduce, Setting{.mean = 100.0}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u16/mean_1", reduce, Setting{.pixel_bytes = 2}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u32/mean_1/gaps_not_masked", reduce, Setting{.masked = false}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u32/mean_1/dark", reduce, Setting{.dark = true}, Engine::fused));
  time(benchmark::RegisterBenchmark("spmm/u32/mean_1", reduce, Setting{}, Engine::spmm));
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  xrdct::kernels::start(1);
  xrdct::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  xrdct::kernels::stop();
}
