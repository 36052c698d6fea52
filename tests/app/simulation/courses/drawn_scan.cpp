// Draws scans that went wrong in every way that the simulation knows.
#include "drawn_scan.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <regex>

#include "app/simulation/simulated_content.hpp"
#include "app/simulation/simulated_job.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;

// Numbers of one seed. The engine is the same everywhere, its distributions are not.
class Lot {
 public:
  explicit Lot(std::uint64_t seed) : engine_(seed) {}
  double share() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  bool with(double probability) { return share() < probability; }
  std::size_t from(std::size_t low, std::size_t high) {
    return low + static_cast<std::size_t>(share() * static_cast<double>(high - low + 1));
  }

 private:
  std::mt19937_64 engine_;
};

core::SimulationSettings experiment(Lot& lot) {
  core::SimulationSettings s;
  s.frame = {9, 12};
  auto& c = s.calibration;
  c.detector.name = "Detector";
  c.detector.pixel1_m = c.detector.pixel2_m = 1e-3;
  c.detector.max_shape = s.frame;
  c.distance_m = 0.03;
  c.poni1_m = 0.002;
  c.poni2_m = 0.003;
  c.wavelength_m = 2.0664e-11;
  s.peak_fwhm_deg = 4.0;
  s.counts = 200.0;
  s.monitor_drift = 0.1;
  s.seed = lot.from(1, 1000000);
  s.sample_radius_mm = 1.0;
  return s;
}

// Rotations over half a turn or a whole one, translations over the sample; steps of any size.
void draw_axes(Lot& lot, core::SimulationSettings& s, std::size_t finer = 1) {
  s.course.rotation_fast = lot.with(0.35);
  s.course.turning_on = s.course.rotation_fast && lot.with(0.3);
  s.scan = {lot.with(0.2) ? std::size_t{2} : 1, finer * lot.from(14, 22), finer * lot.from(10, 18)};
  double const rotations = static_cast<double>(s.rotations()),
               translations = static_cast<double>(s.translations());
  double const turn = s.course.turning_on || lot.with(0.3) ? 360.0 : 180.0;
  bool const both_ends = !s.course.turning_on && lot.with(0.2);  // N + 1 frames per turn
  s.rotation_deg = {lot.with(0.5) ? 0.0 : -180.0 + 300.0 * lot.share(),
                    turn / (both_ends ? rotations - 1.0 : rotations)};
  double const range = 2.4 * (0.8 + 0.4 * lot.share());
  s.translation_mm.step = range / translations;
  s.translation_mm.start = -0.5 * (translations - 1.0) * s.translation_mm.step +
                           (lot.with(0.5) ? 20.0 * lot.share() - 10.0 : 0.0) * 0.01;
  s.height_mm = {0.0, 0.1};
}

std::vector<std::size_t> draw_lines(Lot& lot, double probability, std::size_t most,
                                    std::size_t lines) {
  std::vector<std::size_t> drawn;
  if (!lot.with(probability)) return drawn;
  for (std::size_t k = lot.from(1, most); k > 0; --k) drawn.push_back(lot.from(0, lines - 1));
  std::sort(drawn.begin(), drawn.end());
  drawn.erase(std::unique(drawn.begin(), drawn.end()), drawn.end());
  return drawn;
}

void remove_from(std::vector<std::size_t>& lines, std::vector<std::size_t> const& others) {
  std::erase_if(lines, [&](std::size_t line) {
    return std::find(others.begin(), others.end(), line) != others.end();
  });
}

void draw_course(Lot& lot, core::SimulationSettings& s) {
  auto& c = s.course;
  c.zigzag = !c.turning_on && lot.with(0.5);
  c.interlaced = lot.with(0.25) ? lot.from(2, 4) : 1;
  c.missing_lines = draw_lines(lot, 0.35, 2, s.lines());
  c.repeated_lines = draw_lines(lot, 0.3, 2, s.lines());
  c.longer_lines = draw_lines(lot, 0.25, 2, s.lines());
  if (lot.with(0.4)) c.aborted_lines = c.repeated_lines;
  if (lot.with(0.25)) c.aborted_lines.push_back(s.lines() - 1);
  remove_from(c.repeated_lines, c.missing_lines);
  remove_from(c.longer_lines, c.missing_lines);
  remove_from(c.aborted_lines, c.missing_lines);
  remove_from(c.longer_lines, c.aborted_lines);
  c.jitter = lot.with(0.6) ? 0.3 * lot.share() : 0.0;
  double const exposure = lot.share();
  c.exposure = exposure < 0.5   ? core::Exposure::stepped
               : exposure < 0.7 ? core::Exposure::middle
                                : core::Exposure::start;
}

void draw_files(Lot& lot, app::SimulateOptions& o) {
  double const layout = lot.share();
  o.layout = layout < 0.35   ? io::ScanLayout::bliss
             : layout < 0.55 ? io::ScanLayout::eiger
             : layout < 0.75 ? io::ScanLayout::maxiv
             : layout < 0.9  ? io::ScanLayout::cbf
                             : io::ScanLayout::single;
  if (o.layout == io::ScanLayout::bliss || o.layout == io::ScanLayout::maxiv) {
    bool const heights = o.settings.scan.height > 1 && lot.with(0.5);
    o.entries = heights         ? app::ScanEntries::heights
                : lot.with(0.3) ? app::ScanEntries::lines
                                : app::ScanEntries::scan;
  }
  o.settings.type = o.layout == io::ScanLayout::cbf ? core::PixelType::i32 : core::PixelType::u16;
  o.frames_per_file = static_cast<std::int64_t>(lot.from(60, 400));
  o.bins = 8;
  o.motors = true;
}

// Takes from the job what its user does not know.
std::string without(std::string job, GridKnown known) {
  if (known != GridKnown::all)
    job = std::regex_replace(job, std::regex("\"start\": [^,]*, \"step\": [^,]*, "), "");
  if (known == GridKnown::nothing)
    job = std::regex_replace(job, std::regex(" *\"shape\": [^}]*},\n"), "");
  // its user would have said so after the first attempt
  std::string const more = "    \"repeated\": \"last\",\n    \"incomplete\": \"nan\",\n";
  for (std::string const key : {"repeated", "incomplete"})
    job = std::regex_replace(job, std::regex(" *\"" + key + "\": \"[a-z]*\",\n"), "");
  return job.insert(job.find("    \"monitor\""), more);
}

std::string text_of(std::string const& name, std::vector<std::size_t> const& lines) {
  if (lines.empty()) return "";
  std::string text = ", " + name;
  for (std::size_t const line : lines) text += " " + std::to_string(line);
  return text;
}

}  // namespace

std::string DrawnScan::course() const {
  auto const& s = options.settings;
  auto const& c = s.course;
  std::string text = std::to_string(s.scan.height) + " x " + std::to_string(s.scan.slow) + " x " +
                     std::to_string(s.scan.fast) + ", " +
                     std::string(core::name_of(options.layout)) + " " +
                     std::string(core::name_of(options.entries));
  text += c.rotation_fast ? ", rotation fast" : "";
  text += c.zigzag ? ", zigzag" : c.turning_on ? ", turning on" : "";
  if (c.interlaced > 1) text += ", interlaced " + std::to_string(c.interlaced);
  text += text_of("missing", c.missing_lines) + text_of("repeated", c.repeated_lines) +
          text_of("aborted", c.aborted_lines) + text_of("longer", c.longer_lines);
  if (c.jitter > 0.0) text += ", jitter " + std::to_string(c.jitter);
  text += ", " + std::string(core::name_of(c.exposure)) + ", rotation from " +
          std::to_string(s.rotation_deg.start) + " by " + std::to_string(s.rotation_deg.step);
  return text + (known == GridKnown::nothing ? "; nothing given"
                 : known == GridKnown::shape ? "; shape given"
                                             : "; grid given");
}

DrawnScan drawn_scan(std::uint64_t seed) {
  Lot lot(seed);
  DrawnScan drawn;
  auto& options = drawn.options;
  options.settings = experiment(lot);
  draw_axes(lot, options.settings);
  draw_course(lot, options.settings);
  draw_files(lot, options);
  double const known = lot.share();
  drawn.known = known < 0.5 ? GridKnown::nothing : known < 0.75 ? GridKnown::shape : GridKnown::all;
  drawn.scan = std::make_shared<core::SimulatedScan>(options.settings);
  drawn.files = io::scan_files(options.layout, app::simulated_content(options, *drawn.scan));
  drawn.job = without(app::simulated_job(options, drawn.files->job_names()), drawn.known);
  return drawn;
}

core::SimulationSettings drawn_raster(std::uint64_t seed, bool zigzag) {
  Lot lot(seed);
  auto settings = experiment(lot);
  draw_axes(lot, settings, 2);
  settings.scan.height = 1;
  settings.course.turning_on = false;
  settings.course.zigzag = zigzag;
  return settings;
}

void write_drawn(DrawnScan const& drawn, fs::path const& folder) {
  auto const draw = [&](std::int64_t n, std::span<std::byte> out) { drawn.scan->draw(n, out); };
  auto const& files = *drawn.files;
  for (auto const& name : files.names()) fs::create_directories((folder / name).parent_path());
  for (std::size_t part = 0; part < files.parts().size(); ++part)
    files.write_part(folder, part, draw, 1, {});
  files.write_rest(folder);
  for (auto const& [name, text] : files.texts()) std::ofstream(folder / name) << text;
}

}  // namespace xrdct::test
