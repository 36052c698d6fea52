// Reduction of frames of an Eiger 4M by one thread, beside plain decoding.
// methods/…: each method with Bragg spots on a background. The others: bounding box, 1000 bins,
// Poisson errors. `over_plain_decoding` is the time relative to plain decoding of the same frames,
// measured in turn.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"
#include "eiger_frame.hpp"
#include "eiger_plan.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "plain_decoding.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr std::size_t frames = 32;

struct Setting {
  EigerFrames stored = {};
  double mean = 1.0;
  std::size_t spots = 0;
};

core::ReductionPlan make_plain_plan(Setting const& setting) {
  core::Geometry const geometry = eiger_geometry(eiger_shape());
  core::ReductionPlan plan = eiger_plan(geometry, setting.stored);
  plan.reductions.push_back(
      {core::build_bin_matrix(geometry, plan.corrections.mask, {}), core::ErrorModel::poisson});
  return plan;
}

// Stored frames, all different, of one mean count per pixel.
struct Scan {
  std::vector<std::vector<std::byte>> streams;
  core::EncodedBatch batch;

  explicit Scan(Setting const& setting) {
    std::size_t const bytes = setting.stored.pixel_bytes;
    for (std::size_t f = 0; f < frames; ++f) {
      auto frame = eiger_frame(bytes, setting.mean, f + 1);
      if (setting.spots != 0) add_spots(frame, setting.spots, f + 1);
      streams.push_back(codec::encode_bitshuffle_lz4(frame, bytes));
    }
    batch.shape = eiger_shape();
    batch.encoding = {bytes == 2 ? core::PixelType::u16 : core::PixelType::u32,
                      core::Filter::bitshuffle_lz4};
    for (auto const& stream : streams)
      batch.frames.push_back({stream, true, core::FrameStatus::good});
  }
};

void report(benchmark::State& state, Scan const& scan) {
  std::size_t const pixels = scan.batch.shape.pixels();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * frames));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * frames * pixels *
                                                    core::size_of(scan.batch.encoding.type)));
  state.counters["seconds_per_frame"] = benchmark::Counter(
      static_cast<double>(frames),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

double seconds_of(auto const& work) {
  auto const begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The yardstick and the engine in turn, so that both meet the same load of the machine.
void run_in_turn(benchmark::State& state, Scan const& scan, core::ReductionPlan const& plan,
                 kernels::Engine engine) {
  PlainDecoder decoder(plan.shape.pixels(), core::size_of(plan.encoding.type));
  std::vector<std::byte> image(decoder.frame_bytes());
  kernels::FrameReducer reducer(plan, engine);
  core::ReducedBatch out;
  reducer.reduce(scan.batch, out);
  std::vector<double> ratios;
  double all = 0.0;
  for (auto _ : state) {
    double const to_decode = seconds_of([&] {
      for (auto const& stream : scan.streams)
        if (!decoder.decode(stream, image)) state.SkipWithError("a frame cannot be decoded");
    });
    double const to_reduce = seconds_of([&] { reducer.reduce(scan.batch, out); });
    ratios.push_back(to_reduce / to_decode);
    all += to_decode;
    state.SetIterationTime(to_reduce);
  }
  report(state, scan);
  std::nth_element(ratios.begin(), ratios.begin() + ratios.size() / 2, ratios.end());
  state.counters["over_plain_decoding"] = ratios.empty() ? 0.0 : ratios[ratios.size() / 2];
  state.counters["plain_decoding_seconds_per_frame"] =
      all / static_cast<double>(state.iterations() * frames);
  state.counters["memory_MB"] = static_cast<double>(reducer.memory().total()) * 1e-6;
}

void reduce(benchmark::State& state, Setting setting, kernels::Engine engine) {
  run_in_turn(state, Scan(setting), make_plain_plan(setting), engine);
}

struct Pattern {
  core::Method method = core::Method::mean;
  core::ErrorModel error_model = core::ErrorModel::poisson;
  core::Binning binning = {.splitting = core::Splitting::none};
  core::Quantiles quantiles = {};
};

void reduce_by_method(benchmark::State& state, std::vector<Pattern> const& patterns) {
  Setting const setting{.mean = 2.0, .spots = 300};
  static Scan const scan(setting);
  core::Geometry const geometry = eiger_geometry(eiger_shape());
  core::ReductionPlan plan = eiger_plan(geometry, setting.stored);
  for (Pattern const& pattern : patterns)
    plan.reductions.push_back(
        {core::build_bin_matrix(geometry, plan.corrections.mask, pattern.binning),
         pattern.error_model,
         pattern.method,
         {},
         pattern.quantiles});
  run_in_turn(state, scan, plan, kernels::Engine::fused);
}

std::map<std::string, std::vector<Pattern>> methods() {
  using core::ErrorModel, core::Method, core::PatternKind, core::Splitting;
  core::Binning const unsplit{.splitting = Splitting::none}, box{},
      full{.splitting = Splitting::full};
  core::Binning const sectors{
      .splitting = Splitting::none, .kind = PatternKind::cake, .azimuthal_bins = 8};
  core::Binning const cake{
      .splitting = Splitting::none, .kind = PatternKind::cake, .azimuthal_bins = 360};
  Pattern const mean{}, clip{Method::sigma_clip, ErrorModel::azimuthal},
      of_sectors{Method::mean, ErrorModel::poisson, sectors},
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
  auto const time = [](benchmark::internal::Benchmark* registered) {
    registered->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  time(benchmark::RegisterBenchmark("fused/u32/mean_1", reduce, Setting{}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u32/mean_100", reduce, Setting{.mean = 100.0},
                                    Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u16/mean_1", reduce,
                                    Setting{.stored = {.pixel_bytes = 2}}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u32/mean_1/gaps_not_masked", reduce,
                                    Setting{.stored = {.masked = false}}, Engine::fused));
  time(benchmark::RegisterBenchmark("fused/u32/mean_1/dark", reduce,
                                    Setting{.stored = {.dark = true}}, Engine::fused));
  time(benchmark::RegisterBenchmark("spmm/u32/mean_1", reduce, Setting{}, Engine::spmm));
  for (auto const& [name, patterns] : methods()) {
    auto const run = [patterns = patterns](benchmark::State& state) {
      reduce_by_method(state, patterns);
    };
    time(benchmark::RegisterBenchmark(("methods/" + name).c_str(), run));
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
