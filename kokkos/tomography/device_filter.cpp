// Filters projections and projects them back where the kernels run.
#include "kokkos/tomography/device_filter.hpp"

#include <cmath>

namespace xrdct::kernels {
namespace {

constexpr int items_of_team = 256;  // samples, times the threads that share their bins

// A team per neighbouring samples of a projection; the taps in the order of the host.
struct Convolve {
  int samples, before, total;
  int threads, fours;  // that share the bins of a sample, groups of four
  int of_team, teams;  // samples of a team, teams of a projection
  int middle, reach;
  bool odd_only;
  Array<float const*> taps, weights, in;
  Array<float*> out;

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const projection = team.league_rank() / teams, first = team.league_rank() % teams * of_team;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, of_team * threads), [&](int item) {
      int const place = first + item / threads, thread = item % threads;
      if (place >= total) return;
      std::int64_t const at = static_cast<std::int64_t>(projection) * total + place;
      filtered(projection, place - before, thread)
          .store(FourBins::at(out) + at * fours + thread, threads);
    });
  }

  // \param own index of the sample among the translations
  KOKKOS_FUNCTION ThreadBins filtered(int projection, int own, int thread) const {
    float const weight = weights(projection);
    float const* const tap = taps.data() + middle + own;  // of translation 0
    FourBins const* const line =
        FourBins::at(in) + static_cast<std::int64_t>(projection) * samples * fours + thread;
    ThreadBins sum{};
    if (odd_only && own >= 0 && own < samples)
      sum.add(tap[-own] * weight, line + own * fours, threads);
    int begin = own > reach ? own - reach : 0;
    int const end = own + reach + 1 < samples ? own + reach + 1 : samples;
    if (odd_only && (own - begin) % 2 == 0) ++begin;
    for (int m = begin; m < end; m += odd_only ? 2 : 1)
      sum.add(tap[-m] * weight, line + m * fours, threads);
    return sum;
  }
};

std::vector<float> powers_of(std::span<double const> weights, double power) {
  std::vector<float> powers;
  for (double const weight : weights) powers.push_back(static_cast<float>(std::pow(weight, power)));
  return powers;
}

}  // namespace

DeviceFilter::DeviceFilter(core::SliceGeometry const& geometry, std::span<double const> weights,
                           core::FilterWindow window, int threads)
    : projector_(geometry, Footprint::linear, threads),
      weights_(copy_to_space("xrdct::slices weights", powers_of(weights, 1.0))),
      squared_weights_(copy_to_space("xrdct::slices squared weights", powers_of(weights, 2.0))) {
  auto const taps = filter_taps(projector_.lines().total, geometry.step, window);
  ramp_ = taps_there(taps.ramp);
  own_ = taps_there(taps.own);
  next_ = taps_there(taps.next);
}

DeviceFilter::SpaceTaps DeviceFilter::taps_there(Taps const& taps) {
  return {copy_to_space("xrdct::slices taps", taps.tap), static_cast<int>(taps.middle),
          static_cast<int>(taps.reach), taps.odd_only};
}

void DeviceFilter::send(std::span<float const> sinogram, std::size_t bins) {
  XRDCT_ASSERT(sinogram.size() == projector_.geometry().samples() * bins &&
               bins % bins_of_vector == 0);
  make_room("xrdct::slices sinogram", sinogram.size(), sinogram_);
  make_room("xrdct::slices slice", projector_.geometry().voxels() * bins, slice_);
  copy_there(sinogram, sinogram_);
}

void DeviceFilter::convolve(std::size_t bins, SpaceTaps const& taps,
                            Array<float const*> const& weights, Array<float*>& padded) {
  auto const& lines = projector_.lines();
  auto const total = static_cast<int>(lines.total);
  auto const fours = static_cast<int>(bins / 4);
  int const of_team = items_of_team * ThreadBins::fours / fours,
            teams = (total + of_team - 1) / of_team;
  make_room("xrdct::slices padded", projector_.padded_samples() * bins, padded);
  Convolve const kernel{.samples = static_cast<int>(projector_.geometry().translations),
                        .before = static_cast<int>(lines.before),
                        .total = total,
                        .threads = fours / ThreadBins::fours,
                        .fours = fours,
                        .of_team = of_team,
                        .teams = teams,
                        .middle = taps.middle,
                        .reach = taps.reach,
                        .odd_only = taps.odd_only,
                        .taps = taps.tap,
                        .weights = weights,
                        .in = sinogram_,
                        .out = padded};
  Kokkos::parallel_for(
      "xrdct::filter",
      TeamsOfSpace(static_cast<int>(lines.rays.size()) * teams, projector_.threads()), kernel);
}

void DeviceFilter::fetch(std::size_t bins, std::span<float> slice) const {
  XRDCT_ASSERT(slice.size() == projector_.geometry().voxels() * bins);
  copy_here(slice_, slice);
  leave_circle(projector_.geometry(), bins, slice);
}

void DeviceFilter::reconstruct(std::span<float const> sinogram, std::size_t bins, LargeFloats&,
                               std::span<float> slice) {
  send(sinogram, bins);
  convolve(bins, ramp_, weights_, padded_);
  projector_.back(padded_, bins, slice_);
  fetch(bins, slice);
}

void DeviceFilter::variance(std::span<float const> variance, std::size_t bins, LargeFloats&,
                            LargeFloats&, std::span<float> slice) {
  send(variance, bins);
  convolve(bins, own_, squared_weights_, padded_);
  convolve(bins, next_, squared_weights_, next_padded_);
  projector_.variance(padded_, next_padded_, bins, slice_);
  fetch(bins, slice);
}

std::size_t DeviceFilter::memory_bytes(std::size_t bins, bool with_variance) const {
  auto const& geometry = projector_.geometry();
  return sizeof(float) * bins *
         (geometry.samples() + geometry.voxels() +
          (with_variance ? 2 : 1) * projector_.padded_samples());
}

}  // namespace xrdct::kernels
