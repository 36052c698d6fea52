// Looks at one height: reads its sum over channels, conditions it, and looks for the centre.
#include "app/slices/height_look.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <utility>

#include "core/centre/double_wedge.hpp"
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

/// The leader looks for the centre by the other methods, too: they take about as long as a third of
/// the double wedge on two ranks, and less beside more of them.
constexpr double leader_weight = 0.5;

/// Where the share of the double wedge of the first `members` of a team ends.
std::size_t end_of_wedge(std::size_t tries, int members, int all) {
  if (members == 0 || members == all) return members == 0 ? 0 : tries;
  double const done = leader_weight + static_cast<double>(members - 1),
               whole = leader_weight + static_cast<double>(all - 1);
  return static_cast<std::size_t>(static_cast<double>(tries) * done / whole);
}

}  // namespace

HeightLook::HeightLook(SliceInputs const& inputs, std::size_t height, TeamMember member)
    : inputs_(inputs), height_(height), member_(member) {
  found_.geometry = inputs.geometry_of(height);
}

// In the order of units, which is that of `bins_per_unit`: their sums are added one to the other.
io::ChannelSum HeightLook::read_share() const {
  auto const& reduction = inputs_.reductions[inputs_.looked_at];
  auto const [begin, end] =
      core::blocks_of_rank(inputs_.sinograms->blocks_of_height(), member_.number, member_.members);
  auto const [first, units] = inputs_.plan.units_of(inputs_.looked_at, height_);
  io::ChannelSum total;
  for (std::size_t u = first; u < first + units; ++u) {
    auto const unit = inputs_.plan.unit(u);
    auto part = inputs_.sinograms->sum(
        reduction.name, height_, {begin, end},
        unit.row * reduction.pattern.columns + reduction.first_column + unit.first, unit.bins);
    if (u == first)
      total = std::move(part);
    else
      io::add(total, part);
    core::note_progress();
  }
  return total;
}

void HeightLook::condition(io::ChannelSum const& total) {
  auto const status = inputs_.sinograms->status(height_);
  std::vector<std::uint8_t> missing(status.size());
  for (std::size_t i = 0; i < status.size(); ++i)
    missing[i] = status[i] != core::FrameStatus::good || total.bins[i] == 0;
  auto const& geometry = found_.geometry;
  found_.sum = core::summed_sinogram(
      geometry.angles, inputs_.translations, projections_of(inputs_, geometry, total.intensity),
      total.variance.empty() ? std::vector<double>{}
                             : projections_of(inputs_, geometry, total.variance),
      projections_of(inputs_, geometry, missing));
  found_.measured = static_cast<std::size_t>(
      std::count(found_.sum.missing.begin(), found_.sum.missing.end(), std::uint8_t{0}));
  if (found_.empty()) return;
  if (auto const& wanted = inputs_.job.conditioning.zingers) {
    auto const zingers = core::find_zingers(found_.sum, wanted->threshold);
    found_.zingers = zingers.size();
    found_.sum = core::without_zingers(std::move(found_.sum), zingers);
  }
  cleaned_ = estimate_air_and_drift(inputs_, found_);
}

bool HeightLook::looks_for_centre() const { return !found_.empty() && !inputs_.job.grid.centre; }

std::vector<double> HeightLook::search_share() {
  if (!looks_for_centre()) return {};
  if (member_.leads()) {
    centre_ = core::begin_rotation_centre(cleaned_, found_.air);
    if (centre_.far_off) return {};
  }
  auto const tries = core::double_wedge_tries(inputs_.translations);
  return core::double_wedge_badness(cleaned_, end_of_wedge(tries, member_.number, member_.members),
                                    end_of_wedge(tries, member_.number + 1, member_.members));
}

LookedAt HeightLook::conclude(std::vector<double> const& wedge) {
  if (looks_for_centre())
    centre_ = core::end_rotation_centre(std::move(centre_), cleaned_, found_.air, wedge);
  else if (!found_.empty())
    centre_.half = core::half_acquisition(cleaned_, found_.air, *inputs_.job.grid.centre);
  for (std::size_t i = 0; i < methods.size() && !found_.empty(); ++i)
    found_.centres[i] = centre_.of(methods[i]).centre.value_or(HeightFindings::nan);
  if (centre_.method) found_.centre = centre_.centre;
  found_.half_acquisition = centre_.half.found;
  auto const lines = lines_of(inputs_, found_, centre_, height_);
  found_.sum.value = found_.sum.variance = {};
  core::note_progress();
  return {std::move(found_), lines};
}

LookedAt look_at_height(SliceInputs const& inputs, std::size_t height) {
  HeightLook look(inputs, height, {});
  look.condition(look.read_share());
  auto const wedge = look.search_share();
  return look.conclude(wedge);
}

}  // namespace xrdct::app
