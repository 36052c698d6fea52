// Frames of which the readout left out the border: the detector keeps its name and pixels, and gets
// the shape of the frames.
#include "core/detector/cropped_detector.hpp"

#include <algorithm>

#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_lost = 50;  // one pixel in so many

bool is_slightly_less(std::size_t frame, std::size_t detector) {
  return frame <= detector && detector - frame <= detector / most_lost;
}

bool has_plain_pixels(Detector const& detector) {
  bool const dead = std::any_of(detector.mask.begin(), detector.mask.end(),
                                [](auto pixel) { return pixel != 0; });
  return !dead && detector.edges.rows.empty() && detector.edges.columns.empty() &&
         detector.strips.rows.empty() && detector.table.position.empty();
}

bool is_cropped(DetectorChoice const& choice, FrameShape frame) {
  if (!choice.nexus_file.empty() || !choice.spline_file.empty() || choice.max_shape) return false;
  Detector const detector = make_detector(choice, {});
  if (detector.name == "Detector" || frame == detector.shape ||
      detector.shape != detector_shape(choice.name))
    return false;
  return is_slightly_less(frame.rows, detector.shape.rows) &&
         is_slightly_less(frame.columns, detector.shape.columns) && has_plain_pixels(detector);
}

}  // namespace

Calibration cropped_to(Calibration calibration, FrameShape frame) {
  try {
    if (is_cropped(calibration.detector, frame)) calibration.detector.max_shape = frame;
  } catch (InputError const&) {  // reported where the detector is made
  }
  return calibration;
}

std::string crop_note(Calibration const& calibration, Calibration const& cropped) {
  if (calibration.detector.max_shape || !cropped.detector.max_shape) return "";
  auto const text = [](FrameShape shape) {
    return std::to_string(shape.rows) + " × " + std::to_string(shape.columns);
  };
  return "the frames have " + text(*cropped.detector.max_shape) + " pixels, the detector " +
         calibration.detector.name + " has " + text(detector_shape(calibration.detector.name)) +
         ": its last rows and columns are taken as left out, as in pyFAI";
}

}  // namespace xrdct::core
