// Reconstructs units of bins.
#include "app/slices/slice_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "core/phantom/random_philox.hpp"

namespace xrdct::app {
namespace {

constexpr std::size_t replica_lanes = kernels::bins_of_vector;
constexpr std::size_t library_buffers = 2000000;  // of HDF5 and MPI-IO while units are written

std::size_t lanes_for(std::size_t bins) {
  constexpr std::size_t each = kernels::bins_of_vector;
  return (bins + each - 1) / each * each;
}

/// Two independent numbers of the normal distribution (Box and Muller 1958,
/// doi:10.1214/aoms/1177706645).
std::array<double, 2> normals(std::array<std::uint32_t, 4> const& words) {
  double const radius = std::sqrt(-2.0 * std::log(1.0 - core::unit_interval(words[0], words[1])));
  double const angle = 2.0 * std::numbers::pi * core::unit_interval(words[2], words[3]);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace

void SliceSolver::begin_height(HeightFindings const& found, HeightWork const& work) {
  found_ = &found;
  work_ = &work;
  if (found.empty()) return;
  auto const& how = inputs_.job.reconstruction;
  if (how.algorithm == core::SliceAlgorithm::fbp)
    filter_.emplace(work.geometry, work.angles.weight, how.window);
  else
    iterative_.emplace(work.geometry, how.footprint);
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
  values.resize(samples * lanes_);
  std::size_t const fast = inputs_.slow_rotates ? inputs_.translations : inputs_.projections;
  auto const& place = found_->geometry.place;
  kernels::share_out("order of projections", inputs_.projections, [&](std::size_t p) {
    for (std::size_t k = 0; k < inputs_.translations; ++k) {
      std::size_t const at = inputs_.slow_rotates ? place[p] * fast + k : k * fast + place[p];
      float const* const from = raw_.data() + at * unit.bins;
      float* const to = values.data() + (p * inputs_.translations + k) * lanes_;
      std::copy_n(from, unit.bins, to);
      std::fill_n(to + unit.bins, lanes_ - unit.bins, 0.0F);
    }
  });
}

void SliceSolver::square(Floats& values) const {
  kernels::share_out("variances", inputs_.projections, [&](std::size_t p) {
    std::size_t const line = inputs_.translations * lanes_;
    for (std::size_t i = p * line; i < (p + 1) * line; ++i) values[i] *= values[i];
  });
}

void SliceSolver::condition(bool has_errors) {
  auto const& wanted = inputs_.job.conditioning;
  std::span<float> const variances = has_errors ? std::span<float>(variance_) : std::span<float>();
  if (wanted.air && found_->air.usable())
    core::subtract_air(found_->sum, found_->air, lanes_, std::span<float>(sinogram_), variances);
  if (wanted.intensity == core::IntensityRule::total && found_->drift.usable())
    core::correct_drift(found_->drift, std::span<float>(sinogram_), variances);
}

/// Makes every sample a number: those that the height misses are filled as it says; those that one
/// bin alone misses, in the same way for that bin.
void SliceSolver::fill_gaps(std::size_t bins, SolvedUnit& solved) {
  std::size_t const samples = inputs_.projections * inputs_.translations;
  auto const& missing = found_->sum.missing;
  bool const has_errors = !variance_.empty();
  std::vector<std::vector<std::size_t>> of_projection(inputs_.projections * bins);
  kernels::share_out("gaps", inputs_.projections, [&](std::size_t p) {
    for (std::size_t s = p * inputs_.translations; s < (p + 1) * inputs_.translations; ++s) {
      if (missing[s] != 0) continue;
      for (std::size_t b = 0; b < bins; ++b) {
        float const value = sinogram_[s * lanes_ + b];
        float const variance = has_errors ? variance_[s * lanes_ + b] : 0.0F;
        if (!std::isfinite(value) || !std::isfinite(variance))
          of_projection[p * bins + b].push_back(s);
      }
    }
  });
  core::fill(work_->imputation, lanes_, std::span<float>(sinogram_));
  if (has_errors) core::fill_variance(work_->imputation, lanes_, std::span<float>(variance_));
  std::size_t const of_height = work_->imputation.missing;
  solved.status.assign(bins, core::SliceStatus::good);
  solved.imputed.assign(bins, static_cast<double>(of_height));
  for (std::size_t b = 0; b < bins; ++b) {
    std::size_t own = 0;
    for (std::size_t p = 0; p < inputs_.projections; ++p) own += of_projection[p * bins + b].size();
    if (own == 0) continue;
    solved.imputed[b] += static_cast<double>(own);
    if (own + of_height == samples) {
      solved.status[b] = core::SliceStatus::empty;
      for (std::size_t s = 0; s < samples; ++s) {
        sinogram_[s * lanes_ + b] = 0.0F;
        if (has_errors) variance_[s * lanes_ + b] = 0.0F;
      }
      continue;
    }
    auto sum = found_->sum;
    for (std::size_t p = 0; p < inputs_.projections; ++p)
      for (auto const s : of_projection[p * bins + b]) {
        sum.missing[s] = 1;
        sum.value[s] = 0.0;
      }
    auto const imputation = core::impute(sum, work_->geometry.centres);
    std::vector<float> channel(samples);
    auto const fill_channel = [&](Floats& of, auto const& by) {
      for (std::size_t s = 0; s < samples; ++s) channel[s] = of[s * lanes_ + b];
      by(std::span<float>(channel));
      for (std::size_t s = 0; s < samples; ++s) of[s * lanes_ + b] = channel[s];
    };
    fill_channel(sinogram_, [&](std::span<float> values) { core::fill(imputation, 1, values); });
    if (has_errors)
      fill_channel(variance_,
                   [&](std::span<float> values) { core::fill_variance(imputation, 1, values); });
  }
}

void SliceSolver::filter(SolvedUnit& solved, bool has_errors, std::size_t bins) {
  fill_gaps(bins, solved);
  if (!work_->redundancy.empty())
    core::weigh_translations(work_->redundancy, lanes_, std::span<float>(sinogram_),
                             has_errors ? std::span<float>(variance_) : std::span<float>());
  filter_->reconstruct(sinogram_, lanes_, raw_, slice_);
  if (!has_errors) return;
  errors_.resize(slice_.size());
  filter_->variance(variance_, lanes_, raw_, sinogram_, errors_);  // which was used
}

void SliceSolver::iterate(SolvedUnit& solved, core::SliceUnit const& unit, bool has_errors) {
  auto const& how = inputs_.job.reconstruction;
  std::size_t const samples = inputs_.projections * inputs_.translations;
  Floats weights(samples * lanes_);
  std::vector<double> measured(unit.bins, 0.0);
  for (std::size_t s = 0; s < samples; ++s)
    for (std::size_t b = 0; b < lanes_; ++b) {
      std::size_t const i = s * lanes_ + b;
      bool const good = b < unit.bins && found_->sum.missing[s] == 0 &&
                        std::isfinite(sinogram_[i]) && (!has_errors || std::isfinite(variance_[i]));
      weights[i] = good ? 1.0F : 0.0F;
      if (good) measured[b] += 1.0;
    }
  solved.status.assign(unit.bins, core::SliceStatus::good);
  for (std::size_t b = 0; b < unit.bins; ++b) {
    solved.imputed.push_back(static_cast<double>(samples) - measured[b]);
    if (measured[b] == 0.0) solved.status[b] = core::SliceStatus::empty;
  }
  bool const by_noise = how.stop == core::StopRule::noise && has_errors;
  auto const run = [&](kernels::Samples const& from, std::size_t lanes, std::span<float> slice) {
    return how.algorithm == core::SliceAlgorithm::sirt
               ? iterative_->sirt(from, lanes, {how.iterations, how.relaxation, how.non_negative},
                                  slice)
               : iterative_->cgls(from, lanes, how.iterations, slice);
  };
  auto const progress = run(
      {sinogram_, weights, by_noise ? std::span<float const>(variance_) : std::span<float const>{}},
      lanes_, slice_);
  for (std::size_t b = 0; b < unit.bins; ++b) {
    solved.iterations.push_back(progress[b].iterations);
    solved.misfit.push_back(progress[b].misfit);
  }
  if (!has_errors || how.replicas == 0) return;
  // of each bin a vector of copies with other noise; their spread is the error
  errors_.resize(slice_.size());
  std::fill(errors_.begin(), errors_.end(), 0.0F);
  std::size_t const voxels = inputs_.plan.voxels();
  Floats copies(samples * replica_lanes), weight(copies.size()), variance,
      slice(voxels * replica_lanes);
  for (std::size_t b = 0; b < unit.bins; ++b) {
    if (solved.status[b] != core::SliceStatus::good) continue;
    std::vector<double> sum(voxels, 0.0), square(voxels, 0.0);
    int done = 0;
    for (int first = 0; first < how.replicas; first += static_cast<int>(replica_lanes)) {
      int const count = std::min(static_cast<int>(replica_lanes), how.replicas - first);
      kernels::share_out("replicas", inputs_.projections, [&](std::size_t p) {
        for (std::size_t s = p * inputs_.translations; s < (p + 1) * inputs_.translations; ++s) {
          float const value = sinogram_[s * lanes_ + b];
          bool const good = weights[s * lanes_ + b] > 0.0F;
          double const deviation =
              good ? std::sqrt(static_cast<double>(variance_[s * lanes_ + b])) : 0.0;
          for (std::size_t r = 0; r < replica_lanes; r += 2) {
            auto const noise = normals(core::philox4x32_10(
                {static_cast<std::uint32_t>(s),
                 static_cast<std::uint32_t>(static_cast<std::size_t>(first) + r),
                 static_cast<std::uint32_t>(unit.row * inputs_.reductions[unit.reduction].columns +
                                            unit.first + b),
                 static_cast<std::uint32_t>(unit.height)},
                {static_cast<std::uint32_t>(unit.reduction), 0x51CE5U}));
            for (std::size_t i = 0; i < 2; ++i) {
              copies[s * replica_lanes + r + i] =
                  good ? static_cast<float>(static_cast<double>(value) + deviation * noise[i])
                       : 0.0F;
              weight[s * replica_lanes + r + i] = good ? 1.0F : 0.0F;
            }
          }
        }
      });
      if (by_noise) {
        variance.resize(copies.size());
        for (std::size_t s = 0; s < samples; ++s)
          std::fill_n(variance.begin() + static_cast<std::ptrdiff_t>(s * replica_lanes),
                      replica_lanes, variance_[s * lanes_ + b]);
      }
      run({copies, weight, variance}, replica_lanes, slice);
      for (std::size_t v = 0; v < voxels; ++v)
        for (int r = 0; r < count; ++r) {
          auto const x =
              static_cast<double>(slice[v * replica_lanes + static_cast<std::size_t>(r)]);
          sum[v] += x;
          square[v] += x * x;
        }
      done += count;
    }
    for (std::size_t v = 0; v < voxels; ++v)
      errors_[v * lanes_ + b] =
          done > 1
              ? static_cast<float>(std::max(0.0, square[v] - sum[v] * sum[v] / done) / (done - 1))
              : std::numeric_limits<float>::quiet_NaN();
  }
}

/// Moves the bins together where there are spare lanes: [voxel][bin].
std::span<float const> SliceSolver::without_spare_lanes(Floats& values, std::size_t bins) const {
  if (bins < lanes_)
    for (std::size_t v = 0; v < inputs_.plan.voxels(); ++v)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(v * lanes_), bins,
                  values.begin() + static_cast<std::ptrdiff_t>(v * bins));
  return std::span<float const>(values).first(inputs_.plan.voxels() * bins);
}

SolvedUnit SliceSolver::solve(core::SliceUnit const& unit) {
  SolvedUnit solved;
  auto const& reduction = inputs_.reductions[unit.reduction];
  lanes_ = lanes_for(unit.bins);
  slice_.resize(inputs_.plan.voxels() * lanes_);
  bool const is_fbp = inputs_.job.reconstruction.algorithm == core::SliceAlgorithm::fbp;
  bool const needs_errors =
      reduction.errors || inputs_.job.reconstruction.stop == core::StopRule::noise;
  bool const has_errors = needs_errors && inputs_.sinograms->reader().has_errors(reduction.name);
  if (found_->empty()) {
    std::fill(slice_.begin(), slice_.end(), std::numeric_limits<float>::quiet_NaN());
    solved.status.assign(unit.bins, core::SliceStatus::empty);
    solved.imputed.assign(unit.bins,
                          static_cast<double>(inputs_.projections * inputs_.translations));
    if (!is_fbp) solved.iterations = solved.misfit = std::vector<double>(unit.bins, 0.0);
    errors_ = slice_;
  } else {
    read(unit, "I", sinogram_);
    if (has_errors) {
      read(unit, "I_errors", variance_);
      square(variance_);
    } else {
      variance_.clear();
    }
    condition(has_errors);
    if (is_fbp)
      filter(solved, has_errors, unit.bins);
    else
      iterate(solved, unit, has_errors);
    for (std::size_t b = 0; b < unit.bins; ++b) {
      if (solved.status[b] == core::SliceStatus::good) continue;
      for (std::size_t v = 0; v < inputs_.plan.voxels(); ++v) {
        slice_[v * lanes_ + b] = std::numeric_limits<float>::quiet_NaN();
        if (reduction.errors) errors_[v * lanes_ + b] = std::numeric_limits<float>::quiet_NaN();
      }
    }
    if (reduction.errors) {
      kernels::share_out("errors", inputs_.side, [&](std::size_t row) {
        std::size_t const line = inputs_.side * lanes_;
        for (std::size_t i = row * line; i < (row + 1) * line; ++i)
          errors_[i] = std::sqrt(errors_[i]);
      });
      kernels::leave_circle(work_->geometry, lanes_, errors_);
    }
  }
  solved.values = without_spare_lanes(slice_, unit.bins);
  if (reduction.errors) solved.errors = without_spare_lanes(errors_, unit.bins);
  return solved;
}

std::size_t SliceSolver::memory_bytes(SliceInputs const& inputs) {
  auto const& how = inputs.job.reconstruction;
  std::size_t const bins = bins_per_unit(how);
  std::size_t const samples = inputs.projections * inputs.translations,
                    voxels = inputs.plan.voxels();
  bool const errors = std::any_of(inputs.reductions.begin(), inputs.reductions.end(),
                                  [](auto const& reduction) { return reduction.errors; });
  core::SliceGeometry geometry{
      .angles = std::vector<double>(inputs.projections, 0.0),
      .translations = inputs.translations,
      .step = inputs.step,
      .centres = std::vector<double>(inputs.projections,
                                     (static_cast<double>(inputs.translations) - 1.0) / 2.0),
      .side = inputs.side};
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

}  // namespace xrdct::app
