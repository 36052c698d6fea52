// Makes a simulated scan on all ranks: frames, calibration, job and truth.
#include "app/simulation/simulate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/session/threads.hpp"
#include "app/simulation/simulated_content.hpp"
#include "app/simulation/simulated_job.hpp"
#include "app/simulation/simulated_truth_file.hpp"
#include "config/calibration/poni.hpp"
#include "core/phantom/simulated_scan.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/output_guard.hpp"
#include "io/ranks/agreement.hpp"
#include "io/simulated/scan_files.hpp"
#include "io/simulated/truth_writer.hpp"

namespace xrdct::app {
namespace {

// What the folder will hold.
struct Plan {
  std::unique_ptr<io::ScanFiles> files;
  SimulatedTexts texts;

  /// The texts by their names.
  std::vector<std::pair<std::string, std::string>> named_texts() const {
    auto all = files->texts();
    all.emplace_back("calib.poni", texts.calibration);
    all.emplace_back("job.json", texts.job);
    return all;
  }
};

Plan plan_of(SimulateOptions const& options, core::SimulatedScan const& scan) {
  Plan plan;
  plan.files = io::scan_files(options.layout, simulated_content(options, scan));
  plan.texts.calibration = config::poni_text(options.settings.calibration);
  plan.texts.job = simulated_job(options, plan.files->job_names());
  for (auto const& [name, text] : plan.files->texts()) plan.texts.table = text;
  return plan;
}

// What was there before, or will be, and nothing that somebody has put there since.
void add_texts(io::OutputGuard& guard, SimulateOptions const& options, Plan const& plan) {
  auto texts = io::texts_of_truth(options.folder / "truth.h5");
  auto const named = plan.named_texts();
  for (auto const& [name, text] : named) texts.push_back(text);
  for (auto const& [name, text] : named)
    guard.add({options.folder / name, io::OutputRole::made_text, options.overwrite, 0, texts,
               "--output"});
}

void refuse_texts(SimulateOptions const& options, Plan const& plan) {
  io::OutputGuard guard;
  add_texts(guard, options, plan);
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
void require_folder(SimulateOptions const& options, Plan const& plan) {
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
  add_texts(guard, options, plan);
  auto names = plan.files->names();
  names.insert(names.begin(), "truth.h5");
  for (auto const& name : names) {
    auto const file = options.folder / name;
    if (!std::filesystem::exists(file.parent_path(), ignored)) continue;
    guard.add({.file = file,
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

// The folder with those in it, and room for the scan.
void prepare_folder(SimulateOptions const& options, Plan const& plan, double bytes) {
  std::error_code error;
  auto const space = std::filesystem::space(nearest_folder(options.folder), error);
  if (!error && static_cast<double>(space.available) < 1.05 * bytes) {
    throw core::IoError({.what = "write into " + options.folder.string(),
                         .expected = "about " + core::bytes_text(bytes) + " of room",
                         .found = core::bytes_text(static_cast<double>(space.available)),
                         .attempt = "give another --output or a smaller scan"});
  }
  for (auto const& name : plan.files->names()) {
    auto const folder = (options.folder / name).parent_path();
    std::filesystem::create_directories(folder, error);
    if (error)
      throw core::IoError({.what = "create folder " + folder.string(),
                           .expected = "a place where folders can be made",
                           .found = fmt::format("\"{}\"", error.message()),
                           .attempt = "give another --output"});
  }
}

// "3 more than places, 20 places without a frame".
std::string course_text(SimulateOptions const& options, core::SimulatedScan const& scan) {
  auto const places = options.settings.scan.places();
  std::vector<bool> filled(places, false);
  std::size_t without = 0, again = 0;
  for (auto const& frame : scan.course()) {
    if (frame.place < 0) {
      ++without;
      continue;
    }
    auto const place = static_cast<std::size_t>(frame.place);
    again += filled[place] ? 1 : 0;
    filled[place] = true;
  }
  auto const empty = std::count(filled.begin(), filled.end(), false);
  std::string text = options.settings.course.zigzag ? ", zigzag" : "";
  if (without > 0) text += fmt::format(", {} frames without a place", without);
  if (again > 0) text += fmt::format(", {} frames at places that have one", again);
  if (empty > 0) text += fmt::format(", {} places without a frame", empty);
  return text;
}

/// "4 data files", "992 images".
std::string files_text(SimulateOptions const& options, Plan const& plan,
                       core::SimulatedScan const& scan) {
  bool const images = options.layout == io::ScanLayout::cbf;
  auto const count = images ? static_cast<std::size_t>(scan.frames()) : plan.files->parts().size();
  return fmt::format("{} {}{}", count, images ? "image" : "data file", count == 1 ? "" : "s");
}

void tell_plan(SimulateOptions const& options, Plan const& plan, core::SimulatedScan const& scan,
               double bytes, std::ostream& log) {
  auto const& s = options.settings;
  auto const heights = options.scan().height;
  std::string const repeats =
      options.repeat == 1 ? ""
                          : fmt::format(", {} times {} stored ones", options.repeat, scan.frames());
  log << fmt::format(
             "scan      {} {} x {} rotations x {} translations = {} frames{}{}\n"
             "detector  {}, {} x {} pixels {}, {}\n"
             "counts    {:g} expected per pixel on the average, at most about {:.3g}\n"
             "files     {} with about {} of frames, in {}\n",
             heights, heights == 1 ? "height" : "heights", s.rotations(), s.translations(),
             scan.frames() * options.repeat, course_text(options, scan), repeats,
             scan.detector().name, s.frame.rows, s.frame.columns, core::name_of(s.type),
             options.layout == io::ScanLayout::cbf ? "byte offset" : "bitshuffle-LZ4", s.counts,
             scan.largest_expectation(), files_text(options, plan, scan), core::bytes_text(bytes),
             options.folder.string())
      << std::flush;
}

// Says every ten seconds how far rank 0 is.
class SlowProgress {
 public:
  SlowProgress(std::ostream& log, bool speaks) : log_(log), speaks_(speaks) {}
  void operator()(std::int64_t done, std::int64_t of, std::size_t part) {
    auto const now = std::chrono::steady_clock::now();
    if (!speaks_ || now - last_ < std::chrono::seconds(10)) return;
    last_ = now;
    log_ << "          " << done << " of " << of << " frames of data file " << part << "\n"
         << std::flush;
  }

 private:
  std::ostream& log_;
  bool speaks_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Bytes of all frames as stored, from some of them all over the scan: those beside the sample take
/// less than half of those in it.
double stored_bytes(io::ScanFiles const& files, io::DrawFrame const& draw) {
  std::int64_t const frames = files.content().frames();
  std::int64_t const samples = std::min<std::int64_t>(5, frames);
  double sum = 0.0;
  for (std::int64_t k = 0; k < samples; ++k)
    sum += static_cast<double>(files.frame_bytes(draw, (2 * k + 1) * frames / (2 * samples)));
  return sum / static_cast<double>(samples) * static_cast<double>(frames);
}

void write_frames(SimulateOptions const& options, io::ScanFiles const& files,
                  io::DrawFrame const& draw, io::Communicator& communicator, std::ostream& log) {
  int const threads = threads_of_rank(communicator, options.threads);
  auto const ranks = static_cast<std::size_t>(communicator.size()),
             rank = static_cast<std::size_t>(communicator.rank());
  SlowProgress progress(log, rank == 0);
  auto const parts = files.parts();
  for (std::size_t i = rank; i < parts.size(); i += ranks)
    files.write_part(options.folder, i, draw, threads,
                     [&](std::int64_t done) { progress(done, parts[i].size(), i + 1); });
}

void write_texts(SimulateOptions const& options, Plan const& plan) {
  refuse_texts(options, plan);
  for (auto const& [name, text] : plan.named_texts()) io::write_file(options.folder / name, text);
}

}  // namespace

void simulate(SimulateOptions const& options, io::Communicator& communicator, std::ostream& log) {
  auto const start = std::chrono::steady_clock::now();
  std::optional<core::SimulatedScan> made;
  Plan plan;
  on_first_rank(communicator, [&] {
    if (auto problems = core::problems_of(options.settings); !problems.empty())
      throw core::InputError(std::move(problems));
  });
  on_all_ranks(communicator, [&] {
    made.emplace(options.settings);
    plan = plan_of(options, *made);
  });
  core::SimulatedScan const& scan = *made;
  auto const draw = [&](std::int64_t frame, std::span<std::byte> pixels) {
    scan.draw(frame, pixels);
  };
  on_first_rank(communicator, [&] {
    require_folder(options, plan);
    double const bytes = stored_bytes(*plan.files, draw);
    if (!options.dry_run) prepare_folder(options, plan, bytes);
    tell_plan(options, plan, scan, bytes, log);
  });
  if (options.dry_run) return;
  on_all_ranks(communicator, [&] { write_frames(options, *plan.files, draw, communicator, log); });
  on_first_rank(communicator, [&] {
    plan.files->write_rest(options.folder);
    write_texts(options, plan);
    write_truth_file(options.folder / "truth.h5", options, plan.texts, scan);
    double const seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    log << fmt::format("done      {:.1f} s, {:.1f} frames/s\n", seconds,
                       static_cast<double>(scan.frames()) / seconds)
        << "next      xrdct reduce " << (options.folder / "job.json").string() << "\n"
        << std::flush;
  });
}

}  // namespace xrdct::app
