// Finds the step of the inner axis within lines.
#include "core/positions/line_comb.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/positions/spectrum.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_pieces = 24, longest_piece = 4096, fewest_frames = 4;
constexpr double least_coherence = 0.35, widest_spread = 0.22;
constexpr double far_off = 0.4, most_far_off = 0.03, fewest_filled = 0.55;

using Pieces = std::vector<std::span<double const>>;

/// Straight lines, evenly chosen, not longer than a piece.
Pieces pieces_of(std::span<double const> inner, std::span<ScanLine const> lines,
                 std::size_t longest, std::size_t most) {
  Pieces all;
  std::size_t longest_line = 0;
  for (ScanLine const& line : lines)
    if (line.direction != 0) longest_line = std::max(longest_line, line.frames());
  for (ScanLine const& line : lines)
    if (line.direction != 0 && line.frames() >= fewest_frames && 2 * line.frames() >= longest_line)
      all.push_back(inner.subspan(line.first, std::min(longest, line.frames())));
  if (all.size() <= most) return all;
  Pieces chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(all[i * all.size() / most]);
  return chosen;
}

double range_of(std::span<double const> piece) {
  auto const [low, high] = std::minmax_element(piece.begin(), piece.end());
  return *high - *low;
}

double usual_step(Pieces const& pieces) {
  std::vector<double> steps;
  for (auto const& piece : pieces)
    for (std::size_t i = 1; i < piece.size(); ++i)
      if (piece[i] != piece[i - 1]) steps.push_back(std::abs(piece[i] - piece[i - 1]));
  if (steps.empty()) return 0.0;
  auto const middle = steps.begin() + static_cast<long>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

/// Root of the mean power of the pieces, at frequencies i·unit.
std::vector<double> mean_spectrum(Pieces const& pieces, double width, std::size_t size) {
  std::vector<double> mean(size / 2 + 1);
  for (auto const& piece : pieces) {
    double const low = *std::min_element(piece.begin(), piece.end());
    std::vector<double> histogram(static_cast<std::size_t>(range_of(piece) / width) + 2);
    for (double const x : piece) {
      double const at = (x - low) / width;
      auto const bin = std::min(static_cast<std::size_t>(at), histogram.size() - 2);
      histogram[bin] += 1.0 - (at - static_cast<double>(bin));
      histogram[bin + 1] += at - static_cast<double>(bin);
    }
    auto const spectrum = coherence_spectrum(histogram, size);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += spectrum[i] * spectrum[i];
  }
  for (double& value : mean) value = std::sqrt(value / static_cast<double>(pieces.size()));
  return mean;
}

double phase_of(std::span<double const> piece, double step) {
  std::complex<double> sum = 0.0;
  for (double const x : piece) sum += std::polar(1.0, 2.0 * std::numbers::pi * (x / step));
  return std::arg(sum) / (2.0 * std::numbers::pi);
}

/// The step by least squares, each piece with a start of its own.
double refined(Pieces const& pieces, double step) {
  double kk = 0.0, kx = 0.0;
  for (auto const& piece : pieces) {
    double const phase = phase_of(piece, step);
    double const origin = piece.front();
    double mean_k = 0.0, mean_x = 0.0;
    for (double const x : piece) {
      mean_k += std::round(x / step - phase) - std::round(origin / step - phase);
      mean_x += x - origin;
    }
    auto const n = static_cast<double>(piece.size());
    for (double const x : piece) {
      double const k =
          std::round(x / step - phase) - std::round(origin / step - phase) - mean_k / n;
      kk += k * k;
      kx += k * (x - origin - mean_x / n);
    }
  }
  return kk > 0.0 && kx > 0.0 ? kx / kk : step;
}

/// rms distance from the places of the step; nothing where pieces do not lie on it.
std::optional<double> spread_of(Pieces const& pieces, double step) {
  double squares = 0.0, far = 0.0, frames = 0.0, filled = 0.0, places = 0.0;
  for (auto const& piece : pieces) {
    double const phase = phase_of(piece, step);
    std::vector<long> taken;
    for (double const x : piece) {
      double const at = x / step - phase, distance = at - std::round(at);
      squares += distance * distance;
      far += std::abs(distance) > far_off;
      taken.push_back(std::lround(at));
    }
    std::sort(taken.begin(), taken.end());
    places += static_cast<double>(taken.back() - taken.front() + 1);
    filled += static_cast<double>(std::unique(taken.begin(), taken.end()) - taken.begin());
    frames += static_cast<double>(piece.size());
  }
  double const spread = std::sqrt(squares / frames);
  if (spread > widest_spread || far > most_far_off * frames || filled < fewest_filled * places)
    return {};
  return spread;
}

std::optional<double> step_of(Pieces const& pieces, double usual) {
  double range = 0.0;
  for (auto const& piece : pieces) range = std::max(range, range_of(piece));
  double const width = usual / 8.0;
  if (!(usual > 0.0) || range / width > 4e6) return {};
  std::size_t const size = std::bit_ceil(2 * (static_cast<std::size_t>(range / width) + 2));
  auto const spectrum = mean_spectrum(pieces, width, size);
  double const unit = 1.0 / (static_cast<double>(size) * width);
  auto const first = static_cast<std::size_t>(0.8 / range / unit);
  auto const last = std::min(static_cast<std::size_t>(3.0 / usual / unit), spectrum.size() - 2);
  std::vector<std::size_t> peaks;
  double highest = 0.0;
  for (std::size_t i = std::max<std::size_t>(1, first); i <= last; ++i)
    if (spectrum[i] >= least_coherence && spectrum[i] >= spectrum[i - 1] &&
        spectrum[i] >= spectrum[i + 1]) {
      peaks.push_back(i);
      highest = std::max(highest, spectrum[i]);
    }
  for (std::size_t const i : peaks) {
    if (spectrum[i] < 0.75 * highest) continue;
    double const bend = spectrum[i - 1] - 2.0 * spectrum[i] + spectrum[i + 1];
    double const shift = bend < 0.0 ? 0.5 * (spectrum[i - 1] - spectrum[i + 1]) / bend : 0.0;
    double step = 1.0 / ((static_cast<double>(i) + shift) * unit);
    for (int round = 0; round < 3; ++round) step = refined(pieces, step);
    if (spread_of(pieces, step)) return step;
  }
  return {};
}

}  // namespace

std::vector<double> line_phases(std::span<double const> inner, std::span<ScanLine const> lines,
                                double step) {
  std::vector<double> phases;
  for (ScanLine const& line : lines)
    phases.push_back(phase_of(inner.subspan(line.first, line.frames()), step));
  return phases;
}

std::optional<LineComb> fit_lines(std::span<double const> inner, std::span<ScanLine const> lines) {
  std::size_t straight = 0;
  for (ScanLine const& line : lines)
    if (line.direction != 0 && line.frames() >= fewest_frames) straight += line.frames();
  if (2 * straight < inner.size() || straight == 0) return {};
  auto pieces = pieces_of(inner, lines, longest_piece, most_pieces);
  if (pieces.empty()) return {};
  auto step = step_of(pieces, usual_step(pieces));
  if (!step) return {};
  // Over a long line the step of a piece would miss places: it is made finer as pieces grow.
  for (std::size_t longest = 2 * longest_piece; longest / 2 < inner.size(); longest *= 2)
    *step = refined(pieces_of(inner, lines, longest, most_pieces), *step);
  pieces = pieces_of(inner, lines, inner.size(), lines.size());
  for (int round = 0; round < 2; ++round) *step = refined(pieces, *step);
  auto const spread = spread_of(pieces, *step);
  if (!spread) return {};
  return LineComb{*step, *spread, line_phases(inner, lines, *step)};
}

}  // namespace xrdct::core
