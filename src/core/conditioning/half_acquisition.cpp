// Scans with the axis near the edge, over a full turn.
#include "core/conditioning/half_acquisition.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "core/conditioning/full_turn.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

/// The axis is near an end where this end is nearer than so much of the way to the other one.
constexpr double near_end = 0.8;

}  // namespace

HalfAcquisition half_acquisition(SummedSinogram const& sinogram, Air const& air, double centre) {
  double const last = static_cast<double>(sinogram.translations) - 1.0;
  HalfAcquisition half{false, std::min(centre, last - centre), ""};
  bool const first_is_near = centre < last - centre;
  if (!turn_coverage(sinogram.angles).full_turn)
    half.reason = "the angles do not cover a full turn";
  else if (half.overlap <= 0.0)
    half.reason = "the axis is not inside of the line";
  else if (half.overlap > near_end * (last - half.overlap))
    half.reason = "the axis is not near an end of the line";
  else if (!air.ends[first_is_near ? 0 : 1].holds_sample)
    half.reason = "the sample does not reach the end of the line that is near the axis";
  else
    half.found = true;
  if (half.found)
    half.reason = "the axis is near the end of the line, and the sample reaches beyond it";
  return half;
}

std::vector<double> redundancy_weights(std::size_t translations, double centre) {
  double const last = static_cast<double>(translations) - 1.0;
  XRDCT_ASSERT(centre > 0.0 && centre < last);
  bool const first_is_near = centre < last - centre;
  double const overlap = first_is_near ? centre : last - centre;
  std::vector<double> weights(translations);
  for (std::size_t k = 0; k < translations; ++k) {
    double const from_axis = (static_cast<double>(k) - centre) * (first_is_near ? 1.0 : -1.0);
    double const u = std::clamp(from_axis / overlap, -1.0, 1.0);
    double const sine = std::sin(std::numbers::pi / 4.0 * (1.0 + u));
    weights[k] = sine * sine;
  }
  return weights;
}

template <class Real>
void weigh_translations(std::span<double const> weights, std::size_t channels,
                        std::span<Real> values, std::span<Real> variances) {
  XRDCT_ASSERT(values.size() % (weights.size() * channels) == 0);
  XRDCT_ASSERT(variances.empty() || variances.size() == values.size());
  for (std::size_t sample = 0; sample * channels < values.size(); ++sample) {
    double const weight = weights[sample % weights.size()], square = weight * weight;
    std::size_t const first = sample * channels;
    for (std::size_t i = first; i < first + channels; ++i)
      values[i] = static_cast<Real>(static_cast<double>(values[i]) * weight);
    for (std::size_t i = first; i < first + channels && !variances.empty(); ++i)
      variances[i] = static_cast<Real>(static_cast<double>(variances[i]) * square);
  }
}

template void weigh_translations(std::span<double const>, std::size_t, std::span<float>,
                                 std::span<float>);
template void weigh_translations(std::span<double const>, std::size_t, std::span<double>,
                                 std::span<double>);

AngleWeights full_turn_weights(std::span<double const> angles) {
  // the full circle of θ is the half circle of θ/2
  std::vector<double> halves(angles.size());
  std::transform(angles.begin(), angles.end(), halves.begin(),
                 [](double angle) { return modulo_full_turn(angle) / 2.0; });
  auto weights = angle_weights(halves);
  for (auto& weight : weights.weight) weight *= 2.0;
  weights.covered *= 2.0;
  weights.largest_gap *= 2.0;
  return weights;
}

}  // namespace xrdct::core
