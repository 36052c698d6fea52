// The options of `integrate`, group by group.
#include <CLI/CLI.hpp>

#include "app/images/integrate_options.hpp"
#include "app/session/option_checks.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

constexpr double largest_float = 3.4028234e38;  // larger ones are infinite in the output

char const* const files = "Files";
char const* const bins = "Binning";
char const* const values = "Method and errors";
char const* const corrections = "Corrections";
char const* const run = "Run";

/// Images, where they are from and where the results go.
void add_images(CLI::App& command, IntegrateOptions& o) {
  command
      .add_option(
          "images", o.images,
          "EDF, TIFF, CBF, NPY (also .gz, .bz2, .xz, .zst), or HDF5: file.h5, file.h5:/path, "
          "file.h5:/path[3], file.h5:3")
      ->check(some_name())
      ->required();
  command.add_option("--poni", o.poni, "Calibration (PONI file)")->check(some_name())->group(files);
  command
      .add_option("--config", o.config,
                  "Settings of pyFAI (worker JSON, version 3 to 5; .azimint.json); options given "
                  "here come first")
      ->check(some_name())
      ->group(files);
  command
      .add_option("-o,--output", o.outputs,
                  "Output: .xy, .xye (text in 2theta, or in --unit), .dat, .csv (text in the unit "
                  "of the bins), .h5, .nxs (HDF5), .png, .svg, .pdf; "
                  "without an ending: text and picture; repeat it")
      ->check(some_name())
      ->group(files);
  command
      .add_option("--comment", o.comment,
                  "What begins the lines of the header of texts: # (default), ' (for TOPAS) or !")
      ->check(one_of({"#", "'", "!"}))
      ->group(files);
  command
      .add_option(
          "--dataset", o.dataset,
          "Dataset or group of the frames in HDF5 files; default: /entry/data, or the only one")
      ->group(files);
  auto* frame =
      command
          .add_option("--frame", o.frame, "Frame of HDF5 files, from 0; repeat it; default: all")
          ->check(whole_number(0, 1000000000000000))
          ->group(files);
  command.add_option("--frames", o.frames, "Range of frames FIRST:LAST, the last left out")
      ->excludes(frame)
      ->group(files);
}

/// Images of the detector that belong to its calibration.
void add_calibration(CLI::App& command, IntegrateOptions& o) {
  command.add_option("--mask", o.masks, "Mask image: not 0 is masked; repeat it: the union counts")
      ->check(some_name())
      ->group(files);
  command
      .add_flag("--no-detector-mask", o.no_detector_mask, "Do not mask the gaps of the detector")
      ->group(files);
  command.add_option("--dark", o.dark, "Dark image, subtracted; repeat it: the mean counts")
      ->check(some_name())
      ->group(files);
  command.add_option("--flat", o.flat, "Flat field; repeat it: the mean counts")
      ->check(some_name())
      ->group(files);
  command
      .add_option("--variance", o.variance,
                  "Image of the variance of the signal, for --error-model variance")
      ->check(some_name())
      ->group(files);
  command.add_option("--dark-variance", o.dark_variance, "Image of the variance of the dark")
      ->check(some_name())
      ->group(files);
  command
      .add_option("--absorption", o.absorption,
                  "Image of a transmission, multiplies the normalization")
      ->check(some_name())
      ->group(files);
  add_choice(command, "--orientation-convention", o.convention,
             ": reading of detector orientations 1, 2, 4")
      ->group(files);
}

void add_binning(CLI::App& command, IntegrateOptions& o) {
  add_choice(command, "--pattern", o.pattern, "; default radial")->group(bins);
  command
      .add_option(
          "--unit", o.unit,
          "Radial unit, such as 2th_deg, q_A^-1, d_A (docs/job.md has all); default q_nm^-1")
      ->check(radial_unit())
      ->group(bins);
  command.add_option("--bins", o.bins, "Radial bins; default 1000")
      ->check(whole_number(1, 1000000))
      ->group(bins);
  command.add_option("--azimuthal-bins", o.azimuthal_bins, "Azimuthal bins; default 360")
      ->check(whole_number(1, 1000000))
      ->group(bins);
  command.add_option("--radial-range", o.radial_range, "Lower and upper end, in the unit")
      ->expected(2)
      ->check(number_from(-largest_float, largest_float, "2 50"))
      ->group(bins);
  command.add_option("--azimuth-range", o.azimuth_range, "Lower and upper end [deg]")
      ->expected(2)
      ->check(number_from(-720.0, 720.0, "-90 90"))
      ->group(bins);
  add_choice(command, "--splitting", o.splitting, "; default bounding_box")->group(bins);
  command
      .add_option("--incident-angle", o.incident_angle,
                  "Of the beam on the sample [deg], for units of grazing incidence")
      ->check(number_from(-360.0, 360.0, "0.2"))
      ->group(bins);
  command
      .add_option("--tilt-angle", o.tilt_angle,
                  "Of the sample [deg], for units of grazing incidence")
      ->check(number_from(-360.0, 360.0, "0"))
      ->group(bins);
  command
      .add_option("--sample-orientation", o.sample_orientation,
                  "1 to 8, for units of grazing incidence")
      ->check(whole_number(1, 8))
      ->group(bins);
}

void add_method(CLI::App& command, IntegrateOptions& o) {
  auto const methods = core::names_of<core::Method>();
  command.add_option("--method", o.method, core::listed(methods) + "; default mean")
      ->check(one_of(methods))
      ->group(values);
  command
      .add_option(
          "--threshold", o.threshold,
          "Of sigma_clip, in standard deviations; 0: Chauvenet's criterion alone; default 5")
      ->check(number_from(0.0, largest_float, "5"))
      ->group(values);
  command.add_option("--cycles", o.cycles, "Of sigma_clip; default 5")
      ->check(whole_number(1, 1000))
      ->group(values);
  command.add_option("--quantiles", o.quantiles, "Of quantile_mean, lower and upper, 0 to 1")
      ->expected(2)
      ->check(number_from(0.0, 1.0, "0.1 0.9"))
      ->group(values);
  add_choice(command, "--error-model", o.error_model, "; default poisson, of sigma_clip azimuthal")
      ->group(values);
  command
      .add_flag("--std", o.deviation,
                "Write the standard deviation of the pixels of a bin, too (HDF5)")
      ->group(values);
  command
      .add_option("--empty", o.empty,
                  "Value of bins without a pixel; default NaN, and no line in text files")
      ->check(number_from(-largest_float, largest_float, "0"))
      ->group(values);
  command
      .add_option("--invalid", o.invalid,
                  "What is no measurement: default (of the type), none, a value or a range "
                  "LOW:HIGH; repeat it")
      ->group(values);
  command.add_option("--saturated-above", o.saturated_above, "Larger values are invalid")
      ->check(number_from(0.0, largest_float, "60000"))
      ->group(values);
}

void add_corrections(CLI::App& command, IntegrateOptions& o) {
  command.add_flag("--no-solid-angle", o.no_solid_angle, "No solid-angle correction")
      ->group(corrections);
  command
      .add_option("--polarization", o.polarization,
                  "Polarization factor, -1 to 1; default: no correction")
      ->check(number_from(-1.0, 1.0, "0.99"))
      ->group(corrections);
  command
      .add_option("--polarization-offset", o.polarization_offset,
                  "Turns the plane of polarization [deg]")
      ->check(number_from(-360.0, 360.0, "0"))
      ->group(corrections);
  command
      .add_option("--sensor-transmission", o.sensor_transmission,
                  "Of the sensor at normal incidence, between 0 and 1")
      ->check(number_from(1e-12, 1.0 - 1e-12, "0.3"))
      ->group(corrections);
  command
      .add_option("--normalization-factor", o.normalization_factor,
                  "Divides the intensity; default 1")
      ->check(number_from(1e-30, 1e30, "1"))
      ->group(corrections);
  auto* monitor = command
                      .add_option("--monitor", o.monitor,
                                  "file.h5:/path with one value per frame, divides the intensity")
                      ->group(corrections);
  command
      .add_option("--monitor-reference", o.monitor_reference,
                  "The monitor is divided by it; default 1")
      ->check(number_from(1e-30, 1e30, "1"))
      ->needs(monitor)
      ->group(corrections);
}

/// So that an image may follow an option with its value or its two values.
void end_after_values(CLI::App& command) {
  for (char const* const name :
       {"--output", "--frame", "--mask", "--dark", "--flat", "--invalid"}) {
    command.get_option(name)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  }
  for (char const* const name : {"--radial-range", "--azimuth-range", "--quantiles"})
    command.get_option(name)->allow_extra_args(false);
}

}  // namespace

void add_options(CLI::App& command, IntegrateOptions& o) {
  add_images(command, o);
  add_calibration(command, o);
  add_binning(command, o);
  add_method(command, o);
  add_corrections(command, o);
  end_after_values(command);
  add_choice(command, "--engine", o.engine, "; default fused")->group(run);
  command
      .add_option("--threads", o.threads,
                  "Threads; default for several frames: OMP_NUM_THREADS, or all processors")
      ->check(whole_number(1, 65536))
      ->group(run);
  add_picture_options(command, o.look, run);
}

}  // namespace xrdct::app
