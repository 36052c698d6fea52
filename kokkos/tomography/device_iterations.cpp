// Iterative reconstructions of many bins where the kernels run.
#include "kokkos/tomography/device_iterations.hpp"

#include <algorithm>
#include <cmath>

#include "core/scan/progress.hpp"
#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::kernels {
namespace {

using TwoSums = DeviceIterations::TwoSums;
using Counted = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;

// What a kernel may look at for one bin of one sample.
struct Place {
  std::int64_t sample;  // [projection][translation]
  std::int64_t value;   // [projection][translation][bin]
  std::int64_t padded;  // [projection][line][bin]
  int bin;
};

// A thread per projection and bin, which goes through the samples in their order.
template <class PerSample>
struct OverSamples {
  PerSample per_sample;
  std::int64_t translations, line, before;
  int bins;
  Array<TwoSums*> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    std::int64_t const projection = item / bins;
    int const bin = static_cast<int>(item % bins);
    TwoSums sum{0.0, 0.0};
    for (std::int64_t k = 0; k < translations; ++k) {
      std::int64_t const sample = projection * translations + k;
      per_sample(
          Place{sample, sample * bins + bin, (projection * line + before + k) * bins + bin, bin},
          sum);
    }
    sums(item) = sum;
  }
};

// A thread per row and bin: Σ of what `per_voxel` tells.
template <class PerVoxel>
struct OverRows {
  PerVoxel per_voxel;
  std::int64_t side;
  int bins;
  Array<TwoSums*> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    std::int64_t const row = item / bins, bin = item % bins;
    double sum = 0.0;
    for (std::int64_t column = 0; column < side; ++column)
      sum += per_voxel((row * side + column) * bins + bin);
    sums(item) = {sum, 0.0};
  }
};

template <class PerVoxel>
struct OverVoxelValues {
  PerVoxel per_voxel;
  int bins;

  KOKKOS_FUNCTION void operator()(std::int64_t value) const {
    per_voxel(value, static_cast<int>(value % bins));
  }
};

// Leaves the weights in the padded lines; sums: how many are not 0, and Σ W·b².
struct StartBySums {
  Array<float const*> value, weight;
  Array<float*> padded;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums& sums) const {
    float const w = weight(at.value);
    padded(at.padded) = w;
    if (!(w > 0.0F)) return;
    double const b = value(at.value);
    sums.first += 1.0;
    sums.second += static_cast<double>(w) * b * b;
  }
};

// What is projected back by a step of SIRT; sums: Σ W·r² and Σ r²/σ².
struct SirtResidual {
  float step_length;
  Array<float const*> value, weight, variance, inverse_rows;
  Array<float*> padded;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums& sums) const {
    float const w = weight(at.value);
    float const residual = w > 0.0F ? value(at.value) - step_length * padded(at.padded) : 0.0F;
    auto const square = static_cast<double>(residual) * static_cast<double>(residual);
    sums.first += static_cast<double>(w) * square;
    if (variance.size() > 0 && w > 0.0F)
      sums.second += square / static_cast<double>(variance(at.value));
    padded(at.padded) = inverse_rows(at.sample) * (w * residual);
  }
};

struct InvertColumns {
  float relaxation;
  Array<float*> columns;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int) const {
    columns(i) = columns(i) > 0.0F ? relaxation / columns(i) : 0.0F;
  }
};

struct SirtStep {
  bool non_negative;
  Array<float const*> active, columns, step;
  Array<float*> slice;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int bin) const {
    float value = slice(i) + active(bin) * (columns(i) * step(i));
    if (non_negative && value < 0.0F) value = 0.0F;
    slice(i) = value;
  }
};

// r = b where it has a weight.
struct FirstResidual {
  Array<float const*> value, weight;
  Array<float*> residual;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums&) const {
    residual(at.value) = weight(at.value) > 0.0F ? value(at.value) : 0.0F;
  }
};

// r −= step·A·p.
struct MoveResidual {
  Array<float const*> weight, step, padded;
  Array<float*> residual;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums&) const {
    residual(at.value) -= weight(at.value) > 0.0F ? step(at.bin) * padded(at.padded) : 0.0F;
  }
};

// Makes the residual, then leaves d·W·r in the padded lines; sum: Σ W·r².
template <class MakeResidual>
struct WeightedResidual {
  MakeResidual make;
  float step_length;
  Array<float const*> weight;
  Array<float*> padded;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums& sums) const {
    make(at, sums);
    float const r = make.residual(at.value), weighted = weight(at.value) * r;
    padded(at.padded) = step_length * weighted;
    sums.first += static_cast<double>(weighted) * static_cast<double>(r);
  }
};

// Makes A·p of what was projected; sum: Σ W·(A·p)².
struct ImageOfDirection {
  float step_length;
  Array<float const*> weight;
  Array<float*> padded;

  KOKKOS_FUNCTION void operator()(Place const& at, TwoSums& sums) const {
    float const image = padded(at.padded) * step_length;
    padded(at.padded) = image;
    sums.first += static_cast<double>(weight(at.value)) * static_cast<double>(image) *
                  static_cast<double>(image);
  }
};

struct Square {
  Array<float const*> values;

  KOKKOS_FUNCTION double operator()(std::int64_t i) const {
    return static_cast<double>(values(i)) * static_cast<double>(values(i));
  }
};

// a += factor·b
struct AddScaled {
  Array<float const*> factor, from;
  Array<float*> to;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int bin) const { to(i) += factor(bin) * from(i); }
};

// p = g + share·p
struct TurnDirection {
  Array<float const*> share, gradient;
  Array<float*> direction;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int bin) const {
    direction(i) = gradient(i) + share(bin) * direction(i);
  }
};

}  // namespace

DeviceIterations::DeviceIterations(core::SliceGeometry const& geometry, Footprint footprint,
                                   int threads)
    : projector_(geometry, footprint, threads) {
  constexpr std::size_t bins = bins_of_vector;
  make_room("xrdct::slices slice", geometry.voxels() * bins, slice_);
  make_room("xrdct::slices padded", projector_.padded_samples() * bins, padded_);
  make_room("xrdct::slices factors", most_bins, factors_);
  Kokkos::deep_copy(slice_, 1.0F);
  projector_.forward(slice_, bins, padded_);
  LargeFloats sums(projector_.padded_samples() * bins);
  copy_here(padded_, std::span<float>(sums));
  inverse_rows_ = copy_to_space("xrdct::slices rows",
                                inverse_row_sums(geometry, projector_.lines(), bins, sums));
}

/// Brings the samples there, and makes room.
void DeviceIterations::begin(Samples const& samples, std::size_t bins) {
  auto const& geometry = projector_.geometry();
  std::size_t const values = geometry.samples() * bins, voxels = geometry.voxels() * bins;
  XRDCT_ASSERT(samples.value.size() == values && samples.weight.size() == values);
  bins_ = bins;
  make_room("xrdct::slices value", values, value_);
  make_room("xrdct::slices weight", values, weight_);
  make_room("xrdct::slices padded", projector_.padded_samples() * bins, padded_);
  make_room("xrdct::slices slice", voxels, slice_);
  make_room("xrdct::slices step", voxels, step_);
  make_room("xrdct::slices columns", voxels, columns_);
  make_room("xrdct::slices sums", std::max(geometry.projections(), geometry.side) * bins, partial_);
  copy_there(samples.value, value_);
  copy_there(samples.weight, weight_);
  Kokkos::deep_copy(padded_, 0.0F);
  Kokkos::deep_copy(slice_, 0.0F);
}

/// Adds the sums of projections or rows in their order.
DeviceIterations::BinSums DeviceIterations::added(std::size_t parts) {
  partial_here_.resize(parts * bins_);
  copy_here(partial_, std::span<TwoSums>(partial_here_));
  BinSums sums;
  for (std::size_t i = 0; i < partial_here_.size(); ++i) {
    sums.first[i % bins_] += partial_here_[i].first;
    sums.second[i % bins_] += partial_here_[i].second;
  }
  return sums;
}

template <class PerSample>
DeviceIterations::BinSums DeviceIterations::over_samples(char const* label,
                                                         PerSample const& per_sample) {
  auto const& geometry = projector_.geometry();
  auto const& lines = projector_.lines();
  Kokkos::parallel_for(
      label, Counted(0, static_cast<std::int64_t>(geometry.projections() * bins_)),
      OverSamples<PerSample>{per_sample, static_cast<std::int64_t>(geometry.translations),
                             static_cast<std::int64_t>(lines.total),
                             static_cast<std::int64_t>(lines.before), static_cast<int>(bins_),
                             partial_});
  return added(geometry.projections());
}

template <class PerVoxel>
DeviceIterations::BinSums DeviceIterations::over_rows(char const* label,
                                                      PerVoxel const& per_voxel) {
  std::size_t const side = projector_.geometry().side;
  Kokkos::parallel_for(label, Counted(0, static_cast<std::int64_t>(side * bins_)),
                       OverRows<PerVoxel>{per_voxel, static_cast<std::int64_t>(side),
                                          static_cast<int>(bins_), partial_});
  return added(side);
}

template <class PerVoxel>
void DeviceIterations::over_voxels(char const* label, PerVoxel const& per_voxel) {
  Kokkos::parallel_for(
      label, Counted(0, static_cast<std::int64_t>(projector_.geometry().voxels() * bins_)),
      OverVoxelValues<PerVoxel>{per_voxel, static_cast<int>(bins_)});
}

Array<float const*> DeviceIterations::on_device(PerBin const& factors) {
  copy_there(std::span<float const>(factors), factors_);
  return factors_;
}

void DeviceIterations::fetch(std::span<float> slice) const {
  XRDCT_ASSERT(slice.size() == projector_.geometry().voxels() * bins_);
  copy_here(slice_, slice);
  leave_circle(projector_.geometry(), bins_, slice);
}

Progresses DeviceIterations::sirt(Samples const& samples, std::size_t bins,
                                  SliceIterations const& iterations, std::span<float> slice) {
  begin(samples, bins);
  Array<float*> variance;
  if (!samples.variance.empty()) {
    make_room("xrdct::slices variance", samples.variance.size(), variance_);
    copy_there(samples.variance, variance_);
    variance = variance_;
  }
  auto const start = over_samples("xrdct::sirt_start", StartBySums{value_, weight_, padded_});
  projector_.back(padded_, bins, columns_);
  over_voxels("xrdct::sirt_columns",
              InvertColumns{static_cast<float>(iterations.relaxation), columns_});
  SirtResidual const residual{.step_length = static_cast<float>(projector_.geometry().step),
                              .value = value_,
                              .weight = weight_,
                              .variance = variance,
                              .inverse_rows = inverse_rows_,
                              .padded = padded_};
  Progresses progress{};
  PerBin active;
  active.fill(1.0F);
  auto const any = [&] {
    return std::any_of(active.begin(), active.begin() + static_cast<std::ptrdiff_t>(bins),
                       [](float factor) { return factor > 0.0F; });
  };
  for (int n = 0; n < iterations.count && any(); ++n) {
    core::note_progress();
    projector_.forward(slice_, bins, padded_);
    auto const sums = over_samples("xrdct::sirt_residual", residual);
    for (std::size_t b = 0; b < bins; ++b) {
      if (active[b] == 0.0F) continue;
      double const strength = start.second[b];
      progress[b].misfit = strength > 0.0 ? std::sqrt(sums.first[b] / strength) : 0.0;
      if (variance.size() > 0 && sums.second[b] <= start.first[b])
        active[b] = 0.0F;
      else
        progress[b].iterations = n + 1;
    }
    projector_.back(padded_, bins, step_);
    over_voxels("xrdct::sirt_step",
                SirtStep{iterations.non_negative, on_device(active), columns_, step_, slice_});
  }
  fetch(slice);
  return progress;
}

Progresses DeviceIterations::cgls(Samples const& samples, std::size_t bins, int count,
                                  std::span<float> slice) {
  begin(samples, bins);
  make_room("xrdct::slices residual", samples.value.size(), residual_);
  auto const d = static_cast<float>(projector_.geometry().step);
  auto const& gradient = step_;
  auto const& direction = columns_;
  auto const strength = over_samples("xrdct::cgls_start",
                                     WeightedResidual<FirstResidual>{
                                         {value_, weight_, residual_}, d, weight_, padded_})
                            .first;
  projector_.back(padded_, bins, gradient);
  Kokkos::deep_copy(direction, gradient);
  auto length = over_rows("xrdct::cgls_length", Square{gradient}).first;
  Progresses progress{};
  for (int n = 0; n < count; ++n) {
    core::note_progress();
    projector_.forward(direction, bins, padded_);
    auto const image =
        over_samples("xrdct::cgls_image", ImageOfDirection{d, weight_, padded_}).first;
    PerBin step{};
    for (std::size_t b = 0; b < bins; ++b)
      if (image[b] > 0.0) step[b] = static_cast<float>(length[b] / image[b]);
    auto const steps = on_device(step);
    over_voxels("xrdct::cgls_step", AddScaled{steps, direction, slice_});
    auto const misfit = over_samples("xrdct::cgls_residual",
                                     WeightedResidual<MoveResidual>{
                                         {weight_, steps, padded_, residual_}, d, weight_, padded_})
                            .first;
    projector_.back(padded_, bins, gradient);
    auto const next = over_rows("xrdct::cgls_length", Square{gradient}).first;
    PerBin share{};
    for (std::size_t b = 0; b < bins; ++b) {
      if (length[b] > 0.0) share[b] = static_cast<float>(next[b] / length[b]);
      progress[b] = {n + 1, strength[b] > 0.0 ? std::sqrt(misfit[b] / strength[b]) : 0.0};
    }
    over_voxels("xrdct::cgls_direction", TurnDirection{on_device(share), gradient, direction});
    length = next;
  }
  fetch(slice);
  return progress;
}

std::size_t DeviceIterations::memory_bytes(std::size_t bins) const {
  auto const& geometry = projector_.geometry();
  return sizeof(float) * bins *
             (projector_.padded_samples() + 4 * geometry.samples() + 3 * geometry.voxels()) +
         sizeof(TwoSums) * bins * std::max(geometry.projections(), geometry.side);
}

}  // namespace xrdct::kernels
