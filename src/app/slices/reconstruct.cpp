// `xrdct reconstruct`: slices of all sinograms, on all ranks.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/scan/report.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/memory.hpp"
#include "app/session/option_checks.hpp"
#include "app/session/threads.hpp"
#include "app/session/warnings.hpp"
#include "app/slices/commands.hpp"
#include "app/slices/reconstruct_options.hpp"
#include "app/slices/slice_description.hpp"
#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "app/slices/slice_solver.hpp"
#include "core/scan/progress.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"
#include "io/guard/output_guard.hpp"
#include "io/output/slices_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/stop_signals.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One run on this rank, step by step. Every step is collective.
class ReconstructRun {
 public:
  ReconstructRun(io::Communicator& communicator, ReconstructOptions const& options)
      : communicator_(communicator), options_(options) {}

  core::ExitStatus run() {
    open();
    look();
    if (options_.dry_run) {
      tell_plan();
      return core::ExitStatus::done;
    }
    signals_.keep();
    begin_output();
    bool const stopped = reconstruct();
    if (stopped) return suspend();
    file_->close();
    tell_result();
    return missing_ > 0 ? core::ExitStatus::incomplete : core::ExitStatus::done;
  }

 private:
  void open() {
    auto const job = [&] { return slices_job_with(options_); };
    on_all_ranks(communicator_, [&] {
      inputs_ = open_slice_inputs(job());
      if (communicator_.rank() == 0) warn(inputs_.warnings);
    });
    communicator_.watch(inputs_.job.run.watchdog_s);
    require_same(communicator_,
                 {{"the job " + options_.what, config::canonical_slices_job(inputs_.job, "")},
                  {"the sinograms", inputs_.sinograms->identity()}},
                 "share the slices among the ranks");
    if (!options_.dry_run)
      on_first_rank(communicator_, [&] {
        io::OutputGuard guard(input_files(inputs_));
        guard.add({inputs_.job.output_file(),
                   io::OutputRole::slices,
                   inputs_.job.output.overwrite,
                   0,
                   {},
                   "output.file or --output"});
        guard.require();
      });
    int const threads = threads_of_rank(communicator_, inputs_.job.run.threads);
    on_all_ranks(communicator_, [&] { session_.emplace(threads, communicator_.rank_on_node()); });
  }

  /// Heights are shared among the ranks; what all have to know of them is brought together.
  void look() {
    auto const [first, last] =
        core::blocks_of_rank(inputs_.heights, communicator_.rank(), communicator_.size());
    std::vector<double> centres;
    std::string lines;
    std::int64_t missing = 0;
    on_all_ranks(communicator_, [&] {
      for (std::size_t height = first; height < last; ++height) {
        auto found = look_at_height(inputs_, height);
        if (!found.empty() && found.centre.method) centres.push_back(found.centre.centre);
        lines += lines_of(inputs_, found, height);
        missing += static_cast<std::int64_t>(inputs_.projections * inputs_.translations) -
                   static_cast<std::int64_t>(found.measured);
        if (kept_.size() < most_kept) kept_.emplace(height, std::move(found));
      }
    });
    missing_ = communicator_.sum(missing);
    std::vector<double> all_centres;
    for (auto const& bytes : communicator_.gather(std::as_bytes(std::span(centres)))) {
      std::size_t const before = all_centres.size();
      all_centres.resize(before + bytes.size() / sizeof(double));
      if (!bytes.empty()) std::memcpy(all_centres.data() + before, bytes.data(), bytes.size());
    }
    centre_ = std::stod(
        communicator_.broadcast(fmt::format("{:.17g}", common_centre(inputs_, all_centres))));
    auto const texts = communicator_.gather(std::as_bytes(std::span(lines.data(), lines.size())));
    if (communicator_.rank() != 0 || options_.quiet) return;
    for (auto const& text : texts)
      std::cout << std::string_view(reinterpret_cast<char const*>(text.data()), text.size());
    std::cout << fmt::format("slices of {} x {} voxels of {:g} {}, centre {:.2f}", inputs_.side,
                             inputs_.side, inputs_.step,
                             inputs_.unit.empty() ? "steps" : inputs_.unit, centre_)
              << std::endl;
  }

  /// What was found of a height: kept from before, or looked at again.
  HeightFindings take_findings(std::size_t height) {
    auto kept = kept_.extract(height);
    return kept ? std::move(kept.mapped()) : look_at_height(inputs_, height);
  }

  void tell_plan() {
    if (communicator_.rank() != 0) return;
    auto const description = describe_slices(inputs_, centre_, kernels::backend());
    std::cout << fmt::format(
                     "{}: {} heights, {} units, {:.3g} GB; memory of a rank: {:.0f} MB for one "
                     "unit, and the program",
                     inputs_.job.output_file().string(), inputs_.heights, inputs_.plan.units(),
                     static_cast<double>(io::estimated_file_bytes(description)) * 1e-9,
                     static_cast<double>(SliceSolver::memory_bytes(inputs_)) * 1e-6)
              << std::endl;
  }

  void begin_output() {
    auto const files = input_files(inputs_);
    file_.emplace(communicator_, inputs_.job.output_file(),
                  describe_slices(inputs_, centre_, kernels::backend()),
                  io::OutputRun{.writer = inputs_.job.run.writer,
                                .overwrite = inputs_.job.output.overwrite,
                                .restart = options_.restart,
                                .verify = inputs_.job.output.verify,
                                .commit_s = inputs_.job.run.commit_s,
                                .identity = identity_of_run(inputs_, files, kernels::backend())});
    todo_ = file_->units_to_do();
    if (communicator_.rank() == 0 && !options_.quiet && file_->attempts() > 0)
      std::cout << fmt::format("goes on: {} of {} units are there",
                               inputs_.plan.units() - todo_.size(), inputs_.plan.units())
                << std::endl;
  }

  /// \returns whether it was asked to stop
  bool reconstruct() {
    auto const [first, last] =
        core::blocks_of_rank(todo_.size(), communicator_.rank(), communicator_.size());
    std::size_t const rounds = core::rounds(todo_.size(), communicator_.size());
    SliceSolver solver(inputs_);
    HeightFindings found;  // of the height that is worked on, as `work`
    std::optional<HeightWork> work;
    std::optional<std::size_t> height;
    ProgressDisplay progress(static_cast<std::int64_t>(todo_.size()),
                             options_.quiet || communicator_.rank() != 0);
    auto const begin = Clock::now();
    for (std::size_t round = 0; round < rounds; ++round) {
      if (communicator_.any(communicator_.stop_asked())) return true;
      io::SliceBlock block;
      bool const has_unit = first + round < last;
      if (has_unit) {
        auto const unit = inputs_.plan.unit(todo_[first + round]);
        if (height != unit.height) {
          found = take_findings(unit.height);
          work = prepare_height(inputs_, found, centre_);
          solver.begin_height(found, *work);
          height = unit.height;
        }
        auto solved = solver.solve(unit);
        block = {.unit = todo_[first + round],
                 .values = solved.values,
                 .errors = solved.errors,
                 .status = solved.status,
                 .results = results_of(inputs_, found, *work, unit, solved)};
        core::note_progress();
      }
      if (file_->meets() || has_unit) file_->write(has_unit ? &block : nullptr);
      progress.show(static_cast<std::int64_t>(round + 1), static_cast<std::int64_t>(rounds));
    }
    progress.finish();
    loop_s_ = communicator_.maximum(seconds_since(begin));
    return false;
  }

  core::ExitStatus suspend() {
    file_->suspend();
    auto const signal = static_cast<int>(communicator_.maximum(io::stop_signal()));
    if (communicator_.rank() == 0)
      std::cerr << "xrdct: stopped by " << io::name_of_signal(signal)
                << "; run the same command again to go on" << std::endl;
    return core::ExitStatus::stopped;
  }

  void tell_result() {
    double const memory = communicator_.maximum(static_cast<double>(watch_.peak()));
    if (communicator_.rank() != 0 || options_.quiet) return;
    std::size_t channels = 0;
    for (auto const& reduction : inputs_.reductions)
      channels += reduction.pattern.rows * reduction.columns * inputs_.heights;
    std::cout << fmt::format(
                     "{}: {} slices in {:.1f} s ({:.2f} ms each on {} {}), {} in all; {:.0f} "
                     "MB per rank",
                     inputs_.job.output_file().string(), channels, loop_s_,
                     loop_s_ * 1e3 / static_cast<double>(std::max<std::size_t>(channels, 1)),
                     communicator_.size(), communicator_.size() == 1 ? "rank" : "ranks",
                     duration_text(seconds_since(begin_)), memory * 1e-6)
              << std::endl;
    if (missing_ > 0)
      warn(
          fmt::format("{} samples of all heights have no good frame; they are counted in "
                      "/entry/conditioning",
                      missing_));
  }

  Clock::time_point const begin_ = Clock::now();
  MemoryWatch watch_;
  io::Communicator& communicator_;
  ReconstructOptions const& options_;
  io::StopSignals signals_;
  SliceInputs inputs_;
  std::optional<KernelSession> session_;
  static constexpr std::size_t most_kept = 16;  // some MB each
  std::map<std::size_t, HeightFindings> kept_;
  double centre_ = 0.0, loop_s_ = 0.0;
  std::int64_t missing_ = 0;
  std::vector<std::size_t> todo_;
  std::optional<io::SlicesFile> file_;
};

}  // namespace

config::SlicesJob slices_job_with(ReconstructOptions const& options) {
  config::SlicesJob job;
  if (options.what.ends_with(".json")) {
    job = config::read_slices_job(options.what);
  } else {
    job.folder = std::filesystem::current_path();
    job.sinograms.file = options.what;
  }
  if (options.output) job.output.file = std::filesystem::absolute(*options.output).string();
  if (options.algorithm) job.reconstruction.algorithm = *options.algorithm;
  if (options.window) job.reconstruction.window = *options.window;
  if (options.iterations) job.reconstruction.iterations = *options.iterations;
  if (options.centre) job.grid.centre = *options.centre;
  if (options.overwrite) job.output.overwrite = true;
  if (options.threads) job.run.threads = *options.threads;
  if (options.watchdog_s) job.run.watchdog_s = *options.watchdog_s;
  if (options.writer) job.run.writer = *options.writer;
  return job;
}

void add_reconstruct(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReconstructOptions>();
  CLI::App* command = app.add_subcommand("reconstruct",
                                         "Reconstruct slices from sinograms: xrdct reconstruct "
                                         "scan_xrdct.h5, or a job; alone or under "
                                         "mpirun/srun");
  command->add_option("sinograms", options->what, "Output of xrdct reduce, or a job (.json)")
      ->required()
      ->check(some_name());
  command
      ->add_option("-o,--output", options->output,
                   "Output file; default: <sinograms>_slices.h5 beside the sinograms")
      ->check(some_name());
  add_choice(*command, "--algorithm", options->algorithm, "; default fbp");
  add_choice(*command, "--window", options->window, "; of fbp; default none");
  command
      ->add_option("--centre", options->centre,
                   "Centre of rotation, index of translations; default: it is looked for")
      ->check(number_from(-1e6, 1e6, "60.2"));
  command->add_option("--iterations", options->iterations, "Of sirt and cgls; default 100")
      ->check(CLI::Range(1, 100000));
  command->add_flag("--overwrite", options->overwrite,
                    "Replace an output that xrdct wrote; never anything else");
  command->add_flag("--restart", options->restart,
                    "Discard what an earlier run has left unfinished, and begin again");
  command->add_flag("--dry-run", options->dry_run,
                    "Look at the sinograms, tell the plan and the memory, write nothing");
  command->add_option("--threads", options->threads, "Threads per rank; 0: as for reduce")
      ->check(CLI::Range(0, 65536));
  command
      ->add_option("--watchdog", options->watchdog_s,
                   "Seconds without progress after which the run ends; 0: never; default 300")
      ->check(CLI::Range(0, 1000000));
  add_choice(*command, "--writer", options->writer, "; default collective");
  command->add_flag("-q,--quiet", options->quiet, "No progress, no findings");
  command->callback([options, &context] {
    context.work = [=, &context] {
      keep_no_large_blocks();
      context.status = ReconstructRun(*context.communicator, *options).run();
    };
  });
}

}  // namespace xrdct::app
