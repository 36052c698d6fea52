// What a device makes of compressed frames that lie in the memory of the host: frames/s, the bytes
// that go over, and the time of each stage alone. The ceiling is the bandwidth of copies from
// pinned memory, measured in turn in the same run. Bounding box, 1000 bins, Poisson errors. On a
// build for CPUs the same kernels run on OpenMP or Serial: a check, no figure.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"
#include "eiger_frame.hpp"
#include "eiger_plan.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/device/device_engine.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/cards.hpp"
#include "kokkos/space/device_memory.hpp"
#include "kokkos/space/host_work.hpp"
#include "stage_times.hpp"

namespace xrdct::benchmarks {
namespace {

using kernels::DecodeOn;
using Clock = std::chrono::steady_clock;
using Bytes = kernels::Pinned<unsigned char*>;

constexpr std::size_t frames = 32, repeats = 4;  // each frame so often in a batch

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <class Array>
Array uninitialized(char const* label, std::size_t size) {
  return Array(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(label)), size);
}

struct Setting {
  std::size_t pixel_bytes = 4;
  double mean = 1.0;
  DecodeOn where = DecodeOn::space;
  core::Method method = core::Method::mean;
  core::ErrorModel error_model = core::ErrorModel::poisson;
  int threads = 0;           // of the teams that count and sum up; 0: what suits
  int threads_decoding = 0;  // of those that decode

  bool operator==(Setting const&) const = default;
};

core::ReductionPlan make_plan(Setting const& setting) {
  core::Geometry const geometry = eiger_geometry(eiger_shape());
  core::ReductionPlan plan = eiger_plan(geometry, {.pixel_bytes = setting.pixel_bytes});
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, {}),
                             setting.error_model,
                             setting.method,
                             {},
                             {}});
  return plan;
}

kernels::DeviceSettings device_settings(Setting const& setting) {
  kernels::DeviceSettings settings;
  settings.decoding.where = setting.where;
  settings.threads = setting.threads;
  if (setting.threads_decoding != 0) settings.decoding.threads = setting.threads_decoding;
  return settings;
}

// Stored frames, one behind the other in the memory of the engine, as they are read.
struct Scan {
  core::LargeBytes stored;
  core::EncodedBatch batch;
  std::vector<std::size_t> places;

  Scan(Setting const& setting, core::FrameEncoding encoding, core::ByteMemory& memory)
      : stored(core::LargeAllocator<std::byte>(&memory)), batch{eiger_shape(), encoding, {}} {
    std::vector<std::vector<std::byte>> streams(frames);
    kernels::share_on_host("xrdct::benchmark frames", frames, [&](std::size_t f) {
      streams[f] = codec::encode_bitshuffle_lz4(
          eiger_frame(setting.pixel_bytes, setting.mean, f + 1), setting.pixel_bytes);
    });
    std::size_t bytes = 0;
    for (auto const& stream : streams) bytes += stream.size();
    stored.resize(bytes);
    std::byte* to = stored.data();
    for (auto const& stream : streams) {
      std::memcpy(to, stream.data(), stream.size());
      batch.frames.push_back(
          {std::span<std::byte const>(to, stream.size()), true, core::FrameStatus::good});
      to += stream.size();
    }
    for (std::size_t k = 0; k < repeats * frames; ++k) {
      if (k >= frames) batch.frames.push_back(batch.frames[k % frames]);
      places.push_back(k);
    }
  }
};

core::ReducedBatch empty_result(core::ReductionPlan const& plan, std::size_t size) {
  core::ReducedBatch out;
  out.status.assign(size, core::FrameStatus::good);
  for (core::Reduction const& reduction : plan.reductions) {
    out.sums.emplace_back(size, reduction.matrix.bins);
    out.tally.emplace_back(size);
  }
  return out;
}

// All that is made before the clock runs, and has run once.
struct Case {
  Setting setting;
  core::ReductionPlan plan;
  kernels::DeviceEngine engine;
  Scan scan;
  core::ReducedBatch out[2];

  explicit Case(Setting const& of)
      : setting(of),
        plan(make_plan(of)),
        engine(plan, device_settings(of)),
        scan(of, plan.encoding, engine.batch_memory()),
        out{empty_result(plan, scan.places.size()), empty_result(plan, scan.places.size())} {
    reduce();
  }
  // Two batches: the second is begun before the first is finished.
  void reduce() {
    for (auto& of : out) engine.begin(scan.batch, scan.places, of);
    engine.finish();
  }
  double size() const { return static_cast<double>(std::size(out) * scan.places.size()); }
  bool any_corrupt() const {
    return std::ranges::any_of(out, [](core::ReducedBatch const& of) {
      return std::ranges::any_of(
          of.status, [](core::FrameStatus status) { return status != core::FrameStatus::good; });
    });
  }
};

// The case that was asked for last is kept: Google Benchmark calls a benchmark once more for each
// repetition, and to find out how often it has to run.
std::unique_ptr<Case>& kept_case() {
  static std::unique_ptr<Case> kept;
  return kept;
}

Case& case_of(Setting const& setting) {
  auto& kept = kept_case();
  if (kept && kept->setting == setting) return *kept;
  kept.reset();  // first: the card may not hold two
  kept = std::make_unique<Case>(setting);
  return *kept;
}

// Copies of so many bytes, waiting at the end alone.
template <class From, class To>
class Copying {
 public:
  explicit Copying(std::size_t bytes)
      : from_(uninitialized<From>("xrdct::benchmark from", bytes)),
        to_(uninitialized<To>("xrdct::benchmark to", bytes)) {
    Kokkos::deep_copy(from_, static_cast<unsigned char>(1));
    Kokkos::deep_copy(to_, static_cast<unsigned char>(2));
  }
  double seconds() const {
    auto const begin = Clock::now();
    Kokkos::deep_copy(kernels::Space(), to_, from_);
    kernels::Space().fence();
    return seconds_since(begin);
  }
  double bytes() const { return static_cast<double>(from_.size()); }

 private:
  From from_;
  To to_;
};

using There = kernels::Array<unsigned char*>;
using ToCard = Copying<Bytes, There>;

template <class From, class To>
void copy(benchmark::State& state) {
  bool const small = eiger_shape().pixels() < 1000000;
  Copying<From, To> const copying(std::size_t{small ? 1u : 256u} << 20);
  for (auto _ : state) state.SetIterationTime(copying.seconds());
  state.SetBytesProcessed(static_cast<std::int64_t>(copying.bytes()) * state.iterations());
}

void reduce(benchmark::State& state, Setting const& setting) {
  Case& it = case_of(setting);
  ToCard const copying(std::size_t{16} << 20);
  std::size_t const before = it.engine.sent_bytes();
  double to_reduce = 0.0, to_copy = 0.0;
  for (auto _ : state) {
    to_copy += copying.seconds();
    auto const begin = Clock::now();
    it.reduce();
    double const seconds = seconds_since(begin);
    to_reduce += seconds;
    state.SetIterationTime(seconds);
  }
  if (it.any_corrupt()) return state.SkipWithError("a frame is corrupt");
  auto const all = static_cast<double>(state.iterations()) * it.size();
  auto const sent = static_cast<double>(it.engine.sent_bytes() - before);
  double const bandwidth = copying.bytes() * static_cast<double>(state.iterations()) / to_copy;
  auto const frame_bytes = static_cast<double>(it.plan.shape.pixels() * setting.pixel_bytes);
  state.SetItemsProcessed(static_cast<std::int64_t>(all));
  state.SetBytesProcessed(static_cast<std::int64_t>(all * frame_bytes));
  state.counters["sent_MB_per_frame"] = sent / all * 1e-6;
  state.counters["copy_GB_per_s"] = bandwidth * 1e-9;
  state.counters["ceiling_frames_per_s"] = bandwidth / (sent / all);
  state.counters["share_of_ceiling"] = sent / bandwidth / to_reduce;
  state.counters["memory_MB"] = static_cast<double>(it.engine.memory().total()) * 1e-6;
  state.counters["frames_per_batch"] = static_cast<double>(it.engine.frames_per_batch());
}

// Microseconds of a frame in each stage, alone; `rest`: between them.
void time_stages(benchmark::State& state, Setting const& setting) {
  Case& it = case_of(setting);
  StageTimes const times;
  double to_reduce = 0.0;
  for (auto _ : state) {
    auto const begin = Clock::now();
    it.reduce();
    double const seconds = seconds_since(begin);
    to_reduce += seconds;
    state.SetIterationTime(seconds);
  }
  double const us_per_frame = 1e6 / (static_cast<double>(state.iterations()) * it.size());
  double rest = to_reduce;
  for (auto const& [name, seconds] : times.seconds()) {
    state.counters["us " + name] = seconds * us_per_frame;
    rest -= seconds;
  }
  state.counters["us rest"] = rest * us_per_frame;
}

void add(std::string const& name, void (*run)(benchmark::State&, Setting const&),
         Setting const& setting) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [run, setting](benchmark::State& state) { run(state, setting); })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
}

void register_copies() {
  auto const add_copy = [](char const* name, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, run)->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  add_copy("copy/pinned_to_card", copy<Bytes, There>);
  add_copy("copy/card_to_pinned", copy<There, Bytes>);
  add_copy("copy/card_to_card", copy<There, There>);
}

void register_reductions() {
  using core::ErrorModel, core::Method;
  auto const add_both = [](std::string const& name, Setting const& setting) {
    add("device/" + name, reduce, setting);
    add("stages/" + name, time_stages, setting);
  };
  add_both("u32/decoded_there", {});
  add_both("u32/decoded_on_host", {.where = DecodeOn::host});
  add_both("u32/mean_3", {.mean = 3.0});
  add_both("u16/decoded_there", {.pixel_bytes = 2});
  add_both("u32/sigma_clip_azimuthal",
           {.method = Method::sigma_clip, .error_model = ErrorModel::azimuthal});
  add_both("u32/median", {.method = Method::quantile_mean});
  if (kernels::kernels_run_on_host()) return;  // teams of more threads than there are
  for (int const threads : {32, 64, 128})
    add("sweep/threads_decoding:" + std::to_string(threads), reduce, {.threads_decoding = threads});
  for (int const threads : {64, 128, 256, 512})
    add("sweep/threads:" + std::to_string(threads), reduce, {.threads = threads});
}

void add_context() {
  benchmark::AddCustomContext("backend", std::string(kernels::backend()));
  benchmark::AddCustomContext("host_threads", std::to_string(kernels::host_workers()));
  auto const cards = kernels::cards();
  benchmark::AddCustomContext("card", cards.empty() ? "none" : cards[0].name);
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  xrdct::kernels::start(0);
  xrdct::benchmarks::add_context();
  xrdct::benchmarks::register_copies();
  xrdct::benchmarks::register_reductions();
  benchmark::RunSpecifiedBenchmarks();
  xrdct::benchmarks::kept_case().reset();
  benchmark::Shutdown();
  xrdct::kernels::stop();
} catch (xrdct::core::InputError const& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
