// What stands in for samples that were not measured, or are not to be believed.
#include "core/conditioning/missing_samples.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "core/conditioning/full_turn.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double turn = 2.0 * std::numbers::pi;
constexpr double farthest_neighbour = turn / 12.0;  // 30°
constexpr double on_translation = 1e-9;             // [translations]

using TwoShares = std::array<SampleShare, 2>;

/// A projection seen from one of its two sides, at its angle on the full circle.
struct Side {
  double angle = 0.0;
  std::size_t projection = 0;
  bool mirrored = false;
};

/// The sides of all projections around the circle.
class Ring {
 public:
  Ring(SummedSinogram const& sinogram, std::span<double const> centres)
      : sinogram_(sinogram), centres_(centres), own_(sinogram.projections()) {
    for (std::size_t p = 0; p < sinogram.projections(); ++p) {
      sides_.push_back({modulo_full_turn(sinogram.angles[p]), p, false});
      if (!centres.empty())
        sides_.push_back({modulo_full_turn(sinogram.angles[p] + std::numbers::pi), p, true});
    }
    std::stable_sort(sides_.begin(), sides_.end(),
                     [](Side const& a, Side const& b) { return a.angle < b.angle; });
    for (std::size_t i = 0; i < sides_.size(); ++i)
      if (!sides_[i].mirrored) own_[sides_[i].projection] = i;
  }

  /// A measured sample of the same ray distance, and how far it is in θ.
  struct Found {
    TwoShares from{};
    double distance = 0.0;
  };
  /// \param forward to larger angles
  std::optional<Found> nearest(std::size_t p, std::size_t k, bool forward) const {
    std::size_t const count = sides_.size();
    std::size_t const own = own_[p];
    for (std::size_t step = 1; step < count; ++step) {
      auto const& side = sides_[(forward ? own + step : own + count - step) % count];
      double const way = forward ? side.angle - sides_[own].angle : sides_[own].angle - side.angle;
      // rounding may put a tie a little to the wrong side, which must not become a full turn
      double const distance = std::max(way < -on_translation ? way + turn : way, 0.0);
      if (distance > farthest_neighbour) return {};
      if (auto const from = measured(side, p, k)) return Found{*from, distance};
    }
    return {};
  }

 private:
  std::optional<TwoShares> measured(Side const& side, std::size_t p, std::size_t k) const {
    auto const q = side.projection;
    double place = static_cast<double>(k);
    if (!centres_.empty())
      place = centres_[q] + (side.mirrored ? -1.0 : 1.0) * (place - centres_[p]);
    double below = std::floor(place);
    double share = place - below;
    if (share > 1.0 - on_translation) {
      below += 1.0;
      share = 0.0;
    }
    if (share < on_translation) share = 0.0;
    double const last = static_cast<double>(sinogram_.translations - 1);
    if (below < 0.0 || below + (share > 0.0 ? 1.0 : 0.0) > last) return {};
    auto const first = static_cast<std::size_t>(below);
    if (!sinogram_.there(q, first)) return {};
    if (share == 0.0) return TwoShares{{{sinogram_.sample(q, first), 1.0}, {}}};
    if (!sinogram_.there(q, first + 1)) return {};
    return TwoShares{
        {{sinogram_.sample(q, first), 1.0 - share}, {sinogram_.sample(q, first + 1), share}}};
  }

  SummedSinogram const& sinogram_;
  std::span<double const> centres_;
  std::vector<Side> sides_;
  std::vector<std::size_t> own_;  // [projection]: its place among sides
};

void add(ImputedSample& sample, std::size_t first, TwoShares const& from, double share) {
  for (std::size_t i = 0; i < from.size(); ++i)
    sample.from[first + i] = {from[i].sample, from[i].share * share};
}

/// The nearest measured samples of the projection, before and after.
void take_along_line(SummedSinogram const& sinogram, std::size_t p, std::size_t k,
                     ImputedSample& sample) {
  std::optional<std::size_t> before, after;
  for (std::size_t i = k; i-- > 0 && !before;)
    if (sinogram.there(p, i)) before = i;
  for (std::size_t i = k + 1; i < sinogram.translations && !after; ++i)
    if (sinogram.there(p, i)) after = i;
  double const share =
      !before  ? 1.0
      : !after ? 0.0
               : static_cast<double>(k - *before) / static_cast<double>(*after - *before);
  if (before) sample.from[0] = {sinogram.sample(p, *before), 1.0 - share};
  if (after) sample.from[1] = {sinogram.sample(p, *after), share};
  sample.along_line = true;
}

ImputedSample impute_one(SummedSinogram const& sinogram, Ring const& ring, std::size_t p,
                         std::size_t k) {
  ImputedSample sample{sinogram.sample(p, k), {}, 0.0, false};
  auto const before = ring.nearest(p, k, false), after = ring.nearest(p, k, true);
  if (!before && !after) {
    take_along_line(sinogram, p, k, sample);
    return sample;
  }
  double share = before ? 0.0 : 1.0;  // of after
  if (before && after) {
    double const gap = before->distance + after->distance;
    share = gap > 0.0 ? before->distance / gap : 0.5;
  }
  if (before) add(sample, 0, before->from, 1.0 - share);
  if (after) add(sample, 2, after->from, share);
  sample.distance = !before  ? after->distance
                    : !after ? before->distance
                             : std::min(before->distance, after->distance);
  return sample;
}

/// values[missing] = Σ factor(share)·values[from], by channels.
template <class Real, class Factor>
void put(Imputation const& imputation, std::size_t channels, std::span<Real> values,
         Factor const& factor) {
  XRDCT_ASSERT(imputation.empty_projection.empty() ||
               values.size() % (imputation.empty_projection.size() * channels) == 0);
  if (imputation.empty_projection.empty()) return;
  std::size_t const line = values.size() / imputation.empty_projection.size();
  for (std::size_t p = 0; p < imputation.empty_projection.size(); ++p)
    if (imputation.empty_projection[p] != 0)
      std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(p * line), line, Real{0});
  for (auto const& sample : imputation.samples) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      double sum = 0.0;
      for (auto const& from : sample.from)
        if (from.share != 0.0)
          sum += factor(from.share) * static_cast<double>(values[from.sample * channels + channel]);
      values[sample.sample * channels + channel] = static_cast<Real>(sum);
    }
  }
}

}  // namespace

Imputation impute(SummedSinogram const& sinogram, std::span<double const> centres) {
  XRDCT_ASSERT(centres.empty() || centres.size() == sinogram.projections());
  Imputation found;
  found.empty_projection.resize(sinogram.projections());
  Ring const ring(sinogram, centres);
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    bool const empty = sinogram.whole_missing(p);
    found.empty_projection[p] = empty ? 1 : 0;
    found.empty_projections += empty ? 1 : 0;
    for (std::size_t k = 0; k < sinogram.translations; ++k) {
      if (sinogram.there(p, k)) continue;
      ++found.missing;
      if (!empty) found.samples.push_back(impute_one(sinogram, ring, p, k));
    }
  }
  for (auto const& sample : found.samples) {
    found.along_line += sample.along_line ? 1 : 0;
    found.farthest = std::max(found.farthest, sample.distance);
  }
  return found;
}

template <class Real>
void fill(Imputation const& imputation, std::size_t channels, std::span<Real> values) {
  put(imputation, channels, values, [](double share) { return share; });
}

template <class Real>
void fill_variance(Imputation const& imputation, std::size_t channels, std::span<Real> variances) {
  put(imputation, channels, variances, [](double share) { return share * share; });
}

template void fill(Imputation const&, std::size_t, std::span<float>);
template void fill(Imputation const&, std::size_t, std::span<double>);
template void fill_variance(Imputation const&, std::size_t, std::span<float>);
template void fill_variance(Imputation const&, std::size_t, std::span<double>);

SummedSinogram filled(SummedSinogram sinogram, std::span<double const> centres) {
  auto const imputation = impute(sinogram, centres);
  fill(imputation, 1, std::span(sinogram.value));
  if (sinogram.variance_known()) fill_variance(imputation, 1, std::span(sinogram.variance));
  for (auto const& sample : imputation.samples) sinogram.missing[sample.sample] = 0;
  return sinogram;
}

AngleWeights measured_angle_weights(SummedSinogram const& sinogram) {
  std::vector<double> angles;
  std::vector<std::size_t> measured;
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    if (sinogram.whole_missing(p)) continue;
    angles.push_back(sinogram.angles[p]);
    measured.push_back(p);
  }
  auto weights = angle_weights(angles);
  std::vector<double> all(sinogram.projections(), 0.0);
  for (std::size_t i = 0; i < measured.size(); ++i) all[measured[i]] = weights.weight[i];
  weights.weight = std::move(all);
  return weights;
}

}  // namespace xrdct::core
