// Fits equal steps to values that lie on them, jittered, repeated and with holes.
#include "core/positions/comb.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <vector>

#include "core/positions/spectrum.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double least_coherence = 0.35;  // that of a jitter of 0.23 steps rms
constexpr double widest_spread = 0.22;
constexpr double far_off = 0.4, most_far_off = 0.03;  // [steps], [share of the weight]
constexpr double fewest_filled = 0.6;                 // [share of the places]
constexpr double as_high = 0.85;       // as the highest peak: from here on the larger step is taken
constexpr double rival_height = 0.8;   // of the peak taken, from which another one is a rival
constexpr double surely_narrow = 0.1;  // spread that no other step can have by chance
constexpr std::size_t most_tries = 200;

struct Values {
  std::span<double const> positions, weights;
  double sum;
  double range() const { return positions.back() - positions.front(); }
};

struct Peak {
  double frequency, height;
};

/// Every value shared between its two neighbouring bins, so that the bins cost no precision.
std::vector<double> histogram_of(Values const& values, std::size_t bins) {
  std::vector<double> histogram(bins);
  double const scale = static_cast<double>(bins - 1) / values.range();
  for (std::size_t i = 0; i < values.positions.size(); ++i) {
    double const at = (values.positions[i] - values.positions.front()) * scale;
    auto const bin = std::min(static_cast<std::size_t>(at), bins - 2);
    double const part = at - static_cast<double>(bin);
    histogram[bin] += values.weights[i] * (1.0 - part);
    histogram[bin + 1] += values.weights[i] * part;
  }
  return histogram;
}

/// Local maxima of the coherence, by rising frequency, without those far below the highest.
std::vector<Peak> peaks_of(Values const& values, std::size_t most_places) {
  std::size_t const bins =
      std::clamp<std::size_t>(std::bit_ceil(4 * most_places), 512, std::size_t{1} << 20);
  std::size_t const size = 2 * bins;
  auto const spectrum = coherence_spectrum(histogram_of(values, bins), size);
  double const unit = static_cast<double>(bins - 1) / (values.range() * static_cast<double>(size));
  auto const index = [&](double periods) {
    return static_cast<std::size_t>(periods / values.range() / unit);
  };
  std::size_t const last =
      std::min(index(static_cast<double>(most_places)) + 4, spectrum.size() - 2);
  std::vector<Peak> peaks;
  double highest = 0.0;
  for (std::size_t i = std::max<std::size_t>(1, index(0.8)); i <= last; ++i) {
    double const here = spectrum[i], before = spectrum[i - 1], behind = spectrum[i + 1];
    if (here < least_coherence || here < before || here < behind) continue;
    double const bend = before - 2.0 * here + behind;
    double const shift = bend < 0.0 ? 0.5 * (before - behind) / bend : 0.0;
    peaks.push_back({(static_cast<double>(i) + shift) * unit, here});
    highest = std::max(highest, here);
  }
  std::erase_if(peaks, [&](Peak const& p) { return p.height < 0.7 * highest; });
  if (peaks.size() > most_tries) peaks.resize(most_tries);
  return peaks;
}

/// Start and step by least squares, from a first guess of the step.
Comb refined(Values const& values, double step) {
  std::complex<double> turn = 0.0;
  double const origin = values.positions.front();
  for (std::size_t i = 0; i < values.positions.size(); ++i)
    turn += std::polar(values.weights[i],
                       2.0 * std::numbers::pi * (values.positions[i] - origin) / step);
  Comb comb{origin + std::arg(turn) / (2.0 * std::numbers::pi) * step, step, 0.0,
            std::abs(turn) / values.sum, false};
  for (int round = 0; round < 3; ++round) {
    double mean_k = 0.0, mean_x = 0.0, kk = 0.0, kx = 0.0;
    for (std::size_t i = 0; i < values.positions.size(); ++i) {
      mean_k += values.weights[i] * std::round(comb.place_of(values.positions[i]));
      mean_x += values.weights[i] * (values.positions[i] - origin);
    }
    mean_k /= values.sum;
    mean_x /= values.sum;
    for (std::size_t i = 0; i < values.positions.size(); ++i) {
      double const k = std::round(comb.place_of(values.positions[i])) - mean_k;
      kk += values.weights[i] * k * k;
      kx += values.weights[i] * k * (values.positions[i] - origin - mean_x);
    }
    if (kk <= 0.0 || kx <= 0.0) break;
    comb.step = kx / kk;
    comb.start = origin + mean_x - mean_k * comb.step;
  }
  // Place 0 is the first one with a value.
  comb.start += std::round(comb.place_of(origin)) * comb.step;
  return comb;
}

/// Whether the values lie near their places, and fill most of them.
bool fits(Values const& values, Comb& comb) {
  double squares = 0.0, far = 0.0;
  std::vector<std::pair<long, double>> filled;  // place, weight; rising, for the values rise
  for (std::size_t i = 0; i < values.positions.size(); ++i) {
    double const at = comb.place_of(values.positions[i]), place = std::round(at);
    squares += values.weights[i] * (at - place) * (at - place);
    if (std::abs(at - place) > far_off) far += values.weights[i];
    if (filled.empty() || filled.back().first != static_cast<long>(place))
      filled.emplace_back(static_cast<long>(place), 0.0);
    filled.back().second += values.weights[i];
  }
  comb.spread = std::sqrt(squares / values.sum);
  if (comb.spread > widest_spread || far > most_far_off * values.sum || filled.size() < 2)
    return false;
  std::vector<double> weights;
  for (auto const& [place, weight] : filled) weights.push_back(weight);
  std::nth_element(weights.begin(), weights.begin() + static_cast<long>(weights.size() / 2),
                   weights.end());
  double const enough = 0.2 * weights[weights.size() / 2];
  std::erase_if(filled, [&](auto const& place) { return place.second < enough; });
  double const places = static_cast<double>(filled.back().first - filled.front().first + 1);
  return filled.size() >= 2 && static_cast<double>(filled.size()) >= fewest_filled * places;
}

}  // namespace

std::optional<Comb> fit_comb(std::span<double const> values, std::span<double const> weights,
                             std::size_t most_places) {
  XRDCT_ASSERT(values.size() == weights.size() && values.size() >= 2 &&
               values.front() < values.back());
  Values const all{values, weights, std::accumulate(weights.begin(), weights.end(), 0.0)};
  auto const peaks = peaks_of(all, std::max<std::size_t>(2, most_places));
  double highest = 0.0;
  for (Peak const& peak : peaks) highest = std::max(highest, peak.height);
  std::optional<Comb> best;
  for (Peak const& peak : peaks) {
    if (best && best->spread < surely_narrow) break;
    if (!best && peak.height < as_high * highest) continue;
    if (best && peak.height < rival_height * best->coherence) continue;
    Comb comb = refined(all, 1.0 / peak.frequency);
    if (!fits(all, comb)) continue;
    if (!best) {
      best = comb;
      continue;
    }
    double const ratio = best->step / comb.step;
    best->rival = best->rival || std::abs(ratio - std::round(ratio)) > 0.02;
  }
  return best;
}

}  // namespace xrdct::core
