// `xrdct check`: every problem of a job at once, and the plan of its run.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "app/axes/line_order.hpp"
#include "app/calibration/calibration_images.hpp"
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
#include "app/session/aligned_lines.hpp"
#include "app/session/card_lines.hpp"
#include "app/session/cards.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/limits.hpp"
#include "app/session/threads.hpp"
#include "app/session/warnings.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"
#include "io/output/output_part.hpp"
#include "io/output/shared_output.hpp"
#include "io/output/sinogram_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/ranks/mpi_io_choice.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {
namespace {

std::string percent(std::size_t part, std::size_t whole) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f %%",
                100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text.data();
}

std::string bytes(std::size_t count) { return core::bytes_text(static_cast<double>(count)); }

void describe_memory(AlignedLines& lines, MemoryPlan const& memory, std::size_t frames_per_batch) {
  lines.add(
      "memory",
      fmt::format(
          "{} per rank at most, anonymous and shared, without page cache; batches of {} frames",
          bytes(memory.total()), frames_per_batch));
  lines.add("", "set-up " + bytes(memory.setup_peak) + ", then " + bytes(memory.built) +
                    " built + " + bytes(memory.untouched) + " decoded pixels + " +
                    bytes(memory.batches) + " stored frames + " + bytes(memory.decoding) +
                    " decoding alone + " + bytes(memory.sums + memory.blocks + memory.preview) +
                    " sums and patterns + " + bytes(memory.writer) + " writing");
}

void describe_scan_lines(AlignedLines& lines, Inputs const& inputs) {
  auto const scan = inputs.places.shape();
  auto const frame = inputs.source->shape();
  auto const type = inputs.source->encoding().type;
  double const raw = static_cast<double>(inputs.source->frames()) *
                     static_cast<double>(frame.pixels() * core::size_of(type));
  double stored = 0.0;
  for (auto const& file : inputs.source->files()) stored += static_cast<double>(file.bytes);
  lines.add("frames", fmt::format("{} of {} x {} {}, {}", inputs.source->frames(), frame.rows,
                                  frame.columns, core::name_of(type), inputs.source->layout()));
  lines.add("files", fmt::format("{}, {} stored, {} decoded", inputs.source->files().size(),
                                 core::bytes_text(stored), core::bytes_text(raw)));
  lines.add("places",
            fmt::format("{} = {} height x {} {} x {} {}{}", scan.places(), scan.height, scan.slow,
                        inputs.job.scan.slow.name, scan.fast, inputs.job.scan.fast.name,
                        inputs.job.scan.snake ? ", snake" : ""));
  if (inputs.motors)
    for (auto const& [name, text] : lines_of(*inputs.motors)) lines.add(name, text);
  std::string counted;
  for (auto const& [axis, points] :
       {std::pair(&inputs.job.scan.slow, scan.slow), std::pair(&inputs.job.scan.fast, scan.fast)})
    if (!inputs.motors && !axis->known(points))
      counted += (counted.empty() ? "" : " and ") + axis->name;
  if (!counted.empty())
    lines.add("", "positions of " + counted + " not given: counted from 0, without a unit");
  lines.add("detector",
            inputs.geometry->detector().name + ", distance " +
                core::number_text(inputs.poni.calibration.distance_m) + " m" +
                (inputs.poni.calibration.wavelength_m
                     ? ", wavelength " +
                           core::number_text(*inputs.poni.calibration.wavelength_m * 1e10) + " A"
                     : ""));
}

std::string range_text(std::vector<double> const& axis, std::string const& unit) {
  return unit + " from " + core::number_text(axis.front()) + " to " +
         core::number_text(axis.back());
}

/// "100 bins of q_nm^-1 from 0.2 to 50": centres of bins.
std::string bins_text(config::ReductionJob const& reduction, core::BinMatrix const& matrix) {
  std::string const unit(core::name_of(reduction.binning.unit));
  auto const azimuth = [&] { return range_text(matrix.azimuthal_axis, "deg"); };
  std::string const sector =
      reduction.binning.azimuth_range_deg
          ? ", azimuth " + core::number_text(reduction.binning.azimuth_range_deg->first) + " to " +
                core::number_text(reduction.binning.azimuth_range_deg->second) + " deg"
          : "";
  auto const& window = reduction.binning.radial_range;
  switch (reduction.binning.kind) {
    case core::PatternKind::radial:
      return fmt::format("{} bins of {}{}", matrix.bins, range_text(matrix.radial_axis, unit),
                         sector);
    case core::PatternKind::azimuthal:
      return fmt::format("{} bins of {}{}", matrix.bins, azimuth(),
                         window ? ", " + unit + " " + core::number_text(window->first) + " to " +
                                      core::number_text(window->second)
                                : "");
    case core::PatternKind::cake:
      return fmt::format("{} bins of {} x {} bins of {}", matrix.azimuthal_axis.size(), azimuth(),
                         matrix.radial_axis.size(), range_text(matrix.radial_axis, unit));
  }
  return {};
}

std::string method_text(config::ReductionJob const& reduction) {
  std::string text(core::name_of(reduction.method));
  if (reduction.method == core::Method::sigma_clip)
    text += fmt::format(" {} sigma, {} cycles", core::number_text(reduction.clip.threshold),
                        reduction.clip.cycles);
  if (reduction.method == core::Method::quantile_mean)
    text += " " + core::number_text(reduction.quantiles.lower) + " to " +
            core::number_text(reduction.quantiles.upper);
  return text + ", errors " + std::string(core::name_of(reduction.error_model));
}

void describe_reduction(AlignedLines& lines, Inputs const& inputs, core::ReductionPlan const& plan,
                        PixelUse const& use, std::size_t frames_per_batch, std::size_t r) {
  auto const& job = inputs.job.reductions[r];
  auto const& matrix = plan.reductions[r].matrix;
  lines.add("reduction", job.name + ": " + std::string(core::name_of(job.binning.kind)) + ", " +
                             method_text(job) + ", splitting " +
                             std::string(core::name_of(job.binning.splitting)));
  lines.add("", bins_text(job, matrix));
  lines.add("",
            fmt::format("{} of {} bins without a pixel, {} unmasked pixels outside of the ranges",
                        use.empty_bins, use.bins, use.outside));
  lines.add("", fmt::format(
                    "{} pixels used ({}), {} matrix entries, {} pixels lost at the ends of ranges",
                    use.used, percent(use.used, use.pixels), matrix.entries(),
                    core::number_text(matrix.lost)));
  lines.add("", "memory: matrix " + bytes(bytes_of(matrix)) + ", batch " +
                    bytes(frames_per_batch * bytes_per_frame(plan.reductions[r])) + ", block " +
                    bytes(block_bytes(inputs, r)));
}

/// ": masks 120, flat 3" behind the number of masked pixels.
std::string causes_of(Inputs const& inputs, core::ReductionPlan const& plan) {
  std::string const text = causes_text(masked_pixels(inputs, plan));
  return text.empty() ? "" : ": " + text;
}

void describe_reductions(AlignedLines& lines, Inputs const& inputs, core::ReductionPlan const& plan,
                         std::vector<PixelUse> const& uses, std::size_t frames_per_batch) {
  std::size_t masked = 0;
  for (auto const value : plan.corrections.mask) masked += value != 0;
  std::size_t const pixels = plan.shape.pixels();
  lines.add("pixels", fmt::format("{}, masked {} ({}){}", pixels, masked, percent(masked, pixels),
                                  causes_of(inputs, plan)));
  for (std::size_t r = 0; r < plan.reductions.size(); ++r)
    describe_reduction(lines, inputs, plan, uses[r], frames_per_batch, r);
}

/// Where the result goes, and what `reduce` will find there.
void describe_output_lines(AlignedLines& lines, Inputs const& inputs, ReduceOptions const& options,
                           double bytes) {
  auto const file = output_path(inputs.job);
  lines.add("output", file.string() + ", " + core::bytes_text(bytes) +
                          (inputs.finished                 ? " (is finished)"
                           : std::filesystem::exists(file) ? " (exists, will be replaced)"
                                                           : ""));
  io::OutputRun const run{
      .restart = options.restart,
      .identity = identity_of_run(inputs, input_files(inputs), kernels::backend())};
  auto const earlier = io::earlier_attempts(file, run, inputs.blocks.blocks());
  if (earlier && !inputs.finished)
    lines.add("", fmt::format("goes on with {}: {} of {} blocks are in its journal",
                              io::part_of(file).string(), earlier->blocks.size(),
                              inputs.blocks.blocks()));
}

/// ", but 2 warnings above": who reads the plan alone is to look at them.
std::string warnings_text(std::size_t warnings) {
  return warnings == 0
             ? std::string()
             : fmt::format(", but {}{}", warnings, warnings == 1 ? " warning" : " warnings");
}

/// One scan. \param kernels of all scans of this command, which the first starts
void check_scan(io::Communicator& communicator, ScanRequest const& scan,
                ReduceOptions const& options, std::optional<KernelSession>& kernels) {
  MemoryWatch watch;
  Inputs inputs = agreed_inputs(communicator, scan, options);
  int const threads = threads_of_rank(communicator, inputs.job.run.threads);
  auto const cards = cards_of_ranks(communicator);
  io::require_shared(communicator, output_path(inputs.job));
  on_first_rank(communicator, [&] {
    auto const tell = [&](std::vector<std::string> const& texts) {
      warn(texts);
      inputs.warnings.insert(inputs.warnings.end(), texts.begin(), texts.end());
    };
    tell(frames_bad_at_sight(inputs));
    if (!inputs.motors)
      if (auto const text = seen_lines(*inputs.source, declared_lines(inputs)).warning();
          !text.empty())
        tell({text});
    tell(shared_card_warnings(cards));
    if (!kernels) kernels.emplace(threads, communicator.rank_on_node());
    auto const plan = build_plan(inputs);
    auto const uses = pixel_uses(plan);
    tell(pixel_warnings(plan, uses, inputs.job.reductions, inputs.images.mask, "calibration.mask"));
    auto const output = describe_output(inputs, plan, kernels::backend());
    inputs.geometry->release_positions();  // as `reduce` does
    std::size_t const before_reducer = own_memory();
    kernels::FrameReducer reducer(plan, inputs.job.run.engine);
    auto const memory =
        plan_memory(inputs, plan, reducer, output, before_reducer, communicator.size(), watch);
    auto const output_bytes = io::estimated_file_bytes(output);
    require_memory(memory.total(), communicator.ranks_on_node());
    require_descriptors(kernels::threads());
    if (!inputs.finished)
      require_output(inputs, output_bytes + io::structure_bytes(output),
                     io::OutputGuard::Space::taken);
    AlignedLines lines;
    describe_scan_lines(lines, inputs);
    describe_reductions(lines, inputs, plan, uses, reducer.frames_per_batch());
    lines.add("blocks", fmt::format("{} of up to {} places, {} rounds", inputs.blocks.blocks(),
                                    inputs.blocks.places_of(0).second,
                                    core::rounds(inputs.blocks.blocks(), communicator.size())));
    lines.add("ranks",
              fmt::format("{} x {} threads, engine {} ({}, {}), writer {}", communicator.size(),
                          kernels::threads(), core::name_of(inputs.job.run.engine),
                          std::string(kernels::backend()), std::string(kernels::instruction_set()),
                          core::name_of(inputs.job.run.writer)));
    if (auto const text = cards_text(cards); !text.empty()) lines.add("cards", text);
    if (auto const text = card_plan_text(reducer.card_plan()); !text.empty()) lines.add("", text);
    if (inputs.job.run.writer == core::Writer::collective) {
      auto const mpi_io = io::mpi_io_in_force();
      if (!mpi_io.objection.empty()) throw core::InputError(mpi_io.objection);
      lines.add("MPI-IO", mpi_io.name);
    }
    describe_memory(lines, memory, reducer.frames_per_batch());
    describe_output_lines(lines, inputs, options, static_cast<double>(output_bytes));
    std::cout << scan.name << ": no problem found" << warnings_text(inputs.warnings.size())
              << "; nothing was written\n"
              << lines.text() << std::flush;
  });
}

void check(Context& context, ReduceOptions const& options) {
  keep_no_large_blocks();
  auto& ranks = *context.communicator;
  std::optional<KernelSession> kernels;
  context.status = for_each_scan(ranks, options, [&](ScanRequest const& scan, bool&) {
    check_scan(ranks, scan, options, kernels);
    return core::ExitStatus::done;
  });
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReduceOptions>();
  CLI::App* command = app.add_subcommand(
      "check", "Dry run: open everything, list every problem, print the plan; writes nothing");
  add_reduce_options(*command, *options);
  command->callback(
      [options, &context] { context.work = [=, &context] { check(context, *options); }; });
}

}  // namespace xrdct::app
