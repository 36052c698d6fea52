// Copies of samples with other noise, and the spread of what is reconstructed from them.
#include "app/slices/replicas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "core/phantom/random_philox.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::app {
namespace {

constexpr std::uint32_t key_of_replicas = 0x51CE5U;  // other numbers than those of simulated scans

/// Two independent numbers of the normal distribution (Box and Muller 1958,
/// doi:10.1214/aoms/1177706645).
std::array<double, 2> normals(core::PhiloxBlock const& words) {
  double const radius = std::sqrt(-2.0 * std::log(1.0 - core::unit_interval(words[0], words[1])));
  double const angle = 2.0 * std::numbers::pi * core::unit_interval(words[2], words[3]);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

Replicas::Replicas(UnitSinogram const& sinogram, std::span<float const> weights, std::size_t voxels,
                   bool by_noise, Reconstruct reconstruct)
    : sinogram_(sinogram),
      weights_(weights),
      by_noise_(by_noise),
      reconstruct_(std::move(reconstruct)),
      copies_(sinogram.samples() * replica_lanes),
      weight_(copies_.size()),
      slice_(voxels * replica_lanes),
      sum_(voxels),
      square_(voxels) {}

/// Replicas `first` to `first` + 15.
void Replicas::draw(ReplicaStream const& stream, std::size_t bin, std::size_t first) {
  std::size_t const line = sinogram_.translations, lanes = sinogram_.lanes;
  kernels::share_on_host("xrdct::slices replicas", sinogram_.projections, [&](std::size_t p) {
    for (std::size_t s = p * line; s < (p + 1) * line; ++s) {
      float const value = sinogram_.value[s * lanes + bin];
      bool const good = weights_[s * lanes + bin] > 0.0F;
      double const deviation =
          good ? std::sqrt(static_cast<double>(sinogram_.variance[s * lanes + bin])) : 0.0;
      for (std::size_t r = 0; r < replica_lanes; r += 2) {
        auto const noise = normals(core::philox4x32_10(
            {static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(first + r),
             static_cast<std::uint32_t>(stream.first_bin + bin),
             static_cast<std::uint32_t>(stream.height)},
            {static_cast<std::uint32_t>(stream.reduction), key_of_replicas}));
        for (std::size_t i = 0; i < noise.size(); ++i) {
          std::size_t const at = s * replica_lanes + r + i;
          copies_[at] =
              good ? static_cast<float>(static_cast<double>(value) + deviation * noise[i]) : 0.0F;
          weight_[at] = good ? 1.0F : 0.0F;
        }
      }
    }
  });
}

void Replicas::copy_variance(std::size_t bin) {
  variance_.resize(copies_.size());
  for (std::size_t s = 0; s < sinogram_.samples(); ++s)
    std::fill_n(variance_.begin() + static_cast<std::ptrdiff_t>(s * replica_lanes), replica_lanes,
                sinogram_.variance[s * sinogram_.lanes + bin]);
}

void Replicas::add_slices(std::size_t count) {
  for (std::size_t v = 0; v < sum_.size(); ++v)
    for (std::size_t r = 0; r < count; ++r) {
      auto const x = static_cast<double>(slice_[v * replica_lanes + r]);
      sum_[v] += x;
      square_[v] += x * x;
    }
}

void Replicas::spread(ReplicaStream const& stream, std::size_t bin, int count,
                      std::span<float> variances) {
  std::fill(sum_.begin(), sum_.end(), 0.0);
  std::fill(square_.begin(), square_.end(), 0.0);
  if (by_noise_) copy_variance(bin);
  auto const wanted = static_cast<std::size_t>(count);
  for (std::size_t first = 0; first < wanted; first += replica_lanes) {
    draw(stream, bin, first);
    reconstruct_({copies_, weight_, variance_}, replica_lanes, slice_);
    add_slices(std::min(replica_lanes, wanted - first));
  }
  for (std::size_t v = 0; v < sum_.size(); ++v)
    variances[v * sinogram_.lanes + bin] =
        count > 1 ? static_cast<float>(std::max(0.0, square_[v] - sum_[v] * sum_[v] / count) /
                                       (count - 1))
                  : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace xrdct::app
