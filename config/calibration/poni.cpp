// Reads PONI files of every version.
#include "config/calibration/poni.hpp"

#include "config/calibration/detector_config.hpp"
#include "config/calibration/poni_lines.hpp"
#include "config/text/text_file.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

// Versions as pyFAI counts them: without the key, what is there tells.
enum class Version { v1, v2 };

Version version_of(PoniLines const& lines, PoniProblems& problems) {
  auto const* line = lines.find("poni_version");
  if (line == nullptr)
    return lines.find("detector_config") != nullptr || lines.find("parallax") != nullptr
               ? Version::v2
               : Version::v1;
  auto const number = number_of(line->value);
  if (number && *number == 1.0) return Version::v1;
  if (!number || (*number != 2.0 && *number != 2.1 && *number != 3.0))
    problems.add(*line, "version 1, 2, 2.1 or 3");
  return Version::v2;
}

void read_numbers(PoniLines const& lines, core::Calibration& calibration, PoniProblems& problems,
                  std::vector<std::string>& warnings) {
  constexpr double shortest_m = 1e-14;
  constexpr double longest_m = 1e-7;
  if (auto const* line = lines.find("distance")) {
    calibration.distance_m = problems.positive(*line, "a distance in metres above 0").value_or(1.0);
  } else {
    problems.add_missing("Distance", "a distance in metres");
  }
  auto const read = [&](char const* key, double& to) {
    if (auto const* line = lines.find(key)) {
      to = problems
               .finite(*line, std::string_view(key).starts_with("rot") ? "a rotation in radian"
                                                                       : "a position in metres")
               .value_or(0.0);
    } else {
      warnings.push_back(std::string(key) + " is missing; 0 is taken");
    }
  };
  read("poni1", calibration.poni1_m);
  read("poni2", calibration.poni2_m);
  read("rot1", calibration.rot1_rad);
  read("rot2", calibration.rot2_rad);
  read("rot3", calibration.rot3_rad);
  auto const* line = lines.find("wavelength");
  if (line == nullptr || is_none(line->value)) return;
  calibration.wavelength_m =
      problems.positive(*line, "a wavelength in metres above 0, such as 1.5406e-10");
  if (calibration.wavelength_m &&
      (*calibration.wavelength_m < shortest_m || *calibration.wavelength_m > longest_m)) {
    problems.add(*line, "the wavelength of X-rays in metres, such as 1.5406e-10");
  }
}

// Version 1: one line for each property of the detector.
void read_detector_lines(PoniLines const& lines, core::DetectorChoice& detector,
                         PoniProblems& problems) {
  auto const read = [&](char const* key) -> std::optional<double> {
    auto const* line = lines.find(key);
    if (line == nullptr || is_none(line->value)) return {};
    return problems.positive(*line, "a size in metres above 0");
  };
  detector.pixel1_m = read("pixelsize1");
  detector.pixel2_m = read("pixelsize2");
  if (auto const* spline = lines.find("splinefile"); spline != nullptr && !is_none(spline->value))
    detector.spline_file = spline->value;
}

bool is_hdf5_name(std::string const& name) {
  auto const ending = lower_case(std::filesystem::path(name).extension().string());
  return ending == ".h5" || ending == ".hdf5" || ending == ".nxs";
}

/// Files that the calibration names are looked for beside it.
void resolve_files(std::filesystem::path const& folder, core::DetectorChoice& detector) {
  for (std::string* file : {&detector.spline_file, &detector.nexus_file}) {
    if (!file->empty()) *file = (folder / *file).string();
  }
}

void check_keys(PoniLines const& lines, PoniProblems& problems,
                std::vector<std::string>& warnings) {
  for (auto const& line : lines.all()) {
    if (is_known_key(line.key)) continue;
    auto const nearest = nearest_key(line.key);
    if (nearest.empty()) {
      warnings.push_back("line " + std::to_string(line.number) + ": the unknown key " +
                         line.written_key + " is not used");
    } else {
      problems.add_key(line, nearest);
    }
  }
}

}  // namespace

PoniFile parse_poni(std::string_view text, std::string const& file_name) {
  if (auto const first = text.find_first_not_of(" \t\r\n");
      first != std::string_view::npos && text[first] == '{') {
    throw core::InputError(
        "cannot read " + file_name +
        ": expected `Key: value` lines, found JSON; save the calibration as a .poni file");
  }
  PoniProblems problems(file_name);
  PoniFile poni;
  poni.text = std::string(text);
  PoniLines const lines(text, problems);
  check_keys(lines, problems, poni.warnings);
  auto& detector = poni.calibration.detector;
  if (auto const* line = lines.find("detector"); line != nullptr && !is_none(line->value))
    detector.name = line->value;
  // A file may hold an older calibration of version 1 above the one that applies: its lines are not
  // mixed with a Detector_config.
  if (version_of(lines, problems) == Version::v1) {
    read_detector_lines(lines, detector, problems);
  } else if (auto const* line = lines.find("detector_config")) {
    read_detector_config(*line, detector, problems, poni.warnings);
  }
  if (detector.nexus_file.empty() && is_hdf5_name(detector.name))
    detector.nexus_file = detector.name;
  read_numbers(lines, poni.calibration, problems, poni.warnings);
  if (auto const* line = lines.find("parallax"); line != nullptr && !is_false(line->value)) {
    poni.calibration.parallax = lower_case(line->value) == "true" || line->value == "1";
    if (!poni.calibration.parallax) problems.add(*line, "True or False");
  }
  if (!problems.list().empty()) throw core::InputError(problems.list());
  poni.orientation_given = detector.orientation != 0 && detector.orientation != 3;
  return poni;
}

PoniFile read_poni(std::filesystem::path const& file) {
  PoniFile poni = parse_poni(text_of_file(file, "a PONI file", "check the path"), file.string());
  resolve_files(file.parent_path(), poni.calibration.detector);
  return poni;
}

}  // namespace xrdct::config
