// Fits the patterns of phases to slices, and forms what is to be expected.
#include "phase_maps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>

#include "core/conditioning/air.hpp"
#include "core/conditioning/intensity_drift.hpp"
#include "core/conditioning/missing_samples.hpp"
#include "core/tomography/reference_slices.hpp"
#include "io/values/value_reader.hpp"

namespace xrdct::test {
namespace {

using Values = std::vector<double>;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The inverse of a symmetric positive matrix [n][n], by Gauss and Jordan.
Values inverse(Values matrix, std::size_t n) {
  Values inverse(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = 1.0;
  for (std::size_t pivot = 0; pivot < n; ++pivot) {
    double const scale = 1.0 / matrix[pivot * n + pivot];
    for (std::size_t j = 0; j < n; ++j) {
      matrix[pivot * n + j] *= scale;
      inverse[pivot * n + j] *= scale;
    }
    for (std::size_t i = 0; i < n; ++i) {
      double const factor = matrix[i * n + pivot];
      if (i == pivot) continue;
      for (std::size_t j = 0; j < n; ++j) {
        matrix[i * n + j] -= factor * matrix[pivot * n + j];
        inverse[i * n + j] -= factor * inverse[pivot * n + j];
      }
    }
  }
  return inverse;
}

void fit_voxel(ScanTruth const& truth, std::span<float const> intensity,
               std::span<float const> errors, std::size_t voxel, PhaseMaps& maps) {
  std::size_t const n = truth.components();
  Values matrix(n * n, 0.0), right(n, 0.0);
  for (std::size_t b = 0; b < intensity.size(); ++b) {
    double const weight = 1.0 / (static_cast<double>(errors[b]) * static_cast<double>(errors[b]));
    for (std::size_t i = 0; i < n; ++i) {
      double const weighted = weight * truth.pattern[i][b];
      right[i] += weighted * static_cast<double>(intensity[b]);
      for (std::size_t j = 0; j < n; ++j) matrix[i * n + j] += weighted * truth.pattern[j][b];
    }
  }
  auto const covariance = inverse(matrix, n);
  for (std::size_t i = 0; i < n; ++i) {
    maps.area[i][voxel] = std::inner_product(
        right.begin(), right.end(), covariance.begin() + static_cast<std::ptrdiff_t>(i * n), 0.0);
    maps.sigma[i][voxel] = std::sqrt(covariance[i * n + i]);
  }
}

}  // namespace

ScanTruth read_truth(std::filesystem::path const& file, std::vector<std::string> const& phases) {
  ScanTruth truth;
  for (double const degrees : io::read_values(file, "/entry/sinograms/rotation"))
    truth.angles.push_back(degrees * std::numbers::pi / 180.0);
  auto const at = io::read_values(file, "/entry/sinograms/translation");
  truth.translations = at.size();
  truth.step = at.at(1) - at.at(0);
  auto const monitor = io::read_values(file, "/entry/frames/monitor");
  for (double const frame : io::read_values(file, "/entry/frames/index")) {
    truth.missing.push_back(frame < 0.0 ? 1 : 0);
    truth.monitor.push_back(frame < 0.0 ? 0.0 : monitor.at(static_cast<std::size_t>(frame)));
  }
  auto const patterns = io::read_values(file, "/entry/expected/pattern_of_component");
  auto components = phases;
  components.emplace_back("air");
  std::size_t const bins = patterns.size() / components.size();
  for (std::size_t c = 0; c < components.size(); ++c) {
    truth.weights.push_back(io::read_values(file, "/entry/sinograms/" + components[c]));
    auto const first = patterns.begin() + static_cast<std::ptrdiff_t>(c * bins);
    truth.pattern.emplace_back(first, first + static_cast<std::ptrdiff_t>(bins));
  }
  return truth;
}

Values true_map(std::filesystem::path const& file, std::string const& phase, std::size_t side) {
  auto const upwards = io::read_values(file, "/entry/phase_maps/" + phase);
  Values map;
  for (std::size_t row = side; row-- > 0;)
    map.insert(map.end(), upwards.begin() + static_cast<std::ptrdiff_t>(row * side),
               upwards.begin() + static_cast<std::ptrdiff_t>((row + 1) * side));
  return map;
}

PhaseMaps fit_phases(io::SlicesReader const& slices, std::string const& reduction,
                     ScanTruth const& truth) {
  std::size_t const side = slices.side(), bins = truth.pattern.at(0).size();
  Values const empty(side * side, none);
  PhaseMaps maps{std::vector<Values>(truth.components(), empty),
                 std::vector<Values>(truth.components(), empty)};
  io::SlicesReader::Box const all{
      .y = 0, .rows = side, .x = 0, .columns = side, .first = 0, .bins = bins};
  auto const intensity = slices.box(reduction, "I", 0, all),
             errors = slices.box(reduction, "I_errors", 0, all);
  for (std::size_t voxel = 0; voxel < side * side; ++voxel)
    if (!std::isnan(intensity[voxel * bins]))
      fit_voxel(truth, std::span(intensity).subspan(voxel * bins, bins),
                std::span(errors).subspan(voxel * bins, bins), voxel, maps);
  return maps;
}

std::vector<Values> expected_areas(ScanTruth const& truth, double centre, std::size_t air_columns) {
  std::size_t const n = truth.components(), samples = truth.missing.size(),
                    projections = truth.angles.size();
  Values values(samples * n), total(samples, 0.0);  // values [projection][translation][component]
  for (std::size_t c = 0; c < n; ++c) {
    double const sum = std::accumulate(truth.pattern[c].begin(), truth.pattern[c].end(), 0.0);
    for (std::size_t s = 0; s < samples; ++s) {
      values[s * n + c] = truth.monitor[s] * truth.weights[c][s];
      total[s] += sum * values[s * n + c];
    }
  }
  auto const sum =
      core::summed_sinogram(truth.angles, truth.translations, total, {}, truth.missing);
  auto const air = core::estimate_air(sum, air_columns, core::AirScope::projection);
  auto const drift = core::estimate_drift(core::without_air(sum, air), air);
  core::subtract_air(sum, air, n, std::span(values), std::span<double>());
  core::correct_drift(drift, std::span(values), std::span<double>());
  core::SliceGeometry const geometry{truth.angles, truth.translations, truth.step,
                                     Values(projections, centre), truth.translations};
  core::fill(core::impute(sum, geometry.centres), n, std::span(values));
  auto const weights = core::measured_angle_weights(sum).weight;
  std::vector<Values> areas;
  Values one(samples);
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t s = 0; s < samples; ++s) one[s] = values[s * n + c];
    areas.push_back(
        core::filtered_back_projection(geometry, weights, core::FilterWindow::none, one));
  }
  return areas;
}

}  // namespace xrdct::test
