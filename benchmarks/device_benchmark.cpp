// What a device makes of compressed frames that lie in the memory of the host: frames/s with
// decoding there and with decoding on the host, and the bytes that go over. The ceiling is the
// bandwidth of copies from pinned memory, measured in turn in the same run. Bounding box, 1000
// bins, Poisson errors. On a build for CPUs the same kernels run on OpenMP or Serial: a check, no
// figure.

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "eiger_frame.hpp"
#include "eiger_plan.hpp"
#include "io/codec/encode.hpp"
#include "kokkos/device/device_engine.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/device_memory.hpp"

namespace xrdct::benchmarks {
namespace {

using kernels::DecodeOn;
using Clock = std::chrono::steady_clock;

constexpr std::size_t frames = 32, repeats = 4;  // each frame so often in a batch

struct Setting {
  std::size_t pixel_bytes = 4;
  DecodeOn where = DecodeOn::space;
  core::Method method = core::Method::mean;
  core::ErrorModel error_model = core::ErrorModel::poisson;
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

struct Scan {
  std::vector<std::vector<std::byte>> streams;
  core::EncodedBatch batch;
  std::vector<std::size_t> places;

  Scan(Setting const& setting, core::FrameEncoding encoding) : batch{eiger_shape(), encoding, {}} {
    for (std::size_t f = 0; f < frames; ++f)
      streams.push_back(codec::encode_bitshuffle_lz4(eiger_frame(setting.pixel_bytes, 1.0, f + 1),
                                                     setting.pixel_bytes));
    for (std::size_t k = 0; k < repeats * frames; ++k) {
      batch.frames.push_back({streams[k % frames], true, core::FrameStatus::good});
      places.push_back(k);
    }
  }
};

// Seconds that copying so many bytes to the device takes, pinned memory, waiting at the end alone.
class Copying {
 public:
  explicit Copying(std::size_t bytes)
      : from_(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string("xrdct::benchmark from")),
              bytes),
        to_(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string("xrdct::benchmark to")),
            bytes) {
    Kokkos::deep_copy(from_, static_cast<unsigned char>(1));
  }
  double seconds() const {
    auto const begin = Clock::now();
    kernels::send(kernels::Space(), from_, to_, from_.size());
    kernels::Space().fence();
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  double bytes() const { return static_cast<double>(from_.size()); }

 private:
  kernels::Pinned<unsigned char*> from_;
  kernels::Array<unsigned char*> to_;
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

void reduce(benchmark::State& state, Setting setting) {
  core::ReductionPlan const plan = make_plan(setting);
  Scan const scan(setting, plan.encoding);
  kernels::DeviceSettings settings;
  settings.decoding.where = setting.where;
  kernels::DeviceEngine engine(plan, settings);
  core::ReducedBatch out = empty_result(plan, scan.places.size());
  engine.reduce(scan.batch, scan.places, out);
  Copying const copying(std::size_t{16} << 20);
  std::size_t const before = engine.sent_bytes();
  double to_reduce = 0.0, to_copy = 0.0;
  for (auto _ : state) {
    to_copy += copying.seconds();
    auto const begin = Clock::now();
    engine.reduce(scan.batch, scan.places, out);
    double const seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    to_reduce += seconds;
    state.SetIterationTime(seconds);
  }
  for (auto const status : out.status)
    if (status != core::FrameStatus::good) return state.SkipWithError("a frame is corrupt");
  auto const all =
      static_cast<double>(state.iterations() * static_cast<std::int64_t>(scan.places.size()));
  auto const sent = static_cast<double>(engine.sent_bytes() - before);
  double const bandwidth = copying.bytes() * static_cast<double>(state.iterations()) / to_copy;
  state.SetItemsProcessed(static_cast<std::int64_t>(all));
  state.SetBytesProcessed(static_cast<std::int64_t>(all) *
                          static_cast<std::int64_t>(plan.shape.pixels() * setting.pixel_bytes));
  state.counters["sent_MB_per_frame"] = sent / all * 1e-6;
  state.counters["copy_GB_per_s"] = bandwidth * 1e-9;
  state.counters["ceiling_frames_per_s"] = bandwidth / (sent / all);
  state.counters["share_of_ceiling"] = sent / bandwidth / to_reduce;
  state.counters["memory_MB"] = static_cast<double>(engine.memory_bytes()) * 1e-6;
}

void register_all() {
  using core::ErrorModel, core::Method;
  auto const add = [](char const* name, Setting const& setting) {
    auto const run = [setting](benchmark::State& state) { reduce(state, setting); };
    benchmark::RegisterBenchmark(name, run)->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  add("device/u32/decoded_there", {});
  add("device/u32/decoded_on_host", {.where = DecodeOn::host});
  add("device/u16/decoded_there", {.pixel_bytes = 2});
  add("device/u32/sigma_clip_azimuthal",
      {.method = Method::sigma_clip, .error_model = ErrorModel::azimuthal});
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  xrdct::kernels::start(0);
  benchmark::AddCustomContext("backend", std::string(xrdct::kernels::backend()));
  xrdct::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  xrdct::kernels::stop();
}
