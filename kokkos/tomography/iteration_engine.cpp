// The course of iterative reconstructions: what follows from the sums of each step.
#include <algorithm>
#include <cmath>

#include "core/scan/progress.hpp"
#include "kokkos/tomography/slice_engines.hpp"

namespace xrdct::kernels {
namespace {

double relative_misfit(double misfit, double strength) {
  return strength > 0.0 ? std::sqrt(misfit / strength) : 0.0;
}

}  // namespace

Progresses IterationEngine::sirt(Samples const& samples, std::size_t bins,
                                 SliceIterations const& iterations, std::span<float> slice) {
  begin(samples, bins, slice);
  auto const [counts, strength] = start_sirt(static_cast<float>(iterations.relaxation));
  Progresses progress{};
  BinFactors active{};
  std::fill_n(active.begin(), bins, 1.0F);
  auto const goes_on = [](float factor) { return factor > 0.0F; };
  for (int n = 0; n < iterations.count && std::any_of(active.begin(), active.end(), goes_on); ++n) {
    core::note_progress();
    auto const [misfit, noise] = residual_of_sirt();
    for (std::size_t b = 0; b < bins; ++b) {
      if (active[b] == 0.0F) continue;
      progress[b].misfit = relative_misfit(misfit[b], strength[b]);
      if (!samples.variance.empty() && noise[b] <= counts[b])
        active[b] = 0.0F;
      else
        progress[b].iterations = n + 1;
    }
    step_of_sirt(active, iterations.non_negative);
  }
  end();
  return progress;
}

Progresses IterationEngine::cgls(Samples const& samples, std::size_t bins, int count,
                                 std::span<float> slice) {
  begin(samples, bins, slice);
  auto [strength, length] = start_cgls();
  Progresses progress{};
  for (int n = 0; n < count; ++n) {
    core::note_progress();
    auto const image = image_of_direction();
    BinFactors step{};
    for (std::size_t b = 0; b < bins; ++b)
      if (image[b] > 0.0) step[b] = static_cast<float>(length[b] / image[b]);
    auto const [misfit, next] = step_of_cgls(step);
    BinFactors share{};
    for (std::size_t b = 0; b < bins; ++b) {
      if (length[b] > 0.0) share[b] = static_cast<float>(next[b] / length[b]);
      progress[b] = {n + 1, relative_misfit(misfit[b], strength[b])};
    }
    turn_direction(share);
    length = next;
  }
  end();
  return progress;
}

}  // namespace xrdct::kernels
