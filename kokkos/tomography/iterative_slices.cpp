// Iterative reconstructions of many bins together.
#include "kokkos/tomography/iterative_slices.hpp"

#include <algorithm>

#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {

std::vector<float> inverse_row_sums(core::SliceGeometry const& geometry, PaddedLines const& lines,
                                    std::size_t bins, std::span<float const> sums) {
  std::size_t const samples = geometry.translations;
  std::vector<float> inverse(geometry.samples());
  for (std::size_t p = 0; p < geometry.projections(); ++p)
    for (std::size_t k = 0; k < samples; ++k) {
      double const sum =
          geometry.step * static_cast<double>(sums[(p * lines.total + lines.before + k) * bins]);
      inverse[p * samples + k] = sum > 0.0 ? static_cast<float>(1.0 / sum) : 0.0F;
    }
  return inverse;
}

IterativeSlices::IterativeSlices(core::SliceGeometry const& geometry, Footprint footprint)
    : projector_(geometry, footprint) {
  constexpr std::size_t bins = bins_of_vector;
  LargeFloats ones(geometry.voxels() * bins);
  std::fill(ones.begin(), ones.end(), 1.0F);
  LargeFloats sums(projector_.padded_samples() * bins);
  projector_.forward(ones, bins, sums);
  inverse_rows_ = inverse_row_sums(geometry, projector_.lines(), bins, sums);
}

float* IterativeSlices::padded_row(std::size_t projection) {
  return padded_.data() + (projection * projector_.line() + projector_.before()) * bins_;
}

void IterativeSlices::clear_padding() {
  auto const& geometry = projector_.geometry();
  share_on_host("xrdct::slices padding", geometry.projections(), [&](std::size_t p) {
    float* const line = padded_.data() + p * projector_.line() * bins_;
    float* const row = padded_row(p);
    std::fill(line, row, 0.0F);
    std::fill(row + geometry.translations * bins_, line + projector_.line() * bins_, 0.0F);
  });
}

template <class PerSample>
IterationEngine::TwoSums IterativeSlices::over_samples(PerSample const& per_sample) {
  auto const& geometry = projector_.geometry();
  partial_.assign(geometry.projections(), TwoSums{});
  share_on_host("xrdct::slices samples", geometry.projections(), [&](std::size_t p) {
    float* const row = padded_row(p);
    std::size_t const first = p * geometry.translations * bins_;
    for (std::size_t i = 0; i < geometry.translations * bins_; i += bins_)
      per_sample(row + i, first + i, partial_[p]);
  });
  TwoSums sums;
  for (auto const& part : partial_)
    for (std::size_t b = 0; b < bins_; ++b) {
      sums.first[b] += part.first[b];
      sums.second[b] += part.second[b];
    }
  return sums;
}

template <class PerVoxel>
void IterativeSlices::over_voxels(char const* label, PerVoxel const& per_voxel) {
  std::size_t const row_values = projector_.geometry().side * bins_;
  share_on_host(label, projector_.geometry().side, [&](std::size_t row) {
    for (std::size_t i = row * row_values; i < (row + 1) * row_values; i += bins_) per_voxel(i);
  });
}

void IterativeSlices::begin(Samples const& samples, std::size_t bins, std::span<float> slice) {
  auto const& geometry = projector_.geometry();
  samples_ = samples;
  bins_ = bins;
  slice_ = slice;
  padded_.resize(projector_.padded_samples() * bins);
  step_.resize(geometry.voxels() * bins);
  columns_.resize(geometry.voxels() * bins);
  std::fill(padded_.begin(), padded_.end(), 0.0F);
  std::fill(slice.begin(), slice.end(), 0.0F);
}

void IterativeSlices::end() { leave_circle(projector_.geometry(), bins_, slice_); }

IterationEngine::TwoSums IterativeSlices::start_sirt(float relaxation) {
  auto const sums = over_samples([&](float* row, std::size_t i, TwoSums& here) {
    for (std::size_t b = 0; b < bins_; ++b) {
      float const weight = samples_.weight[i + b];
      row[b] = weight;
      if (!(weight > 0.0F)) continue;
      auto const value = static_cast<double>(samples_.value[i + b]);
      here.first[b] += 1.0;
      here.second[b] += static_cast<double>(weight) * value * value;
    }
  });
  projector_.back(padded_, bins_, columns_);
  over_voxels("xrdct::slices column sums", [&](std::size_t i) {
    for (std::size_t b = i; b < i + bins_; ++b)
      columns_[b] = columns_[b] > 0.0F ? relaxation / columns_[b] : 0.0F;
  });
  return sums;
}

IterationEngine::TwoSums IterativeSlices::residual_of_sirt() {
  auto const d = static_cast<float>(projector_.geometry().step);
  projector_.forward(slice_, bins_, padded_);
  clear_padding();
  return over_samples([&](float* row, std::size_t i, TwoSums& sums) {
    float const inverse = inverse_rows_[i / bins_];
    for (std::size_t b = 0; b < bins_; ++b) {
      float const weight = samples_.weight[i + b];
      float const residual = weight > 0.0F ? samples_.value[i + b] - d * row[b] : 0.0F;
      auto const square = static_cast<double>(residual) * static_cast<double>(residual);
      sums.first[b] += static_cast<double>(weight) * square;
      if (!samples_.variance.empty() && weight > 0.0F)
        sums.second[b] += square / static_cast<double>(samples_.variance[i + b]);
      row[b] = inverse * (weight * residual);
    }
  });
}

void IterativeSlices::step_of_sirt(BinFactors const& active, bool non_negative) {
  projector_.back(padded_, bins_, step_);
  over_voxels("xrdct::slices step", [&](std::size_t i) {
    for (std::size_t b = 0; b < bins_; ++b) {
      float value = slice_[i + b] + active[b] * (columns_[i + b] * step_[i + b]);
      if (non_negative && value < 0.0F) value = 0.0F;
      slice_[i + b] = value;
    }
  });
}

auto IterativeSlices::weighted_residual() {
  return [this, d = static_cast<float>(projector_.geometry().step)](float* row, std::size_t i,
                                                                    TwoSums& sums) {
    for (std::size_t b = 0; b < bins_; ++b) {
      float const weighted = samples_.weight[i + b] * residual_[i + b];
      row[b] = d * weighted;
      sums.first[b] += static_cast<double>(weighted) * static_cast<double>(residual_[i + b]);
    }
  };
}

IterationEngine::BinSums IterativeSlices::make_gradient() {
  auto const& geometry = projector_.geometry();
  projector_.back(padded_, bins_, step_);
  std::vector<BinSums> rows(geometry.side, BinSums{});
  over_voxels("xrdct::slices voxels", [&](std::size_t i) {
    auto& sums = rows[i / (geometry.side * bins_)];
    for (std::size_t b = 0; b < bins_; ++b)
      sums[b] += static_cast<double>(step_[i + b]) * static_cast<double>(step_[i + b]);
  });
  BinSums sums{};
  for (auto const& row : rows)
    for (std::size_t b = 0; b < bins_; ++b) sums[b] += row[b];
  return sums;
}

IterationEngine::TwoSums IterativeSlices::start_cgls() {
  residual_.resize(projector_.geometry().samples() * bins_);
  TwoSums sums;
  sums.first =
      over_samples([&, weigh = weighted_residual()](float* row, std::size_t i, TwoSums& here) {
        for (std::size_t b = i; b < i + bins_; ++b)
          residual_[b] = samples_.weight[b] > 0.0F ? samples_.value[b] : 0.0F;
        weigh(row, i, here);
      }).first;
  sums.second = make_gradient();
  std::copy(step_.begin(), step_.end(), columns_.begin());
  return sums;
}

IterationEngine::BinSums IterativeSlices::image_of_direction() {
  auto const d = static_cast<float>(projector_.geometry().step);
  projector_.forward(columns_, bins_, padded_);
  return over_samples([&](float* row, std::size_t i, TwoSums& sums) {
           for (std::size_t b = 0; b < bins_; ++b) {
             row[b] *= d;
             sums.first[b] += static_cast<double>(samples_.weight[i + b]) *
                              static_cast<double>(row[b]) * static_cast<double>(row[b]);
           }
         })
      .first;
}

IterationEngine::TwoSums IterativeSlices::step_of_cgls(BinFactors const& step) {
  over_voxels("xrdct::slices step", [&](std::size_t i) {
    for (std::size_t b = 0; b < bins_; ++b) slice_[i + b] += step[b] * columns_[i + b];
  });
  clear_padding();
  TwoSums sums;
  sums.first =
      over_samples([&, weigh = weighted_residual()](float* row, std::size_t i, TwoSums& here) {
        for (std::size_t b = 0; b < bins_; ++b)
          residual_[i + b] -= samples_.weight[i + b] > 0.0F ? step[b] * row[b] : 0.0F;
        weigh(row, i, here);
      }).first;
  sums.second = make_gradient();
  return sums;
}

void IterativeSlices::turn_direction(BinFactors const& share) {
  over_voxels("xrdct::slices direction", [&](std::size_t i) {
    for (std::size_t b = 0; b < bins_; ++b)
      columns_[i + b] = step_[i + b] + share[b] * columns_[i + b];
  });
}

std::size_t IterativeSlices::memory_bytes(std::size_t bins) const {
  auto const& geometry = projector_.geometry();
  return sizeof(float) * bins *
         (projector_.padded_samples() + geometry.samples() + 2 * geometry.voxels());
}

}  // namespace xrdct::kernels
