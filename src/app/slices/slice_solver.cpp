// Reconstructs units of bins.
#include "app/slices/slice_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/slices/missing_bins.hpp"
#include "app/slices/replicas.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::app {
namespace {

constexpr std::size_t library_buffers = 2000000;  // of HDF5 and MPI-IO while units are written

std::size_t lanes_for(std::size_t bins) {
  constexpr std::size_t each = kernels::bins_of_vector;
  return (bins + each - 1) / each * each;
}

// Of the right size; angles and centres, which are found later, change the memory by little.
core::SliceGeometry any_geometry(SliceInputs const& inputs) {
  return {.angles = std::vector<double>(inputs.projections, 0.0),
          .translations = inputs.translations,
          .step = inputs.step,
          .centres = std::vector<double>(inputs.projections,
                                         (static_cast<double>(inputs.translations) - 1.0) / 2.0),
          .side = inputs.side};
}

bool any_errors(SliceInputs const& inputs) {
  return std::any_of(inputs.reductions.begin(), inputs.reductions.end(),
                     [](auto const& reduction) { return reduction.errors; });
}

}  // namespace

bool SliceSolver::iterative() const {
  return inputs_.job.reconstruction.algorithm != core::SliceAlgorithm::fbp;
}

void SliceSolver::begin_height(HeightFindings const& found, HeightWork const& work) {
  found_ = &found;
  work_ = &work;
  if (found.empty()) return;
  auto const& how = inputs_.job.reconstruction;
  if (how.algorithm == core::SliceAlgorithm::fbp)
    filter_ = kernels::make_filter_engine(work.geometry, work.angles.weight, how.window);
  else
    iterative_ = kernels::make_iteration_engine(work.geometry, how.footprint);
}

/// The bins of a unit in the order of projections, with spare lanes of 0:
/// [projection][translation][lane].
void SliceSolver::read(core::SliceUnit const& unit, std::string const& field, Floats& values) {
  auto const& reduction = inputs_.reductions[unit.reduction];
  std::size_t const samples = inputs_.projections * inputs_.translations;
  raw_.resize(samples * unit.bins);
  inputs_.sinograms->read(
      reduction.name, field, unit.height,
      unit.row * reduction.pattern.columns + reduction.first_column + unit.first, raw_);
  values.resize(samples * sinogram_.lanes);
  std::size_t const fast = inputs_.slow_rotates ? inputs_.translations : inputs_.projections;
  auto const& place = found_->geometry.place;
  kernels::share_on_host(
      "xrdct::slices order of projections", inputs_.projections, [&](std::size_t p) {
        for (std::size_t k = 0; k < inputs_.translations; ++k) {
          std::size_t const at = inputs_.slow_rotates ? place[p] * fast + k : k * fast + place[p];
          float const* const from = raw_.data() + at * unit.bins;
          float* const to = values.data() + (p * inputs_.translations + k) * sinogram_.lanes;
          std::copy_n(from, unit.bins, to);
          std::fill_n(to + unit.bins, sinogram_.lanes - unit.bins, 0.0F);
        }
      });
}

/// Standard deviations become variances.
void SliceSolver::square(Floats& values) const {
  kernels::share_on_host("xrdct::slices variances", inputs_.projections, [&](std::size_t p) {
    std::size_t const line = inputs_.translations * sinogram_.lanes;
    for (std::size_t i = p * line; i < (p + 1) * line; ++i) values[i] *= values[i];
  });
}

void SliceSolver::condition() {
  auto const& wanted = inputs_.job.conditioning;
  if (wanted.air && found_->air.usable())
    core::subtract_air(found_->sum, found_->air, sinogram_.lanes, sinogram_.values(),
                       sinogram_.variances());
  if (wanted.intensity == core::IntensityRule::total && found_->drift.usable())
    core::correct_drift(found_->drift, sinogram_.values(), sinogram_.variances());
}

SolvedBins SliceSolver::filter() {
  auto bins = fill_missing(*found_, *work_, sinogram_);
  if (!work_->redundancy.empty())
    core::weigh_translations(work_->redundancy, sinogram_.lanes, sinogram_.values(),
                             sinogram_.variances());
  filter_->reconstruct(sinogram_.value, sinogram_.lanes, raw_, slice_);
  if (!sinogram_.has_errors()) return bins;
  errors_.resize(slice_.size());
  // the values were used: their memory serves
  filter_->variance(sinogram_.variance, sinogram_.lanes, raw_, sinogram_.value, errors_);
  return bins;
}

SolvedBins SliceSolver::iterate(core::SliceUnit const& unit) {
  auto const& how = inputs_.job.reconstruction;
  Floats weights;
  auto bins = weigh_measured(*found_, sinogram_, weights);
  bool const by_noise = how.stop == core::StopRule::noise && sinogram_.has_errors();
  auto const run = [&](kernels::Samples const& from, std::size_t lanes, std::span<float> slice) {
    return how.algorithm == core::SliceAlgorithm::sirt
               ? iterative_->sirt(from, lanes, {how.iterations, how.relaxation, how.non_negative},
                                  slice)
               : iterative_->cgls(from, lanes, how.iterations, slice);
  };
  auto const progress =
      run({sinogram_.value, weights, by_noise ? sinogram_.variances() : std::span<float const>()},
          sinogram_.lanes, slice_);
  for (std::size_t b = 0; b < unit.bins; ++b) {
    bins.iterations.push_back(progress[b].iterations);
    bins.misfit.push_back(progress[b].misfit);
  }
  if (!sinogram_.has_errors() || how.replicas == 0) return bins;
  errors_.resize(slice_.size());
  std::fill(errors_.begin(), errors_.end(), 0.0F);
  Replicas replicas(sinogram_, weights, inputs_.plan.voxels(), by_noise, run);
  ReplicaStream const stream{
      .reduction = unit.reduction,
      .height = unit.height,
      .first_bin = unit.row * inputs_.reductions[unit.reduction].columns + unit.first};
  for (std::size_t b = 0; b < unit.bins; ++b)
    if (bins.status[b] == core::SliceStatus::good)
      replicas.spread(stream, b, how.replicas, errors_);
  return bins;
}

/// Moves the bins together where there are spare lanes: [voxel][bin].
std::span<float const> SliceSolver::without_spare_lanes(Floats& values, std::size_t bins) const {
  if (bins < sinogram_.lanes)
    for (std::size_t v = 0; v < inputs_.plan.voxels(); ++v)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(v * sinogram_.lanes), bins,
                  values.begin() + static_cast<std::ptrdiff_t>(v * bins));
  return std::span<float const>(values).first(inputs_.plan.voxels() * bins);
}

/// What a height without any good frame gives.
SolvedBins SliceSolver::solve_nothing(std::size_t bins) {
  std::fill(slice_.begin(), slice_.end(), std::numeric_limits<float>::quiet_NaN());
  errors_ = slice_;
  SolvedBins solved;
  solved.status.assign(bins, core::SliceStatus::empty);
  solved.imputed.assign(bins, static_cast<double>(inputs_.projections * inputs_.translations));
  if (iterative()) solved.iterations = solved.misfit = std::vector<double>(bins, 0.0);
  return solved;
}

void SliceSolver::read(core::SliceUnit const& unit) {
  auto const& reduction = inputs_.reductions[unit.reduction];
  read(unit, "I", sinogram_.value);
  sinogram_.variance.clear();
  bool const needs_errors =
      reduction.errors || inputs_.job.reconstruction.stop == core::StopRule::noise;
  if (!needs_errors || !inputs_.sinograms->reader().has_errors(reduction.name)) return;
  read(unit, "I_errors", sinogram_.variance);
  square(sinogram_.variance);
}

/// Bins without any sample have no values.
void SliceSolver::clear_empty(std::vector<core::SliceStatus> const& status, bool with_errors) {
  for (std::size_t b = 0; b < status.size(); ++b) {
    if (status[b] == core::SliceStatus::good) continue;
    for (std::size_t v = 0; v < inputs_.plan.voxels(); ++v) {
      slice_[v * sinogram_.lanes + b] = std::numeric_limits<float>::quiet_NaN();
      if (with_errors) errors_[v * sinogram_.lanes + b] = std::numeric_limits<float>::quiet_NaN();
    }
  }
}

/// Variances become standard deviations.
void SliceSolver::take_roots() {
  kernels::share_on_host("xrdct::slices errors", inputs_.side, [&](std::size_t row) {
    std::size_t const line = inputs_.side * sinogram_.lanes;
    for (std::size_t i = row * line; i < (row + 1) * line; ++i) errors_[i] = std::sqrt(errors_[i]);
  });
  kernels::leave_circle(work_->geometry, sinogram_.lanes, errors_);
}

SolvedUnit SliceSolver::solve(core::SliceUnit const& unit) {
  bool const wants_errors = inputs_.reductions[unit.reduction].errors;
  sinogram_.projections = inputs_.projections;
  sinogram_.translations = inputs_.translations;
  sinogram_.bins = unit.bins;
  sinogram_.lanes = lanes_for(unit.bins);
  slice_.resize(inputs_.plan.voxels() * sinogram_.lanes);
  SolvedUnit solved;
  if (found_->empty()) {
    solved.bins = solve_nothing(unit.bins);
  } else {
    read(unit);
    condition();
    solved.bins = iterative() ? iterate(unit) : filter();
    clear_empty(solved.bins.status, wants_errors);
    if (wants_errors) take_roots();
  }
  solved.values = without_spare_lanes(slice_, unit.bins);
  if (wants_errors) solved.errors = without_spare_lanes(errors_, unit.bins);
  return solved;
}

std::size_t SliceSolver::memory_bytes(SliceInputs const& inputs) {
  auto const& how = inputs.job.reconstruction;
  std::size_t const bins = bins_per_unit(how);
  std::size_t const samples = inputs.projections * inputs.translations,
                    voxels = inputs.plan.voxels();
  bool const errors = any_errors(inputs);
  auto const geometry = any_geometry(inputs);
  std::size_t const padded = inputs.projections * core::reached_line(geometry).total;
  std::size_t const tile = inputs.plan.tile_side() * inputs.plan.tile_side();
  std::size_t floats = bins * (voxels * (errors ? 2 : 1) + tile);
  // as read, in order, weights; residuals; variances
  std::size_t const arrays = 3 + (how.algorithm == core::SliceAlgorithm::cgls ? 1 : 0) +
                             (errors || how.stop == core::StopRule::noise ? 1 : 0);
  if (how.algorithm == core::SliceAlgorithm::fbp)
    floats += bins * (errors ? 2 * padded + samples : padded + samples);
  else
    floats += bins * (padded + arrays * samples + 2 * voxels) +
              (how.replicas > 0 ? replica_lanes * (2 * samples + voxels) : 0);
  return floats * sizeof(float) + library_buffers;
}

std::size_t SliceSolver::card_bytes(SliceInputs const& inputs) {
  if (kernels::kernels_run_on_host()) return 0;
  auto const& how = inputs.job.reconstruction;
  auto const geometry = any_geometry(inputs);
  std::size_t const bins = bins_per_unit(how);
  if (how.algorithm != core::SliceAlgorithm::fbp)
    return kernels::make_iteration_engine(geometry, how.footprint)->memory_bytes(bins);
  std::vector<double> const weights(inputs.projections, 1.0);
  return kernels::make_filter_engine(geometry, weights, how.window)
      ->memory_bytes(bins, any_errors(inputs));
}

}  // namespace xrdct::app
