// `xrdct reconstruct`: slices of all sinograms, on all ranks.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/scan/earlier_run.hpp"
#include "app/scan/report.hpp"
#include "app/session/card_lines.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/limits.hpp"
#include "app/session/memory.hpp"
#include "app/session/threads.hpp"
#include "app/session/warnings.hpp"
#include "app/slices/commands.hpp"
#include "app/slices/finished_slices.hpp"
#include "app/slices/reconstruct_options.hpp"
#include "app/slices/shared_findings.hpp"
#include "app/slices/slice_description.hpp"
#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "app/slices/slice_solver.hpp"
#include "core/scan/progress.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/guard/output_guard.hpp"
#include "io/output/output_part.hpp"
#include "io/output/slices_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/stop_signals.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/card_memory.hpp"

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
    if (communicator_.any(finished_)) {
      bool lacks_some = false;
      on_first_rank(communicator_,
                    [&] { lacks_some = tell_finished(inputs_.job.output_file()) > 0; });
      return status_of(communicator_.any(lacks_some));
    }
    begin();
    look();
    if (options_.dry_run) {
      on_first_rank(communicator_, [&] { tell_plan(); });
      return core::ExitStatus::done;
    }
    signals_.keep();
    begin_output();
    bool const stopped = reconstruct();
    if (stopped) return suspend();
    on_first_rank(communicator_, [&] {
      require_same_inputs(identity_, identity_of_run(inputs_, files_, kernels::backend()),
                          inputs_.job.output_file());
    });
    file_->close();
    tell_result();
    return status_of(findings_->missing() > 0);
  }

 private:
  static core::ExitStatus status_of(bool samples_are_missing) {
    return samples_are_missing ? core::ExitStatus::incomplete : core::ExitStatus::done;
  }

  void open() {
    communicator_.watch(options_.watchdog_s.value_or(config::Run().watchdog_s));
    on_all_ranks(communicator_, [&] {
      inputs_ = open_slice_inputs(slices_job_with(options_));
      if (communicator_.rank() == 0) warn(inputs_.warnings);
    });
    communicator_.watch(inputs_.job.run.watchdog_s);
    require_same(communicator_,
                 {{"the job " + options_.what, config::canonical_slices_job(inputs_.job, "")},
                  {"the options of the run", options_text()},
                  {"the sinograms", inputs_.sinograms->identity()}},
                 "share the slices among the ranks");
    files_ = input_files(inputs_);
    identity_ = identity_of_run(inputs_, files_, kernels::backend());
    on_all_ranks(communicator_, [&] {
      finished_ = !options_.dry_run && !inputs_.job.output.overwrite &&
                  is_finished(inputs_, kernels::backend());
    });
  }

  /// What changes no byte, but what ranks do together.
  std::string options_text() const {
    auto const& job = inputs_.job;
    return fmt::format("{} {} {} {} {} {} {} {}", job.output_file().string(), job.output.overwrite,
                       job.output.verify, core::name_of(job.run.writer), job.run.watchdog_s,
                       job.run.commit_s, options_.restart, options_.dry_run);
  }

  /// Whether the output may be made, and has space.
  void require_output(std::uint64_t bytes, io::OutputGuard::Space space) const {
    io::OutputGuard guard(files_);
    guard.add({inputs_.job.output_file(),
               io::OutputRole::slices,
               inputs_.job.output.overwrite,
               bytes,
               {},
               "output.file or --output"});
    guard.require(space);
  }

  void begin() {
    if (!options_.dry_run)
      on_first_rank(communicator_, [&] { require_output(0, io::OutputGuard::Space::compared); });
    int const threads = threads_of_rank(communicator_, inputs_.job.run.threads);
    on_all_ranks(communicator_, [&] {
      session_.emplace(threads, communicator_.rank_on_node());
      kernels::instruction_set();  // an unknown one is told before there is an output
      require_memory(SliceSolver::memory_bytes(inputs_) + own_memory(),
                     communicator_.ranks_on_node());
    });
  }

  void look() {
    findings_.emplace(inputs_, communicator_);
    if (communicator_.rank() != 0 || options_.quiet) return;
    std::cout << findings_->lines()
              << fmt::format(
                     "slices of {} x {} voxels of {:g}{}, centre {:.2f}", inputs_.side,
                     inputs_.side, inputs_.step,
                     inputs_.unit.empty() ? ", whose unit is not given" : " " + inputs_.unit,
                     findings_->centre())
              << std::endl;
    if (auto const bytes = SliceSolver::card_bytes(inputs_); bytes > 0)
      std::cout << "memory of the card: " << card_share_text(bytes, kernels::free_card_memory())
                << std::endl;
  }

  /// What a run would do, and whether it could.
  void tell_plan() {
    auto const description = describe_slices(inputs_, findings_->centre(), kernels::backend());
    auto const bytes = io::estimated_file_bytes(description);
    std::size_t const looked = watch_.peak();
    return_free_memory();
    std::size_t const memory = std::max(looked, own_memory() + SliceSolver::memory_bytes(inputs_));
    auto const file = inputs_.job.output_file();
    bool const finished = !inputs_.job.output.overwrite && is_finished(inputs_, kernels::backend());
    auto const earlier = io::earlier_attempts(
        file, {.restart = options_.restart, .identity = identity_}, inputs_.plan.units());
    std::cout << fmt::format(
                     "{}: {} {}, {} units, {}{}; memory of a rank: {:.0f} MB", file.string(),
                     inputs_.heights, inputs_.heights == 1 ? "height" : "heights",
                     inputs_.plan.units(), core::bytes_text(static_cast<double>(bytes)),
                     finished  ? " (is finished)"
                     : earlier ? fmt::format(" ({} units are in the journal of an earlier run)",
                                             earlier->blocks.size())
                               : "",
                     static_cast<double>(memory) * 1e-6)
              << std::endl;
    if (!finished)
      require_output(bytes + io::structure_bytes(description), io::OutputGuard::Space::taken);
  }

  void begin_output() {
    file_.emplace(communicator_, inputs_.job.output_file(),
                  describe_slices(inputs_, findings_->centre(), kernels::backend()),
                  io::OutputRun{.writer = inputs_.job.run.writer,
                                .overwrite = inputs_.job.output.overwrite,
                                .restart = options_.restart,
                                .verify = inputs_.job.output.verify,
                                .commit_s = inputs_.job.run.commit_s,
                                .identity = identity_});
    todo_ = file_->units_to_do();
    // reductions of a height follow each other: what was found of it serves them all
    std::stable_sort(todo_.begin(), todo_.end(), [&](std::size_t a, std::size_t b) {
      return inputs_.plan.unit(a).height < inputs_.plan.unit(b).height;
    });
    findings_->bring(todo_);
    if (communicator_.rank() == 0) tell_earlier_work();
  }

  void tell_earlier_work() const {
    if (!options_.quiet && file_->attempts() > 0)
      std::cout << fmt::format("goes on with {}.part: {} of {} units are there",
                               inputs_.job.output_file().string(),
                               inputs_.plan.units() - todo_.size(), inputs_.plan.units())
                << std::endl;
    if (file_->damaged_units() > 0)
      warn(
          fmt::format("{} of the units that an earlier run wrote are not as it wrote them, and "
                      "are made again; check the disk",
                      file_->damaged_units()));
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
          found = findings_->of(unit.height);
          work = prepare_height(inputs_, found, findings_->centre());
          solver.begin_height(found, *work);
          height = unit.height;
        }
        auto solved = solver.solve(unit);
        block = {.unit = todo_[first + round],
                 .values = solved.values,
                 .errors = solved.errors,
                 .status = solved.bins.status,
                 .results = results_of(inputs_, found, *work, unit, solved.bins)};
        ++units_done_;
        core::note_progress();
      }
      // none begins to write before all have come: here ranks hear of each other while they wait
      if (file_->meets()) communicator_.barrier();
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
    std::size_t const done = inputs_.plan.units() - todo_.size() +
                             static_cast<std::size_t>(communicator_.sum(units_done_));
    if (communicator_.rank() == 0)
      std::cerr << "xrdct: stopped by " << io::name_of_signal(signal) << " after " << done << " of "
                << inputs_.plan.units() << " units; run the same command again to go on"
                << std::endl;
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
    if (findings_->missing() > 0) warn(missing_text(findings_->missing()));
  }

  Clock::time_point const begin_ = Clock::now();
  MemoryWatch watch_;
  io::Communicator& communicator_;
  ReconstructOptions const& options_;
  io::StopSignals signals_;
  SliceInputs inputs_;
  bool finished_ = false;  //!< the output is there, and is what this job would make again
  std::optional<KernelSession> session_;
  std::optional<SharedFindings> findings_;
  double loop_s_ = 0.0;
  std::int64_t units_done_ = 0;  //!< by this rank
  io::InputFiles files_;
  io::RunIdentity identity_;  //!< when the run began
  std::vector<std::size_t> todo_;
  std::optional<io::SlicesFile> file_;
};

}  // namespace

void add_reconstruct(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReconstructOptions>();
  CLI::App* command = app.add_subcommand("reconstruct",
                                         "Reconstruct slices from sinograms: xrdct reconstruct "
                                         "scan_xrdct.h5, or a job; alone or under "
                                         "mpirun/srun");
  add_reconstruct_options(*command, *options);
  command->callback([options, &context] {
    context.work = [=, &context] {
      keep_no_large_blocks();
      context.status = ReconstructRun(*context.communicator, *options).run();
    };
  });
}

}  // namespace xrdct::app
