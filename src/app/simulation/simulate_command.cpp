// `xrdct simulate` and its options.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <limits>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "app/session/context.hpp"
#include "app/session/option_checks.hpp"
#include "app/simulation/commands.hpp"
#include "app/simulation/simulate.hpp"
#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::app {
namespace {

constexpr std::int64_t most_frames = 1000000000;  // of a scan with its copies

// What was written on the command line; what was not has its default worked out by `completed`.
struct Words {
  SimulateOptions options;
  std::string folder = "simulated_scan";
  std::string detector;
  std::string shape = "256x256";
  double pixel_m = 75e-6;
  double energy_keV = 60.0;
  std::optional<double> distance_m, poni1_m, poni2_m;
  std::optional<double> rotation_step_deg, translation_step_mm, sample_radius_mm, peak_width_deg;
  std::optional<std::size_t> bins;
  double height_step_mm = 0.2;
  std::string polarization = "0.99";
  std::optional<core::PixelType> type;
  std::size_t rotations = 48, translations = 41;
  FastAxis fast = FastAxis::translation;
};

core::Problem problem_of(std::string const& option, std::string const& expected,
                         std::string const& found, std::string const& attempt = "") {
  return {"simulate: " + option, expected, found, attempt};
}

core::FrameShape shape_of(std::string const& text) {
  core::FrameShape shape;
  char const* const end = text.data() + text.size();
  auto const rows = std::from_chars(text.data(), end, shape.rows);
  if (rows.ec == std::errc() && rows.ptr != end && (*rows.ptr == 'x' || *rows.ptr == 'X')) {
    auto const columns = std::from_chars(rows.ptr + 1, end, shape.columns);
    if (columns.ec == std::errc() && columns.ptr == end && shape.rows > 0 && shape.columns > 0)
      return shape;
  }
  throw core::InputError(
      problem_of("--shape", "ROWSxCOLUMNS such as 256x256", fmt::format("\"{}\"", text)));
}

double number_of(std::string const& option, std::string const& text) {
  double value = 0.0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    throw core::InputError(problem_of(option, "a number or \"none\"", fmt::format("\"{}\"", text)));
  }
  return value;
}

void complete_detector(Words const& words, core::SimulationSettings& s) {
  auto& choice = s.calibration.detector;
  if (!words.detector.empty()) {
    choice.name = words.detector;
    s.frame = core::detector_shape(words.detector);
    return;
  }
  choice.name = "Detector";
  s.frame = shape_of(words.shape);
  choice.pixel1_m = choice.pixel2_m = words.pixel_m;
  choice.max_shape = s.frame;
}

// Copies of a scan are linked, which one file cannot do; a zigzag goes on through the copies, so
// that with an odd number of lines every other one would run against its stored frames. The motors
// of a copy would be elsewhere than those of its frames.
void check_repeat(SimulateOptions const& options) {
  auto const& s = options.settings;
  auto const places = static_cast<std::int64_t>(s.scan.places());
  std::int64_t const most = most_frames / std::max<std::int64_t>(1, places);
  if (options.repeat < 1 || options.repeat > most) {
    throw core::InputError(
        problem_of("--repeat", fmt::format("1 to {}", most), fmt::format("{}", options.repeat)));
  }
  if (options.repeat == 1) return;
  if (options.layout != io::ScanLayout::eiger) {
    throw core::InputError(problem_of("--repeat", "a master that links data files",
                                      fmt::format("the layout {}", core::name_of(options.layout)),
                                      "add --layout eiger"));
  }
  core::CourseSettings plain;
  plain.rotation_fast = s.course.rotation_fast;
  plain.zigzag = s.course.zigzag;
  if (options.motors || s.course != plain) {
    throw core::InputError(problem_of("--repeat", "a scan in the order of its places",
                                      "one with --motors or with frames in another order"));
  }
  if (s.course.zigzag && s.lines() % 2 == 1) {
    throw core::InputError(problem_of("--repeat", "an even number of lines with --zigzag",
                                      fmt::format("{}", s.lines()), "take one line more or less"));
  }
}

void check_entries(SimulateOptions const& options) {
  bool const has_entries =
      options.layout == io::ScanLayout::bliss || options.layout == io::ScanLayout::maxiv;
  if (options.entries == ScanEntries::scan || has_entries) return;
  throw core::InputError(problem_of("--entries", "--layout bliss or maxiv",
                                    fmt::format("the layout {}", core::name_of(options.layout))));
}

/// The words of the scan, with the axis that moves fast.
void complete_scan(Words const& words, core::SimulationSettings& s) {
  bool const turns = words.fast == FastAxis::rotation;
  for (auto* lines : {&s.course.missing_lines, &s.course.repeated_lines, &s.course.aborted_lines,
                      &s.course.longer_lines})
    for (auto& line : *lines) --line;  // 0, which is none, becomes the largest number
  s.course.rotation_fast = turns;
  s.scan.slow = turns ? words.translations : words.rotations;
  s.scan.fast = turns ? words.rotations : words.translations;
  double const across = static_cast<double>(words.translations),
               around = static_cast<double>(std::max<std::size_t>(words.rotations, 1));
  double const range = s.course.turning_on ? 360.0 : 180.0;
  s.rotation_deg = {0.0, words.rotation_step_deg.value_or(range / around)};
  s.translation_mm.step = words.translation_step_mm.value_or(6.1 / std::max(across, 1.0));
  s.translation_mm.start = -0.5 * (across - 1.0) * s.translation_mm.step;
  s.height_mm = {-0.5 * (static_cast<double>(s.scan.height) - 1.0) * words.height_step_mm,
                 words.height_step_mm};
  s.sample_radius_mm =
      words.sample_radius_mm.value_or(0.44 * across * std::abs(s.translation_mm.step));
}

// Rings fit: q = 50 nm⁻¹ at half of the shorter side; lines are three pixels wide; the sample turns
// inside of the scan.
SimulateOptions completed(Words const& words) {
  SimulateOptions options = words.options;
  options.folder = words.folder;
  auto& s = options.settings;
  complete_detector(words, s);
  auto const detector = core::make_detector(s.calibration.detector, s.frame);
  double const height_m = detector.pixel1_m * static_cast<double>(s.frame.rows),
               width_m = detector.pixel2_m * static_cast<double>(s.frame.columns);
  s.calibration.wavelength_m = 12.398419843320026e-10 / words.energy_keV;
  double const sin_theta =
      std::min(0.7, 50e9 * *s.calibration.wavelength_m / (4.0 * std::numbers::pi));
  s.calibration.distance_m = words.distance_m.value_or(0.5 * std::min(height_m, width_m) /
                                                       std::tan(2.0 * std::asin(sin_theta)));
  s.calibration.poni1_m = words.poni1_m.value_or(0.5 * height_m);
  s.calibration.poni2_m = words.poni2_m.value_or(0.5 * width_m);
  double const pixel_deg =
      std::atan(detector.pixel2_m / s.calibration.distance_m) * 180.0 / std::numbers::pi;
  s.peak_fwhm_deg = words.peak_width_deg.value_or(3.0 * pixel_deg);
  complete_scan(words, s);
  s.type = words.type.value_or(options.layout == io::ScanLayout::cbf ? core::PixelType::i32
                                                                     : core::PixelType::u32);
  s.polarization = words.polarization != "none";
  if (s.polarization) s.polarization_factor = number_of("--polarization", words.polarization);
  options.bins =
      words.bins.value_or(std::min<std::size_t>(1000, std::max(s.frame.rows, s.frame.columns)));
  check_repeat(options);
  check_entries(options);
  return options;
}

void add_scan_options(CLI::App& app, Words& w) {
  auto& s = w.options.settings;
  app.add_option("--heights", s.scan.height, "Heights (slices)")
      ->check(whole_number(1, most_frames))
      ->capture_default_str()
      ->group("Scan");
  app.add_option("--rotations", w.rotations, "Rotations: the slow axis, unless --fast rotation")
      ->check(whole_number(1, most_frames))
      ->capture_default_str()
      ->group("Scan");
  app.add_option("--translations", w.translations,
                 "Translations: the fast axis, unless --fast rotation")
      ->check(whole_number(1, most_frames))
      ->capture_default_str()
      ->group("Scan");
  app.add_option("--rotation-step", w.rotation_step_deg,
                 "Step of the rotation [deg]; default 180 / rotations, 360 / rotations with "
                 "--turning-on")
      ->group("Scan");
  app.add_option(
         "--translation-step", w.translation_step_mm,
         "Step of the translation [mm], around the rotation axis; default 6.1 / translations")
      ->group("Scan");
  app.add_option("--height-step", w.height_step_mm,
                 "Step of the height [mm], around the middle of the sample")
      ->capture_default_str()
      ->group("Scan");
  app.add_option("--sample-radius", w.sample_radius_mm,
                 "Radius of the capillary [mm]; default 0.44 of the translation range")
      ->group("Scan");
}

void add_course_options(CLI::App& app, Words& w) {
  auto& c = w.options.settings.course;
  constexpr char const* group = "Course of the scan (lines are counted from 1)";
  add_choice_of(app, "--fast", w.fast, {FastAxis::translation, FastAxis::rotation},
                "The motor that moves along a line: translation or rotation; default translation")
      ->group(group);
  app.add_flag("--motors", w.options.motors,
               "Write the measured positions of the motors; the job places frames by them")
      ->group(group);
  app.add_flag("--zigzag", c.zigzag, "Every other line runs backwards")->group(group);
  app.add_flag("--turning-on", c.turning_on,
               "The rotation goes on from line to line, with --fast rotation and whole turns")
      ->group(group);
  app.add_option("--interlaced", c.interlaced,
                 "Passes over the slow axis: lines 0, N, 2N, ..., then 1, N+1, ...")
      ->check(whole_number(1, most_frames))
      ->capture_default_str()
      ->group(group);
  app.add_option("--missing-line", c.missing_lines, "Lines that were not stored")
      ->check(whole_number(1, most_frames))
      ->group(group);
  app.add_option("--repeat-line", c.repeated_lines, "Lines that were taken twice")
      ->check(whole_number(1, most_frames))
      ->group(group);
  app.add_option("--abort-line", c.aborted_lines,
                 "Lines that end early, after a random number of frames; if also repeated, the "
                 "first time")
      ->check(whole_number(1, most_frames))
      ->group(group);
  app.add_option("--extra-frame", c.longer_lines,
                 "Lines with a frame beyond their end, which has no place")
      ->check(whole_number(1, most_frames))
      ->group(group);
  app.add_option("--jitter", c.jitter, "Largest deviation of the motors from their places [steps]")
      ->check(number_from(0.0, 0.5, "0.1"))
      ->capture_default_str()
      ->group(group);
  using core::Exposure;
  add_choice_of(app, "--exposure", c.exposure,
                {Exposure::stepped, Exposure::middle, Exposure::start},
                "stepped: the motors stand still; middle, start: the fast one moves, and is "
                "measured at that moment; default stepped")
      ->group(group);
}

void add_experiment_options(CLI::App& app, Words& w) {
  auto& c = w.options.settings.calibration;
  CLI::Option* const detector =
      app.add_option(
             "--detector", w.detector,
             "Detector by name, such as Eiger2CdTe_1M, Eiger4M, Pilatus2M; default: --shape")
          ->group("Experiment");
  CLI::Option* const shape =
      app.add_option("--shape", w.shape, "A detector without gaps, ROWSxCOLUMNS")
          ->capture_default_str()
          ->excludes(detector)
          ->group("Experiment");
  app.add_option("--pixel", w.pixel_m, "Pixel size with --shape [m]")
      ->check(number_from(1e-9, 1.0, "75e-6"))
      ->capture_default_str()
      ->needs(shape)
      ->group("Experiment");
  using core::PixelType;
  app.add_option_function<std::string>(
         "--type", [&w](std::string const& name) { w.type = core::named<PixelType>(name); },
         "Pixel type: u16, u32 (gaps 2^n-1) or i32 (gaps -1); default u32, of --layout cbf i32")
      ->check(one_of({"u16", "u32", "i32"}))
      ->group("Experiment");
  app.add_option("--energy", w.energy_keV, "Energy of the beam [keV]")
      ->check(number_from(0.1, 10000.0, "60"))
      ->capture_default_str()
      ->group("Experiment");
  app.add_option("--distance", w.distance_m,
                 "Distance of the detector [m]; default: q = 50 nm^-1 at half of its shorter side")
      ->check(number_from(1e-6, 1e6, "0.2"))
      ->group("Experiment");
  app.add_option("--poni1", w.poni1_m,
                 "Point of normal incidence along the rows' axis [m]; default: the middle")
      ->check(number_from(-1e6, 1e6, "0.08"))
      ->group("Experiment");
  app.add_option("--poni2", w.poni2_m,
                 "Point of normal incidence along the columns' axis [m]; default: the middle")
      ->check(number_from(-1e6, 1e6, "0.08"))
      ->group("Experiment");
  app.add_option("--rot1", c.rot1_rad, "First rotation of the detector, as in a PONI file [rad]")
      ->check(number_from(-10.0, 10.0, "0.01"))
      ->capture_default_str()
      ->group("Experiment");
  app.add_option("--rot2", c.rot2_rad, "Second rotation of the detector [rad]")
      ->check(number_from(-10.0, 10.0, "0.01"))
      ->capture_default_str()
      ->group("Experiment");
  app.add_option("--rot3", c.rot3_rad, "Third rotation of the detector [rad]")
      ->check(number_from(-10.0, 10.0, "0.01"))
      ->capture_default_str()
      ->group("Experiment");
  app.add_option("--peak-width", w.peak_width_deg,
                 "Full width at half maximum of the lines in 2theta [deg]; default 3 pixels")
      ->group("Experiment");
  app.add_option("--polarization", w.polarization,
                 "Polarization factor of the beam (1: horizontal), or none")
      ->capture_default_str()
      ->group("Experiment");
}

void add_count_options(CLI::App& app, Words& w) {
  auto& s = w.options.settings;
  app.add_option("--counts", s.counts,
                 "Mean expected counts per pixel, over all frames and all pixels outside of gaps")
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--air", s.air_share, "Share of them that is scattered by air")
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--monitor-drift", s.monitor_drift,
                 "Share of the beam that is lost between two of three fillings during the scan")
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--hot-pixels", s.hot_pixels,
                 "Number of hot pixels; the job masks them by truth.h5")
      ->check(whole_number(0, most_frames))
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--hot-counts", s.hot_counts, "Mean additional counts of a hot pixel")
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--spots", s.spots, "Single-crystal spots per frame")
      ->check(whole_number(0, most_frames))
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--spot-counts", s.spot_counts, "Mean additional counts at the top of a spot")
      ->capture_default_str()
      ->group("Counts");
  app.add_option("--seed", s.seed, "Seed of the random numbers")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->capture_default_str()
      ->group("Counts");
}

void add_output_options(CLI::App& app, Words& w) {
  auto& o = w.options;
  app.add_option("-o,--output", w.folder, "Folder to write: frames, calib.poni, job.json, truth.h5")
      ->check(some_name())
      ->capture_default_str();
  using io::ScanLayout;
  add_choice_of(app, "--layout", o.layout,
                {ScanLayout::single, ScanLayout::eiger, ScanLayout::bliss, ScanLayout::maxiv,
                 ScanLayout::cbf},
                "single: one file scan.h5; eiger: scan_master.h5 and data files; bliss: scan.h5 "
                "over files of LImA; maxiv: scan-0001.h5 and scan-0001_pilatus.h5; cbf: one image "
                "per frame. Data files are written by all ranks; default single");
  add_choice_of(app, "--entries", o.entries,
                {ScanEntries::scan, ScanEntries::heights, ScanEntries::lines},
                "What is an entry of --layout bliss, or a file of maxiv: the whole scan, each "
                "height, each line; default scan");
  app.add_option("--frames-per-file", o.frames_per_file,
                 "Frames of a data file of the layouts eiger and bliss")
      ->check(whole_number(1, most_frames))
      ->capture_default_str();
  app.add_option("--repeat", o.repeat,
                 "Link the stored frames so many times, one copy above the other: a scan of repeat "
                 "x heights; with --layout eiger")
      ->check(whole_number(1, most_frames))
      ->capture_default_str();
  app.add_option("--bins", w.bins,
                 "Bins of the job and of the expected patterns; default the longer side of the "
                 "detector, at most 1000")
      ->check(whole_number(1, 1000000));
  using core::Splitting;
  add_choice_of(app, "--splitting", o.splitting,
                {Splitting::none, Splitting::bounding_box, Splitting::full},
                "Splitting in the job: none (as the expected patterns), bounding_box, full; "
                "default bounding_box");
  app.add_option("--threads", o.threads,
                 "Threads of a rank; default OMP_NUM_THREADS, else processors / ranks")
      ->check(whole_number(0, 65536))
      ->group("Running");
  app.add_flag("--overwrite", o.overwrite,
               "Replace files that xrdct simulate wrote; never anything else")
      ->group("Running");
  app.add_flag("--dry-run", o.dry_run, "Say what would be written, and write nothing")
      ->group("Running");
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
  CLI::App* const command =
      app.add_subcommand("simulate", "Make an XRD-CT scan of a phantom with a known truth");
  auto const words = std::make_shared<Words>();
  add_output_options(*command, *words);
  add_scan_options(*command, *words);
  add_course_options(*command, *words);
  add_experiment_options(*command, *words);
  add_count_options(*command, *words);
  command->callback([words, &context] {
    context.work = [words, &context] {
      XRDCT_ASSERT(context.communicator != nullptr);
      SimulateOptions options;
      on_all_ranks(*context.communicator, [&] { options = completed(*words); });
      simulate(options, *context.communicator, std::cout);
    };
  });
}

}  // namespace xrdct::app
