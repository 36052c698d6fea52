// Iterative reconstructions of many bins where the kernels run.
#include "kokkos/tomography/device_iterations.hpp"

#include <algorithm>

#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::kernels {
namespace {

using Part = DeviceIterations::Part;
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
  Array<Part*> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    std::int64_t const projection = item / bins;
    int const bin = static_cast<int>(item % bins);
    Part sum{0.0, 0.0};
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
  Array<Part*> sums;

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

  KOKKOS_FUNCTION void operator()(Place const& at, Part& sums) const {
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

  KOKKOS_FUNCTION void operator()(Place const& at, Part& sums) const {
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

  KOKKOS_FUNCTION void operator()(Place const& at, Part&) const {
    residual(at.value) = weight(at.value) > 0.0F ? value(at.value) : 0.0F;
  }
};

// r −= step·A·p.
struct MoveResidual {
  Array<float const*> weight, step, padded;
  Array<float*> residual;

  KOKKOS_FUNCTION void operator()(Place const& at, Part&) const {
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

  KOKKOS_FUNCTION void operator()(Place const& at, Part& sums) const {
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

  KOKKOS_FUNCTION void operator()(Place const& at, Part& sums) const {
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
void DeviceIterations::begin(Samples const& samples, std::size_t bins, std::span<float> slice) {
  auto const& geometry = projector_.geometry();
  std::size_t const values = geometry.samples() * bins, voxels = geometry.voxels() * bins;
  XRDCT_ASSERT(samples.value.size() == values && samples.weight.size() == values);
  bins_ = bins;
  slice_here_ = slice;
  has_variance_ = !samples.variance.empty();
  make_room("xrdct::slices value", values, value_);
  make_room("xrdct::slices weight", values, weight_);
  make_room("xrdct::slices padded", projector_.padded_samples() * bins, padded_);
  make_room("xrdct::slices slice", voxels, slice_);
  make_room("xrdct::slices step", voxels, step_);
  make_room("xrdct::slices columns", voxels, columns_);
  make_room("xrdct::slices sums", std::max(geometry.projections(), geometry.side) * bins, partial_);
  copy_there(samples.value, value_);
  copy_there(samples.weight, weight_);
  if (has_variance_) {
    make_room("xrdct::slices variance", values, variance_);
    copy_there(samples.variance, variance_);
  }
  Kokkos::deep_copy(padded_, 0.0F);
  Kokkos::deep_copy(slice_, 0.0F);
}

/// Adds the sums of projections or rows in their order.
IterationEngine::TwoSums DeviceIterations::added(std::size_t parts) {
  partial_here_.resize(parts * bins_);
  copy_here(partial_, std::span<Part>(partial_here_));
  TwoSums sums;
  for (std::size_t i = 0; i < partial_here_.size(); ++i) {
    sums.first[i % bins_] += partial_here_[i].first;
    sums.second[i % bins_] += partial_here_[i].second;
  }
  return sums;
}

template <class PerSample>
IterationEngine::TwoSums DeviceIterations::over_samples(char const* label,
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
void DeviceIterations::over_voxels(char const* label, PerVoxel const& per_voxel) {
  Kokkos::parallel_for(
      label, Counted(0, static_cast<std::int64_t>(projector_.geometry().voxels() * bins_)),
      OverVoxelValues<PerVoxel>{per_voxel, static_cast<int>(bins_)});
}

Array<float const*> DeviceIterations::on_device(BinFactors const& factors) {
  copy_there(std::span<float const>(factors), factors_);
  return factors_;
}

void DeviceIterations::end() {
  XRDCT_ASSERT(slice_here_.size() == projector_.geometry().voxels() * bins_);
  copy_here(slice_, slice_here_);
  leave_circle(projector_.geometry(), bins_, slice_here_);
}

IterationEngine::TwoSums DeviceIterations::start_sirt(float relaxation) {
  auto const sums = over_samples("xrdct::sirt_start", StartBySums{value_, weight_, padded_});
  projector_.back(padded_, bins_, columns_);
  over_voxels("xrdct::sirt_columns", InvertColumns{relaxation, columns_});
  return sums;
}

IterationEngine::TwoSums DeviceIterations::residual_of_sirt() {
  projector_.forward(slice_, bins_, padded_);
  return over_samples("xrdct::sirt_residual",
                      SirtResidual{.step_length = static_cast<float>(projector_.geometry().step),
                                   .value = value_,
                                   .weight = weight_,
                                   .variance = has_variance_ ? variance_ : Array<float*>(),
                                   .inverse_rows = inverse_rows_,
                                   .padded = padded_});
}

void DeviceIterations::step_of_sirt(BinFactors const& active, bool non_negative) {
  projector_.back(padded_, bins_, step_);
  over_voxels("xrdct::sirt_step",
              SirtStep{non_negative, on_device(active), columns_, step_, slice_});
}

IterationEngine::BinSums DeviceIterations::make_gradient() {
  std::size_t const side = projector_.geometry().side;
  projector_.back(padded_, bins_, step_);
  Kokkos::parallel_for("xrdct::cgls_length", Counted(0, static_cast<std::int64_t>(side * bins_)),
                       OverRows<Square>{Square{step_}, static_cast<std::int64_t>(side),
                                        static_cast<int>(bins_), partial_});
  return added(side).first;
}

IterationEngine::TwoSums DeviceIterations::start_cgls() {
  make_room("xrdct::slices residual", projector_.geometry().samples() * bins_, residual_);
  auto const d = static_cast<float>(projector_.geometry().step);
  TwoSums sums;
  sums.first = over_samples("xrdct::cgls_start",
                            WeightedResidual<FirstResidual>{
                                {value_, weight_, residual_}, d, weight_, padded_})
                   .first;
  sums.second = make_gradient();
  Kokkos::deep_copy(columns_, step_);
  return sums;
}

IterationEngine::BinSums DeviceIterations::image_of_direction() {
  auto const d = static_cast<float>(projector_.geometry().step);
  projector_.forward(columns_, bins_, padded_);
  return over_samples("xrdct::cgls_image", ImageOfDirection{d, weight_, padded_}).first;
}

IterationEngine::TwoSums DeviceIterations::step_of_cgls(BinFactors const& step) {
  auto const d = static_cast<float>(projector_.geometry().step);
  auto const steps = on_device(step);
  over_voxels("xrdct::cgls_step", AddScaled{steps, columns_, slice_});
  TwoSums sums;
  sums.first = over_samples("xrdct::cgls_residual",
                            WeightedResidual<MoveResidual>{
                                {weight_, steps, padded_, residual_}, d, weight_, padded_})
                   .first;
  sums.second = make_gradient();
  return sums;
}

void DeviceIterations::turn_direction(BinFactors const& share) {
  over_voxels("xrdct::cgls_direction", TurnDirection{on_device(share), step_, columns_});
}

std::size_t DeviceIterations::memory_bytes(std::size_t bins) const {
  auto const& geometry = projector_.geometry();
  return sizeof(float) * bins *
             (projector_.padded_samples() + 4 * geometry.samples() + 3 * geometry.voxels()) +
         sizeof(Part) * bins * std::max(geometry.projections(), geometry.side);
}

}  // namespace xrdct::kernels
