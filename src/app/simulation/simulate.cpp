// Makes a simulated scan on all ranks: frames, calibration, job and truth.
#include "app/simulation/simulate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cmath>
#include <cstdio>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/session/threads.hpp"
#include "app/simulation/simulated_job.hpp"
#include "config/calibration/poni.hpp"
#include "core/phantom/simulated_scan.hpp"
#include "core/phantom/simulated_truth.hpp"
#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/output_guard.hpp"
#include "io/ranks/agreement.hpp"
#include "io/simulated/scan_writer.hpp"
#include "io/simulated/truth_writer.hpp"

namespace xrdct::app {
namespace {

// What the folder will hold.
struct Files {
  std::string scan;                 //!< the file that the job names
  std::string dataset;              //!< of the frames in it
  std::vector<io::ScanPart> parts;  //!< each data file once
  std::vector<std::string> names() const {
    std::vector<std::string> all{"calib.poni", "job.json", "truth.h5", scan};
    for (auto const& part : parts) {
      if (part.file != scan) all.push_back(part.file);
    }
    return all;
  }
};

Files files_of(SimulateOptions const& options) {
  std::int64_t const frames = options.settings.frames();  // stored ones
  if (options.layout == ScanFiles::single)
    return {"scan.h5", io::scan_dataset, {{"scan.h5", {0, frames}}}};
  Files files{"scan_master.h5", "/entry/data", {}};
  for (std::int64_t first = 0; first < frames; first += options.frames_per_file) {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "scan_data_%06zu.h5", files.parts.size() + 1);
    files.parts.push_back(
        {name.data(), {first, std::min(frames, first + options.frames_per_file)}});
  }
  return files;
}

io::ScanDescription description_of(core::SimulatedScan const& scan) {
  auto const& calibration = scan.settings().calibration;
  auto const& detector = scan.detector();
  io::ScanDescription d;
  d.shape = scan.settings().frame;
  d.type = scan.settings().type;
  d.detector = detector.name;
  d.pixel1_m = detector.pixel1_m;
  d.pixel2_m = detector.pixel2_m;
  d.distance_m = calibration.distance_m;
  d.beam_row = calibration.poni1_m / detector.pixel1_m;
  d.beam_column = calibration.poni2_m / detector.pixel2_m;
  d.wavelength_m = *calibration.wavelength_m;
  return d;
}

/// The values of the stored scan so many times, one copy after the other.
template <class T>
std::vector<T> repeated(std::span<T const> values, std::int64_t times) {
  std::vector<T> all;
  for (std::int64_t copy = 0; copy < times; ++copy)
    all.insert(all.end(), values.begin(), values.end());
  return all;
}

std::vector<double> positions(core::SimulatedAxis const& axis, std::size_t points) {
  std::vector<double> values;
  for (std::size_t i = 0; i < points; ++i)
    values.push_back(axis.start + axis.step * static_cast<double>(i));
  return values;
}

std::string calibration_text(SimulateOptions const& options) {
  return config::poni_text(options.settings.calibration);
}
std::string job_text(SimulateOptions const& options, Files const& files) {
  return simulated_job(options, files.scan, files.dataset, "/entry/monitor/data");
}

void write_truth_file(std::filesystem::path const& file, SimulateOptions const& options,
                      Files const& files, core::SimulatedScan const& scan) {
  auto const& s = options.settings;
  std::size_t const bins = options.bins, stored = s.scan.places();
  std::vector<std::uint8_t> hot(scan.mask().size(), 0);
  for (auto pixel : scan.hot_pixels()) hot[pixel] = 1;
  auto const truth = core::simulated_truth(scan, bins, hot);
  io::TruthDescription t;
  t.scan = options.scan();
  t.frame = s.frame;
  t.parameters = simulated_parameters(options);
  t.calibration = calibration_text(options);
  t.job = job_text(options, files);
  for (std::size_t c = 0; c < scan.components(); ++c)
    t.components.push_back(scan.component_name(c));
  t.phases = scan.sample().phases.size();
  t.heights_mm = positions(s.height_mm, t.scan.height);
  t.rotations_deg = positions(s.rotation_deg, s.scan.slow);
  t.translations_mm = positions(s.translation_mm, s.scan.fast);
  t.map_step_mm = std::abs(s.translation_mm.step);
  auto const weights =
      repeated(std::span(scan.weights(0).data(), stored * scan.components()), options.repeat);
  t.weights = weights;
  t.two_theta_rad = scan.rays().two_theta_rad;
  t.norm = scan.rays().norm;
  t.gaps = scan.mask();
  t.hot = hot;
  t.frame_index.resize(t.scan.places());
  for (std::size_t n = 0; n < t.scan.places(); ++n) {
    auto const stored_frame = static_cast<std::int64_t>(n % stored);
    t.frame_index[n - n % stored + scan.place_of(stored_frame)] = static_cast<std::int64_t>(n);
    t.monitor.push_back(scan.monitor(stored_frame));
  }
  t.radial_axis = truth.radial_axis;
  t.pattern = truth.pattern;
  t.bin_norm = truth.norm;
  t.spots = s.spots;
  t.phase_map = [&](std::size_t phase, std::size_t height) {
    return core::phase_map(scan.sample(), phase, t.heights_mm[height % s.scan.height], s.scan.fast,
                           t.map_step_mm);
  };
  t.image = [&](std::size_t component) { return scan.image(component); };
  std::vector<double> pattern(bins);
  t.expected = [&](std::size_t place, std::span<float> out) {
    core::expected_pattern(scan, truth, place % stored, pattern);
    std::transform(pattern.begin(), pattern.end(), out.begin(),
                   [](double x) { return static_cast<float>(x); });
  };
  t.spots_of_frame = [&](std::int64_t frame) { return scan.spots(frame % s.frames()); };
  io::write_truth(file, t);
}

// What was there before, or will be, and nothing that somebody has put there since.
void add_texts(io::OutputGuard& guard, SimulateOptions const& options, Files const& files) {
  auto texts = io::texts_of_truth(options.folder / "truth.h5");
  texts.push_back(calibration_text(options));
  texts.push_back(job_text(options, files));
  for (std::string const name : {"calib.poni", "job.json"})
    guard.add({options.folder / name, io::OutputRole::made_text, options.overwrite, 0, texts,
               "--output"});
}

void refuse_texts(SimulateOptions const& options, Files const& files) {
  io::OutputGuard guard;
  add_texts(guard, options, files);
  guard.refuse();
}

std::filesystem::path nearest_folder(std::filesystem::path const& wanted) {
  std::error_code ignored;
  auto folder = std::filesystem::absolute(wanted).lexically_normal();
  while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path())
    folder = folder.parent_path();
  return folder;
}

// A folder that is to be made, with the files in it.
void require_short_names(std::filesystem::path const& folder) {
  constexpr std::size_t of_file = 32;
  bool const fits =
      std::filesystem::absolute(folder).native().size() + of_file < PATH_MAX &&
      std::all_of(folder.begin(), folder.end(), [](std::filesystem::path const& name) {
        return name.native().size() <= NAME_MAX;
      });
  if (!fits)
    throw core::IoError({.what = "write into " + folder.string(),
                         .expected = fmt::format("names of at most {} bytes, {} with all folders",
                                                 NAME_MAX, PATH_MAX),
                         .found = "one that is too long",
                         .attempt = "give another --output"});
}

// Nothing in the way, and the files can be made; leaves nothing behind. Texts that a user has
// edited since are in the way, too.
void require_folder(SimulateOptions const& options, Files const& files) {
  std::error_code ignored;
  if (!std::filesystem::exists(options.folder, ignored)) {
    require_short_names(options.folder);
    return io::try_folder(nearest_folder(options.folder));
  }
  if (!std::filesystem::is_directory(options.folder, ignored)) {
    throw core::InputError({.what = "write into " + options.folder.string(),
                            .expected = "a folder",
                            .found = io::found_text(options.folder),
                            .attempt = "give another --output"});
  }
  io::OutputGuard guard;
  add_texts(guard, options, files);
  for (auto const& name : files.names()) {
    if (name == "calib.poni" || name == "job.json") continue;
    guard.add({.file = options.folder / name,
               .role = io::OutputRole::scan,
               .overwrite = options.overwrite,
               .give_another = "--output"});
  }
  try {
    guard.require();
  } catch (core::InputError const& error) {
    auto const more = error.problems().size() - 1;
    throw core::InputError(
        error.problems().front() +
        (more > 0 ? fmt::format("; {} more files of the folder are alike", more) : ""));
  }
}

// The folder, and room for the scan.
void prepare_folder(SimulateOptions const& options, double bytes) {
  std::error_code error;
  auto const space = std::filesystem::space(nearest_folder(options.folder), error);
  if (!error && static_cast<double>(space.available) < 1.05 * bytes) {
    throw core::IoError(
        {.what = "write into " + options.folder.string(),
         .expected = fmt::format("about {} MB of room", static_cast<std::uint64_t>(bytes / 1e6)),
         .found = fmt::format("{} MB", space.available / 1000000),
         .attempt = "give another --output or a smaller scan"});
  }
  std::filesystem::create_directories(options.folder, error);
  if (error)
    throw core::IoError({.what = "create folder " + options.folder.string(),
                         .expected = "a place where folders can be made",
                         .found = fmt::format("\"{}\"", error.message()),
                         .attempt = "give another --output"});
}

void tell_plan(SimulateOptions const& options, Files const& files, core::SimulatedScan const& scan,
               double bytes, std::ostream& log) {
  auto const& s = options.settings;
  auto const shape = options.scan();
  std::string const repeats =
      options.repeat == 1 ? ""
                          : fmt::format(", {} times {} stored ones", options.repeat, s.frames());
  std::array<char, 400> line{};
  std::snprintf(line.data(), line.size(),
                "scan      %zu height(s) x %zu rotations x %zu translations = %lld frames%s%s\n"
                "detector  %s, %zu x %zu pixels %s, bitshuffle-LZ4\n"
                "counts    %g expected per pixel on the average, at most about %.3g\n"
                "files     %zu data file(s), about %.1f MB of frames, in %s\n",
                shape.height, shape.slow, shape.fast, static_cast<long long>(options.frames()),
                s.snake ? ", snake" : "", repeats.c_str(), scan.detector().name.c_str(),
                s.frame.rows, s.frame.columns, std::string(core::name_of(s.type)).c_str(), s.counts,
                scan.largest_expectation(), files.parts.size(), bytes / 1e6,
                options.folder.string().c_str());
  log << line.data() << std::flush;
}

// Says every ten seconds how far rank 0 is.
class SlowProgress {
 public:
  SlowProgress(std::ostream& log, bool speaks) : log_(log), speaks_(speaks) {}
  void operator()(std::int64_t done, std::int64_t of, std::string const& file) {
    auto const now = std::chrono::steady_clock::now();
    if (!speaks_ || now - last_ < std::chrono::seconds(10)) return;
    last_ = now;
    log_ << "          " << done << " of " << of << " frames of " << file << "\n" << std::flush;
  }

 private:
  std::ostream& log_;
  bool speaks_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Bytes of all frames as stored, from some of them all over the scan: those beside the sample take
/// less than half of those in it.
double stored_bytes(io::ScanDescription const& description, io::DrawFrame const& draw,
                    std::int64_t frames) {
  std::int64_t const samples = std::min<std::int64_t>(5, frames);
  double sum = 0.0;
  for (std::int64_t k = 0; k < samples; ++k)
    sum += static_cast<double>(
        io::stored_frame_bytes(description, draw, (2 * k + 1) * frames / (2 * samples)));
  return sum / static_cast<double>(samples) * static_cast<double>(frames);
}

void write_frames(SimulateOptions const& options, Files const& files,
                  core::SimulatedScan const& scan, std::span<double const> monitor, int threads,
                  int rank, int ranks, std::ostream& log) {
  auto const description = description_of(scan);
  bool const single = options.layout == ScanFiles::single;
  SlowProgress progress(log, rank == 0);
  for (std::size_t i = 0; i < files.parts.size(); ++i) {
    if (static_cast<int>(i % static_cast<std::size_t>(ranks)) != rank) continue;
    auto const& part = files.parts[i];
    io::write_scan_data(
        options.folder / part.file, description, part.frames,
        single ? monitor : std::span<double const>(),
        [&](std::int64_t frame, std::span<std::byte> pixels) { scan.draw(frame, pixels); }, threads,
        [&](std::int64_t done) { progress(done, part.frames.size(), part.file); });
  }
  if (single || rank != 0) return;
  io::write_scan_master(options.folder / files.scan, description,
                        repeated(std::span(files.parts), options.repeat),
                        repeated(monitor, options.repeat));
}

}  // namespace

void simulate(SimulateOptions const& options, io::Communicator& communicator, std::ostream& log) {
  auto const start = std::chrono::steady_clock::now();
  auto const& s = options.settings;
  Files const files = files_of(options);
  on_first_rank(communicator, [&] {
    if (auto problems = core::problems_of(s); !problems.empty())
      throw core::InputError(std::move(problems));
    require_folder(options, files);
  });
  std::optional<core::SimulatedScan> made;
  on_all_ranks(communicator, [&] { made.emplace(s); });
  core::SimulatedScan const& scan = *made;
  on_first_rank(communicator, [&] {
    auto const draw = [&](std::int64_t frame, std::span<std::byte> pixels) {
      scan.draw(frame, pixels);
    };
    double const bytes = stored_bytes(description_of(scan), draw, s.frames());
    if (!options.dry_run) prepare_folder(options, bytes);
    tell_plan(options, files, scan, bytes, log);
  });
  if (options.dry_run) return;
  std::vector<double> monitor;
  for (std::int64_t n = 0; n < s.frames(); ++n)
    monitor.push_back(simulated_monitor_reference * scan.monitor(n));
  int const threads = threads_of_rank(communicator, options.threads);
  on_all_ranks(communicator, [&] {
    write_frames(options, files, scan, monitor, threads, communicator.rank(), communicator.size(),
                 log);
  });
  on_first_rank(communicator, [&] {
    refuse_texts(options, files);
    io::write_file(options.folder / "calib.poni", calibration_text(options));
    io::write_file(options.folder / "job.json", job_text(options, files));
    write_truth_file(options.folder / "truth.h5", options, files, scan);
    double const seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::array<char, 120> line{};
    std::snprintf(line.data(), line.size(), "done      %.1f s, %.1f frames/s\n", seconds,
                  static_cast<double>(s.frames()) / seconds);
    log << line.data() << "next      xrdct reduce " << (options.folder / "job.json").string()
        << "\n"
        << std::flush;
  });
}

}  // namespace xrdct::app
