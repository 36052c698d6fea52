// `xrdct integrate`: single images to patterns.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "app/images/commands.hpp"
#include "app/images/image_arguments.hpp"
#include "app/images/image_command_files.hpp"
#include "app/images/image_plan.hpp"
#include "app/images/integrate_options.hpp"
#include "app/images/pattern_outputs.hpp"
#include "app/session/context.hpp"
#include "app/session/kernel_session.hpp"
#include "app/session/threads.hpp"
#include "app/session/version.hpp"
#include "app/session/warnings.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/patterns.hpp"
#include "io/images/image_file.hpp"
#include "io/ranks/agreement.hpp"
#include "io/values/value_reader.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {
namespace {

/// One divisor of the intensity per frame.
class MonitorFactors {
 public:
  MonitorFactors(IntegrateOptions const& options, double factor, std::size_t frames)
      : factor_(factor) {
    if (!options.monitor) return;
    auto const location = io::locate_image(*options.monitor);
    if (!location.hdf5 || location.dataset.empty()) {
      throw core::InputError({.what = fmt::format("use {} as monitor", *options.monitor),
                              .expected = "file.h5:/path",
                              .found = "another form",
                              .attempt = "name a dataset"});
    }
    values_ = io::read_values(location.file, location.dataset);
    if (values_.size() != frames) {
      throw core::InputError(
          {.what = fmt::format("use {} as monitor", *options.monitor),
           .expected = fmt::format("one value for each of the {} frames", frames),
           .found = std::to_string(values_.size()),
           .attempt = "choose the same frames"});
    }
    if (std::none_of(values_.begin(), values_.end(),
                     [](double value) { return value > 0.0 && std::isfinite(value); })) {
      throw core::InputError({.what = fmt::format("use {} as monitor", *options.monitor),
                              .expected = "values above 0",
                              .found = fmt::format("none for the {} frames", frames),
                              .attempt = "name another counter, or leave --monitor out"});
    }
    factor_ /= options.monitor_reference.value_or(1.0);
  }
  double of(std::size_t frame) const {
    return values_.empty() ? factor_ : factor_ * values_[frame];
  }

 private:
  double factor_;
  std::vector<double> values_;
};

/// Integrates the frames in batches; one that fails is reported and left out, unless it is the only
/// one.
class ImageRun {
 public:
  ImageRun(config::ImageJob const& image, ImageArguments const& frames,
           MonitorFactors const& monitor, PatternOutputs& outputs)
      : image_(image), frames_(frames), monitor_(monitor), outputs_(outputs), plans_(image) {}

  /// \returns the number of frames that were left out
  std::size_t run() {
    outputs_.begin(plans_.calibration());
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      // What is thrown in reducing those that wait is no fault of this one: read alone is attempted
      // for it.
      std::optional<Ready> ready;
      attempt(i, core::FrameStatus::unreadable, [&] { ready = read(i); });
      if (ready) take(i, std::move(*ready));
    }
    flush();
    return failed_;
  }

 private:
  struct Waiting {
    std::size_t index;
    StoredFrame frame;
  };
  struct Ready {
    StoredFrame frame;
    ImagePlans::Prepared* prepared;
  };

  template <class Step>
  void attempt(std::size_t i, core::FrameStatus status, Step const& step) {
    try {
      step();
    } catch (core::InputError const& error) {
      fail(i, status, error);
    } catch (core::IoError const& error) {
      fail(i, status, error);
    }
  }

  Ready read(std::size_t i) {
    StoredFrame frame = frames_.read(i);
    auto& prepared = plans_.of(frame);
    return {std::move(frame), &prepared};
  }

  /// Reduces those that wait when there are enough of them, or this one needs another plan.
  void take(std::size_t i, Ready ready) {
    if (ready.prepared != prepared_) flush();
    prepared_ = ready.prepared;
    waiting_bytes_ += ready.frame.buffer.bytes.size();
    waiting_.push_back({i, std::move(ready.frame)});
    constexpr std::size_t most_bytes = std::size_t{1} << 29;
    if (waiting_.size() >= prepared_->reducer->frames_per_batch() || waiting_bytes_ > most_bytes)
      flush();
  }

  void flush() {
    if (waiting_.empty()) return;
    core::EncodedBatch batch{
        .shape = prepared_->plan.shape, .encoding = prepared_->plan.encoding, .frames = {}};
    for (auto const& one : waiting_) batch.frames.push_back(one.frame.buffer.batch.frames.front());
    prepared_->reducer->reduce(batch, reduced_);
    for (std::size_t k = 0; k < waiting_.size(); ++k) {
      std::size_t const i = waiting_[k].index;
      attempt(i, status_if_left_out(i, k), [&] { write(i, k); });
    }
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  /// "; 3 bins without a pixel"
  std::string empty_bins(std::size_t k) const {
    auto const& sums = reduced_.sums[0];
    auto const first = sums.pixels.begin() + static_cast<std::ptrdiff_t>(k * sums.bins);
    auto const empty = std::count(first, first + static_cast<std::ptrdiff_t>(sums.bins), 0);
    return empty == 0 ? std::string()
                      : fmt::format("; {}{} without a pixel", empty, empty == 1 ? " bin" : " bins");
  }

  bool has_monitor(std::size_t i) const {
    return monitor_.of(i) > 0.0 && std::isfinite(monitor_.of(i));
  }

  core::FrameStatus status_if_left_out(std::size_t i, std::size_t k) const {
    if (reduced_.status[k] != core::FrameStatus::good) return reduced_.status[k];
    return has_monitor(i) ? core::FrameStatus::unreadable : core::FrameStatus::monitor_low;
  }

  /// \param k of the batch that was reduced last
  void write(std::size_t i, std::size_t k) {
    if (reduced_.status[k] != core::FrameStatus::good) {
      throw core::IoError(
          {.what = "decode " + frames_.name(i),
           .expected = "a whole frame",
           .found = fmt::format("one that is {}", core::name_of(reduced_.status[k])),
           .attempt = "copy the file again from its source"});
    }
    double const monitor = monitor_.of(i);
    if (!has_monitor(i)) {
      throw core::InputError({.what = "normalize " + frames_.name(i),
                              .expected = "a monitor above 0",
                              .found = core::number_text(monitor)});
    }
    auto const& tally = reduced_.tally[0][k];
    if (tally.used + tally.rejected == 0) {
      throw core::InputError(
          {.what = "integrate " + frames_.name(i),
           .expected = "pixels with a valid value in the range",
           .found = fmt::format("none of {} ({} masked, {} invalid, {} out of range)",
                                tally.total(), tally.masked, tally.invalid, tally.out_of_range),
           .attempt = "look at --invalid and --saturated-above, at masks and at the image itself"});
    }
    std::cout << frames_.name(i) << " -> " << written(i, finish(i, k, monitor)) << empty_bins(k)
              << std::endl;
  }

  /// An output that cannot be written is no fault of the frame: it ends the run.
  std::string written(std::size_t i, FinishedFrame const& frame) {
    try {
      return outputs_.write(prepared_->plan.reductions[0].matrix, plans_.poni_text(), frame);
    } catch (core::IoError const& error) {
      throw io::AgreedError(core::ExitStatus::io_failed,
                            std::string(error.what()) + " (at " + frames_.name(i) + ")");
    }
  }

  FinishedFrame finish(std::size_t i, std::size_t k, double monitor) {
    auto const& reduction = image_.reduction();
    auto const& sums = reduced_.sums[0];
    bool const errors = reduction.error_model != core::ErrorModel::none;
    FinishedFrame frame{.index = i,
                        .sums = &sums,
                        .frame = k,
                        .tally = reduced_.tally[0][k],
                        .monitor = monitor,
                        .masked = prepared_->masked,
                        .intensity = std::vector<float>(sums.bins),
                        .error = std::vector<float>(errors ? sums.bins : 0),
                        .deviation = std::vector<float>(reduction.deviation ? sums.bins : 0)};
    count_.resize(sums.bins);
    core::finish_pattern(sums, k, monitor, config::finish_rule(reduction),
                         {frame.intensity, frame.error, frame.deviation, count_});
    return frame;
  }

  void fail(std::size_t i, core::FrameStatus status, std::exception const& error) {
    if (frames_.size() == 1 || ++failed_ == frames_.size() || plans_.is_hopeless()) throw;
    std::cerr << "xrdct: error: " << frames_.name(i) << ": left out: " << error.what() << std::endl;
    outputs_.leave_out(i, status);
  }

  config::ImageJob const& image_;
  ImageArguments const& frames_;
  MonitorFactors const& monitor_;
  PatternOutputs& outputs_;
  ImagePlans plans_;
  ImagePlans::Prepared* prepared_ = nullptr;  //!< of the frames that wait
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  core::ReducedBatch reduced_;
  std::vector<float> count_;
  std::size_t failed_ = 0;
};

/// A frame is reduced by one thread, so more of them help with several frames only.
int threads_for(IntegrateOptions const& options, std::size_t frames) {
  return options.threads == 0 && frames == 1 ? 1 : threads_alone(options.threads);
}

FrameSelection selection_of(IntegrateOptions const& options) {
  FrameSelection selection{.frames = options.frame};
  if (options.frames) selection.range = frame_range(*options.frames);
  return selection;
}

/// The command as it was given, for the provenance.
std::string command_text(CLI::App const& command) {
  std::string text = "xrdct " + command.get_name();
  for (auto const* option : command.get_options()) {
    if (option->count() == 0) continue;
    bool const flag = option->get_expected_max() == 0, repeated = option->get_expected_max() == 1;
    if (option->get_positional()) {
      for (auto const& word : option->results()) text += " " + word;
    } else if (flag || !repeated) {
      text += " " + option->get_name();
      for (auto const& word : option->results()) text += flag ? "" : " " + word;
    } else {
      for (auto const& word : option->results()) text += " " + option->get_name() + " " + word;
    }
  }
  return text;
}

void integrate(IntegrateOptions const& options, std::string const& command, Context& context) {
  auto const image = image_job(options);
  warn(image.notes);
  if (auto const note = ignored_threads_warning()) warn(*note);
  ImageArguments const frames(options.images, options.dataset, selection_of(options));
  KernelSession const session(threads_for(options, frames.size()));
  PatternOutputs outputs({.names = options.outputs,
                          .look = options.look,
                          .unit_asked = options.unit.has_value(),
                          .comment = options.comment.front(),
                          .command = command,
                          .version = version,
                          .revision = revision,
                          .backend = std::string(kernels::backend()),
                          .inputs = input_files(options, image, frames)},
                         image, frames);
  MonitorFactors const monitor(options, image.normalization_factor, frames.size());
  std::size_t const failed = ImageRun(image, frames, monitor, outputs).run();
  outputs.close();
  if (failed == 0) return;
  warn(fmt::format("{} of {} frames left out", failed, frames.size()));
  context.status = core::ExitStatus::incomplete;
}

}  // namespace

void add_integrate(CLI::App& app, Context& context) {
  auto const options = std::make_shared<IntegrateOptions>();
  CLI::App* command = app.add_subcommand(
      "integrate", "Integrate images to text, pictures and HDF5: look before a night's run");
  add_options(*command, *options);
  command->callback([options, command, &context] {
    context.work = [=, &context] { integrate(*options, command_text(*command), context); };
  });
}

}  // namespace xrdct::app
