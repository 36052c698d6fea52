// Iterative reconstructions of many bins together.
#include "kokkos/tomography/iterative_slices.hpp"

#include <algorithm>
#include <cmath>

#include "core/scan/progress.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {

/// Which bins still go on, as factors.
struct IterativeSlices::Active {
  std::array<float, most_bins> factor;

  Active() { factor.fill(1.0F); }
  bool any(std::size_t bins) const {
    return std::any_of(factor.begin(), factor.begin() + static_cast<std::ptrdiff_t>(bins),
                       [](float f) { return f > 0.0F; });
  }
};

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

float* IterativeSlices::padded_row(std::size_t projection, std::size_t bins) {
  return padded_.data() + (projection * projector_.line() + projector_.before()) * bins;
}

void IterativeSlices::clear_padding(std::size_t bins) {
  auto const& geometry = projector_.geometry();
  share_on_host("xrdct::slices padding", geometry.projections(), [&](std::size_t p) {
    float* const line = padded_.data() + p * projector_.line() * bins;
    float* const row = padded_row(p, bins);
    std::fill(line, row, 0.0F);
    std::fill(row + geometry.translations * bins, line + projector_.line() * bins, 0.0F);
  });
}

/// Calls `per_sample(projection, value of padded_, index of the sample, sums)` for each projection
/// on one thread, and adds the sums of the projections in their order.
template <class PerSample>
IterativeSlices::BinSums IterativeSlices::over_samples(std::size_t bins,
                                                       PerSample const& per_sample) {
  auto const& geometry = projector_.geometry();
  partial_.assign(geometry.projections(), BinSums{});
  share_on_host("xrdct::slices samples", geometry.projections(), [&](std::size_t p) {
    float* const row = padded_row(p, bins);
    std::size_t const first = p * geometry.translations * bins;
    for (std::size_t i = 0; i < geometry.translations * bins; i += bins)
      per_sample(row + i, first + i, partial_[p]);
  });
  BinSums sums{};
  for (auto const& part : partial_)
    for (std::size_t b = 0; b < bins; ++b) sums[b] += part[b];
  return sums;
}

IterativeSlices::BinSums IterativeSlices::over_voxels(std::size_t bins, std::span<float const> a,
                                                      std::span<float const> b) {
  std::size_t const side = projector_.geometry().side;
  partial_.assign(side, BinSums{});
  share_on_host("xrdct::slices voxels", side, [&](std::size_t row) {
    for (std::size_t i = row * side * bins; i < (row + 1) * side * bins; i += bins)
      for (std::size_t bin = 0; bin < bins; ++bin)
        partial_[row][bin] += static_cast<double>(a[i + bin]) * static_cast<double>(b[i + bin]);
  });
  BinSums sums{};
  for (auto const& part : partial_)
    for (std::size_t bin = 0; bin < bins; ++bin) sums[bin] += part[bin];
  return sums;
}

Progresses IterativeSlices::sirt(Samples const& samples, std::size_t bins,
                                 SliceIterations const& iterations, std::span<float> slice) {
  auto const& geometry = projector_.geometry();
  auto const step_length = static_cast<float>(geometry.step);
  std::size_t const voxels = geometry.voxels() * bins;
  padded_.resize(projector_.padded_samples() * bins);
  std::fill(padded_.begin(), padded_.end(), 0.0F);
  BinSums const counts = over_samples(bins, [&](float* row, std::size_t i, BinSums& sums) {
    for (std::size_t b = 0; b < bins; ++b) {
      row[b] = samples.weight[i + b];
      sums[b] += samples.weight[i + b] > 0.0F;
    }
  });
  BinSums const strength = over_samples(bins, [&](float*, std::size_t i, BinSums& sums) {
    for (std::size_t b = 0; b < bins; ++b)
      if (samples.weight[i + b] > 0.0F)
        sums[b] += static_cast<double>(samples.weight[i + b]) *
                   static_cast<double>(samples.value[i + b]) *
                   static_cast<double>(samples.value[i + b]);
  });
  columns_.resize(voxels);
  projector_.back(padded_, bins, columns_);
  share_on_host("xrdct::slices column sums", geometry.side, [&](std::size_t row) {
    for (std::size_t i = row * geometry.side * bins; i < (row + 1) * geometry.side * bins; ++i)
      columns_[i] =
          columns_[i] > 0.0F ? static_cast<float>(iterations.relaxation) / columns_[i] : 0.0F;
  });
  std::fill(slice.begin(), slice.end(), 0.0F);
  step_.resize(voxels);
  Progresses progress{};
  Active active;
  for (int n = 0; n < iterations.count && active.any(bins); ++n) {
    core::note_progress();
    projector_.forward(slice, bins, padded_);
    clear_padding(bins);
    partial_.assign(geometry.projections(), BinSums{});
    std::vector<BinSums> noise(geometry.projections(), BinSums{});
    share_on_host("xrdct::slices residuals", geometry.projections(), [&](std::size_t p) {
      float* const row = padded_row(p, bins);
      for (std::size_t k = 0; k < geometry.translations; ++k) {
        std::size_t const first = (p * geometry.translations + k) * bins;
        float const inverse = inverse_rows_[p * geometry.translations + k];
        for (std::size_t b = 0; b < bins; ++b) {
          float const weight = samples.weight[first + b];
          float const residual =
              weight > 0.0F ? samples.value[first + b] - step_length * row[k * bins + b] : 0.0F;
          auto const square = static_cast<double>(residual) * static_cast<double>(residual);
          partial_[p][b] += static_cast<double>(weight) * square;
          if (!samples.variance.empty() && weight > 0.0F)
            noise[p][b] += square / static_cast<double>(samples.variance[first + b]);
          row[k * bins + b] = inverse * (weight * residual);
        }
      }
    });
    BinSums misfit{}, noises{};
    for (std::size_t p = 0; p < geometry.projections(); ++p)
      for (std::size_t b = 0; b < bins; ++b) {
        misfit[b] += partial_[p][b];
        noises[b] += noise[p][b];
      }
    for (std::size_t b = 0; b < bins; ++b) {
      if (active.factor[b] == 0.0F) continue;
      progress[b].misfit = strength[b] > 0.0 ? std::sqrt(misfit[b] / strength[b]) : 0.0;
      if (!samples.variance.empty() && noises[b] <= counts[b])
        active.factor[b] = 0.0F;
      else
        progress[b].iterations = n + 1;
    }
    projector_.back(padded_, bins, step_);
    share_on_host("xrdct::slices step", geometry.side, [&](std::size_t row) {
      for (std::size_t i = row * geometry.side * bins; i < (row + 1) * geometry.side * bins;
           i += bins)
        for (std::size_t b = 0; b < bins; ++b) {
          float value = slice[i + b] + active.factor[b] * (columns_[i + b] * step_[i + b]);
          if (iterations.non_negative && value < 0.0F) value = 0.0F;
          slice[i + b] = value;
        }
    });
  }
  leave_circle(geometry, bins, slice);
  return progress;
}

Progresses IterativeSlices::cgls(Samples const& samples, std::size_t bins, int count,
                                 std::span<float> slice) {
  auto const& geometry = projector_.geometry();
  auto const d = static_cast<float>(geometry.step);
  std::size_t const voxels = geometry.voxels() * bins;
  padded_.resize(projector_.padded_samples() * bins);
  residual_.resize(geometry.samples() * bins);
  step_.resize(voxels);     // the gradient
  columns_.resize(voxels);  // the direction
  std::fill(slice.begin(), slice.end(), 0.0F);
  std::fill(padded_.begin(), padded_.end(), 0.0F);
  auto const weighted_residual = [&](float* row, std::size_t i, BinSums& sums) {
    for (std::size_t b = 0; b < bins; ++b) {
      float const weighted = samples.weight[i + b] * residual_[i + b];
      row[b] = d * weighted;
      sums[b] += static_cast<double>(weighted) * static_cast<double>(residual_[i + b]);
    }
  };
  share_on_host("xrdct::slices residual", geometry.projections(), [&](std::size_t p) {
    std::size_t const row = geometry.translations * bins;
    for (std::size_t i = p * row; i < (p + 1) * row; ++i)
      residual_[i] = samples.weight[i] > 0.0F ? samples.value[i] : 0.0F;
  });
  BinSums const strength = over_samples(bins, weighted_residual);
  projector_.back(padded_, bins, step_);
  std::copy(step_.begin(), step_.end(), columns_.begin());
  BinSums length = over_voxels(bins, step_, step_);
  Progresses progress{};
  for (int n = 0; n < count; ++n) {
    core::note_progress();
    projector_.forward(columns_, bins, padded_);
    BinSums const image = over_samples(bins, [&](float* row, std::size_t i, BinSums& sums) {
      for (std::size_t b = 0; b < bins; ++b) {
        row[b] *= d;
        sums[b] += static_cast<double>(samples.weight[i + b]) * static_cast<double>(row[b]) *
                   static_cast<double>(row[b]);
      }
    });
    std::array<float, most_bins> step{};
    for (std::size_t b = 0; b < bins; ++b)
      if (image[b] > 0.0) step[b] = static_cast<float>(length[b] / image[b]);
    share_on_host("xrdct::slices step", geometry.side, [&](std::size_t row) {
      for (std::size_t i = row * geometry.side * bins; i < (row + 1) * geometry.side * bins;
           i += bins)
        for (std::size_t b = 0; b < bins; ++b) slice[i + b] += step[b] * columns_[i + b];
    });
    clear_padding(bins);
    BinSums const misfit = over_samples(bins, [&](float* row, std::size_t i, BinSums& sums) {
      for (std::size_t b = 0; b < bins; ++b)
        residual_[i + b] -= samples.weight[i + b] > 0.0F ? step[b] * row[b] : 0.0F;
      weighted_residual(row, i, sums);
    });
    projector_.back(padded_, bins, step_);
    BinSums const next = over_voxels(bins, step_, step_);
    std::array<float, most_bins> share{};
    for (std::size_t b = 0; b < bins; ++b) {
      if (length[b] > 0.0) share[b] = static_cast<float>(next[b] / length[b]);
      progress[b] = {n + 1, strength[b] > 0.0 ? std::sqrt(misfit[b] / strength[b]) : 0.0};
    }
    share_on_host("xrdct::slices direction", geometry.side, [&](std::size_t row) {
      for (std::size_t i = row * geometry.side * bins; i < (row + 1) * geometry.side * bins;
           i += bins)
        for (std::size_t b = 0; b < bins; ++b)
          columns_[i + b] = step_[i + b] + share[b] * columns_[i + b];
    });
    length = next;
  }
  leave_circle(geometry, bins, slice);
  return progress;
}

std::size_t IterativeSlices::memory_bytes(std::size_t bins) const {
  auto const& geometry = projector_.geometry();
  return sizeof(float) * bins *
         (projector_.padded_samples() + geometry.samples() + 2 * geometry.voxels());
}

}  // namespace xrdct::kernels
