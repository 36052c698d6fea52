// Frames read ahead for an engine that takes them at once.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "io/frames/frame_source.hpp"
#include "pipeline/batch_plan.hpp"
#include "pipeline/reduce_scan.hpp"

/// The frames of a scan from the page cache to the memory of batches, by the pipeline, with 1, 2 …
/// threads that read ahead, for an engine that works beside the main thread and is done with each
/// batch at once: what a card is offered at most. `first_batch_ms`: until the engine has the first
/// batch.
namespace xrdct::benchmarks {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

bool small() { return std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr; }

/// A simulated scan, made once.
fs::path const& scan_folder() {
  static fs::path const folder = [] {
    auto path = fs::current_path() / (small() ? "read_small" : "read");
    fs::remove_all(path);
    std::string const shape = small()
                                  ? "--shape 64x80 --rotations 4 --translations 4 --bins 50"
                                  : "--detector Eiger4M --rotations 16 --translations 16 --bins 50",
                      command = std::string("'") + XRDCT_PROGRAM +
                                "' simulate --layout eiger --repeat 8 --counts 1 --output '" +
                                path.string() + "' " + shape + " >/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    return path;
  }();
  return folder;
}

/// As an engine with a card: holds a batch until it has the next one, and looks for it while it
/// waits.
class EngineAtOnce final : public core::BatchReducer {
 public:
  EngineAtOnce(std::size_t readers, std::size_t frames) : readers_(readers), left_(frames) {}
  void reduce_all(core::BatchQueue& queue) override {
    auto const begin = Clock::now();
    core::ReducedBatch held, next;
    auto const* batch = queue.next();
    first_batch = std::chrono::duration<double>(Clock::now() - begin).count();
    while (batch != nullptr) {
      take(*batch, held);
      auto const* following = left_ > 0 ? wait_for_next(queue) : nullptr;
      queue.done(*batch, held);
      batch = following != nullptr ? following : queue.next();
    }
  }
  std::size_t frames_per_batch() const override { return 128; }
  std::size_t batches_at_once() const override { return 2; }
  std::size_t threads() const override { return 1; }
  std::size_t free_threads() const override { return readers_; }
  core::ByteMemory* batch_memory() override { return nullptr; }

  double first_batch = 0.0;  //!< [s]

 private:
  static core::EncodedBatch const* wait_for_next(core::BatchQueue& queue) {
    for (;;) {
      if (auto const* batch = queue.next_ready()) return batch;
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
  void take(core::EncodedBatch const& batch, core::ReducedBatch& out) {
    left_ -= batch.frames.size();
    out.sums.assign(1, core::PatternSums(batch.frames.size(), 1));
    out.tally.assign(1, std::vector<core::PixelTally>(batch.frames.size()));
    out.status.clear();
    for (auto const& frame : batch.frames) {
      if (frame.status != core::FrameStatus::good) throw std::runtime_error("a frame is bad");
      out.status.push_back(frame.status);
    }
  }

  std::size_t readers_, left_;
};

class NoOutput final : public core::BlockWriter {
 public:
  void write(core::BlockResult const*) override {}
  bool meets() const override { return false; }
};

class OneRank final : public core::Peers {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  bool any(bool mine) override { return mine; }
  void begin_any(bool mine) override { begun_ = mine; }
  std::optional<bool> end_any() override { return begun_; }
  bool stop_asked() override { return false; }
  std::int64_t sum(std::int64_t mine) override { return mine; }
  double maximum(double mine) override { return mine; }
  std::vector<std::vector<std::byte>> gather(std::span<std::byte const> mine) override {
    return {{mine.begin(), mine.end()}};
  }
  std::string broadcast(std::string const& text) override { return text; }

 private:
  bool begun_ = false;
};

void read(benchmark::State& state) {
  auto const readers = static_cast<std::size_t>(state.range(0));
  auto const source = io::open_frames({scan_folder() / "scan_master.h5"}, "/entry/data");
  core::ScanShape const shape{1, static_cast<std::size_t>(source->frames()) / 16, 16};
  pipeline::ScanDescription const scan{.places = core::PlaceMap(shape, false, 0, source->frames()),
                                       .blocks = core::BlockPlan(shape),
                                       .reductions = {{.bins = 1}}};
  NoOutput output;
  OneRank alone;
  double frames = 0.0, bytes = 0.0, first_batches = 0.0;
  for (auto _ : state) {
    EngineAtOnce engine(readers, shape.places());
    auto const report = pipeline::reduce_scan(scan, {*source, engine, output, alone}, {}, {},
                                              [](std::int64_t, std::int64_t) {});
    frames += static_cast<double>(report.times.frames);
    bytes += static_cast<double>(report.times.stored_bytes);
    first_batches += engine.first_batch;
  }
  using benchmark::Counter;
  state.counters["frames/s"] = Counter(frames, Counter::kIsRate);
  state.counters["first_batch_ms"] = Counter(1e3 * first_batches, Counter::kAvgIterations);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(read)->Arg(1)->Arg(2)->Arg(4)->UseRealTime()->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace xrdct::benchmarks

BENCHMARK_MAIN();
