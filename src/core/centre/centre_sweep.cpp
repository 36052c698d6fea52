// The centre of rotation by trial: many small reconstructions.
#include "core/centre/centre_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "core/centre/trial_slices.hpp"
#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/missing_samples.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_places = 40;
constexpr std::size_t most_coarse_projections = 180, most_projections = 360;

using Projections = std::vector<std::size_t>;

/// Measured projections in the order of θ; of a full turn in two halves.
std::vector<Projections> parts_of(SummedSinogram const& full) {
  std::vector<double> angles;
  for (std::size_t p = 0; p < full.projections(); ++p)
    if (!full.whole_missing(p)) angles.push_back(full.angles[p]);
  auto const coverage = turn_coverage(angles);
  std::vector<Projections> parts(coverage.full_turn ? 2 : 1);
  for (auto const p : by_angle(full.angles)) {
    if (full.whole_missing(p)) continue;
    bool const second = coverage.full_turn && modulo_full_turn(full.angles[p] - coverage.start +
                                                               1e-9) >= std::numbers::pi;
    parts[second ? 1 : 0].push_back(p);
  }
  return parts;
}

struct Round {
  std::vector<double> tried, badness;
  std::size_t best = 0;
};

Round try_centres(std::vector<TrialSlices>& parts, double first, double last, double step) {
  Round round;
  auto const count = static_cast<std::size_t>(std::max(std::round((last - first) / step), 0.0)) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    round.tried.push_back(first + static_cast<double>(i) * step);
    round.badness.push_back(0.0);
    for (auto& part : parts)
      round.badness.back() +=
          part.negative_mass(round.tried.back()) / static_cast<double>(parts.size());
    if (round.badness[i] < round.badness[round.best]) round.best = i;
  }
  return round;
}

constexpr int flank_steps = 3;  // tried on each side of the best; the flanks begin one step from it
constexpr double clear_rise = 0.4;   // of the ends of a round over its lowest, as a share of it
constexpr double clear_lines = 5.0;  // the same, over the scatter of the flanks about their lines
constexpr int most_tries = 6;        // of one width
constexpr double settled = 0.2;      // [steps]

/// The two flanks of a round as straight lines: badness rises like |c − c₀|, and its lowest points
/// are those that noise moves most.
struct Flanks {
  double meet = 0.0;     // in steps from the middle of the round
  double scatter = 0.0;  // of the points about the lines
};

/// A straight line through the points from `first` to `last`, in steps from the middle.
struct Line {
  double value = 0.0, rise = 0.0;  // at the middle; per step
  double squares = 0.0;            // of what is left of the points
};

Line line_through(Round const& round, int first, int last) {
  double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  auto const badness = [&](int step) {
    return round.badness[static_cast<std::size_t>(step + flank_steps)];
  };
  for (int step = first; step <= last; ++step) {
    n += 1.0;
    x += step;
    y += badness(step);
    xx += step * step;
    xy += step * badness(step);
  }
  Line line;
  line.rise = (n * xy - x * y) / (n * xx - x * x);
  line.value = (y - line.rise * x) / n;
  for (int step = first; step <= last; ++step)
    line.squares += std::pow(badness(step) - line.value - line.rise * step, 2);
  return line;
}

Flanks flanks_of(Round const& round) {
  auto const left = line_through(round, -flank_steps, -1),
             right = line_through(round, 1, flank_steps);
  // six points on two lines of two numbers each
  Flanks flanks{0.0, std::sqrt((left.squares + right.squares) / 2.0)};
  if (left.rise < 0.0 && right.rise > 0.0)
    flanks.meet = std::clamp((left.value - right.value) / (right.rise - left.rise),
                             -static_cast<double>(flank_steps), static_cast<double>(flank_steps));
  return flanks;
}

bool is_clear(Round const& round, Flanks const& flanks) {
  double const lowest = round.badness[round.best],
               rise = std::min(round.badness.front(), round.badness.back()) - lowest;
  return rise > 0.0 && rise >= clear_rise * lowest && rise >= clear_lines * flanks.scatter;
}

/// Trials of all parts with places of one width.
std::vector<TrialSlices> trials_of(SummedSinogram const& full,
                                   std::vector<Projections> const& parts, std::size_t width) {
  std::vector<TrialSlices> trials;
  for (auto const& part : parts)
    trials.emplace_back(full, part, width, width > 1 ? most_coarse_projections : most_projections);
  return trials;
}

/// Why the coarsest round tells nothing; empty: it does.
std::string refusal_of(Round const& round) {
  if (!(round.badness[round.best] < *std::max_element(round.badness.begin(), round.badness.end())))
    return "all centres are equally bad";
  if (round.best == 0 || round.best + 1 == round.tried.size())
    return "the best centre is at an end of the range that was tried";
  return "";
}

/// Where the flanks meet that are seen from their own middle: they bend, and would else meet
/// somewhere else. Nothing where they are not clear.
std::optional<double> settle(std::vector<TrialSlices>& trials, double centre, double step) {
  Flanks flanks;
  Round round;
  for (int tries = 0; tries < most_tries; ++tries) {
    round = try_centres(trials, centre - flank_steps * step, centre + flank_steps * step, step);
    flanks = flanks_of(round);
    centre += step * flanks.meet;
    if (std::abs(flanks.meet) < settled) break;
  }
  if (!is_clear(round, flanks)) return {};
  return centre;
}

}  // namespace

CentreEstimate sweep_centre(SummedSinogram const& sinogram, double first, double last) {
  auto const full = filled(sinogram);
  auto const parts = parts_of(full);
  std::size_t width = 1;
  while (full.translations / width > most_places) width *= 2;
  auto trials = trials_of(full, parts, width);
  auto const coarsest = try_centres(trials, first, last, static_cast<double>(width));
  CentreEstimate estimate;
  estimate.tried = coarsest.tried;
  estimate.badness = coarsest.badness;
  estimate.refusal = refusal_of(coarsest);
  if (!estimate.refusal.empty()) return estimate;
  double best = coarsest.tried[coarsest.best];
  // narrower places hold more noise: where it hides the flanks, those before have said what there
  // is
  while (auto const centre = settle(trials, best, static_cast<double>(width) / 2.0)) {
    estimate.centre = best = *centre;
    if (width == 1) break;
    width /= 2;
    trials = trials_of(full, parts, width);
  }
  if (!estimate.centre)
    estimate.refusal = "noise, or what is beyond the line, hides the best centre";
  return estimate;
}

}  // namespace xrdct::core
