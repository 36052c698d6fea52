// Whole runs of the program, timed from outside.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

/// The whole program, from compressed frames in the page cache to the synced output file, on one
/// rank and one thread. The time is that of the program's own log: the loop over the frames and the
/// closing of the file, without start-up, geometry and matrix. write/…: writing and closing alone,
/// of a scan of small frames with long patterns.
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

/// A simulated scan, made once.
fs::path scan_folder(std::string const& name, std::string const& shape) {
  fs::path const folder = fs::current_path() / (name + (small() ? "_small" : ""));
  fs::remove_all(folder);
  run("simulate --counts 1 --output '" + folder.string() + "' " + shape);
  return folder;
}

fs::path const& eiger_scan() {
  static fs::path const folder = scan_folder(
      "end_to_end", small() ? "--shape 64x80 --rotations 4 --translations 4 --bins 50"
                            : "--detector Eiger4M --rotations 16 --translations 16 --bins 1000");
  return folder;
}

/// 4096 patterns of 1000 bins: 49 MB of intensities, errors and counts.
fs::path const& long_patterns() {
  static fs::path const folder =
      scan_folder("write", small() ? "--shape 64x80 --rotations 4 --translations 4 --bins 50"
                                   : "--shape 64x80 --rotations 64 --translations 64 --bins 1000");
  return folder;
}

std::string reduce(fs::path const& folder, std::string const& options) {
  run("reduce --quiet --overwrite --threads 1 " + options + " '" + (folder / "job.json").string() +
      "'");
  return text_of(folder / "scan_xrdct.h5.log.json");
}

void end_to_end(benchmark::State& state, std::string const& engine, std::string const& writer) {
  double frames = 0, stored = 0, decoded = 0;
  for (auto _ : state) {
    std::string const log = reduce(eiger_scan(), "--engine " + engine + " --writer " + writer);
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

void write_patterns(benchmark::State& state, std::string const& writer) {
  double frames = 0, written = 0;
  for (auto _ : state) {
    std::string const log = reduce(long_patterns(), "--writer " + writer);
    state.SetIterationTime(logged(log, "write") + logged(log, "close"));
    frames += logged(log, "frames_good");
    written += static_cast<double>(fs::file_size(long_patterns() / "scan_xrdct.h5"));
  }
  state.counters["frames/s"] = benchmark::Counter(frames, benchmark::Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(written));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  auto const time = [](benchmark::internal::Benchmark* registered) {
    registered->UseManualTime()->Unit(benchmark::kMillisecond);
  };
  for (std::string const writer : {"collective", "independent", "direct"}) {
    for (std::string const engine : {"fused", "spmm"}) {
      if (engine == "spmm" && writer != "collective")
        continue;  // the writer is lost in the time it takes
      time(benchmark::RegisterBenchmark(("end_to_end/" + engine + "/" + writer).c_str(), end_to_end,
                                        engine, writer));
    }
    time(benchmark::RegisterBenchmark(("write/" + writer).c_str(), write_patterns, writer));
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
