// Single samples that do not belong to their neighbours.
#include "core/conditioning/zingers.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/robust_statistics.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double farthest_neighbour = std::numbers::pi / 6.0;  // [rad]
constexpr std::size_t least_neighbours = 4;
constexpr double of_range = 1.5;

/// The projections before and after one, in the order of θ; itself where there is none.
struct Neighbours {
  std::size_t before = 0, after = 0;
  std::size_t reach_before = 0, reach_after = 0;  // [translations]
};

std::vector<Neighbours> neighbours_of(SummedSinogram const& sinogram) {
  std::vector<std::size_t> order;
  for (auto const p : by_angle(sinogram.angles))
    if (!sinogram.whole_missing(p)) order.push_back(p);
  std::vector<Neighbours> found(sinogram.projections());
  auto const reach = [&](std::size_t a, std::size_t b) {
    double const gap = std::abs(nearest_turn(sinogram.angles[a] - sinogram.angles[b]));
    return 1 + static_cast<std::size_t>(
                   std::ceil(static_cast<double>(sinogram.translations) / 2.0 * gap));
  };
  auto const near = [&](std::size_t a, std::size_t b) {
    return std::abs(nearest_turn(sinogram.angles[a] - sinogram.angles[b])) < farthest_neighbour;
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::size_t const p = order[i];
    std::size_t const before = order[(i + order.size() - 1) % order.size()],
                      after = order[(i + 1) % order.size()];
    auto& own = found[p];
    own.before = near(p, before) ? before : p;
    own.after = near(p, after) ? after : p;
    own.reach_before = reach(p, own.before);
    own.reach_after = reach(p, own.after);
  }
  return found;
}

/// Measured samples around one.
class Window {
 public:
  Window(SummedSinogram const& sinogram) : sinogram_(sinogram) {}

  void look(std::size_t p, std::size_t k, Neighbours const& around) {
    samples_.clear();
    take(p, k, 1, true);
    // with one neighbour in θ a grain has one high neighbour
    bool const two_sided = around.before != p && around.after != p && around.before != around.after;
    rank_ = two_sided ? 1 : 0;
    if (around.before != p) take(around.before, k, around.reach_before, false);
    if (around.after != p && around.after != around.before)
      take(around.after, k, around.reach_after, false);
    std::sort(samples_.begin(), samples_.end(), [&](auto a, auto b) {
      return sinogram_.value[a] < sinogram_.value[b] ||
             (sinogram_.value[a] == sinogram_.value[b] && a < b);
    });
  }
  bool enough() const { return samples_.size() >= least_neighbours; }
  double low() const { return sinogram_.value[samples_[rank_]]; }
  double high() const { return sinogram_.value[samples_[samples_.size() - 1 - rank_]]; }
  std::size_t middle() const { return samples_[samples_.size() / 2]; }

 private:
  void take(std::size_t p, std::size_t k, std::size_t reach, bool but_middle) {
    std::size_t const first = k > reach ? k - reach : 0;
    std::size_t const last = std::min(k + reach + 1, sinogram_.translations);
    for (std::size_t i = first; i < last; ++i)
      if (sinogram_.there(p, i) && !(but_middle && i == k))
        samples_.push_back(sinogram_.sample(p, i));
  }

  SummedSinogram const& sinogram_;
  std::vector<std::size_t> samples_;  // in the order of their values
  std::size_t rank_ = 0;              // of the value that counts as the highest, or the lowest
};

/// The value of one count: the median of variance/value.
double value_of_count(SummedSinogram const& sinogram) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < sinogram.samples() && sinogram.variance_known(); ++i)
    if (sinogram.missing[i] == 0 && sinogram.value[i] > 0.0 && sinogram.variance[i] > 0.0)
      ratios.push_back(sinogram.variance[i] / sinogram.value[i]);
  return median(std::move(ratios));
}

/// How far two numbers of counts are from each other in units of their noise, also where they are
/// so few that the neighbours of a sample may all be 0: 2·√(n + 3/8) has the variance 1.
double counted_distance(double value, double other, double unit) {
  if (!(unit > 0.0)) return 0.0;
  auto const root = [&](double v) { return 2.0 * std::sqrt(std::max(v, 0.0) / unit + 0.375); };
  return root(value) - root(other);
}

/// σ of each sample from residuals r = S − (before + after)/2, whose variance is 1.5·σ².
class ResidualNoise {
 public:
  ResidualNoise(SummedSinogram const& sinogram, std::vector<Neighbours> const& around)
      : sinogram_(sinogram), residual_(sinogram.samples(), 0.0) {
    std::vector<double> all;
    for (std::size_t p = 0; p < sinogram.projections(); ++p) {
      auto const [before, after, rb, ra] = around[p];
      if (before == p || after == p) continue;
      for (std::size_t k = 0; k < sinogram.translations; ++k) {
        if (!sinogram.there(p, k) || !sinogram.there(before, k) || !sinogram.there(after, k))
          continue;
        double const r = sinogram.at(p, k) - (sinogram.at(before, k) + sinogram.at(after, k)) / 2.0;
        residual_[sinogram.sample(p, k)] = r;
        all.push_back(r);
      }
    }
    everywhere_ = robust_spread(std::move(all)) / std::sqrt(1.5);
  }
  double sigma(std::size_t p, std::size_t k) const {
    constexpr std::size_t reach = 8;
    std::vector<double> near;
    std::size_t const first = k > reach ? k - reach : 0;
    std::size_t const last = std::min(k + reach + 1, sinogram_.translations);
    for (std::size_t i = first; i < last; ++i)
      if (i != k && sinogram_.there(p, i)) near.push_back(residual_[sinogram_.sample(p, i)]);
    return std::max(robust_spread(std::move(near)) / std::sqrt(1.5), everywhere_);
  }

 private:
  SummedSinogram const& sinogram_;
  std::vector<double> residual_;
  double everywhere_ = 0.0;
};

/// Judges one sample after the other by what is around it.
class Judge {
 public:
  explicit Judge(SummedSinogram const& sinogram)
      : sinogram_(sinogram),
        around_(neighbours_of(sinogram)),
        residuals_(sinogram, around_),
        window_(sinogram),
        unit_(value_of_count(sinogram)) {}

  /// How far a measured sample stands out, in units of the noise; 0: it does not.
  double stands_out(std::size_t p, std::size_t k) {
    window_.look(p, k, around_[p]);
    if (!window_.enough()) return 0.0;
    double const value = sinogram_.at(p, k), high = window_.high(), low = window_.low();
    double const next = value > high ? high : value < low ? low : value;
    // what stands out less than the neighbours differ is the shape of the sample
    if (std::abs(value - next) <= of_range * (high - low)) return 0.0;
    double const least = 1e-12 * std::abs(value);  // where there is no noise at all
    if (!sinogram_.variance_known())
      return (value - next) / std::max(residuals_.sigma(p, k), least);
    double const sigma = std::sqrt(sinogram_.variance[window_.middle()]);
    double const z = (value - next) / std::max(sigma, least),
                 counted = counted_distance(value, next, unit_);
    return std::abs(counted) < std::abs(z) ? counted : z;
  }

 private:
  SummedSinogram const& sinogram_;
  std::vector<Neighbours> around_;
  ResidualNoise residuals_;
  Window window_;
  double unit_;
};

}  // namespace

std::vector<Zinger> find_zingers(SummedSinogram const& sinogram, double limit) {
  XRDCT_ASSERT(limit > 0.0);
  std::vector<Zinger> found;
  Judge judge(sinogram);
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    for (std::size_t k = 0; k < sinogram.translations; ++k) {
      if (!sinogram.there(p, k)) continue;
      double const z = judge.stands_out(p, k);
      if (std::abs(z) > limit) found.push_back({sinogram.sample(p, k), z});
    }
  }
  return found;
}

SummedSinogram without_zingers(SummedSinogram sinogram, std::span<Zinger const> zingers) {
  for (auto const& zinger : zingers) {
    sinogram.missing[zinger.sample] = 1;
    sinogram.value[zinger.sample] = 0.0;
    if (sinogram.variance_known()) sinogram.variance[zinger.sample] = 0.0;
  }
  return sinogram;
}

}  // namespace xrdct::core
