// Reduction of frames of an Eiger 4M by one thread, beside decoding alone.
// methods/…: each method with Bragg spots on a background, and its time relative to decoding, measured in turn. The others: bounding box, 1000 bins,
// Poisson errors.

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "core/plan_building.hpp"
#include "eiger_frame.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr std::size_t frames = 32;

struct Setting {
  std::size_t pixel_bytes = 4;
  double mean = 1.0;
  bool masked = true;
  bool dark = false;
  std::size_t spots = 0;
};

core::Geometry make_geometry() {
  core::FrameShape const shape = eiger_shape();
  core::Calibration calibration;
  calibration.distance_m = 0.2;
  calibration.poni1_m = 75e-6 * static_cast<double>(shape.rows) / 2.0;
  calibration.poni2_m = 75e-6 * static_cast<double>(shape.columns) / 2.0;
  calibration.wavelength_m = 1e-10;
  calibration.detector.pixel1_m = calibration.detector.pixel2_m = 75e-6;
  return core::Geometry(calibration, core::make_detector(calibration.detector, shape));
}

// A plan without reductions.
core::ReductionPlan make_plan(core::Geometry const& geometry, Setting const& setting) {
  core::FrameShape const shape = eiger_shape();
  std::vector<std::uint8_t> mask(shape.pixels());
  for (std::size_t p = 0; setting.masked && p < shape.pixels(); ++p) mask[p] = in_gap(p / shape.columns, p % shape.columns);
  std::vector<float> const dark_counts(setting.dark ? shape.pixels() : 0, 0.25f);
  core::ReductionPlan plan;
  plan.shape = shape;
  plan.encoding = {setting.pixel_bytes == 2 ? core::PixelType::u16 : core::PixelType::u32, core::Filter::bitshuffle_lz4};
  plan.corrections = core::build_corrections(geometry, {}, false, {.mask = mask, .dark = dark_counts});
  plan.valid = core::ValidValues::of(plan.encoding.type);
  return plan;
}

core::ReductionPlan make_plain_plan(Setting const& setting) {
  core::Geometry const geometry = make_geometry();
  core::ReductionPlan plan = make_plan(geometry, setting);
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, {}), core::ErrorModel::poisson});
  return plan;
}

// Stored frames, all different, of one mean count per pixel.
struct Scan {
  std::vector<std::vector<std::byte>> streams;
  core::EncodedBatch batch;

  explicit Scan(Setting const& setting) {
    std::size_t const bytes = setting.pixel_bytes;
    for (std::size_t f = 0; f < frames; ++f) {
      auto frame = eiger_frame(bytes, setting.mean, f + 1);
      if (setting.spots != 0) add_spots(frame, setting.spots, f + 1);
      streams.push_back(codec::encode_bitshuffle_lz4(frame, bytes));
    }
    batch.shape = eiger_shape();
    batch.encoding = {bytes == 2 ? core::PixelType::u16 : core::PixelType::u32, core::Filter::bitshuffle_lz4};
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

void reduce(benchmark::State& state, Setting setting, kernels::Engine engine) {
  core::ReductionPlan const plan = make_plain_plan(setting);
  Scan const scan(setting);
  kernels::FrameReducer reducer(plan, engine);
  core::ReducedBatch out;
  for (auto _ : state) reducer.reduce(scan.batch, out);
  report(state, scan);
  state.counters["entries_per_pixel"] = static_cast<double>(plan.reductions[0].matrix.entries()) / static_cast<double>(plan.shape.pixels());
  state.counters["memory_MB"] = static_cast<double>(reducer.memory_bytes()) * 1e-6;
}

void decode(benchmark::State& state, Setting setting) {
  core::ReductionPlan const plan = make_plain_plan(setting);
  Scan const scan(setting);
  kernels::FrameReducer reducer(plan, kernels::Engine::fused);
  for (auto _ : state) state.SetIterationTime(reducer.seconds_to_decode(scan.batch));
  report(state, scan);
}

struct Pattern {
  core::Method method = core::Method::mean;
  core::ErrorModel error_model = core::ErrorModel::poisson;
  core::Binning binning = {.splitting = core::Splitting::none};
  core::Quantiles quantiles = {};
};

// Decoding and reducing in turn, so that both meet the same load of the machine.
void reduce_by_method(benchmark::State& state, std::vector<Pattern> const& patterns) {
  Setting const setting{.mean = 2.0, .spots = 300};
  static Scan const scan(setting);
  core::Geometry const geometry = make_geometry();
  core::ReductionPlan plan = make_plan(geometry, setting);
  for (Pattern const& pattern : patterns)
    plan.reductions.push_back(
        {core::build_bin_matrix(geometry, plan.corrections.mask, pattern.binning), pattern.error_model, pattern.method, {}, pattern.quantiles});
  kernels::FrameReducer reducer(plan, kernels::Engine::fused);
  core::ReducedBatch out;
  reducer.reduce(scan.batch, out);
  double to_decode = 0.0, to_reduce = 0.0;
  for (auto _ : state) {
    to_decode += reducer.seconds_to_decode(scan.batch);
    auto const begin = std::chrono::steady_clock::now();
    reducer.reduce(scan.batch, out);
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    to_reduce += seconds;
    state.SetIterationTime(seconds);
  }
  report(state, scan);
  state.counters["decode_seconds_per_frame"] = to_decode / static_cast<double>(state.iterations() * frames);
  state.counters["reduce_over_decode"] = to_reduce / to_decode;
  state.counters["memory_MB"] = static_cast<double>(reducer.memory_bytes()) * 1e-6;
}

std::map<std::string, std::vector<Pattern>> methods() {
  using core::ErrorModel, core::Method, core::PatternKind, core::Splitting;
  core::Binning const unsplit{.splitting = Splitting::none}, box{}, full{.splitting = Splitting::full};
  core::Binning const sectors{.splitting = Splitting::none, .kind = PatternKind::cake, .azimuthal_bins = 8};
  core::Binning const cake{.splitting = Splitting::none, .kind = PatternKind::cake, .azimuthal_bins = 360};
  Pattern const mean{}, clip{Method::sigma_clip, ErrorModel::azimuthal}, of_sectors{Method::mean, ErrorModel::poisson, sectors},
      largest{Method::maximum, ErrorModel::poisson};
  return {
      {"mean_none", {{Method::mean, ErrorModel::none}}},
      {"mean_poisson", {mean}},
      {"mean_azimuthal", {{Method::mean, ErrorModel::azimuthal}}},
      {"mean_poisson_bbox", {{Method::mean, ErrorModel::poisson, box}}},
      {"mean_poisson_full", {{Method::mean, ErrorModel::poisson, full}}},
      {"clip_azimuthal", {clip}},
      {"clip_azimuthal_bbox", {{Method::sigma_clip, ErrorModel::azimuthal, box}}},
      {"clip_poisson", {{Method::sigma_clip, ErrorModel::poisson}}},
      {"clip_hybrid", {{Method::sigma_clip, ErrorModel::hybrid}}},
      {"median", {{Method::quantile_mean, ErrorModel::poisson}}},
      {"trimmed_mean", {{Method::quantile_mean, ErrorModel::poisson, unsplit, {0.1, 0.9}}}},
      {"maximum", {largest}},
      {"sum", {{Method::sum, ErrorModel::poisson}}},
      {"sectors_8", {of_sectors}},
      {"cake_360", {{Method::mean, ErrorModel::poisson, cake}}},
      {"clip_azimuthal_cake_360", {{Method::sigma_clip, ErrorModel::azimuthal, cake}}},
      {"mean_clip_sectors_maximum", {mean, clip, of_sectors, largest}},
  };
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
  for (auto const& [name, patterns] : methods()) {
    auto const run = [patterns = patterns](benchmark::State& state) { reduce_by_method(state, patterns); };
    time(benchmark::RegisterBenchmark(("methods/" + name).c_str(), run)->UseManualTime());
  }
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
