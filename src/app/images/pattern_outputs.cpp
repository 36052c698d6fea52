// Writes the patterns of `integrate` as text, pictures and HDF5.
#include "app/images/pattern_outputs.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "app/calibration/calibration_images.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"
#include "io/pictures/picture.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t bytes_per_line = 45;  // of a text with errors
constexpr std::uint64_t bytes_per_bin =
    3 * 4 + 5 * 8 + 4;  // of a frame: I, I_errors, std; the sums; pixels

std::string number_of(std::size_t index) { return fmt::format("{:05}", index); }

std::string labelled(std::string_view name, std::string_view unit) {
  return std::string(name) + (unit.empty() ? "" : " [" + std::string(unit) + "]");
}

std::string tally_text(core::PixelTally const& tally) {
  return fmt::format("{} used, {} masked, {} invalid, {} out of range, {} rejected = {} pixels",
                     tally.used, tally.masked, tally.invalid, tally.out_of_range, tally.rejected,
                     tally.total());
}

std::string lost_text(double lost) {
  return lost > 0.0 ? "; parts of split pixels outside of the ranges: " + core::number_text(lost)
                    : "";
}

std::string mask_text(config::CalibrationFiles const& calibration) {
  std::string text = calibration.detector_mask ? "from detector" : "";
  for (auto const& file : calibration.mask) text += (text.empty() ? "" : ", ") + file;
  return text.empty() ? "False" : text;
}

}  // namespace

PatternOutputs::PatternOutputs(Settings settings, config::ImageJob const& image,
                               ImageArguments const& frames)
    : settings_(std::move(settings)), image_(image), frames_(frames), guard_(settings_.inputs) {
  std::set<std::string> stems;
  for (std::size_t i = 0; i < frames.size(); ++i)
    stems_differ_ = stems.insert(frames.stem(i)).second && stems_differ_;
  if (settings_.names.empty()) settings_.names.emplace_back();
  for (auto const& name : settings_.names) add(name);
  guard_.require();
}

PatternOutputs::~PatternOutputs() = default;

void PatternOutputs::add(std::string const& name) {
  fs::path stem(name);
  std::string const ending = stem.extension().string();
  if (!ending.empty()) return add(stem.replace_extension(), ending);
  auto const& reduction = image_.reduction();
  bool const named = stem.has_filename();
  if (reduction.binning.kind == core::PatternKind::cake) {
    add(named ? stem : stem / (frames_.stem(0) + "_cake"),
        ".h5");  // beside the image, never over it
  } else {
    add(stem, reduction.error_model != core::ErrorModel::none ? ".xye" : ".xy");
  }
  add(stem, ".png");
}

void PatternOutputs::add(fs::path const& stem, std::string const& ending) {
  auto const& reduction = image_.reduction();
  bool const cake = reduction.binning.kind == core::PatternKind::cake,
             errors = reduction.error_model != core::ErrorModel::none;
  std::string const name = stem.string() + ending;
  std::uint64_t const bins = reduction.bins(), frames = frames_.size();
  using enum OutputKind;
  auto const kind =
      kind_of_ending(ending, name, {xy, xye, dat, csv, hdf5, png, svg, pdf}, "patterns");
  if (kind == hdf5) {
    auto const file = io::link_target(name);
    guard_.add(
        {.file = file, .role = io::OutputRole::patterns, .bytes = frames * bins * bytes_per_bin});
    hdf5_.push_back({file, nullptr, {}});
    return;
  }
  bool const picture = picture_format(kind).has_value();
  if (!picture && cake)
    throw core::InputError({.what = "write " + name,
                            .expected = "a curve",
                            .found = "a cake",
                            .attempt = "write it as " + endings_of({png, svg, pdf, hdf5})});
  if (kind == xye && !errors)
    throw core::InputError({.what = "write " + name,
                            .expected = "errors",
                            .found = "none",
                            .attempt = "write .xy, or choose --error-model"});
  if (picture) require_look(settings_.look, cake ? PictureKind::map : PictureKind::curve);
  Output output{stem, ending, kind};
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    if (picture) {
      guard_.add({.file = file_of(output, i), .role = io::OutputRole::picture});
    } else {
      guard_.add({.file = file_of(output, i),
                  .role = io::OutputRole::text,
                  .bytes = bins * bytes_per_line});
    }
  }
  outputs_.push_back(std::move(output));
}

void PatternOutputs::begin(core::Calibration const& calibration) {
  scales_ = core::radial_scales(calibration);
  for (auto const& output : outputs_)
    if (!picture_format(output.kind))
      check_text_unit(file_of(output, 0), text_pattern(output.kind));
}

fs::path PatternOutputs::file_of(Output const& output, std::size_t index) const {
  fs::path file = output.name;
  if (!file.has_filename()) {
    file /= frames_.stem(index) + (stems_differ_ ? "" : "_" + number_of(index));
  } else if (frames_.size() > 1) {
    file += "_" + number_of(index);
  }
  return io::link_target(file += output.ending);
}

std::string PatternOutputs::write(core::BinMatrix const& matrix, std::string const& poni_text,
                                  FinishedFrame const& frame) {
  std::string names;
  auto const add_name = [&](fs::path const& file) {
    names += (names.empty() ? "" : ", ") + file.string();
  };
  for (auto const& output : outputs_) {
    auto const file = file_of(output, frame.index);
    if (auto const format = picture_format(output.kind)) {
      io::refuse_replacing(file, io::OutputRole::picture, false);
      write_picture(file, *format, matrix, frame);
    } else {
      io::refuse_replacing(file, io::OutputRole::text, false);
      write_columns(file, output.kind, matrix, frame);
    }
    add_name(file);
  }
  for (auto& output : hdf5_) {
    if (!output.writer) {
      auto about = description(matrix, poni_text);
      about.masked_by = causes_for_output(frame.masked);
      about.lost = matrix.lost;
      output.writer = std::make_unique<io::PatternFile>(output.file, about);
      output.radial_axis = matrix.radial_axis;
    }
    if (output.radial_axis != matrix.radial_axis) {
      throw core::InputError(
          {.what = fmt::format("write {} to {}", frames_.name(frame.index), output.file.string()),
           .expected = "the radial axis of the images before",
           .found = "another one",
           .attempt = "give --radial-range, or a run of its own"});
    }
    output.writer->write(frame.index, {.status = core::FrameStatus::good,
                                       .sums = frame.sums,
                                       .frame = frame.frame,
                                       .tally = frame.tally,
                                       .monitor = frame.monitor,
                                       .intensity = frame.intensity,
                                       .error = frame.error,
                                       .deviation = frame.deviation});
    add_name(output.file);
  }
  return fmt::format("{}: {} bins; {}{}", names, matrix.bins, tally_text(frame.tally),
                     lost_text(matrix.lost));
}

void PatternOutputs::close() {
  for (auto& output : hdf5_) {
    if (!output.writer) continue;
    for (auto const& [index, status] : left_out_) {
      output.writer->write(index, {.status = status,
                                   .sums = nullptr,
                                   .frame = 0,
                                   .tally = {},
                                   .monitor = std::numeric_limits<double>::quiet_NaN(),
                                   .intensity = {},
                                   .error = {},
                                   .deviation = {}});
    }
    output.writer->close();
  }
}

TextPattern PatternOutputs::text_pattern(OutputKind kind) const {
  auto const& binning = image_.reduction().binning;
  bool const azimuthal = binning.kind == core::PatternKind::azimuthal;
  return {.kind = kind,
          .comment = settings_.comment,
          .header = {},
          .stored = azimuthal ? std::nullopt : std::optional(binning.unit),
          .asked = settings_.unit_asked && !azimuthal ? std::optional(binning.unit) : std::nullopt,
          .scales = scales_,
          .centres = {},
          .intensity = {}};
}

void PatternOutputs::write_columns(fs::path const& file, OutputKind kind,
                                   core::BinMatrix const& matrix,
                                   FinishedFrame const& frame) const {
  auto const& job = image_.job;
  auto const yes = [](bool applied) { return std::string(applied ? "True" : "False"); };
  auto const& polarization = job.corrections.polarization;
  auto pattern = text_pattern(kind);
  pattern.header = {
      "xrdct " + settings_.version + ": " + settings_.command,
      "Image: " + frames_.name(frame.index),
      "Pixels: " + tally_text(frame.tally),
      "Mask applied: " + mask_text(job.calibration),
      "Dark current applied: " + yes(!image_.dark.empty()),
      "Flat field applied: " + yes(!image_.flat.empty()),
      "Solid angle applied: " + yes(job.corrections.solid_angle),
      "Polarization factor: " + (polarization ? core::number_text(polarization->factor) : "None"),
      "Normalization factor: " + core::number_text(frame.monitor)};
  pattern.centres = pattern.stored ? matrix.radial_axis : matrix.azimuthal_axis;
  pattern.intensity = frame.intensity;
  if (kind != OutputKind::xy) pattern.error = frame.error;
  auto const pixels = std::span(frame.sums->pixels).subspan(frame.frame * matrix.bins, matrix.bins);
  std::vector<float> const count(pixels.begin(), pixels.end());
  pattern.count = count;
  write_text(file, pattern);
}

void PatternOutputs::write_picture(fs::path const& file, io::PictureFormat format,
                                   core::BinMatrix const& matrix,
                                   FinishedFrame const& frame) const {
  auto const& binning = image_.reduction().binning;
  std::string const radial = labelled(core::label_of(binning.unit), core::symbol_of(binning.unit)),
                    title = frames_.title(frame.index);
  if (binning.kind == core::PatternKind::cake) {
    io::MapPicture const picture{.title = title,
                                 .horizontal = {.label = radial,
                                                .first = matrix.radial_axis.front(),
                                                .last = matrix.radial_axis.back()},
                                 .vertical = {.label = "chi [deg]",
                                              .first = matrix.azimuthal_axis.front(),
                                              .last = matrix.azimuthal_axis.back()},
                                 .rows = matrix.azimuthal_axis.size(),
                                 .columns = matrix.radial_axis.size(),
                                 .values = {frame.intensity.begin(), frame.intensity.end()},
                                 .value_label = intensity_label,
                                 .colours = colour_choice(settings_.look)};
    return io::write_picture(file, format, picture);
  }
  bool const azimuthal = binning.kind == core::PatternKind::azimuthal;
  io::CurvePicture picture{.title = title,
                           .x_label = azimuthal ? "chi [deg]" : radial,
                           .y_label = intensity_label,
                           .x = azimuthal ? matrix.azimuthal_axis : matrix.radial_axis,
                           .y = {frame.intensity.begin(), frame.intensity.end()}};
  shape_curve(picture, settings_.look);
  io::write_picture(file, format, picture);
}

io::PatternFileDescription PatternOutputs::description(core::BinMatrix const& matrix,
                                                       std::string const& poni_text) const {
  auto const& reduction = image_.reduction();
  core::Unit const unit = reduction.binning.unit;
  return {.title = frames_.title(0) +
                   (frames_.size() > 1 ? fmt::format(" and {} more", frames_.size() - 1) : ""),
          .frames = frames_.names(),
          .kind = reduction.binning.kind,
          .unit_name = std::string(core::name_of(unit)),
          .label = std::string(core::label_of(unit)),
          .symbol = std::string(core::symbol_of(unit)),
          .radial_axis = matrix.radial_axis,
          .azimuthal_axis = matrix.azimuthal_axis,
          .errors = reduction.error_model != core::ErrorModel::none,
          .deviation = reduction.deviation,
          .version = settings_.version,
          .revision = settings_.revision,
          .engine = std::string(core::name_of(image_.job.run.engine)),
          .backend = settings_.backend,
          .command = settings_.command,
          .configuration = image_.configuration,
          .poni_text = poni_text,
          .inputs = frames_.files()};
}

}  // namespace xrdct::app
