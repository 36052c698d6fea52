// `xrdct reduce`: a whole scan on all ranks.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/scan/agreed_inputs.hpp"
#include "app/scan/commands.hpp"
#include "app/scan/earlier_run.hpp"
#include "app/scan/empty_results.hpp"
#include "app/scan/inputs.hpp"
#include "app/scan/job_files.hpp"
#include "app/scan/memory_plan.hpp"
#include "app/scan/plausibility.hpp"
#include "app/scan/reduce_options.hpp"
#include "app/scan/report.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/limits.hpp"
#include "app/session/option_checks.hpp"
#include "app/session/threads.hpp"
#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/file_origin.hpp"
#include "io/output/output_part.hpp"
#include "io/output/sinogram_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/stop_signals.hpp"
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

void tell(std::vector<std::string> const& warnings) {
  for (auto const& warning : warnings) std::cerr << "xrdct: warning: " << warning << std::endl;
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

// The last thing of a run: its output has its name already.
void write_log(std::filesystem::path const& output, config::RunLog const& log) {
  std::filesystem::path const file = output.string() + ".log.json";
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
    tell(
        {fmt::format("{} of the blocks that an earlier run wrote are not as it wrote them, and "
                     "are made again; check the disk",
                     facts.blocks_damaged)});
}

void tell_finished(Inputs const& inputs) {
  auto const output = output_path(inputs.job);
  io::remove_remains(output);
  std::cout << output.string()
            << " is finished: this program made it of this job and these files; --overwrite makes "
               "it again"
            << std::endl;
}

void reduce(Context& context, ReduceOptions const& options) {
  auto const begin = Clock::now();
  keep_no_large_blocks();
  MemoryWatch watch;
  io::Communicator& communicator = *context.communicator;
  io::StopSignals signals;
  communicator.watch(options.watchdog_s.value_or(config::Run().watchdog_s));
  Inputs inputs = agreed_inputs(communicator, options);
  communicator.watch(inputs.job.run.watchdog_s);
  if (communicator.any(inputs.finished)) {
    on_first_rank(communicator, [&] { tell_finished(inputs); });
    return;
  }
  RunFacts facts;
  facts.output = output_path(inputs.job);
  facts.engine = core::name_of(inputs.job.run.engine);
  facts.writer = core::name_of(inputs.job.run.writer);
  facts.threads = threads_of_rank(communicator, inputs.job.run.threads);
  if (facts.threads > available_processors()) {
    std::cerr << "xrdct: warning: rank " << communicator.rank() << ": " << facts.threads
              << " threads on " << available_processors()
              << " processors; bind ranks to more of them, or give --threads" << std::endl;
  }
  std::optional<KernelSession> session;
  on_all_ranks(communicator, [&] { session.emplace(facts.threads); });
  facts.threads = kernels::threads();
  facts.backend = kernels::backend();
  facts.instruction_set = kernels::instruction_set();
  facts.frames = static_cast<std::int64_t>(inputs.places.shape().places());
  facts.frame_bytes = static_cast<std::int64_t>(inputs.source->shape().pixels() *
                                                core::size_of(inputs.source->encoding().type));

  std::optional<core::ReductionPlan> plan;
  std::optional<kernels::FrameReducer> reducer;
  std::optional<io::SinogramFile> file;
  io::OutputDescription output;
  RankMemory memory;
  std::vector<PixelUse> uses;  // on rank 0
  on_all_ranks(communicator, [&] {
    plan.emplace(build_plan(inputs));
    if (communicator.rank() == 0) {
      uses = pixel_uses(*plan);
      tell(pixel_warnings(*plan, uses, inputs.job.reductions, inputs.images.mask,
                          "calibration.mask"));
    }
    inputs.geometry->release_positions();  // the matrices hold all that the run needs
    std::size_t const before_reducer = own_memory();
    reducer.emplace(*plan, inputs.job.run.engine);
    output = describe_output(inputs, *plan, facts.backend);
    if (communicator.rank() == 0) {  // for all: the frames that it tries are read once
      memory.predicted =
          plan_memory(inputs, *plan, *reducer, output, before_reducer, communicator.size(), watch)
              .total();
      require_memory(memory.predicted, communicator.ranks_on_node());
    } else {
      return_free_memory();
    }
    require_descriptors(facts.threads);
  });
  signals.keep();
  auto const files = input_files(inputs);
  auto const identity = identity_of_run(inputs, files, facts.backend);
  file.emplace(communicator, facts.output, output,
               io::OutputRun{.writer = inputs.job.run.writer,
                             .overwrite = inputs.job.output.overwrite,
                             .restart = options.restart,
                             .verify = inputs.job.output.verify,
                             .commit_s = inputs.job.run.commit_s,
                             .identity = identity});
  auto scan = describe_scan(inputs, *plan);
  auto resumption = pipeline::take_up(scan, file->finished(), communicator);
  scan.blocks = std::move(resumption.left);
  facts.blocks = inputs.blocks.blocks();
  facts.blocks_kept = resumption.kept;
  facts.blocks_damaged = resumption.damaged;
  facts.attempts = file->attempts();
  if (communicator.rank() == 0) tell_earlier_work(facts, options.quiet);
  facts.setup_s = communicator.maximum(seconds_since(begin));

  ProgressDisplay progress(facts.frames, options.quiet || communicator.rank() != 0);
  auto report = pipeline::reduce_scan(
      scan, {*inputs.source, *reducer, *file, communicator}, resumption.earlier,
      [&](core::EncodedBatch const& batch) { return kernels::seconds_to_decode(*plan, batch); },
      [&](std::int64_t done, std::int64_t total) { progress.show(done, total); });
  progress.finish();
  if (report.stopped) {
    file->suspend();
    tell_stopped(communicator, static_cast<std::size_t>(report.blocks) + facts.blocks_kept,
                 facts.blocks);
    context.status = core::ExitStatus::stopped;
    return;
  }
  on_first_rank(communicator,
                [&] { expect_a_good_frame(report.frames, report.bad, inputs.job.scan); });
  io::Preview preview;
  for (auto const& sums : report.preview) {
    preview.mean.push_back(sums.mean());
    preview.maximum.push_back(sums.maximum_or_nan());
  }
  auto const close_begin = Clock::now();
  on_first_rank(communicator, [&] {
    require_same_inputs(identity, identity_of_run(inputs, files, facts.backend), facts.output);
  });
  file->close(preview);
  facts.close_s = communicator.maximum(seconds_since(close_begin));

  memory.peak = watch.peak();
  RunSummary const summary = summarize(communicator, report, memory);
  on_first_rank(communicator, [&] {
    if (!options.quiet) {
      print_table(std::cout, facts, summary, report.frames);
      std::cout << empty_bins_lines(inputs, uses) << std::flush;
    }
    tell(lost_frames(report.frames, facts.frames, report.bad));
    auto log = run_log(facts, summary, report.frames);
    log.bad_frames = bad_frames_of_log(report.bad, inputs.places.shape());
    log.counts.emplace_back("bad_frames_not_listed", not_listed(report.frames, report.bad));
    write_log(facts.output, log);
  });
  context.status = lost(report.frames) > 0 ? core::ExitStatus::incomplete : core::ExitStatus::done;
}

}  // namespace

void add_reduce_options(CLI::App& command, ReduceOptions& options) {
  command.add_option("job", options.job_file, "Job file (JSON)")->required();
  command
      .add_option("-o,--output", options.output,
                  "Output file, instead of the job's; relative to the working folder")
      ->check(some_name());
  command.add_flag("--overwrite", options.overwrite,
                   "Replace an output that xrdct wrote; never anything else");
  command.add_flag("--restart", options.restart,
                   "Discard what an earlier run has left unfinished, and begin again");
  command
      .add_option("--threads", options.threads,
                  "Threads per rank; 0: OMP_NUM_THREADS, else processors / ranks of the node")
      ->check(CLI::Range(0, 65536));
  command
      .add_option("--watchdog", options.watchdog_s,
                  "Seconds without anything read, reduced or written anywhere after which the run "
                  "ends; 0: never; default 300")
      ->check(CLI::Range(0, 1000000));
  add_choice(command, "--engine", options.engine, "; default fused");
  add_choice(command, "--writer", options.writer, "; default collective");
}

config::JobReading job_with(ReduceOptions const& options) {
  auto reading = config::read_whole_job(options.job_file);
  auto& job = reading.job;
  if (options.output) job.output.file = std::filesystem::absolute(*options.output).string();
  if (options.overwrite) job.output.overwrite = true;
  if (options.threads) job.run.threads = *options.threads;
  if (options.watchdog_s) job.run.watchdog_s = *options.watchdog_s;
  if (options.engine) job.run.engine = *options.engine;
  if (options.writer) job.run.writer = *options.writer;
  return reading;
}

void add_reduce(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReduceOptions>();
  CLI::App* command = app.add_subcommand(
      "reduce", "Reduce a scan to sinograms: xrdct reduce job.json, alone or under mpirun/srun");
  add_reduce_options(*command, *options);
  command->add_flag("-q,--quiet", options->quiet, "No progress, no table");
  command->callback(
      [options, &context] { context.work = [=, &context] { reduce(context, *options); }; });
}

}  // namespace xrdct::app
