// Looks for mirrored neighbours in the slowest waves of lines.
#include "core/lines/line_waves.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace xrdct::core {
namespace {

constexpr std::size_t most_waves = 4;
constexpr double left_over = 6.0;  // times the square of a line; alternating ones leave 1

using Line = std::vector<double>;

double product(Line const& a, Line const& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Takes what it has of a unit vector away from another one.
void take_away(Line const& unit, Line& from) {
  double const share = product(unit, from);
  for (std::size_t j = 0; j < from.size(); ++j) from[j] -= share * unit[j];
}

bool to_unit(Line& line) {
  double const length = std::sqrt(product(line, line));
  for (double& value : line) value /= length;
  return length > 1e-9;
}

/// The linear part, if it is to be left out, then waves; orthonormal.
std::vector<Line> waves_of(std::size_t points, std::size_t waves, bool without_linear) {
  std::vector<Line> units;
  for (std::size_t m = without_linear ? 0 : 1; m <= waves; ++m) {
    Line wave(points);
    for (std::size_t j = 0; j < points; ++j) {
      double const t = (static_cast<double>(j) + 0.5) / static_cast<double>(points) - 0.5;
      wave[j] = m == 0 ? t : std::sin(2.0 * std::numbers::pi * static_cast<double>(m) * t);
    }
    for (Line const& unit : units) take_away(unit, wave);
    if (to_unit(wave)) units.push_back(wave);
  }
  return units;
}

/// \param lines [line][wave]
void take_common_away(std::vector<Line>& lines, bool even_if_little) {
  Line const common = mean_part(lines);
  double const squares = product(common, common);
  if (squares <= 0.0 || !(even_if_little || have_common(lines, common))) return;
  for (Line& line : lines) {
    double const share = product(line, common) / squares;
    for (std::size_t m = 0; m < line.size(); ++m) line[m] -= share * common[m];
  }
}

struct Pairs {
  double count = 0.0, sum = 0.0, squares = 0.0;
};

/// Products of neighbours of one height.
Pairs pairs_of(std::vector<Line> const& lines, std::size_t lines_of_height) {
  Pairs pairs;
  for (std::size_t l = 0; l + 1 < lines.size(); ++l) {
    if ((l + 1) % lines_of_height == 0) continue;
    double const both = product(lines[l], lines[l + 1]);
    pairs.count += 1.0;
    pairs.sum += both;
    pairs.squares += both * both;
  }
  return pairs;
}

}  // namespace

std::vector<double> odd_part(std::span<double const> line, bool without_linear) {
  std::size_t const points = line.size();
  Line odd(points);
  double along = 0.0, squares = 0.0;
  for (std::size_t j = 0; j < points; ++j) {
    odd[j] = line[j] - line[points - 1 - j];
    double const t = static_cast<double>(j) - 0.5 * static_cast<double>(points - 1);
    along += odd[j] * t;
    squares += t * t;
  }
  if (!without_linear) return odd;
  for (std::size_t j = 0; j < points; ++j)
    odd[j] -= along / squares * (static_cast<double>(j) - 0.5 * static_cast<double>(points - 1));
  return odd;
}

std::vector<double> mean_part(std::vector<std::vector<double>> const& parts) {
  Line mean(parts.front().size());
  for (Line const& part : parts)
    for (std::size_t j = 0; j < mean.size(); ++j)
      mean[j] += part[j] / static_cast<double>(parts.size());
  return mean;
}

bool have_common(std::vector<std::vector<double>> const& parts, std::vector<double> const& mean) {
  double squares = 0.0;
  for (Line const& part : parts) squares += product(part, part);
  auto const lines = static_cast<double>(parts.size());
  return product(mean, mean) * lines * lines > left_over * squares;
}

WaveEvidence look_at_waves(std::span<double const> values, std::size_t points,
                           std::size_t lines_of_height, OddParts kind) {
  // The first and the last frame of a line are left out: shutters and motors are on their way.
  std::size_t const free = points < 2 ? 0 : (points - 2) / 2;  // values of an odd part
  if (free < 3 || values.size() < 2 * points) return {};
  bool const without_linear = kind != OddParts::all;
  std::size_t const first = without_linear ? 1 : 0;
  auto const units = waves_of(points - 2, std::min(most_waves, free - 2), without_linear);
  std::vector<Line> lines;
  double all = 0.0, noise = 0.0;
  for (std::size_t i = 0; i + points <= values.size(); i += points) {
    Line rest = odd_part(values.subspan(i + 1, points - 2), without_linear);
    all += product(rest, rest);
    auto& line = lines.emplace_back();
    for (std::size_t m = first; m < units.size(); ++m) {
      line.push_back(product(units[m], rest));
      take_away(units[m], rest);
    }
    noise += product(rest, rest);
  }
  auto const count = static_cast<double>(lines.size());
  noise /= count * static_cast<double>(free - units.size());
  take_common_away(lines, kind == OddParts::strict);
  auto const pairs = pairs_of(lines, lines_of_height);
  double const mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (noise <= 0.0 || pairs.squares <= 0.0 || mean == 0.0) return {};
  return {pairs.sum / (noise * std::sqrt(static_cast<double>(units.size() - first) * pairs.count)),
          pairs.sum / std::sqrt(pairs.squares),
          std::sqrt(all / (count * static_cast<double>(points - 2))) / std::abs(mean)};
}

}  // namespace xrdct::core
