// Checks the settings of a simulation, all at once.
#include "core/phantom/simulation_settings.hpp"

#include <cmath>
#include <utility>

#include "core/phantom/simulated_course.hpp"
#include "core/words/problems.hpp"

namespace xrdct::core {
namespace {

/// "0.5", "12": no more digits than needed, as an option is written.
std::string written(double value) {
  std::string number = std::to_string(value);
  if (number.find('.') != std::string::npos) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
  }
  return number;
}

/// Notes what is wrong with options of `xrdct simulate`.
class OptionProblems {
 public:
  void require(bool holds, std::string const& option, std::string const& expected, double found) {
    require(holds, option, expected, written(found));
  }
  void require(bool holds, std::string const& option, std::string const& expected,
               std::string const& found) {
    all_.require(holds, {.what = "simulate: " + option, .expected = expected, .found = found});
  }
  std::vector<std::string> const& texts() const { return all_.texts(); }

 private:
  Problems all_;
};

bool is_share(double x) { return x >= 0.0 && x < 1.0; }
bool is_positive(double x) { return std::isfinite(x) && x > 0.0; }

void check_scan(SimulationSettings const& s, OptionProblems& problems) {
  constexpr double most = 4294967295.0;  // frames and pixels count in 32 bits of the random counter
  double const places = static_cast<double>(s.scan.height) * static_cast<double>(s.scan.slow) *
                        static_cast<double>(s.scan.fast);
  problems.require(places >= 1.0 && places <= most, "--heights, --rotations, --translations",
                   "1 to 4294967295 frames in all", places);
  problems.require(s.rotation_deg.step != 0.0 && std::isfinite(s.rotation_deg.step),
                   "--rotation-step", "an angle in degrees other than 0", s.rotation_deg.step);
  problems.require(is_positive(std::abs(s.translation_mm.step)), "--translation-step",
                   "a length in mm other than 0", s.translation_mm.step);
  problems.require(std::isfinite(s.height_mm.step), "--height-step", "a length in mm",
                   s.height_mm.step);
  problems.require(is_positive(s.sample_radius_mm), "--sample-radius", "a length in mm above 0",
                   s.sample_radius_mm);
}

void check_experiment(SimulationSettings const& s, OptionProblems& problems) {
  double const pixels = static_cast<double>(s.frame.rows) * static_cast<double>(s.frame.columns);
  problems.require(pixels >= 1.0 && pixels <= 4294967295.0, "--shape", "1 to 4294967295 pixels",
                   pixels);
  problems.require(is_positive(s.calibration.distance_m), "--distance", "a length in m above 0",
                   s.calibration.distance_m);
  problems.require(is_positive(s.calibration.wavelength_m.value_or(-1.0)), "--energy",
                   "an energy in keV above 0", s.calibration.wavelength_m.value_or(-1.0));
  problems.require(s.calibration.detector.orientation == 3, "orientation",
                   "3, the only one that is simulated", s.calibration.detector.orientation);
  problems.require(is_positive(s.peak_fwhm_deg) && s.peak_fwhm_deg < 45.0, "--peak-width",
                   "an angle in degrees above 0 and below 45", s.peak_fwhm_deg);
  problems.require(std::abs(s.polarization_factor) <= 1.0, "--polarization",
                   "a factor from -1 to 1", s.polarization_factor);
}

void check_counts(SimulationSettings const& s, OptionProblems& problems) {
  problems.require(is_positive(s.counts) && s.counts <= 1e8, "--counts",
                   "a mean above 0 and at most 1e8", s.counts);
  problems.require(is_share(s.air_share), "--air", "a share from 0 to below 1", s.air_share);
  problems.require(is_share(s.monitor_drift), "--monitor-drift", "a share from 0 to below 1",
                   s.monitor_drift);
  problems.require(s.hot_pixels <= s.frame.pixels() / 2, "--hot-pixels",
                   "at most half of the pixels", static_cast<double>(s.hot_pixels));
  problems.require(s.hot_counts >= 0.0 && s.hot_counts <= 1e9, "--hot-counts",
                   "a mean from 0 to 1e9", s.hot_counts);
  problems.require(s.spots <= 100000, "--spots", "at most 100000 per frame",
                   static_cast<double>(s.spots));
  problems.require(s.spot_counts >= 0.0 && s.spot_counts <= 1e9, "--spot-counts",
                   "a mean from 0 to 1e9", s.spot_counts);
}

}  // namespace

std::vector<std::string> problems_of(SimulationSettings const& settings) {
  OptionProblems problems;
  check_scan(settings, problems);
  check_experiment(settings, problems);
  check_counts(settings, problems);
  bool const has_type = settings.type == PixelType::u16 || settings.type == PixelType::u32 ||
                        settings.type == PixelType::i32;
  problems.require(has_type, "--type", "u16, u32 or i32", std::string(name_of(settings.type)));
  auto texts = problems.texts();
  for (auto& text : problems_of_course(settings)) texts.push_back(std::move(text));
  return texts;
}

}  // namespace xrdct::core
