// Looks for zigzag lines and lines of another length in one number per frame.
#include "core/lines/line_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/lines/line_waves.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t fewest_lines = 8, fewest_points = 7;
constexpr double surely = 3.2;             // standard deviations, if lines are unlike each other
constexpr double likely = 2.0;             // likewise, if each line may be either way
constexpr double alike = 0.6;              // mean correlation of lines that are finely sampled
constexpr double confirmed = 0.3;          // lines after next, of neighbours
constexpr double strong = 0.05;            // rms of odd parts, of the mean value
constexpr double beyond_noise = 4.0;       // standard deviations, of the slowest waves
constexpr double far_beyond_noise = 12.0;  // likewise, with what drift might have made
constexpr double no_drift = 0.03;          // rms of odd parts, of the mean value
constexpr double clear = 0.5;              // |correlation| of a single pair that counts
constexpr double vanishing = 0.7;          // strength of two lines, of that of their neighbours
constexpr double explains = 0.6;           // least part of the variance
constexpr double declared_explains = 0.5;  // of it, at most, with the declared length
constexpr double nearly = 0.65;            // as much as the length that explains most
constexpr std::size_t longest_likeness = 2000;  // points
constexpr std::size_t folded_frames = 100'000;

using Line = std::vector<double>;

/// Unknown values are those before them.
std::vector<double> filled(std::span<double const> values) {
  std::vector<double> known(values.begin(), values.end());
  double last = 0.0;
  for (double const v : known)
    if (std::isfinite(v)) {
      last = v;
      break;
    }
  for (double& v : known) v = last = std::isfinite(v) ? v : last;
  return known;
}

double product(Line const& a, Line const& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Odd parts of all complete lines, without what they have in common, of length 1. The first and
/// the last frame of a line are left out: shutters and motors are still on their way then. \param
/// strengths their lengths before [line]
std::vector<Line> odd_parts(std::vector<double> const& values, std::size_t points, OddParts kind,
                            std::vector<double>& strengths) {
  std::vector<Line> parts;
  for (std::size_t i = 0; i + points <= values.size(); i += points)
    parts.push_back(odd_part(std::span(values).subspan(i + 1, points - 2), kind != OddParts::all));
  Line const common = mean_part(parts);
  double const squares_of_common = product(common, common);
  bool const take_away =
      squares_of_common > 0.0 && (kind == OddParts::strict || have_common(parts, common));
  double largest = 0.0;
  strengths.clear();
  for (Line& part : parts) {
    // By as much as each line has of it: lines beside the sample have nothing.
    double const share = take_away ? product(part, common) / squares_of_common : 0.0;
    for (std::size_t j = 0; j < part.size(); ++j) part[j] -= share * common[j];
    largest = std::max(largest, product(part, part));
  }
  for (Line& part : parts) {
    double const squares = product(part, part);
    strengths.push_back(std::sqrt(squares));
    // What is left of equal lines is rounding.
    for (double& value : part) value = squares > 1e-18 * largest ? value / std::sqrt(squares) : 0.0;
  }
  return parts;
}

/// Correlations of lines so far apart, of one height each.
std::vector<double> correlations(std::vector<Line> const& parts, std::size_t apart,
                                 std::size_t lines_of_height) {
  std::vector<double> c;
  for (std::size_t l = 0; l + apart < parts.size(); ++l)
    c.push_back(l / lines_of_height == (l + apart) / lines_of_height
                    ? product(parts[l], parts[l + apart])
                    : 0.0);
  return c;
}

double mean_of(std::vector<double> const& c) {
  return c.empty() ? 0.0 : std::accumulate(c.begin(), c.end(), 0.0) / static_cast<double>(c.size());
}

/// Σ c / √Σ c²: how far the signs of c are from those of a coin.
double by_signs(std::vector<double> const& c) {
  double const squares = product(c, c);
  return squares > 0.0 ? std::accumulate(c.begin(), c.end(), 0.0) / std::sqrt(squares) : 0.0;
}

/// Independent values of an odd part: half of its points, divided by 1 + 2·Σ_k r_k² for what
/// neighbours in a line have in common.
double independent_values(std::vector<Line> const& parts) {
  constexpr std::size_t looked_at = 40;  // lines, evenly chosen: the time goes with points squared
  std::size_t const half = parts.front().size() / 2;
  std::size_t const every = (parts.size() + looked_at - 1) / looked_at;
  std::vector<double> together(std::min(half, longest_likeness));
  for (std::size_t l = 0; l < parts.size(); l += every)
    for (std::size_t lag = 0; lag < together.size(); ++lag)
      for (std::size_t j = 0; j + lag < half; ++j) together[lag] += parts[l][j] * parts[l][j + lag];
  double sum = 1.0;
  for (std::size_t lag = 1; lag < together.size(); ++lag) {
    double const r = together[0] > 0.0 ? together[lag] / together[0] : 0.0;
    sum += 2.0 * r * r;
  }
  return std::max(1.0, static_cast<double>(half) / sum);
}

/// 1 − the chance of so many standard deviations or more to one side.
double confidence_of(double deviations) {
  return 1.0 - 0.5 * std::erfc(std::abs(deviations) / std::sqrt(2.0));
}

/// The pair of neighbours that alone runs the same way, where the others surely alternate; or none.
/// Where a sample crosses the axis its odd part turns over, too, but vanishes there.
/// \param strengths of the odd parts [line]
std::size_t break_of(std::vector<double> const& c, std::vector<double> const& strengths) {
  std::size_t breaks = 0, mirrored = 0, at = c.size();
  for (std::size_t l = 0; l < c.size(); ++l) {
    mirrored += c[l] <= -clear;
    if (c[l] < clear || l == 0 || l + 1 == c.size() || c[l - 1] > -clear || c[l + 1] > -clear)
      continue;
    if (strengths[l] + strengths[l + 1] < vanishing * (strengths[l - 1] + strengths[l + 2]))
      continue;
    ++breaks;
    at = l;
  }
  return breaks == 1 && 10 * mirrored >= 8 * c.size() ? at : c.size();
}

class LineWitness {
 public:
  LineWitness(std::span<double const> values, ScanShape declared, bool snake)
      : values_(filled(values)), declared_(declared), snake_(snake) {
    evidence_.fast = declared.fast;
  }

  LineEvidence look() {
    if (!look_at_length()) look_at_ways();
    return evidence_;
  }

 private:
  /// Correlations of neighbours, and how surely they are mirrored (< 0) or not (> 0); 0: not
  /// surely.
  struct Ways {
    std::vector<double> next, strengths;
    double deviations = 0.0;
  };

  Ways ways(OddParts kind) const {
    Ways ways;
    auto const parts = odd_parts(values_, declared_.fast, kind, ways.strengths);
    ways.next = correlations(parts, 1, declared_.slow);
    double const mean = mean_of(ways.next);
    double const z =
        mean * std::sqrt(independent_values(parts) * static_cast<double>(ways.next.size()));
    double const beyond = mean_of(correlations(parts, 2, declared_.slow));
    double const least = std::abs(mean) < alike ? -confirmed : confirmed;
    bool const sure = std::abs(z) >= surely && std::abs(by_signs(ways.next)) >= likely &&
                      beyond >= least * std::abs(mean);
    ways.deviations = sure ? z : 0.0;
    return ways;
  }

  /// Whether odd parts are no more than what a beam that is topped up does within lines.
  bool is_weak(std::vector<double> const& strengths) const {
    double const mean = std::abs(mean_of(values_));
    double const squares =
        product(strengths, strengths) / static_cast<double>(strengths.size() * declared_.fast);
    return squares < strong * strong * mean * mean;
  }

  void look_at_ways() {
    if (declared_.fast < fewest_points || values_.size() < fewest_lines * declared_.fast) return;
    Ways found = ways(OddParts::all);
    if (found.deviations >= 0.0 || is_weak(found.strengths)) found = ways(OddParts::without_linear);
    if (found.deviations >= 0.0) {
      found = ways(OddParts::strict);
      // Without their mean, lines that have nothing in common are a little unlike each other.
      if (found.deviations <= 0.0) return look_at_slow_waves();
    }
    conclude(found.deviations);
    if (evidence_.finding == LineEvidence::Finding::as_declared && snake_) look_for_break(found);
  }

  /// Where lines as they are decide nothing.
  void look_at_slow_waves() {
    auto const waves = [&](OddParts kind) {
      return look_at_waves(values_, declared_.fast, declared_.slow, kind);
    };
    auto const mirrored = waves(OddParts::without_linear);
    if (mirrored.noise <= -beyond_noise && mirrored.signs <= -likely)
      return conclude(mirrored.signs);
    // What is linear in a line may be drift, unless there is much of it.
    auto const all = waves(OddParts::all);
    if (all.noise <= -far_beyond_noise && all.signs <= -likely && all.strength >= no_drift)
      return conclude(all.signs);
    auto const same = waves(OddParts::strict);
    if (same.noise >= beyond_noise && same.signs >= likely) conclude(same.signs);
  }

  /// \param z standard deviations, below 0: neighbours are mirrored
  void conclude(double z) {
    using enum LineEvidence::Finding;
    evidence_.confidence = confidence_of(z);
    bool const alternate = z < 0.0;
    if (alternate == snake_)
      evidence_.finding = as_declared;
    else
      evidence_.finding = alternate ? zigzag : no_zigzag;
  }

  void look_for_break(Ways const& found) {
    std::size_t const at = break_of(found.next, found.strengths);
    if (at == found.next.size()) return;
    evidence_.finding = LineEvidence::Finding::broken_zigzag;
    evidence_.line = at + 1;
    // Of a pair, by its points; a quarter of them, because neighbours are alike.
    evidence_.confidence =
        confidence_of(std::atanh(std::min(found.next[at], 0.9999)) *
                      std::sqrt(std::max(1.0, static_cast<double>(declared_.fast) / 4.0 - 3.0)));
  }

  /// \returns whether the lines have another length
  bool look_at_length() {
    std::size_t const frames = std::min(values_.size(), folded_frames);
    std::size_t const shortest = std::max(fewest_points, declared_.fast / 2);
    std::size_t const longest = std::min(2 * declared_.fast, frames / fewest_lines);
    if (declared_.fast < fewest_points || longest < declared_.fast || longest <= shortest)
      return false;
    auto const flat = without_trend(frames);
    double const squares = product(flat, flat);
    if (squares <= 0.0) return false;
    double best = 0.0;
    std::size_t length = declared_.fast;
    for (std::size_t points = shortest; points <= longest; ++points)
      if (double const part = explained(flat, points) / squares; part > best) {
        best = part;
        length = points;
      }
    double const as_declared =
        std::max(explained(flat, declared_.fast), around(flat, mirrored_length(length))) / squares;
    // Twice or half the length explains a zigzag, too.
    if (length == declared_.fast || best < explains || as_declared > declared_explains * best ||
        2 * declared_.fast <= length + 1 || 2 * length <= declared_.fast + 1)
      return false;
    // Rather a length that is easily taken for the declared one, if it explains nearly as much.
    for (std::size_t const points : {declared_.fast - 1, declared_.fast + 1, declared_.slow})
      if (points >= shortest && points <= longest &&
          explained(flat, points) >= nearly * best * squares)
        length = points;
    evidence_.finding = LineEvidence::Finding::other_length;
    evidence_.fast = length;
    double const lines = static_cast<double>(frames) / static_cast<double>(length);
    // How far the part explained is above what chance explains, 1/lines, of the lengths tried.
    double const excess = (best - 1.0 / lines) * std::sqrt(0.5 * static_cast<double>(frames) *
                                                           lines / static_cast<double>(length));
    evidence_.confidence = 1.0 - std::min(1.0, static_cast<double>(longest - shortest + 1) *
                                                   (1.0 - confidence_of(std::min(excess, 8.0))));
    return true;
  }

  /// Where rotations are fast, lines turn their sign at the axis of the sample, and the declared
  /// length explains nothing, but those on both sides of it do. This is the one on the other side.
  std::size_t mirrored_length(std::size_t length) const {
    double const periods =
        2.0 / static_cast<double>(declared_.fast) - 1.0 / static_cast<double>(length);
    return periods > 0.0 ? static_cast<std::size_t>(std::lround(1.0 / periods)) : 0;
  }

  static double around(Line const& flat, std::size_t length) {
    double most = 0.0;
    for (std::size_t points = length; points <= length + 2; ++points)
      if (points > fewest_points && points * 2 < flat.size())
        most = std::max(most, explained(flat, points - 1));
    return most;
  }

  /// The values without the mean about each.
  Line without_trend(std::size_t frames) const {
    std::size_t const reach = 2 * declared_.fast;
    std::vector<double> sums{0.0};
    for (std::size_t i = 0; i < frames; ++i) sums.push_back(sums.back() + values_[i]);
    Line flat(frames);
    for (std::size_t i = 0; i < frames; ++i) {
      std::size_t const first = i > reach ? i - reach : 0, last = std::min(frames, i + reach + 1);
      flat[i] = values_[i] - (sums[last] - sums[first]) / static_cast<double>(last - first);
    }
    return flat;
  }

  /// Σ lines · mean line², as the lines are or every second one mirrored, whichever is more.
  static double explained(Line const& flat, std::size_t points) {
    Line same(points), mirrored(points);
    std::size_t const lines = flat.size() / points;
    for (std::size_t l = 0; l < lines; ++l)
      for (std::size_t j = 0; j < points; ++j) {
        same[j] += flat[l * points + j];
        mirrored[l % 2 == 0 ? j : points - 1 - j] += flat[l * points + j];
      }
    return std::max(product(same, same), product(mirrored, mirrored)) / static_cast<double>(lines);
  }

  std::vector<double> values_;
  ScanShape declared_;
  bool snake_;
  LineEvidence evidence_;
};

std::string number(std::size_t value) { return number_text(static_cast<double>(value), 12); }

}  // namespace

LineEvidence look_at_lines(std::span<double const> values, ScanShape declared, bool snake) {
  return LineWitness(values, declared, snake).look();
}

std::string evidence_text(LineEvidence const& evidence, ScanShape declared) {
  // Never "100 %": the chance is small, and not 0.
  std::string const sure =
      " (confidence " + number_text(100.0 * std::min(evidence.confidence, 0.9999), 4) + " %)";
  using enum LineEvidence::Finding;
  switch (evidence.finding) {
    case cannot_tell:
    case as_declared:
      return "";
    case zigzag:
      return "neighbouring lines of the frames fit mirrored" + sure +
             ": was the scan a zigzag? Then say scan.snake: true";
    case no_zigzag:
      return "neighbouring lines of the frames fit the same way" + sure +
             ", not as the zigzag of scan.snake: is it right?";
    case broken_zigzag:
      return "lines " + number(evidence.line) + " and " + number(evidence.line + 1) +
             " of the frames run the same way, all others alternate" + sure +
             ": a line is missing or too many there, and later lines are mirrored and at wrong "
             "places; say scan.positions";
    case other_length:
      return "the frames repeat after " + number(evidence.fast) + ", not after the " +
             number(declared.fast) + " of scan.shape.fast" + sure +
             ": is scan.shape right (slow and fast exchanged, a frame more per line)?";
  }
  return "";
}

}  // namespace xrdct::core
