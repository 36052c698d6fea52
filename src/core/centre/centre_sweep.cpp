// The centre of rotation by trial: many small reconstructions.
#include "core/centre/centre_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/missing_samples.hpp"
#include "core/tomography/angle_weights.hpp"
#include "core/tomography/ramp_filter.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_places = 40, most_voxels_across = 320;
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

/// The sinogram with `width` neighbouring translations added to one place, and every n-th of the
/// projections so that there are at most `most`.
SummedSinogram coarsened(SummedSinogram const& full, Projections const& part, std::size_t width,
                         std::size_t most) {
  std::size_t const stride = std::max<std::size_t>((part.size() + most - 1) / most, 1);
  SummedSinogram coarse;
  coarse.translations = full.translations / width;
  for (std::size_t i = 0; i < part.size(); i += stride) {
    coarse.angles.push_back(full.angles[part[i]]);
    for (std::size_t place = 0; place < coarse.translations; ++place) {
      double sum = 0.0;
      for (std::size_t k = place * width; k < (place + 1) * width; ++k) sum += full.at(part[i], k);
      coarse.value.push_back(sum);
    }
  }
  coarse.missing.assign(coarse.value.size(), 0);
  return coarse;
}

/// Trial reconstructions of one sinogram.
class Trials {
 public:
  Trials(SummedSinogram sinogram, std::size_t width)
      : sinogram_(std::move(sinogram)),
        width_(static_cast<double>(width)),
        ramp_(ramp_filter(3 * sinogram_.translations, 1.0, FilterWindow::hann)),
        weights_(angle_weights(sinogram_.angles).weight),
        radius_(static_cast<double>(sinogram_.translations) / 2.0),
        spacing_(std::ceil(2.0 * radius_ / static_cast<double>(most_voxels_across))) {
    double total = 0.0;
    for (auto const value : sinogram_.value) total += std::abs(value);
    mean_total_ = total / static_cast<double>(std::max<std::size_t>(sinogram_.projections(), 1));
    filter();
  }

  /// \param centre in the translations of the whole sinogram
  /// Negative mass as a share of all mass.
  double badness(double centre) {
    double const place = (centre + 0.5) / width_ - 0.5;
    double sum = 0.0;
    auto const reach = static_cast<std::int64_t>(radius_ / spacing_);
    for (std::int64_t row = -reach; row <= reach; ++row)
      sum += negative_of_row(static_cast<double>(row) * spacing_, place, reach);
    return mean_total_ > 0.0 ? sum * spacing_ * spacing_ / mean_total_ : 0.0;
  }

 private:
  /// Filtered projections reach one line beyond both ends: the ramp does not end with the line.
  void filter() {
    std::size_t const line = sinogram_.translations, wide = 3 * line;
    filtered_.assign(sinogram_.projections() * wide, 0.0);
    std::vector<double> taps(2 * wide);  // h[i − wide]
    for (std::size_t i = 0; i < wide; ++i) taps[wide + i] = taps[wide - i] = ramp_[i];
    for (std::size_t p = 0; p < sinogram_.projections(); ++p) {
      double* const out = filtered_.data() + p * wide;
      for (std::size_t m = 0; m < line; ++m) {
        double const value = sinogram_.value[p * line + m] * weights_[p];
        double const* const tap = taps.data() + (wide - line - m);
        for (std::size_t k = 0; k < wide; ++k) out[k] += value * tap[k];
      }
    }
  }

  /// Sum over the voxels of a row that are inside of the circle.
  double negative_of_row(double up, double centre, std::int64_t reach) {
    std::size_t const line = sinogram_.translations, wide = 3 * line;
    auto const within = std::sqrt(std::max(radius_ * radius_ - up * up, 0.0)) / spacing_;
    auto const half = std::min(static_cast<std::int64_t>(within), reach);
    row_.assign(static_cast<std::size_t>(2 * half + 1), 0.0);
    for (std::size_t p = 0; p < sinogram_.projections(); ++p) {
      double const cosine = std::cos(sinogram_.angles[p]), sine = std::sin(sinogram_.angles[p]);
      double const* const values = filtered_.data() + p * wide;
      double const start = centre + up * sine + static_cast<double>(line) -
                           static_cast<double>(half) * spacing_ * cosine;
      for (std::size_t i = 0; i < row_.size(); ++i) {
        double const place = start + static_cast<double>(i) * spacing_ * cosine;
        if (!(place >= 0.0 && place < static_cast<double>(wide - 1))) continue;
        auto const k = static_cast<std::size_t>(place);
        double const share = place - static_cast<double>(k);
        row_[i] += (1.0 - share) * values[k] + share * values[k + 1];
      }
    }
    double sum = 0.0;
    for (auto const value : row_) sum += std::max(-value, 0.0);
    return sum;
  }

  SummedSinogram sinogram_;
  double width_;
  std::vector<double> ramp_, weights_, filtered_, row_;
  double radius_, spacing_, mean_total_ = 0.0;
};

struct Round {
  std::vector<double> tried, badness;
  std::size_t best = 0;
};

Round try_centres(std::vector<Trials>& parts, double first, double last, double step) {
  Round round;
  auto const count = static_cast<std::size_t>(std::max(std::round((last - first) / step), 0.0)) + 1;
  for (std::size_t i = 0; i < count; ++i) {
    round.tried.push_back(first + static_cast<double>(i) * step);
    round.badness.push_back(0.0);
    for (auto& part : parts)
      round.badness.back() += part.badness(round.tried.back()) / static_cast<double>(parts.size());
    if (round.badness[i] < round.badness[round.best]) round.best = i;
  }
  return round;
}

constexpr int flank_steps = 3;  // tried on each side of the best; the flanks begin one step from it
constexpr double clear_rise = 0.4;   // of the ends of a round over its lowest, as a share of it
constexpr double clear_lines = 5.0;  // the same, over the scatter of the flanks about their lines

constexpr int most_tries = 6;    // of one width
constexpr double settled = 0.2;  // [steps]

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

}  // namespace

CentreEstimate sweep_centre(SummedSinogram const& sinogram, double first, double last) {
  auto const full = filled(sinogram);
  std::size_t width = 1;
  while (full.translations / width > most_places) width *= 2;
  auto const parts = parts_of(full);
  auto const trials_of = [&](std::size_t places) {
    std::vector<Trials> trials;
    for (auto const& part : parts)
      trials.emplace_back(
          coarsened(full, part, places, places > 1 ? most_coarse_projections : most_projections),
          places);
    return trials;
  };
  auto trials = trials_of(width);
  auto round = try_centres(trials, first, last, static_cast<double>(width));
  CentreEstimate estimate;
  estimate.tried = round.tried;
  estimate.badness = round.badness;
  if (!(round.badness[round.best] <
        *std::max_element(round.badness.begin(), round.badness.end()))) {
    estimate.refusal = "all centres are equally bad";
    return estimate;
  }
  if (round.best == 0 || round.best + 1 == round.tried.size()) {
    estimate.refusal = "the best centre is at an end of the range that was tried";
    return estimate;
  }
  double centre = round.tried[round.best];
  while (true) {
    double const step = static_cast<double>(width) / 2.0;
    // flanks that bend meet where they should only if they are seen from their own middle
    Flanks flanks;
    for (int tries = 0; tries < most_tries; ++tries) {
      round = try_centres(trials, centre - flank_steps * step, centre + flank_steps * step, step);
      flanks = flanks_of(round);
      centre += step * flanks.meet;
      if (std::abs(flanks.meet) < settled) break;
    }
    // narrower places hold more noise: those before have said what there is to say
    if (!is_clear(round, flanks)) break;
    estimate.centre = centre;
    if (width == 1) break;
    width /= 2;
    trials = trials_of(width);
  }
  if (!estimate.centre)
    estimate.refusal = "noise, or what is beyond the line, hides the best centre";
  return estimate;
}

}  // namespace xrdct::core
