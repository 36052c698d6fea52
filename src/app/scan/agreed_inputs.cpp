// The same inputs on all ranks.
#include "app/scan/agreed_inputs.hpp"

#include <fmt/core.h>
#include <set>
#include <span>

#include "app/jobs/scan_list.hpp"
#include "app/scan/job_files.hpp"
#include "app/scan/plausibility.hpp"
#include "app/session/warnings.hpp"
#include "core/scan/progress.hpp"
#include "io/files/checksum.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::app {
namespace {

std::string checksum(std::span<std::byte const> bytes) {
  return fmt::format("{:016x}", io::checksum(bytes, 0));
}

template <class Value>
std::string checksum(std::vector<Value> const& values) {
  return values.empty() ? "" : checksum(std::as_bytes(std::span(values)));
}

/// The stored bytes of some frames, one in memory at a time: other data of the same sizes differ
/// here.
std::string frames_checksum(io::FrameSource& source) {
  std::int64_t const last = source.frames() - 1;
  core::FrameBuffer buffer;
  std::string text;
  for (auto const frame : std::set<std::int64_t>{0, last / 2, last}) {
    std::vector<std::int64_t> const one{frame};
    source.locate(one);
    source.read(one, buffer);
    auto const& read = buffer.batch.frames.front();
    text += fmt::format("{} {} ", static_cast<int>(read.status), checksum(read.bytes));
    core::note_progress();
  }
  return text;
}

std::string frames_text(Inputs const& inputs) {
  auto const& source = *inputs.source;
  std::string text =
      fmt::format("{} of {} x {}, {}, {}: ", source.frames(), source.shape().rows,
                  source.shape().columns, io::encoding_text(source.encoding()), source.layout());
  for (auto const& file : source.files()) text += fmt::format("{} {}; ", file.path, file.bytes);
  return checksum(std::as_bytes(std::span(text.data(), text.size()))) +
         frames_checksum(*inputs.source);
}

std::string monitor_text(Inputs const& inputs) {
  if (!inputs.monitor) return "";
  io::Checksum sum(0);
  for (std::int64_t frame = 0; frame < inputs.monitor->size(); ++frame) {
    double const value = inputs.monitor->at(frame);
    sum.add(std::as_bytes(std::span(&value, 1)));
  }
  return fmt::format("{:016x}", sum.value());
}

/// Where the pixels are, of detectors that a file describes.
std::string detector_text(core::Detector const& detector) {
  std::string text = detector.name + checksum(detector.mask) + checksum(detector.edges.rows) +
                     checksum(detector.edges.columns) + checksum(detector.edges.depth) +
                     checksum(detector.table.position);
  std::vector<double> shifts;
  if (detector.distortion) {
    for (double const y : {0.0, 0.5, 1.0})
      for (double const x : {0.0, 0.5, 1.0}) {
        double const column = x * static_cast<double>(detector.shape.columns),
                     row = y * static_cast<double>(detector.shape.rows);
        shifts.push_back(detector.distortion->column_shift(column, row));
        shifts.push_back(detector.distortion->row_shift(column, row));
      }
  }
  return text + checksum(shifts);
}

std::vector<io::Fact> facts_of(Inputs const& inputs) {
  auto const& job = inputs.job;
  auto const& images = inputs.images;
  return {{"the job " + job.file.string(), config::canonical_job(job, "")},
          {"the options of the run",
           fmt::format("{} {} {} {}", output_path(job).string(), job.output.overwrite,
                       core::name_of(job.run.writer), job.run.watchdog_s)},
          {"the calibration " + job.calibration.poni,
           checksum(std::as_bytes(std::span(inputs.poni.text.data(), inputs.poni.text.size())))},
          {"the files of the detector", detector_text(inputs.geometry->detector())},
          {"the masks", checksum(images.mask)},
          {"the dark image", checksum(images.dark)},
          {"the flat image", checksum(images.flat)},
          {"the variance", checksum(images.variance) + checksum(images.dark_variance)},
          {"the absorption", checksum(images.absorption)},
          {"the frames", frames_text(inputs)},
          {"the places of the frames", inputs.motors ? inputs.motors->checksum : ""},
          {"the monitor", monitor_text(inputs)}};
}

}  // namespace

Inputs agreed_inputs(io::Communicator& communicator, ScanRequest const& scan,
                     ReduceOptions const& options) {
  Inputs inputs;
  on_first_rank(communicator, [&] {
    inputs = open_inputs(job_of(scan, options));
    warn(inputs.warnings);
    auto const unusual = plausibility_warnings(inputs);
    warn(unusual);
    inputs.warnings.insert(inputs.warnings.end(), unusual.begin(), unusual.end());
  });
  if (communicator.size() == 1) return inputs;
  bool const is_first = communicator.rank() == 0;
  FoundSource const found{
      .text = communicator.broadcast(is_first ? inputs.source->found() : ""),
      .dataset = communicator.broadcast(is_first ? inputs.job.scan.dataset.value_or("") : "")};
  std::vector<io::Fact> facts;
  on_all_ranks(communicator, [&] {
    if (!is_first) inputs = open_inputs(job_of(scan, options), OutputTrial::left_out, found);
    facts = facts_of(inputs);
  });
  require_same(communicator, facts, "share the scan among the ranks");
  return inputs;
}

}  // namespace xrdct::app
