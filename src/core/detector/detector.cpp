// Makes detectors by their name or their pixel sizes, and says what does not fit.
#include "core/detector/detector.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

#include "core/detector/detector_masks.hpp"
#include "core/detector/detector_shapes.hpp"
#include "core/detector/detector_table.hpp"
#include "core/detector/pixel_positions.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

// Of a Mar345 only the middle is read out, with one of two pixel sizes.
struct ScannedSize {
  std::size_t size;
  double pixel_m;
};
constexpr ScannedSize mar345_sizes[] = {{3450, 100e-6}, {3000, 100e-6}, {2400, 100e-6},
                                        {1800, 100e-6}, {2300, 150e-6}, {2000, 150e-6},
                                        {1600, 150e-6}, {1200, 150e-6}};

std::string plain(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c != ' ' && c != '_' && c != '-')
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string text_of(FrameShape shape) {
  return std::to_string(shape.rows) + " × " + std::to_string(shape.columns) + " pixels";
}

std::string micrometres(double metres) { return number_text(metres * 1e6) + " µm"; }

FrameShape default_shape(DetectorRow const& row) {
  return {row.native_shape.rows / row.binning, row.native_shape.columns / row.binning};
}

bool is_alias(DetectorRow const& row, std::string const& key) {
  return (" " + std::string(row.aliases) + " ").find(" " + key + " ") != std::string::npos;
}

DetectorRow const& row_of(std::string_view name) {
  std::string const key = plain(name);
  for (auto const& row : detector_table()) {
    if (plain(row.name) == key || (!key.empty() && is_alias(row, key))) return row;
  }
  std::string const near = nearest_name(std::string(name), detector_names());
  throw InputError({.what = "use the detector \"" + std::string(name) + "\"",
                    .expected = "a detector of the table",
                    .found = "an unknown name",
                    .attempt = (near.empty() ? "" : "did you mean \"" + near + "\"? ") +
                               "\"Detector\" with pixel1 and pixel2 stands for any flat one"});
}

/// Binning that makes native pixels as large as `pixel`; sizes may differ by 2 %, because they are
/// calibrated and rounded.
std::size_t binning_of(DetectorRow const& row, double default_pixel, double pixel) {
  double const native = default_pixel / static_cast<double>(row.binning);
  double const binning = std::max(1.0, std::round(pixel / native));
  if (!std::isfinite(pixel) || std::abs(pixel / (native * binning) - 1.0) > 0.02)
    throw InputError({.what = "use the detector \"" + std::string(row.name) + "\"",
                      .expected = "pixels of " + micrometres(native) + " or a multiple (binning)",
                      .found = micrometres(pixel),
                      .attempt = "look at pixel1 and pixel2 of the calibration"});
  return static_cast<std::size_t>(binning);
}

/// By how many pixels of a side of `fine` one of `coarse` is; 0: `coarse` is no binning of it.
std::size_t binning_between(std::size_t fine, std::size_t coarse) {
  constexpr std::size_t most = 16;
  std::size_t const factor = coarse == 0 ? 0 : fine / coarse;
  return factor >= 1 && factor <= most && fine / factor == coarse ? factor : 0;
}

/// Whether frames of several pixels taken together have a geometry that is known: not where pixels
/// have sizes of their own.
bool can_be_binned(DetectorRow const& row) {
  return row.rule.pixels == DetectorRule::Pixels::regular ||
         row.rule.pixels == DetectorRule::Pixels::cylinder;
}

/// The same by name; a detector that is not in the table has regular pixels.
bool can_be_binned(std::string const& name) {
  auto const table = detector_table();
  auto const row =
      std::find_if(table.begin(), table.end(), [&](auto const& one) { return one.name == name; });
  return row == table.end() || can_be_binned(*row);
}

/// What to do when the frames are those of the detector with another binning; empty: they are not.
std::string binning_advice(Detector const& detector, FrameShape frame) {
  auto const advice = [&](std::size_t rows, std::size_t columns, double pixel1_m, double pixel2_m,
                          std::string const& what) {
    std::string text =
        what + " by " + std::to_string(rows) + " × " + std::to_string(columns) +
        ": give the pixel sizes of the frames in Detector_config of the calibration, \"pixel1\": " +
        number_text(pixel1_m) + ", \"pixel2\": " + number_text(pixel2_m);
    if (detector.name == "Detector")
      text += ", \"max_shape\": [" + std::to_string(frame.rows) + ", " +
              std::to_string(frame.columns) + "]";
    return text + "; its other numbers stay";
  };
  auto const [rows, columns] = detector.shape;
  std::size_t const down1 = binning_between(rows, frame.rows),
                    down2 = binning_between(columns, frame.columns);
  if (down1 * down2 > 1) {
    if (!can_be_binned(detector.name)) {
      return "they are those of this detector binned by " + std::to_string(down1) + " × " +
             std::to_string(down2) +
             ", which has pixels of several sizes, so that binned ones have no known places; use "
             "frames that are not binned";
    }
    return advice(down1, down2, detector.pixel1_m * static_cast<double>(down1),
                  detector.pixel2_m * static_cast<double>(down2),
                  "they are those of this detector binned");
  }
  std::size_t const up1 = binning_between(frame.rows, rows),
                    up2 = binning_between(frame.columns, columns);
  if (up1 * up2 > 1) {
    return advice(up1, up2, detector.pixel1_m / static_cast<double>(up1),
                  detector.pixel2_m / static_cast<double>(up2),
                  "the calibration is of frames that are binned further,");
  }
  return "";
}

bool near(double a, double b) { return std::abs(a / b - 1.0) < 0.02; }

/// Detectors of this shape; those with other pixels are no advice, because they put the rings
/// elsewhere.
std::string sibling_advice(Detector const& detector, FrameShape frame) {
  std::string siblings;
  for (auto const& row : detector_table()) {
    if (default_shape(row) == frame && near(row.pixel1_m, detector.pixel1_m) &&
        near(row.pixel2_m, detector.pixel2_m))
      siblings += (siblings.empty() ? "" : ", ") + std::string(row.name);
  }
  if (!siblings.empty()) return "detectors of this shape and pixel size: " + siblings;
  if (frame == FrameShape{detector.shape.columns, detector.shape.rows})
    return "the frames seem to be transposed, or max_shape is";
  return "the calibration seems to belong to another detector";
}

void check_shape(Detector const& detector, FrameShape frame) {
  if (frame.pixels() == 0 || frame == detector.shape) return;
  auto const binned = binning_advice(detector, frame);
  throw InputError({.what = "use the detector \"" + detector.name + "\"",
                    .expected = "frames of " + text_of(detector.shape),
                    .found = text_of(frame),
                    .attempt = binned.empty() ? sibling_advice(detector, frame) : binned});
}

/// A detector without a table: pixel sizes from the calibration, shape from it or from the frames.
Detector make_plain_detector(DetectorChoice const& choice, FrameShape frame) {
  if (!choice.pixel1_m || !choice.pixel2_m || !(*choice.pixel1_m > 0.0) ||
      !(*choice.pixel2_m > 0.0))
    throw InputError({.what = "use the detector \"Detector\"",
                      .expected = "pixel1 and pixel2 above 0 m",
                      .found = "none",
                      .attempt = "add them to the calibration"});
  return {"Detector", *choice.pixel1_m, *choice.pixel2_m, choice.max_shape.value_or(frame), 3, {}};
}

std::optional<Detector> make_scanned_detector(DetectorRow const& row, DetectorChoice const& choice,
                                              FrameShape frame) {
  if (row.name != "Mar345") return {};
  for (auto const& [size, pixel] : mar345_sizes) {
    bool const same_pixel = std::abs(choice.pixel1_m.value_or(pixel) / pixel - 1.0) < 0.02 &&
                            std::abs(choice.pixel2_m.value_or(pixel) / pixel - 1.0) < 0.02;
    if (!same_pixel || (frame.pixels() != 0 && frame != FrameShape{size, size})) continue;
    Detector detector{std::string(row.name),
                      choice.pixel1_m.value_or(pixel),
                      choice.pixel2_m.value_or(pixel),
                      {size, size},
                      3,
                      {}};
    detector.mask = mask_by_rule(row.rule, detector.shape, detector.shape, 1, 1);
    return detector;
  }
  return {};
}

Detector make_table_detector(DetectorRow const& row, DetectorChoice const& choice) {
  FrameShape const native = choice.max_shape.value_or(row.native_shape);
  double const pixel1 = choice.pixel1_m.value_or(row.pixel1_m),
               pixel2 = choice.pixel2_m.value_or(row.pixel2_m);
  std::size_t const binning1 = binning_of(row, row.pixel1_m, pixel1),
                    binning2 = binning_of(row, row.pixel2_m, pixel2);
  Detector detector{std::string(row.name),
                    pixel1,
                    pixel2,
                    {native.rows / binning1, native.columns / binning2},
                    3,
                    {}};
  if (!can_be_binned(row) && (binning1 > 1 || binning2 > 1))
    throw InputError(
        {.what = "use the detector \"" + std::string(row.name) + "\"",
         .expected = "pixels of " + micrometres(row.pixel1_m) + " by " + micrometres(row.pixel2_m),
         .found = micrometres(pixel1) + " by " + micrometres(pixel2),
         .attempt = "its frames cannot be binned"});
  detector.mask = mask_by_rule(row.rule, native, detector.shape, binning1, binning2);
  place_pixels(row.rule, choice.radius_m.value_or(row.rule.radius_m), detector);
  return detector;
}

Detector make_any_detector(DetectorChoice const& choice, FrameShape frame) {
  if (plain(choice.name) == "nexusdetector")
    throw InputError({.what = "use the detector \"" + choice.name + "\"",
                      .expected = "\"filename\" in Detector_config of the calibration, the NeXus "
                                  "file that places its pixels",
                      .found = "none"});
  DetectorRow const& row = row_of(choice.name);
  if (row.name == "Detector") return make_plain_detector(choice, frame);
  if (auto scanned = make_scanned_detector(row, choice, frame)) return *scanned;
  return make_table_detector(row, choice);
}

/// The orientation that flips what two orientations flip differently.
int orientation_between(int from, int to) {
  bool const rows = flips_rows(from) != flips_rows(to),
             columns = flips_columns(from) != flips_columns(to);
  if (rows) return columns ? 1 : 2;
  return columns ? 4 : 3;
}

void check_orientation(std::string const& name, int orientation) {
  if (orientation < 0 || orientation > 4)
    throw InputError({.what = "use the detector \"" + name + "\"",
                      .expected = "an orientation from 1 to 4",
                      .found = std::to_string(orientation),
                      .attempt = "look at Detector_config of the PONI file"});
}

}  // namespace

Detector make_detector(DetectorChoice const& choice, FrameShape frame) {
  check_orientation(choice.name, choice.orientation);
  return oriented(make_any_detector(choice, frame),
                  choice.orientation == 0 ? 3 : choice.orientation, frame);
}

Detector make_detector(DetectorChoice const& choice, FrameShape frame,
                       DistortionSpline const& distortion) {
  check_orientation(choice.name, choice.orientation);
  DetectorRow const& row = row_of(choice.name);
  if (row.rule.pixels != DetectorRule::Pixels::regular)
    throw InputError(
        {.what = "use the detector \"" + std::string(row.name) + "\" with a spline file",
         .expected = "a detector with a regular grid of pixels",
         .attempt = "take the spline file out of the calibration"});
  Detector detector{
      std::string(row.name), distortion.pixel1_m, distortion.pixel2_m, distortion.shape, 3, {}};
  detector.distortion = distortion;
  detector.mask = mask_by_rule(row.rule, detector.shape, detector.shape, 1, 1);
  return oriented(std::move(detector), choice.orientation == 0 ? 3 : choice.orientation, frame);
}

Detector oriented(Detector detector, int orientation, FrameShape frame) {
  check_orientation(detector.name, orientation);
  check_shape(detector, frame);
  if (orientation != 0)
    detector.orientation = orientation_between(detector.orientation, orientation);
  else
    detector.orientation = 3;
  if (!detector.mask.empty()) turn(detector.mask, detector.shape, detector.orientation);
  return detector;
}

FrameShape detector_shape(std::string_view name) {
  DetectorRow const& row = row_of(name);
  if (row.native_shape.pixels() == 0)
    throw InputError({.what = "tell the shape of the detector \"" + std::string(name) + "\"",
                      .expected = "a detector of the table",
                      .found = "a plain one"});
  return default_shape(row);
}

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (auto const& row : detector_table()) names.emplace_back(row.name);
  return names;
}

}  // namespace xrdct::core
