#include "kokkos/static_sums.hpp"

#include <algorithm>
#include <bit>

namespace xrdct::kernels {

double difference(DoubleDouble const& a, DoubleDouble const& b) noexcept {
  DoubleDouble result = a;
  result.add(-b.high);
  return result.high + (result.low - b.low);
}

void StaticBins::clear() noexcept {
  for (auto* sums : {&normalization, &normalization2, &count, &variance}) std::fill(sums->begin(), sums->end(), DoubleDouble{});
  std::fill(pixels.begin(), pixels.end(), 0);
}

void StaticBins::add_pixel(core::BinMatrix const& matrix, std::size_t pixel, float norm, double v) noexcept {
  for (std::uint32_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e) {
    std::size_t const bin = matrix.bin[e];
    double const c = matrix.coefficient[e];
    double const weight = c * static_cast<double>(norm);
    normalization[bin].add(weight);
    normalization2[bin].add(weight * weight);
    count[bin].add(c);
    if (!variance.empty()) variance[bin].add(c * c * v);
    ++pixels[bin];
  }
}

std::size_t StaticBins::memory_bytes() const noexcept {
  return (normalization.capacity() + normalization2.capacity() + count.capacity() + variance.capacity()) * sizeof(DoubleDouble) +
         pixels.capacity() * sizeof(std::int32_t);
}

StaticSums::StaticSums(core::ReductionPlan const& plan, core::Reduction const& reduction) : plan_(&plan), matrix_(&reduction.matrix), total_(0) {
  using core::ErrorModel;
  auto const& [normalization, dark, variance, dark_variance, mask] = plan.corrections;
  ErrorModel const model = reduction.error_model;
  bool const of_counts = model == ErrorModel::poisson || model == ErrorModel::hybrid;
  if (model == ErrorModel::variance) given_ = &variance;
  if ((given_ != nullptr || of_counts) && !dark_variance.empty()) of_dark_ = &dark_variance;
  total_ = StaticBins(matrix_->bins, given_ != nullptr || of_dark_ != nullptr);
  for (std::size_t p = 0; p < matrix_->pixels(); ++p) {
    if (mask[p] != 0) {
      ++tally_.masked;
    } else if (!has_entry(p)) {
      ++tally_.out_of_range;
    } else {
      ++tally_.used;
      total_.add_pixel(*matrix_, p, normalization[p], variance_of(p));
    }
  }
}

double StaticSums::variance_of(std::size_t pixel) const noexcept {
  return (given_ == nullptr ? 0.0 : static_cast<double>((*given_)[pixel])) + (of_dark_ == nullptr ? 0.0 : static_cast<double>((*of_dark_)[pixel]));
}

void StaticSums::finish(std::span<std::uint64_t const> dropped, StaticBins& scratch, core::PatternSums& sums, std::size_t frame,
                        core::PixelTally& tally) const {
  tally = tally_;
  scratch.clear();
  for (std::size_t word = 0; word < dropped.size(); ++word) {
    for (std::uint64_t bits = dropped[word]; bits != 0; bits &= bits - 1) {
      std::size_t const p = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      ++tally.invalid;
      if (!has_entry(p)) {
        --tally.out_of_range;
        continue;
      }
      --tally.used;
      scratch.add_pixel(*matrix_, p, plan_->corrections.normalization[p], variance_of(p));
    }
  }
  for (std::size_t bin = 0; bin < bins(); ++bin) {
    std::size_t const k = frame * bins() + bin;
    sums.pixels[k] = total_.pixels[bin] - scratch.pixels[bin];
    bool const empty = sums.pixels[k] == 0;
    sums.normalization[k] = empty ? 0.0 : difference(total_.normalization[bin], scratch.normalization[bin]);
    sums.normalization2[k] = empty ? 0.0 : difference(total_.normalization2[bin], scratch.normalization2[bin]);
    sums.count[k] = empty ? 0.0 : difference(total_.count[bin], scratch.count[bin]);
    if (has_variance()) sums.variance[k] += difference(total_.variance[bin], scratch.variance[bin]);
    if (empty) sums.signal[k] = sums.variance[k] = 0.0;
  }
}

}  // namespace xrdct::kernels
