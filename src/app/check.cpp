#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "app/context.hpp"
#include "app/inputs.hpp"
#include "app/kernel_session.hpp"
#include "app/ranks.hpp"
#include "app/reduce_options.hpp"
#include "app/report.hpp"
#include "core/units.hpp"
#include "io/sinogram_file.hpp"

namespace xrdct::app {
namespace {

/// Lines "  name   value" of the plan.
class Lines {
 public:
  void add(std::string const& name, std::string const& value) {
    text_ += "  " + name + std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') + value + "\n";
  }
  std::string const& text() const { return text_; }

 private:
  std::string text_;
};

std::string percent(std::size_t part, std::size_t whole) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f %%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text.data();
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::size_t block_bytes(Inputs const& inputs, core::ReductionPlan const& plan) {
  std::size_t const places = inputs.blocks.places_of(0).second;
  std::size_t bytes = 0;
  for (auto const& reduction : plan.reductions)
    bytes += places * reduction.matrix.bins * (reduction.error_model == core::ErrorModel::none ? 2 : 3) * sizeof(float);
  return bytes;
}

/// Bytes of a rank: plan, reducer, two batches of stored frames, sums of a batch, patterns of a block and its packed copy.
std::size_t memory_of_rank(Inputs const& inputs, core::ReductionPlan const& plan, kernels::FrameReducer const& reducer) {
  std::size_t bytes = reducer.memory_bytes() + 2 * reducer.frames_per_batch() * inputs.source->largest_frame_bytes() + 2 * block_bytes(inputs, plan);
  bytes += plan.corrections.normalization.size() * (2 * sizeof(float) + 1) + inputs.monitor.size() * sizeof(double);
  for (auto const& reduction : plan.reductions) {
    bytes += reduction.matrix.pixels() * 8 + reduction.matrix.entries() * 4 + reducer.frames_per_batch() * reduction.matrix.bins * 44;
  }
  return bytes;
}

void describe_scan_lines(Lines& lines, Inputs const& inputs) {
  auto const& scan = inputs.job.scan.shape;
  auto const frame = inputs.source->shape();
  auto const type = inputs.source->encoding().type;
  double const raw = static_cast<double>(inputs.source->frames()) * static_cast<double>(frame.pixels() * core::size_of(type));
  double stored = 0.0;
  for (auto const& file : inputs.source->files()) stored += static_cast<double>(file.bytes);
  lines.add("frames", std::to_string(inputs.source->frames()) + " of " + std::to_string(frame.rows) + " x " + std::to_string(frame.columns) + " " +
                          std::string(core::name_of(type)) + ", " + inputs.source->layout());
  lines.add("files", std::to_string(inputs.source->files().size()) + ", " + bytes_text(stored) + " stored, " + bytes_text(raw) + " decoded");
  lines.add("places", std::to_string(scan.places()) + " = " + std::to_string(scan.height) + " height x " + std::to_string(scan.slow) + " " +
                          inputs.job.scan.slow.name + " x " + std::to_string(scan.fast) + " " + inputs.job.scan.fast.name +
                          (inputs.job.scan.snake ? ", snake" : ""));
  lines.add("detector",
            inputs.geometry->detector().name + ", distance " + number(inputs.poni.calibration.distance_m) + " m" +
                (inputs.poni.calibration.wavelength_m ? ", wavelength " + number(*inputs.poni.calibration.wavelength_m * 1e10) + " A" : ""));
}

void describe_reductions(Lines& lines, Inputs const& inputs, core::ReductionPlan const& plan) {
  std::size_t masked = 0;
  for (auto const value : plan.corrections.mask) masked += value != 0;
  std::size_t const pixels = plan.shape.pixels();
  lines.add("pixels", std::to_string(pixels) + ", masked " + std::to_string(masked) + " (" + percent(masked, pixels) + ")");
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    auto const& matrix = plan.reductions[r].matrix;
    std::size_t used = 0;
    for (std::size_t p = 0; p < pixels; ++p) used += matrix.has_entry(p);
    lines.add("reduction", inputs.job.reductions[r].name + ": " + std::to_string(matrix.bins) + " bins of " +
                               std::string(core::name_of(inputs.job.reductions[r].binning.unit)) + " from " + number(matrix.radial_axis.front()) +
                               " to " + number(matrix.radial_axis.back()) + ", " + std::to_string(used) + " pixels used (" + percent(used, pixels) +
                               "), " + std::to_string(matrix.entries()) + " matrix entries");
  }
}

void check(Context& context, ReduceOptions const& options) {
  io::Communicator& communicator = *context.communicator;
  int const threads_wanted = options.threads.value_or(0);
  Inputs inputs;
  on_first_rank(communicator, [&] { inputs = open_inputs(job_with(options)); });
  int const threads = threads_of_rank(communicator, communicator.rank() == 0 ? inputs.job.run.threads : threads_wanted);
  on_first_rank(communicator, [&] {
    for (auto const& warning : inputs.warnings) std::cerr << "xrdct: warning: " << warning << std::endl;
    KernelSession const session(threads);
    auto const plan = build_plan(inputs);
    kernels::FrameReducer const reducer(plan, engine_of(inputs.job.run.engine));
    auto const output = describe_output(inputs, plan, kernels::backend());
    auto const file = inputs.job.resolve(inputs.job.output.file);
    Lines lines;
    describe_scan_lines(lines, inputs);
    describe_reductions(lines, inputs, plan);
    lines.add("blocks", std::to_string(inputs.blocks.blocks()) + " of up to " + std::to_string(inputs.blocks.places_of(0).second) + " places, " +
                            std::to_string(core::rounds(inputs.blocks.blocks(), communicator.size())) + " rounds");
    lines.add("ranks", std::to_string(communicator.size()) + " x " + std::to_string(kernels::threads()) + " threads, engine " +
                           inputs.job.run.engine + " (" + std::string(kernels::backend()) + ", " + std::string(kernels::instruction_set()) +
                           "), writer " + inputs.job.run.writer);
    lines.add("memory", bytes_text(static_cast<double>(memory_of_rank(inputs, plan, reducer))) + " per rank, batches of " +
                            std::to_string(reducer.frames_per_batch()) + " frames");
    lines.add("output", file.string() + ", " + bytes_text(static_cast<double>(io::estimated_file_bytes(output))) +
                            (std::filesystem::exists(file) ? " (exists, will be replaced)" : ""));
    std::cout << options.job_file << ": no problem found; no frame was read\n" << lines.text() << std::flush;
  });
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ReduceOptions>();
  CLI::App* command = app.add_subcommand("check", "Dry run: open everything, list every problem, print the plan; reads no frame");
  add_reduce_options(*command, *options);
  command->callback([options, &context] { check(context, *options); });
}

}  // namespace xrdct::app
