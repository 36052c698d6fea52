// Makes sinogram-like sums of frames.
#include "tests/core/lines/made_lines.hpp"

#include <cmath>
#include <numbers>

#include "tests/core/positions/made_scan.hpp"

namespace xrdct::test {
namespace {

/// A disc: its ray sums are chords.
struct Grain {
  double x, y, radius, density;
  double sum(double translation, double angle) const {
    double const off = translation - (x * std::cos(angle) + y * std::sin(angle));
    return std::abs(off) < radius ? 2.0 * density * std::sqrt(radius * radius - off * off) : 0.0;
  }
};

std::vector<Grain> make_sample(Dice& dice, bool structure) {
  if (!structure) return {{0.0, 0.0, dice.uniform(0.3, 0.9), 1.0}};
  double const away = dice.uniform(0.1, 0.3), where = dice.uniform(0.0, 6.28);
  double const radius = dice.uniform(0.35, 0.65);
  std::vector<Grain> grains{{away * std::cos(where), away * std::sin(where), radius, 1.0}};
  for (std::int64_t i = dice.whole(0, 5); i > 0; --i) {
    double const r = radius * dice.uniform(), a = dice.uniform(0.0, 6.28);
    grains.push_back({grains[0].x + r * std::cos(a), grains[0].y + r * std::sin(a),
                      dice.uniform(0.05, 0.25), dice.uniform(0.5, 3.0)});
  }
  return grains;
}

/// Intensity of the beam over the scan.
struct Beam {
  double decay, top_up, first;
  std::int64_t period;
  double at(std::size_t frame, std::size_t frames, std::size_t in_line) const {
    double const time = static_cast<double>(frame) / static_cast<double>(frames);
    double const since = static_cast<double>(static_cast<std::int64_t>(frame) % period) /
                         static_cast<double>(period);
    return (1.0 - decay * time) * (1.0 - top_up * since) * (in_line == 0 ? 1.0 + first : 1.0);
  }
};

}  // namespace

MadeLines make_lines(std::uint64_t seed, bool structure) {
  Dice dice(seed);
  MadeLines made;
  made.structure = structure;
  auto const sample = make_sample(dice, structure);
  bool const rotation_fast = dice.chance(0.4);
  auto const translations = static_cast<std::size_t>(dice.whole(24, 80));
  auto const rotations = static_cast<std::size_t>(dice.whole(30, 120));
  made.shape = {1, rotation_fast ? translations : rotations,
                rotation_fast ? rotations : translations};
  made.zigzag = dice.chance(0.5);
  double const turn = std::numbers::pi * (dice.chance(0.5) ? 1.0 : 2.0);
  double const begin = dice.uniform(0.0, 6.28), air = dice.uniform(0.05, 0.4);
  double const noise = std::exp(dice.uniform(std::log(0.002), std::log(0.02)));
  Beam const beam{dice.uniform(0.0, 0.3), dice.uniform(0.0, 0.03),
                  dice.chance(0.3) ? dice.uniform(0.0, 0.3) : 0.0, dice.whole(150, 2000)};
  std::size_t const frames = made.shape.places();
  for (std::size_t n = 0; n < frames; ++n) {
    std::size_t const line = n / made.shape.fast, in_line = n % made.shape.fast;
    std::size_t const point =
        made.zigzag && line % 2 == 1 ? made.shape.fast - 1 - in_line : in_line;
    auto const r = static_cast<double>(rotation_fast ? point : line);
    auto const t = static_cast<double>(rotation_fast ? line : point);
    double sum = air;
    for (Grain const& grain : sample)
      sum += grain.sum(2.0 * (t + 0.5) / static_cast<double>(translations) - 1.0,
                       begin + turn * r / static_cast<double>(rotations));
    made.values.push_back(sum * beam.at(n, frames, in_line) * (1.0 + noise * dice.normal()));
  }
  made.what = std::to_string(made.shape.slow) + " × " + std::to_string(made.shape.fast) +
              (rotation_fast ? " rotation fast" : " translation fast") +
              (made.zigzag ? " zigzag" : "") + " over " + std::to_string(turn * 57.3) + " noise " +
              std::to_string(noise) + " grains " + std::to_string(sample.size() - 1) + " first " +
              std::to_string(beam.first);
  return made;
}

}  // namespace xrdct::test
