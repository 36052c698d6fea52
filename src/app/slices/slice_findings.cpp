// Looks at the sum over channels, and prepares what is done to each of them.
#include "app/slices/slice_findings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/conditioning/robust_statistics.hpp"
#include "core/scan/progress.hpp"

namespace xrdct::app {
namespace {

/// Values of all places of a height in the order of projections: [projection][translation].
template <class Value>
std::vector<Value> projections_of(SliceInputs const& inputs, HeightGeometry const& geometry,
                                  std::vector<Value> const& of_places) {
  std::vector<Value> out;
  out.reserve(of_places.size());
  std::size_t const fast = inputs.slow_rotates ? inputs.translations : inputs.projections;
  for (auto const p : geometry.place)
    for (std::size_t k = 0; k < inputs.translations; ++k)
      out.push_back(of_places[inputs.slow_rotates ? p * fast + k : k * fast + p]);
  return out;
}

core::SummedSinogram sum_of(SliceInputs const& inputs, HeightGeometry const& geometry,
                            std::size_t height) {
  auto const& reduction = inputs.reductions[inputs.looked_at];
  io::ChannelSum total;
  auto const [first, units] = inputs.plan.units_of(inputs.looked_at, height);
  for (std::size_t u = first; u < first + units; ++u) {
    auto const unit = inputs.plan.unit(u);
    std::size_t const begin =
        unit.row * reduction.pattern.columns + reduction.first_column + unit.first;
    auto part = inputs.sinograms->sum(reduction.name, height, begin, unit.bins);
    if (u == first)
      total = std::move(part);
    else
      io::add(total, part);
    core::note_progress();
  }
  auto const status = inputs.sinograms->status(height);
  std::vector<std::uint8_t> missing(status.size());
  for (std::size_t i = 0; i < status.size(); ++i)
    missing[i] = status[i] != core::FrameStatus::good || total.bins[i] == 0;
  return core::summed_sinogram(
      geometry.angles, inputs.translations, projections_of(inputs, geometry, total.intensity),
      total.variance.empty() ? std::vector<double>{}
                             : projections_of(inputs, geometry, total.variance),
      projections_of(inputs, geometry, missing));
}

std::string number(std::optional<double> const& centre) {
  return centre ? fmt::format("{:.2f}", *centre) : "none";
}

constexpr std::array methods{core::CentreMethod::centre_of_mass, core::CentreMethod::sweep,
                             core::CentreMethod::half_turn, core::CentreMethod::double_wedge};

std::string lines_of(SliceInputs const& inputs, HeightFindings const& found,
                     core::RotationCentre const& centre, std::size_t height) {
  std::string const where = inputs.heights > 1 ? fmt::format("height {}: ", height) : "";
  if (found.empty()) return where + "no good frame: its slices have no value\n";
  std::string lines;
  auto const tell = [&](std::string const& line) { lines += line + "\n"; };
  if (!inputs.job.grid.centre) {
    std::string text = where + "centre of rotation:";
    for (auto const method : methods) {
      auto const& one = centre.of(method);
      text += fmt::format(" {} {}{},", core::name_of(method), number(one.centre),
                          one.centre ? "" : " (" + one.refusal + ")");
    }
    text.pop_back();
    tell(text);
    if (!centre.method)
      tell(where +
           "warning: no method found a centre: that of the other heights is used, or the "
           "middle of the line; give grid.centre");
    else if (centre.disagree())
      tell(where + fmt::format("warning: the methods differ by {:.2f} translations; "
                               "look at the slices, or give grid.centre",
                               centre.disagreement));
  }
  auto const weights = core::measured_angle_weights(found.sum);
  if (weights.wedge_missing)
    tell(where + fmt::format("warning: a wedge of {:.0f} degrees was not measured: values "
                             "are too low, and edges along it are missing",
                             weights.largest_gap * 180.0 / std::numbers::pi));
  if (centre.half.found) tell(where + "half acquisition: " + centre.half.reason);
  if (inputs.job.conditioning.air && !found.air.usable())
    tell(where + "warning: air is not subtracted: " + found.air.refusal);
  if (inputs.job.conditioning.intensity == core::IntensityRule::total && !found.drift.usable())
    tell(where + "warning: intensities are left as they are: " + found.drift.refusal);
  if (found.zingers > 0) tell(where + fmt::format("{} zingers left out", found.zingers));
  return lines;
}

/// Sets air and drift. \returns the sums as the centre is looked for on them
core::SummedSinogram estimate_air_and_drift(SliceInputs const& inputs, HeightFindings& found) {
  auto const& wanted = inputs.job.conditioning;
  std::size_t const columns = wanted.air && wanted.air->translations
                                  ? static_cast<std::size_t>(*wanted.air->translations)
                                  : core::usual_air_columns(inputs.translations);
  found.air =
      core::estimate_air(found.sum, columns, wanted.air ? wanted.air->per : core::AirScope::scan);
  auto cleaned = core::without_air(found.sum, found.air);
  found.drift = core::estimate_drift(cleaned, found.air);
  if (wanted.intensity == core::IntensityRule::total && found.drift.usable())
    cleaned = core::without_drift(std::move(cleaned), found.drift);
  return cleaned;
}

}  // namespace

LookedAt look_at_height(SliceInputs const& inputs, std::size_t height) {
  auto const& wanted = inputs.job.conditioning;
  HeightFindings found;
  found.geometry = inputs.geometry_of(height);
  found.sum = sum_of(inputs, found.geometry, height);
  found.measured = static_cast<std::size_t>(
      std::count(found.sum.missing.begin(), found.sum.missing.end(), std::uint8_t{0}));
  core::RotationCentre centre;
  if (!found.empty()) {
    if (wanted.zingers) {
      auto const zingers = core::find_zingers(found.sum, wanted.zingers->threshold);
      found.zingers = zingers.size();
      found.sum = core::without_zingers(std::move(found.sum), zingers);
    }
    auto const cleaned = estimate_air_and_drift(inputs, found);
    if (!inputs.job.grid.centre)
      centre = core::find_rotation_centre(cleaned, found.air);
    else
      centre.half = core::half_acquisition(cleaned, found.air, *inputs.job.grid.centre);
    for (std::size_t i = 0; i < methods.size(); ++i)
      found.centres[i] = centre.of(methods[i]).centre.value_or(HeightFindings::nan);
    if (centre.method) found.centre = centre.centre;
    found.half_acquisition = centre.half.found;
  }
  auto const lines = lines_of(inputs, found, centre, height);
  found.sum.value = found.sum.variance = {};
  core::note_progress();
  return {std::move(found), lines};
}

double common_centre(SliceInputs const& inputs, std::vector<double> const& centres) {
  if (inputs.job.grid.centre) return *inputs.job.grid.centre;
  return centres.empty() ? (static_cast<double>(inputs.translations) - 1.0) / 2.0
                         : core::median(centres);
}

core::SliceGeometry geometry_with(SliceInputs const& inputs, HeightGeometry const& geometry,
                                  double centre) {
  core::SliceGeometry with{.angles = geometry.angles,
                           .translations = inputs.translations,
                           .step = inputs.step,
                           .centres = {},
                           .side = inputs.side};
  for (double const shift : geometry.shift) with.centres.push_back(centre - shift);
  return with;
}

HeightWork prepare_height(SliceInputs const& inputs, HeightFindings const& found, double centre) {
  HeightWork work;
  work.geometry = geometry_with(inputs, found.geometry, centre);
  work.imputation = core::impute(found.sum, work.geometry.centres);
  if (found.half_acquisition) {
    work.redundancy = core::redundancy_weights(inputs.translations, centre);
    work.angles = core::full_turn_weights(found.geometry.angles);
    for (std::size_t p = 0; p < inputs.projections; ++p)
      if (work.imputation.empty_projection[p]) work.angles.weight[p] = 0.0;
  } else {
    work.angles = core::measured_angle_weights(found.sum);
  }
  return work;
}

}  // namespace xrdct::app
