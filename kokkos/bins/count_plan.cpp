// What clipping of counts prepares once per reduction.
#include "kokkos/bins/count_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xrdct::kernels {
namespace {

constexpr std::size_t least_entries_per_run = 4;

}  // namespace

bool CountPlan::applies_to(core::ReductionPlan const& plan, core::Reduction const& reduction,
                           BinRuns const& runs) {
  using core::ErrorModel;
  auto const& [normalization, dark, variance, dark_variance, mask] = plan.corrections;
  bool const of_counts = reduction.error_model == ErrorModel::azimuthal ||
                         (core::counts_vary(reduction.error_model) && dark_variance.empty());
  if (!of_counts || !core::is_unsigned(plan.encoding.type) || !dark.empty()) return false;
  core::BinMatrix const& matrix = reduction.matrix;
  bool const unsplit = std::all_of(matrix.coefficient.begin(), matrix.coefficient.end(),
                                   [](float c) { return c == 1.0f; });
  return unsplit && runs.places() * least_entries_per_run <= matrix.entries();
}

CountPlan::CountPlan(core::ReductionPlan const& plan, TileMatrix const& matrix, BinRuns const& runs,
                     std::size_t tile_pixels_, ClipRule const& rule, CountKernels const& kernels_)
    : kernels(kernels_),
      place(runs.places()),
      least_norm(runs.bins(), std::numeric_limits<float>::infinity()),
      most_norm(runs.bins(), 0.0f),
      norm_deviation(runs.bins()),
      pixels(runs.bins()),
      tile_pixels(tile_pixels_),
      with_variance(!rule.azimuthal_remains) {
  if (rule.azimuthal_decides) windows = WindowPlan(plan, matrix, runs, tile_pixels);
  for (std::size_t bin = 0; bin < runs.bins(); ++bin) {
    auto const of_bin = runs.of(bin);
    double sum = 0.0, squares = 0.0;
    most_runs = std::max(most_runs, of_bin.size());
    for (std::size_t k = 0; k < of_bin.size(); ++k) {
      place[of_bin[k].run] = static_cast<std::uint32_t>(runs.first_place(bin) + k);
      pixels[bin] += static_cast<std::int32_t>(of_bin[k].entries);
      for (std::uint32_t e = of_bin[k].first_entry; e < of_bin[k].first_entry + of_bin[k].entries;
           ++e) {
        float const norm =
            plan.corrections.normalization[of_bin[k].tile * tile_pixels + matrix.pixels()[e]];
        least_norm[bin] = std::min(least_norm[bin], norm);
        most_norm[bin] = std::max(most_norm[bin], norm);
        sum += norm;
        squares += double{norm} * double{norm};
      }
    }
    double const mean = sum / std::max(1, pixels[bin]);
    norm_deviation[bin] =
        std::sqrt(std::max(0.0, squares - mean * sum) + squares_rounding * squares);
  }
}

}  // namespace xrdct::kernels
