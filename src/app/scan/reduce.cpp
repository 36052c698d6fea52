// `xrdct reduce`: a whole scan on all ranks.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/axes/line_order.hpp"
#include "app/jobs/reduce_options.hpp"
#include "app/jobs/scan_list.hpp"
#include "app/jobs/several_scans.hpp"
#include "app/scan/agreed_inputs.hpp"
#include "app/scan/commands.hpp"
#include "app/scan/earlier_run.hpp"
#include "app/scan/empty_results.hpp"
#include "app/scan/inputs.hpp"
#include "app/scan/job_files.hpp"
#include "app/scan/memory_plan.hpp"
#include "app/scan/plausibility.hpp"
#include "app/scan/report.hpp"
#include "app/session/card_lines.hpp"
#include "app/session/cards.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/limits.hpp"
#include "app/session/option_checks.hpp"
#include "app/session/threads.hpp"
#include "app/session/warnings.hpp"
#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/files/unfinished_file.hpp"
#include "io/guard/file_origin.hpp"
#include "io/output/output_part.hpp"
#include "io/output/sinogram_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/stop_signals.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "kokkos/decoding_time.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "pipeline/reduce_scan.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::app {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// How many bins hold nothing in every frame, a line for each reduction that has such.
std::string empty_bins_lines(Inputs const& inputs, std::vector<PixelUse> const& uses) {
  std::string lines;
  for (std::size_t r = 0; r < uses.size(); ++r) {
    auto const text = empty_bins_text(inputs.job.reductions[r].name, uses[r]);
    if (!text.empty()) lines += "  " + text + "\n";
  }
  return lines;
}

/// One line for all ranks.
void tell_stopped(io::Communicator& communicator, std::size_t blocks, std::size_t all) {
  auto const signal = static_cast<int>(communicator.maximum(io::stop_signal()));
  if (communicator.rank() == 0)
    std::cerr << "xrdct: stopped by " << io::name_of_signal(signal) << " after " << blocks << " of "
              << all << " blocks; run the same command again to go on" << std::endl;
}

std::filesystem::path log_of(std::filesystem::path const& output) {
  return output.string() + ".log.json";
}

// The last thing of a run: its output has its name already.
void write_log(std::filesystem::path const& output, config::RunLog const& log) {
  auto const file = log_of(output);
  try {
    if (!io::may_hold_log(file)) {
      throw core::IoError({.what = "write " + file.string(),
                           .expected = "this name to be free",
                           .found = io::found_text(file),
                           .attempt = "move it"});
    }
    io::write_file(file, config::run_log_json(log));
  } catch (core::IoError const& error) {
    throw core::IoError(std::string(error.what()) +
                        " (the log of the run alone is lost; its output " + output.string() +
                        " is whole)");
  }
}

/// What a run finds of an earlier one.
void tell_earlier_work(RunFacts const& facts, bool quiet) {
  if (facts.attempts > 0 && !quiet)
    std::cout << fmt::format("goes on with {}.part: {} of {} blocks are there",
                             facts.output.string(), facts.blocks_kept, facts.blocks)
              << std::endl;
  if (facts.blocks_damaged > 0)
    warn(
        fmt::format("{} of the blocks that an earlier run wrote are not as it wrote them, and "
                    "are made again; check the disk",
                    facts.blocks_damaged));
}

/// \returns whether frames of it are lost, as the run that made it has told
bool tell_finished(Inputs const& inputs) {
  auto const output = output_path(inputs.job);
  io::remove_remains(output, io::OutputRole::reduction);
  io::remove_unfinished(io::link_target(log_of(output)));
  std::cout << output.string()
            << " is finished: this program made it of this job and these files; --overwrite makes "
               "it again"
            << std::endl;
  auto const frames = frames_of_output(output);
  warn(lost_frames(frames, static_cast<std::int64_t>(inputs.places.shape().places())));
  return lost(frames) > 0;
}

core::ExitStatus status_of(bool frames_are_lost) {
  return frames_are_lost ? core::ExitStatus::incomplete : core::ExitStatus::done;
}

/// One run on this rank, step by step. Every step is collective.
class ScanRun {
 public:
  /// \param kernels of all scans of this command, which the first starts
  ScanRun(io::Communicator& communicator, ScanRequest const& scan, ReduceOptions const& options,
          std::optional<KernelSession>& kernels)
      : communicator_(communicator), scan_request_(scan), options_(options), session_(kernels) {}

  /// \param output_begun becomes true where an error can no longer be this scan's alone
  core::ExitStatus run(bool& output_begun) {
    open();
    if (communicator_.any(inputs_.finished)) {
      bool lost_some = false;
      on_first_rank(communicator_, [&] { lost_some = tell_finished(inputs_); });
      return status_of(communicator_.any(lost_some));
    }
    on_first_rank(communicator_, [&] { tell_lines_by_size(); });
    start_kernels();
    prepare();
    signals_.keep();  // from here on there is something to keep
    output_begun = true;
    begin_output();
    auto const report = reduce_blocks();
    if (report.stopped) return suspend(report);
    finish_output(report);
    return tell_result(report);
  }

 private:
  void open() {
    communicator_.watch(options_.watchdog_s.value_or(config::Run().watchdog_s));
    inputs_ = agreed_inputs(communicator_, scan_request_, options_);
    communicator_.watch(inputs_.job.run.watchdog_s);
    facts_.output = output_path(inputs_.job);
    facts_.engine = core::name_of(inputs_.job.run.engine);
    facts_.writer = core::name_of(inputs_.job.run.writer);
    facts_.frames = static_cast<std::int64_t>(inputs_.places.shape().places());
    facts_.frame_bytes = static_cast<std::int64_t>(inputs_.source->shape().pixels() *
                                                   core::size_of(inputs_.source->encoding().type));
    facts_.blocks = inputs_.blocks.blocks();
    if (!inputs_.motors) return;
    facts_.course = lines_of(*inputs_.motors);
    facts_.frames_without_place = static_cast<std::int64_t>(inputs_.motors->without_place());
    facts_.frames_repeated = static_cast<std::int64_t>(inputs_.motors->scan.course.repeated_frames);
  }

  void start_kernels() {
    int const threads = threads_of_rank(communicator_, inputs_.job.run.threads);
    if (threads > available_processors()) {
      warn(fmt::format(
          "rank {}: {} threads on {} processors; bind ranks to more of them, or give --threads",
          communicator_.rank(), threads, available_processors()));
    }
    on_all_ranks(communicator_, [&] {
      if (!session_) session_.emplace(threads, communicator_.rank_on_node());
    });
    auto const cards = cards_of_ranks(communicator_);
    warn(shared_card_warnings(cards));
    facts_.cards = cards_text(cards);
    facts_.threads = kernels::threads();
    facts_.backend = kernels::backend();
    facts_.instruction_set = kernels::instruction_set();
  }

  /// Builds all that stays in memory, and looks whether the rest will fit.
  void prepare() {
    on_all_ranks(communicator_, [&] {
      plan_.emplace(build_plan(inputs_));
      if (communicator_.rank() == 0) {
        uses_ = pixel_uses(*plan_);
        warn(pixel_warnings(*plan_, uses_, inputs_.job.reductions, inputs_.images.mask,
                            "calibration.mask"));
      }
      inputs_.geometry->release_positions();  // the matrices hold all that the run needs
      std::size_t const before_reducer = own_memory();
      reducer_.emplace(*plan_, inputs_.job.run.engine);
      facts_.card_plan = card_plan_text(reducer_->card_plan());
      output_ = describe_output(inputs_, *plan_, facts_.backend);
      if (communicator_.rank() == 0) {  // for all: the frames that it tries are read once
        memory_.predicted = plan_memory(inputs_, *plan_, *reducer_, output_, before_reducer,
                                        communicator_.size(), watch_)
                                .total();
        require_memory(memory_.predicted, communicator_.ranks_on_node());
      } else {
        return_free_memory();
      }
      require_descriptors(facts_.threads);
    });
  }

  /// Makes the output, or goes on with that of an earlier run.
  void begin_output() {
    files_ = input_files(inputs_);
    identity_ = identity_of_run(inputs_, files_, facts_.backend);
    file_.emplace(communicator_, facts_.output, output_,
                  io::OutputRun{.writer = inputs_.job.run.writer,
                                .overwrite = inputs_.job.output.overwrite,
                                .restart = options_.restart,
                                .verify = inputs_.job.output.verify,
                                .commit_s = inputs_.job.run.commit_s,
                                .identity = identity_});
    scan_ = describe_scan(inputs_, *plan_);
    auto resumption = pipeline::take_up(scan_, file_->finished(), communicator_);
    scan_.blocks = std::move(resumption.left);
    earlier_ = std::move(resumption.earlier);
    facts_.blocks_kept = resumption.kept;
    facts_.blocks_damaged = resumption.damaged;
    facts_.attempts = file_->attempts();
    if (communicator_.rank() == 0) tell_earlier_work(facts_, options_.quiet);
    facts_.setup_s = communicator_.maximum(seconds_since(begin_));
  }

  pipeline::ScanReport reduce_blocks() {
    ProgressDisplay progress(facts_.frames, options_.quiet || communicator_.rank() != 0);
    auto report = pipeline::reduce_scan(
        scan_, {*inputs_.source, *reducer_, *file_, communicator_}, earlier_,
        [&](core::EncodedBatch const& batch) { return kernels::seconds_to_decode(*plan_, batch); },
        [&](std::int64_t done, std::int64_t total) { progress.show(done, total); });
    progress.finish();
    return report;
  }

  core::ExitStatus suspend(pipeline::ScanReport const& report) {
    file_->suspend();
    tell_stopped(communicator_, static_cast<std::size_t>(report.blocks) + facts_.blocks_kept,
                 facts_.blocks);
    return core::ExitStatus::stopped;
  }

  void finish_output(pipeline::ScanReport const& report) {
    auto const begin = Clock::now();
    io::Preview preview;
    for (auto const& sums : report.preview) {
      preview.mean.push_back(sums.mean());
      preview.maximum.push_back(sums.maximum_or_nan());
    }
    on_first_rank(communicator_, [&] {
      expect_a_good_frame(report.frames, report.bad, inputs_.job.scan);
      require_same_inputs(identity_, identity_of_run(inputs_, files_, facts_.backend),
                          facts_.output);
    });
    file_->close(preview);
    facts_.close_s = communicator_.maximum(seconds_since(begin));
  }

  core::ExitStatus tell_result(pipeline::ScanReport const& report) {
    memory_.peak = watch_.peak();
    RunSummary const summary = summarize(communicator_, report, memory_);
    on_first_rank(communicator_, [&] {
      if (!options_.quiet) {
        print_table(std::cout, facts_, summary, report.frames);
        std::cout << empty_bins_lines(inputs_, uses_) << std::flush;
      }
      warn(lost_frames(report.frames, facts_.frames, report.bad));
      tell_lines();
      auto log = run_log(facts_, summary, report.frames);
      log.bad_frames = bad_frames_of_log(report.bad, inputs_.places.shape());
      log.counts.emplace_back("bad_frames_not_listed", not_listed(report.frames, report.bad));
      write_log(facts_.output, log);
    });
    return status_of(lost(report.frames) > 0);
  }

  /// What the sizes of the frames say of the lines that were declared for them: before the hours of
  /// a run, and not as surely as all frames do at its end.
  void tell_lines_by_size() {
    if (inputs_.motors) return;
    auto const text = lines_by_size(*inputs_.source, declared_lines(inputs_)).warning();
    if (!text.empty()) warn(text);
  }

  /// The same by the frames themselves.
  void tell_lines() {
    if (inputs_.motors) return;
    auto const text =
        seen_lines(io::SinogramReader(facts_.output), declared_lines(inputs_)).warning();
    if (!text.empty()) warn(text);
  }

  Clock::time_point const begin_ = Clock::now();
  MemoryWatch watch_;
  io::Communicator& communicator_;
  ScanRequest const& scan_request_;
  ReduceOptions const& options_;
  io::StopSignals signals_;
  Inputs inputs_;
  RunFacts facts_;
  std::optional<KernelSession>& session_;  //!< outlives what its kernels work on
  std::optional<core::ReductionPlan> plan_;
  std::optional<kernels::FrameReducer> reducer_;
  io::OutputDescription output_;
  RankMemory memory_;
  std::vector<PixelUse> uses_;  //!< on rank 0
  io::InputFiles files_;
  io::RunIdentity identity_;  //!< when the run began
  std::optional<io::SinogramFile> file_;
  pipeline::ScanDescription scan_;
  pipeline::EarlierBlocks earlier_;
};

void reduce(Context& context, ReduceOptions const& options) {
  keep_no_large_blocks();
  auto& ranks = *context.communicator;
  std::optional<KernelSession> kernels;  // once for all scans
  context.status = for_each_scan(ranks, options, [&](ScanRequest const& scan, bool& goes_on) {
    ScanRun run(ranks, scan, options, kernels);
    return run.run(goes_on);
  });
}

}  // namespace

void add_reduce(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReduceOptions>();
  CLI::App* command = app.add_subcommand(
      "reduce",
      "Reduce scans to sinograms, alone or under mpirun/srun:\n"
      "  xrdct reduce job.json\n"
      "  xrdct reduce job.json scan_0002.h5 --set scan.shape.slow=96 -o scan_0002_xrdct.h5\n"
      "  xrdct reduce --each job.json scan_*.h5");
  add_reduce_options(*command, *options);
  command->add_flag("-q,--quiet", options->quiet, "No progress, no table");
  command->callback(
      [options, &context] { context.work = [=, &context] { reduce(context, *options); }; });
}

}  // namespace xrdct::app
