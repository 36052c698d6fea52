// The calibration of a scan, its masks, and whether they fit the frames.
#include <fmt/core.h>

#include <cmath>

#include "app/inspect/open_scan.hpp"
#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

void compare_wavelength(Findings& findings) {
  constexpr double metre_per_A = 1e-10, tolerance = 0.005;
  auto const said = findings.facts.wavelength();
  auto const given = findings.poni->calibration.wavelength_m;
  if (!said || !given) return;
  double const there = *given / metre_per_A;
  if (std::abs(there - *said) <= tolerance * *said) return;
  findings.remarks.push_back(fmt::format(
      "{} has a wavelength of {:.5g} A, the files of the scan one of {:.5g} A: what counts is the "
      "PONI file",
      findings.poni_file, there, *said));
}

void compare_shape(Findings& findings) {
  auto const& detector = findings.poni->calibration.detector;
  auto const frame = findings.taken()->shape;
  try {
    core::make_detector(detector, frame);
  } catch (core::InputError const& error) {
    findings.questions.push_back({findings.poni_file + " is of another detector: " + error.what(),
                                  "--poni FILE, or --stack PATH", "calibration.poni"});
  }
}

}  // namespace

void find_calibration(OpenScan& scan, Findings& findings) {
  findings.poni_file = scan.options.poni;
  if (!findings.poni_file.empty()) findings.poni = config::read_poni(findings.poni_file);
  if (!findings.taken() || !scan.source) return;
  auto const& parts = scan.source->parts();
  if (!scan.files.images)
    for (auto const& mask : findings.facts.masks)
      findings.masks.push_back(parts.front().file.string() + ":" + mask);
  if (!findings.poni) return;
  compare_wavelength(findings);
  bool const is_plain = findings.poni->calibration.detector.spline_file.empty() &&
                        findings.poni->calibration.detector.nexus_file.empty();
  if (is_plain) compare_shape(findings);
}

}  // namespace xrdct::app
