// The calibration of a scan, its masks, and whether they fit the frames.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/inspect/open_scan.hpp"
#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"
#include "io/frames/read_image.hpp"

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

/// Masks in the file of the frames. One that masks most pixels is rather one of good pixels.
void find_masks(OpenScan const& scan, Findings& findings) {
  std::filesystem::path const first = scan.source->parts().front().file;
  bool const is_absolute = std::filesystem::path(findings.files.front()).is_absolute();
  auto const file =
      (is_absolute ? first : first.lexically_proximate(std::filesystem::current_path())).string();
  for (auto const& path : findings.facts.masks) {
    FoundMask mask{.location = file + ":" + path, .share = 0.0};
    try {
      auto const pixels = io::read_image(mask.location).pixels;
      auto const good = std::count(pixels.begin(), pixels.end(), 0.0);
      mask.share = 1.0 - static_cast<double>(good) / static_cast<double>(pixels.size());
    } catch (core::InputError const&) {
      continue;
    } catch (core::IoError const&) {
      continue;
    }
    constexpr double most = 0.5;
    if (mask.share <= most) {
      findings.masks.push_back(mask);
    } else {
      findings.remarks.push_back(fmt::format(
          "{} is not 0 in {:.0f} % of the pixels, and is not taken as a mask: xrdct leaves out "
          "what is not 0",
          mask.location, 100.0 * mask.share));
    }
  }
}

}  // namespace

void find_calibration(OpenScan& scan, Findings& findings) {
  findings.poni_file = scan.options.poni;
  if (!findings.poni_file.empty()) findings.poni = config::read_poni(findings.poni_file);
  if (!findings.taken() || !scan.source) return;
  if (!scan.files.images) find_masks(scan, findings);
  if (!findings.poni) return;
  compare_wavelength(findings);
  bool const is_plain = findings.poni->calibration.detector.spline_file.empty() &&
                        findings.poni->calibration.detector.nexus_file.empty();
  if (is_plain) compare_shape(findings);
}

}  // namespace xrdct::app
