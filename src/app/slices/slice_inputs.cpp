// Opens the sinograms that become slices.
#include "app/slices/slice_inputs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <span>
#include <system_error>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/summed_sinogram.hpp"
#include "core/words/errors.hpp"
#include "core/words/problems.hpp"

namespace xrdct::app {
namespace {

constexpr double largest_uneven_step = 0.01;    // of a step
constexpr std::size_t fewest_translations = 4;  // one of four may be air

double radian_per(std::string const& unit) {
  if (unit == "mrad") return 1e-3;
  return unit == "rad" ? 1.0 : std::numbers::pi / 180.0;
}

/// d, with its sign.
double step_of(io::StoredAxis const& axis) {
  auto const& at = axis.positions;
  if (at.size() < 2) return 1.0;
  double const step = (at.back() - at.front()) / static_cast<double>(at.size() - 1);
  for (std::size_t k = 0; k < at.size(); ++k) {
    double const even = at.front() + step * static_cast<double>(k);
    if (!(std::abs(at[k] - even) <= largest_uneven_step * std::abs(step)))
      throw core::InputError(
          {.what = "project along " + axis.name,
           .expected = "translations at equal steps",
           .found = fmt::format("position {} at {:g}, {:g} off", k, at[k], at[k] - even),
           .attempt = "reduce the scan onto a grid with equal steps (scan.fast.step of its job)"});
  }
  return step;
}

/// The channels of a row that are wanted.
void choose_columns(io::SinogramReader const& reader,
                    std::optional<std::pair<double, double>> const& range,
                    ReductionToSlice& reduction) {
  reduction.columns = reduction.pattern.columns;
  if (!range) return;
  auto const axis = reader.kind(reduction.name) == core::PatternKind::azimuthal
                        ? reader.azimuthal(reduction.name)
                        : reader.radial(reduction.name);
  auto const inside = [&](double at) { return at >= range->first && at <= range->second; };
  auto const& at = axis.positions;
  auto const first = std::find_if(at.begin(), at.end(), inside);
  auto const end = std::find_if_not(first, at.end(), inside);
  if (first == at.end())
    throw core::InputError(
        {.what = "choose channels of " + reduction.name,
         .expected =
             fmt::format("some from {:g} to {:g} {}", range->first, range->second, axis.unit),
         .found = fmt::format("none: they go from {:g} to {:g}", at.front(), at.back()),
         .attempt = "give sinograms.radial_range in the unit of the reduction"});
  reduction.first_column = static_cast<std::size_t>(first - at.begin());
  reduction.columns = static_cast<std::size_t>(end - first);
}

bool is_maximum(io::SinogramReader const& reader, std::string const& name) {
  return reader.description(name).making.method == core::Method::maximum;
}

std::vector<std::string> wanted_reductions(SliceInputs const& inputs,
                                           io::SinogramReader const& reader) {
  auto const known = reader.reductions();
  auto const& named = inputs.job.sinograms.reductions;
  if (named.empty()) {
    std::vector<std::string> all;
    std::copy_if(known.begin(), known.end(), std::back_inserter(all),
                 [&](auto const& name) { return !is_maximum(reader, name); });
    if (all.empty())
      throw core::InputError({.what = "reconstruct " + inputs.job.sinograms.file,
                              .expected = "a reduction that adds up along rays",
                              .found = "none but of the method maximum",
                              .attempt = "reduce the scan by mean, sum or sigma_clip, too"});
    return all;
  }
  core::Problems problems;
  for (auto const& name : named)
    problems.attempt("$.sinograms.reductions: ", [&] {
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw core::InputError({.what = "find the reduction " + name,
                                .expected = "one of " + core::listed({known.begin(), known.end()}),
                                .found = name,
                                .attempt = "name a reduction of the sinogram file"});
      if (is_maximum(reader, name))
        throw core::InputError({.what = "reconstruct " + name,
                                .expected = "values that add up along a ray",
                                .found = "the method maximum, which does not",
                                .attempt = "leave it out"});
    });
  problems.throw_if_any();
  return named;
}

void choose_axes(SliceInputs& inputs, io::SinogramReader const& reader) {
  auto const rotation = reader.rotation();
  auto const slow = reader.slow(), fast = reader.fast();
  if (rotation.empty())
    throw core::InputError(
        {.what = "reconstruct " + inputs.job.sinograms.file,
         .expected = "an axis that rotates: one of the unit deg, rad or mrad with known positions",
         .found = fmt::format("{} and {}", slow.label, fast.label),
         .attempt = "give the job of the reduction positions, or step and unit of the rotation"});
  inputs.slow_rotates = rotation == slow.name;
  auto const& turns = inputs.slow_rotates ? slow : fast;
  auto const& moves = inputs.slow_rotates ? fast : slow;
  inputs.projections = turns.positions.size();
  inputs.translations = moves.positions.size();
  inputs.heights = reader.shape().height;
  if (inputs.projections < 2 || inputs.translations < fewest_translations)
    throw core::InputError(
        {.what = "reconstruct " + inputs.job.sinograms.file,
         .expected =
             fmt::format("at least two projections of {} translations", fewest_translations),
         .found = fmt::format("{} of {}", inputs.projections, inputs.translations),
         .attempt = "look at the shape of the scan"});
  double const step = step_of(moves);
  if (step == 0.0)
    throw core::InputError({.what = "project along " + moves.name,
                            .expected = "translations at different positions",
                            .found = "a step of 0",
                            .attempt = "give the job of the reduction the step of this axis"});
  inputs.signed_step = step;
  inputs.step = std::abs(step);
  inputs.unit = moves.unit;
  inputs.turns = turns;
  inputs.moves = moves;
}

/// What people look for is there only when its run is.
void require_whole(std::filesystem::path const& file) {
  std::error_code unknown;
  std::filesystem::path const part = file.string() + ".part";
  if (std::filesystem::exists(file, unknown) || !std::filesystem::exists(part, unknown)) return;
  throw core::InputError({.what = "reconstruct " + file.string(),
                          .expected = "sinograms that are finished",
                          .found = part.string() + " alone",
                          .attempt = "run the same xrdct reduce again: it goes on"});
}

/// A centre that is given: half a line beyond the translations is no scan of a sample any more.
void require_near_centre(SliceInputs const& inputs) {
  if (!inputs.job.grid.centre) return;
  double const centre = *inputs.job.grid.centre,
               last = static_cast<double>(inputs.translations) - 1.0;
  if (centre >= -last / 2.0 && centre <= 1.5 * last) return;
  throw core::InputError({.what = "use the centre of rotation (grid.centre, --centre)",
                          .expected = fmt::format("an index of translations, near 0 to {:g}", last),
                          .found = fmt::format("{:g}", centre),
                          .attempt = "leave it out: it is looked for"});
}

void require_air_columns(SliceInputs const& inputs) {
  auto const& air = inputs.job.conditioning.air;
  if (!air || !air->translations) return;
  auto const most = std::max<std::size_t>(1, inputs.translations / 4);
  if (static_cast<std::size_t>(*air->translations) <= most) return;
  throw core::InputError(
      {.what = "take the level of air (conditioning.air.translations)",
       .expected = fmt::format("1 to {}, a quarter of the translations, on each side", most),
       .found = fmt::format("{}", *air->translations),
       .attempt = "leave it out: a few are taken"});
}

/// Mean of what is a number; `otherwise` where nothing is.
double mean_or(double otherwise, std::span<double const> values) {
  double sum = 0.0;
  std::size_t count = 0;
  for (double const value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : otherwise;
}

}  // namespace

std::size_t bins_per_unit(config::Reconstruction const& reconstruction) {
  return reconstruction.algorithm == core::SliceAlgorithm::fbp ? 64 : 32;
}

std::vector<double> SliceInputs::measured(std::string const& motor, std::size_t height) const {
  auto const of_places = sinograms->positions(motor, height);
  if (of_places.empty() || slow_rotates) return of_places;
  std::vector<double> turned(of_places.size());
  for (std::size_t p = 0; p < projections; ++p)
    for (std::size_t k = 0; k < translations; ++k)
      turned[p * translations + k] = of_places[k * projections + p];
  return turned;
}

HeightGeometry SliceInputs::geometry_of(std::size_t height) const {
  auto const rotations = measured(turns.name, height), places = measured(moves.name, height);
  double const sense = job.grid.sense == core::Sense::counterclockwise ? 1.0 : -1.0;
  // s that falls with the index is s that rises, half a turn on
  double const offset = signed_step < 0.0 ? std::numbers::pi : 0.0;
  std::vector<double> angles(projections), shifts(projections, 0.0);
  for (std::size_t p = 0; p < projections; ++p) {
    auto const of_projection = [&](std::vector<double> const& values) {
      return values.empty() ? std::span<double const>()
                            : std::span(values).subspan(p * translations, translations);
    };
    double const position = mean_or(turns.positions[p], of_projection(rotations));
    angles[p] = core::modulo_full_turn(sense * position * radian_per(turns.unit) + offset);
    std::vector<double> off;
    auto const at = of_projection(places);
    for (std::size_t k = 0; k < at.size(); ++k)
      off.push_back((at[k] - moves.positions[k]) / signed_step);
    shifts[p] = mean_or(0.0, off);
  }
  HeightGeometry geometry;
  geometry.place = core::by_angle(angles);
  for (auto const p : geometry.place) {
    geometry.angles.push_back(angles[p]);
    geometry.shift.push_back(shifts[p]);
  }
  return geometry;
}

SliceInputs open_slice_inputs(config::SlicesJob job) {
  SliceInputs inputs;
  inputs.job = std::move(job);
  auto const file = inputs.job.resolve(inputs.job.sinograms.file);
  require_whole(file);
  inputs.sinograms = std::make_unique<io::SinogramUnits>(file);
  auto const& reader = inputs.sinograms->reader();
  choose_axes(inputs, reader);
  require_near_centre(inputs);
  require_air_columns(inputs);
  inputs.side =
      inputs.job.grid.side ? static_cast<std::size_t>(*inputs.job.grid.side) : inputs.translations;
  std::vector<core::SliceBins> bins;
  bool looks_at_clipped = false;
  auto const& how = inputs.job.reconstruction;
  bool const wants_errors =
      how.algorithm == core::SliceAlgorithm::fbp ? how.errors : how.replicas > 0;
  for (auto const& name : wanted_reductions(inputs, reader)) {
    auto& reduction = inputs.reductions.emplace_back();
    reduction.name = name;
    reduction.pattern = reader.pattern_shape(name);
    choose_columns(reader, inputs.job.sinograms.radial_range, reduction);
    reduction.errors = wants_errors && reader.has_errors(name);
    auto const method = reader.description(name).making.method;
    if (method == core::Method::sigma_clip && !looks_at_clipped) {
      inputs.looked_at = inputs.reductions.size() - 1;
      looks_at_clipped = true;
    }
    reduction.additive = method == core::Method::mean || method == core::Method::sum;
    if (!reduction.additive)
      inputs.warnings.push_back(
          fmt::format("{} is of the method {}, which does not strictly add up along a ray: its "
                      "slices are marked (@additive = 0)",
                      name, core::name_of(method)));
    if (wants_errors && !reduction.errors)
      inputs.warnings.push_back(name + " has no errors: neither have its slices");
    bins.push_back({{reduction.pattern.rows, reduction.columns}, bins_per_unit(how)});
  }
  inputs.plan = core::SlicePlan(inputs.heights, inputs.side, bins);
  return inputs;
}

}  // namespace xrdct::app
