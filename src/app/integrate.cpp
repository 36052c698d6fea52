#include <CLI/CLI.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <numbers>
#include <optional>
#include <vector>

#include "app/context.hpp"
#include "app/inputs.hpp"
#include "app/kernel_session.hpp"
#include "app/text_pattern.hpp"
#include "config/poni.hpp"
#include "core/errors.hpp"
#include "core/frames.hpp"
#include "core/patterns.hpp"
#include "core/plan_building.hpp"
#include "core/units.hpp"
#include "io/frame_source.hpp"
#include "io/image_file.hpp"
#include "io/picture.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::app {
namespace {

struct IntegrateOptions {
  std::string image, poni, dataset = "/entry/data", output;
  std::vector<std::string> masks;
  std::string unit = "q_nm^-1", splitting = "bounding_box", convention;
  std::size_t bins = 1000;
  std::vector<double> radial_range;
  std::optional<double> polarization;
  bool no_solid_angle = false, no_detector_mask = false, no_errors = false, logarithmic = false;
};

/// One stored frame and what is needed to decode it.
struct OneFrame {
  core::FrameShape shape;
  core::FrameEncoding encoding;
  core::FrameBuffer buffer;
};

/// "scan.h5:17" is frame 17 of a scan; nothing behind the name of an HDF5 scan is frame 0.
std::optional<std::int64_t> scan_frame(std::string const& image, std::string& file) {
  auto const colon = image.rfind(':');
  file = image.substr(0, colon);
  std::string const index = colon == std::string::npos ? "" : image.substr(colon + 1);
  bool const digits = !index.empty() && index.size() < 18 && index.find_first_not_of("0123456789") == std::string::npos;
  if (digits && !std::filesystem::exists(image)) return std::stoll(index);
  file = image;
  return std::nullopt;
}

OneFrame frame_of_scan(std::string const& file, std::string const& dataset, std::int64_t index) {
  io::FrameSource source({file}, dataset);
  if (index >= source.frames()) {
    throw core::InputError("cannot read frame " + std::to_string(index) + " of " + file + ": expected an index below " +
                           std::to_string(source.frames()));
  }
  OneFrame frame{.shape = source.shape(), .encoding = source.encoding(), .buffer = {}};
  std::vector<std::int64_t> const frames{index};
  source.locate(frames);
  source.read(frames, frame.buffer);
  if (!frame.buffer.failures.empty()) throw core::IoError(frame.buffer.failures.front());
  return frame;
}

template <class T>
void append_pixels(std::vector<double> const& pixels, std::vector<std::byte>& bytes) {
  for (double const value : pixels) {
    T const pixel = static_cast<T>(value);
    auto const* first = reinterpret_cast<std::byte const*>(&pixel);
    bytes.insert(bytes.end(), first, first + sizeof pixel);
  }
}

OneFrame frame_of_image(std::string const& location) {
  io::Image const image = io::read_image(location);
  OneFrame frame{.shape = image.shape, .encoding = {.type = image.type, .filter = core::Filter::none}, .buffer = {}};
  auto& bytes = frame.buffer.bytes;
  switch (image.type) {
    case core::PixelType::u8:
      append_pixels<std::uint8_t>(image.pixels, bytes);
      break;
    case core::PixelType::i8:
      append_pixels<std::int8_t>(image.pixels, bytes);
      break;
    case core::PixelType::u16:
      append_pixels<std::uint16_t>(image.pixels, bytes);
      break;
    case core::PixelType::i16:
      append_pixels<std::int16_t>(image.pixels, bytes);
      break;
    case core::PixelType::u32:
      append_pixels<std::uint32_t>(image.pixels, bytes);
      break;
    case core::PixelType::i32:
      append_pixels<std::int32_t>(image.pixels, bytes);
      break;
    case core::PixelType::f32:
      append_pixels<float>(image.pixels, bytes);
      break;
    case core::PixelType::f64:
      append_pixels<double>(image.pixels, bytes);
      break;
  }
  frame.buffer.batch = {.shape = frame.shape, .encoding = frame.encoding, .frames = {{.bytes = bytes}}};
  return frame;
}

OneFrame read_frame(IntegrateOptions const& options, bool dataset_given) {
  std::string file;
  if (auto const index = scan_frame(options.image, file)) return frame_of_scan(file, options.dataset, *index);
  if (dataset_given) return frame_of_scan(file, options.dataset, 0);
  return frame_of_image(options.image);
}

core::Binning binning_of(IntegrateOptions const& options) {
  core::Binning binning{
      .unit = core::unit_of(options.unit), .bins = options.bins, .splitting = core::Splitting::bounding_box, .radial_range = std::nullopt};
  if (options.splitting == "none") binning.splitting = core::Splitting::none;
  if (options.splitting == "full") binning.splitting = core::Splitting::full;
  if (!options.radial_range.empty()) binning.radial_range = {options.radial_range[0], options.radial_range[1]};
  return binning;
}

std::optional<core::OrientationConvention> convention_of(std::string const& name) {
  if (name.empty()) return std::nullopt;
  return name == "2026.9" ? core::OrientationConvention::since_2026_9 : core::OrientationConvention::before_2026_9;
}

core::ReductionPlan plan_of(IntegrateOptions const& options, OneFrame const& frame) {
  auto const poni = config::read_poni(options.poni);
  for (auto const& warning : poni.warnings) std::cerr << "xrdct: warning: " << warning << std::endl;
  if (poni.orientation_given && options.convention.empty()) {
    std::cerr << "xrdct: warning: " << options.poni
              << ": detector orientation other than 3: read as pyFAI 2026.9 and later do; see --orientation-convention" << std::endl;
  }
  auto const geometry = make_geometry(poni.calibration, frame.shape, convention_of(options.convention));
  std::vector<std::uint8_t> mask;
  for (auto const& location : options.masks) {
    io::Image const image = io::read_image(location);
    if (image.shape != frame.shape)
      throw core::InputError("cannot use the mask " + location + ": expected the shape of the image, found another one");
    mask.resize(frame.shape.pixels(), 0);
    for (std::size_t p = 0; p < mask.size(); ++p) mask[p] |= image.pixels[p] != 0.0;
  }
  core::CorrectionChoice choice{.solid_angle = !options.no_solid_angle, .polarization = std::nullopt};
  if (options.polarization) choice.polarization = {*options.polarization, 0.0};
  core::ReductionPlan plan{
      .shape = frame.shape, .encoding = frame.encoding, .corrections = {}, .valid = core::ValidValues::of(frame.encoding.type), .reductions = {}};
  plan.corrections = core::build_corrections(geometry, choice, !options.no_detector_mask, {.mask = mask});
  plan.reductions.push_back({core::build_bin_matrix(geometry, plan.corrections.mask, binning_of(options)),
                             options.no_errors ? core::ErrorModel::none : core::ErrorModel::poisson});
  return plan;
}

void write_results(IntegrateOptions const& options, core::ReductionPlan const& plan, core::ReducedBatch const& reduced) {
  std::size_t const bins = plan.reductions[0].matrix.bins;
  std::vector<float> intensity(bins), error(options.no_errors ? 0 : bins), count(bins);
  core::finish_pattern(reduced.sums[0], 0, 1.0, {.error_model = plan.reductions[0].error_model}, {intensity, error, {}, count});
  auto const& axis = plan.reductions[0].matrix.radial_axis;
  core::Unit const unit = core::unit_of(options.unit);
  std::string const x_label = std::string(core::label_of(unit)) + " [" + std::string(core::symbol_of(unit)) + "]";
  std::string const stem = options.output.empty() ? std::filesystem::path(options.image).stem().string() : options.output;
  auto const& tally = reduced.tally[0][0];
  std::string const counts = "pixels: " + std::to_string(tally.used) + " used, " + std::to_string(tally.masked) + " masked, " +
                             std::to_string(tally.invalid) + " invalid, " + std::to_string(tally.out_of_range) + " out of range";
  std::string const text_file = stem + (options.no_errors ? ".xy" : ".xye");
  write_columns(text_file,
                {"xrdct integrate " + options.image + " --poni " + options.poni, counts,
                 x_label + "  intensity" + (options.no_errors ? "" : "  standard error")},
                axis, intensity, error);
  io::CurvePicture const picture{.title = std::filesystem::path(options.image).filename().string(),
                                 .x_label = x_label,
                                 .y_label = "intensity",
                                 .x = axis,
                                 .curves = {{.label = "", .y = {intensity.begin(), intensity.end()}}},
                                 .logarithmic = options.logarithmic};
  io::write_png(stem + ".png", picture);
  std::cout << text_file << ", " << stem << ".png: " << bins << " bins; " << counts << std::endl;
}

void integrate(IntegrateOptions const& options, bool dataset_given) {
  OneFrame const frame = read_frame(options, dataset_given);
  core::ReductionPlan const plan = plan_of(options, frame);
  KernelSession const session(1);
  core::ReducedBatch reduced;
  kernels::FrameReducer reducer(plan, kernels::Engine::fused);
  reducer.reduce(frame.buffer.batch, reduced);
  if (reduced.status[0] != core::FrameStatus::good) {
    throw core::IoError("cannot decode " + options.image + ": expected a whole frame, found one that is " +
                        std::string(core::name_of(reduced.status[0])) + "; copy the file again from its source");
  }
  write_results(options, plan, reduced);
}

}  // namespace

void add_integrate(CLI::App& app, Context&) {
  auto const o = std::make_shared<IntegrateOptions>();
  CLI::App* command = app.add_subcommand("integrate", "Reduce one image to a text file and a picture: look before a night's run");
  command->add_option("image", o->image, "scan.h5:INDEX (frame of a scan), an HDF5 dataset file.h5:/path, or an EDF, TIFF or NPY image")->required();
  command->add_option("--poni", o->poni, "Calibration (PONI file)")->required();
  auto* dataset = command->add_option("--dataset", o->dataset, "Dataset or group of the frames of a scan")->capture_default_str();
  command->add_option("--mask", o->masks, "Mask images: not 0 is masked; the union counts");
  command->add_flag("--no-detector-mask", o->no_detector_mask, "Do not mask the gaps of the detector");
  command->add_option("--unit", o->unit, "Radial unit")->check(CLI::IsMember(core::unit_names()))->capture_default_str();
  command->add_option("--bins", o->bins, "Number of bins")->check(CLI::Range(1, 100000000))->capture_default_str();
  command->add_option("--splitting", o->splitting, "none, bounding_box or full")
      ->check(CLI::IsMember({"none", "bounding_box", "full"}))
      ->capture_default_str();
  command->add_option("--radial-range", o->radial_range, "Lower and upper end, in the unit")->expected(2);
  command->add_option("--polarization", o->polarization, "Polarization factor, -1 to 1; default: no correction")->check(CLI::Range(-1.0, 1.0));
  command->add_flag("--no-solid-angle", o->no_solid_angle, "No solid-angle correction");
  command->add_flag("--no-errors", o->no_errors, "No standard errors (.xy instead of .xye)");
  command->add_option("--orientation-convention", o->convention, "Reading of detector orientations 1, 2, 4")
      ->check(CLI::IsMember({"2026.9", "before-2026.9"}));
  command->add_option("-o,--output", o->output, "Output files without their ending; default: name of the image");
  command->add_flag("--log", o->logarithmic, "Logarithmic picture");
  command->callback([o, dataset] { integrate(*o, dataset->count() > 0); });
}

}  // namespace xrdct::app
