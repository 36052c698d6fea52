// Finds energy, distance, exposure and the like among the numbers of a file.
#include "io/survey/scan_facts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <span>
#include <string_view>

namespace xrdct::io {
namespace {

constexpr double keV_A = 12.398419843320026;  // h·c

/// A unit, as files write it, in terms of the one that is wanted.
struct Unit {
  std::string_view name;
  double factor;
};

/// A fact by its names, the surest first, its units, and what a number without a unit may be.
struct Wanted {
  std::span<std::string_view const> names;
  std::span<Unit const> units;
  double low, high;  // in the wanted unit
};

constexpr std::array<std::string_view, 5> energy_names{"incident_energy", "photon_energy", "energy",
                                                       "mono_energy", "energy_keV"};
constexpr std::array<std::string_view, 2> wavelength_names{"incident_wavelength", "wavelength"};
constexpr std::array<std::string_view, 3> distance_names{"detector_distance", "distance",
                                                         "sample_detector_distance"};
constexpr std::array<std::string_view, 6> exposure_names{
    "count_time", "acq_expo_time", "exposure_time", "exposure", "expo_time", "frame_time"};
constexpr std::array<std::string_view, 1> row_names{"beam_center_y"};
constexpr std::array<std::string_view, 1> column_names{"beam_center_x"};
constexpr std::array<std::string_view, 1> pixel1_names{"y_pixel_size"};
constexpr std::array<std::string_view, 1> pixel2_names{"x_pixel_size"};

constexpr std::array<Unit, 3> keV{{{"keV", 1.0}, {"eV", 1e-3}, {"MeV", 1e3}}};
constexpr std::array<Unit, 6> angstrom{
    {{"angstrom", 1.0}, {"angstroms", 1.0}, {"A", 1.0}, {"nm", 10.0}, {"m", 1e10}, {"pm", 0.01}}};
constexpr std::array<Unit, 6> metre{
    {{"m", 1.0}, {"mm", 1e-3}, {"cm", 1e-2}, {"um", 1e-6}, {"µm", 1e-6}, {"micron", 1e-6}}};
constexpr std::array<Unit, 5> second{
    {{"s", 1.0}, {"sec", 1.0}, {"ms", 1e-3}, {"us", 1e-6}, {"seconds", 1.0}}};
constexpr std::array<Unit, 2> pixel{{{"pixel", 1.0}, {"pixels", 1.0}}};

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

// Of a number without a unit that of the units which makes it plausible, the wanted one first.
std::optional<double> converted(FoundNumbers const& numbers, Wanted const& wanted) {
  double const value = numbers.value.value_or(std::nan(""));
  if (!std::isfinite(value)) return {};
  auto const is_plausible = [&](double number) {
    return number >= wanted.low && number <= wanted.high;
  };
  for (auto const& unit : wanted.units) {
    bool const is_said = same_word(numbers.unit, unit.name);
    if ((is_said || numbers.unit.empty()) && is_plausible(value * unit.factor))
      return value * unit.factor;
    if (is_said) return {};
  }
  return {};
}

// Components that two paths begin with.
std::size_t common_components(std::string const& a, std::string const& b) {
  std::size_t common = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i)
    common += a[i] == '/';
  return common;
}

class Search {
 public:
  Search(Hdf5Objects const& objects, std::string const& stack) : objects_(objects), stack_(stack) {}

  std::optional<FoundFact> fact(Wanted const& wanted) const {
    std::optional<FoundFact> best;
    std::size_t nearest = 0;
    for (auto const name : wanted.names) {
      for (auto const& numbers : objects_.numbers) {
        if (!same_word(numbers.name(), name)) continue;
        auto const value = converted(numbers, wanted);
        auto const near = common_components(numbers.path, stack_);
        if (!value || (best && near <= nearest)) continue;
        best = FoundFact{*value, numbers.path};
        nearest = near;
      }
    }
    return best;
  }

  std::string text(std::string_view name) const {
    std::string best;
    std::size_t nearest = 0;
    for (auto const& [path, text] : objects_.texts) {
      auto const near = common_components(path, stack_);
      bool const is_it = path.ends_with("/" + std::string(name));
      if (!is_it || (!best.empty() && near <= nearest)) continue;
      best = text;
      nearest = near;
    }
    return best;
  }

  std::vector<std::string> masks(core::FrameShape frame) const {
    std::vector<std::string> found;
    std::size_t nearest = 0;
    for (auto const& numbers : objects_.numbers) {
      auto const& dims = numbers.dims;
      bool const fits = dims.size() == 2 && dims[0] == static_cast<std::int64_t>(frame.rows) &&
                        dims[1] == static_cast<std::int64_t>(frame.columns) &&
                        numbers.name().find("mask") != std::string::npos;
      auto const near = common_components(numbers.path, stack_);
      if (!fits || near < nearest) continue;
      if (near > nearest) found.clear();
      nearest = near;
      found.push_back(numbers.path);
    }
    return found;
  }

 private:
  Hdf5Objects const& objects_;
  std::string const& stack_;
};

}  // namespace

std::optional<double> ScanFacts::energy() const {
  if (energy_keV) return energy_keV->value;
  if (wavelength_A) return keV_A / wavelength_A->value;
  return {};
}

std::optional<double> ScanFacts::wavelength() const {
  if (wavelength_A) return wavelength_A->value;
  if (energy_keV) return keV_A / energy_keV->value;
  return {};
}

ScanFacts scan_facts(Hdf5Objects const& objects, std::string const& stack, core::FrameShape frame) {
  Search const search(objects, stack);
  ScanFacts facts;
  facts.energy_keV = search.fact({energy_names, keV, 1.0, 500.0});
  facts.wavelength_A = search.fact({wavelength_names, angstrom, 0.02, 12.0});
  facts.distance_m = search.fact({distance_names, metre, 1e-3, 50.0});
  facts.exposure_s = search.fact({exposure_names, second, 1e-7, 1e5});
  facts.beam_row = search.fact({row_names, pixel, -1e6, 1e6});
  facts.beam_column = search.fact({column_names, pixel, -1e6, 1e6});
  facts.pixel1_m = search.fact({pixel1_names, metre, 1e-7, 1e-2});
  facts.pixel2_m = search.fact({pixel2_names, metre, 1e-7, 1e-2});
  facts.masks = search.masks(frame);
  facts.title = search.text("title");
  facts.end_reason = search.text("end_reason");
  facts.start_time = search.text("start_time");
  facts.detector = search.text("description");
  return facts;
}

}  // namespace xrdct::io
