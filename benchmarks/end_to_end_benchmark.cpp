#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

/// The whole program, from compressed frames in the page cache to the synced output file, on one rank and one thread. The time is that of the
/// program's own log: the loop over the frames and the closing of the file, without start-up, geometry and matrix.
namespace {

namespace fs = std::filesystem;

bool small() { return std::getenv("XRDCT_BENCHMARK_SMALL") != nullptr; }

void run(std::string const& arguments) {
  std::string const command = std::string("'") + XRDCT_PROGRAM + "' " + arguments + " >/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// A number of the program's log, which is one flat line of JSON of ours.
double logged(std::string const& log, std::string const& key) {
  auto const place = log.find("\"" + key + "\":");
  if (place == std::string::npos) throw std::runtime_error("no " + key + " in the log");
  return std::strtod(log.c_str() + place + key.size() + 3, nullptr);
}

std::string text_of(fs::path const& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A simulated scan of Eiger 4M frames (small: 64 × 80 pixels), made once.
fs::path scan_folder() {
  fs::path const folder = fs::current_path() / (small() ? "end_to_end_small" : "end_to_end");
  std::string const shape =
      small() ? "--shape 64x80 --rotations 4 --translations 4 --bins 50" : "--detector Eiger4M --rotations 16 --translations 16 --bins 1000";
  run("simulate --overwrite --counts 1 --output '" + folder.string() + "' " + shape);
  return folder;
}

void reduce(benchmark::State& state, std::string const& engine, std::string const& writer) {
  static fs::path const folder = scan_folder();
  double frames = 0, stored = 0, decoded = 0;
  for (auto _ : state) {
    run("reduce --quiet --overwrite --threads 1 --engine " + engine + " --writer " + writer + " '" + (folder / "job.json").string() + "'");
    std::string const log = text_of(folder / "scan_xrdct.h5.log.json");
    state.SetIterationTime(logged(log, "wall") + logged(log, "close"));
    frames += logged(log, "frames_good");
    stored += logged(log, "stored_bytes");
    decoded += logged(log, "frames_good") * logged(log, "frame_bytes");
  }
  using benchmark::Counter;
  state.counters["frames/s"] = Counter(frames, Counter::kIsRate);
  state.counters["stored_bytes/s"] = Counter(stored, Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(decoded));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  for (std::string const engine : {"fused", "spmm"}) {
    for (std::string const writer : {"collective", "independent", "direct"}) {
      benchmark::RegisterBenchmark(("end_to_end/" + engine + "/" + writer).c_str(), reduce, engine, writer)
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
