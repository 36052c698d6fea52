// Sums that no frame changes, corrected by the few pixels that drop out of one.
#include "kokkos/tile/static_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace xrdct::kernels {

double difference(DoubleDouble const& a, DoubleDouble const& b) noexcept {
  DoubleDouble result = a;
  result.add(-b.high);
  return result.high + (result.low - b.low);
}

void StaticBins::clear() noexcept {
  for (std::uint32_t const bin : filled) {
    normalization[bin] = normalization2[bin] = count[bin] = {};
    if (!variance.empty()) variance[bin] = {};
    pixels[bin] = 0;
  }
  filled.clear();
}

void StaticBins::add_pixel(core::BinMatrix const& matrix, std::size_t pixel, float norm,
                           double v) noexcept {
  for (std::uint32_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e) {
    std::size_t const bin = matrix.bin[e];
    double const c = matrix.coefficient[e];
    double const weight = c * static_cast<double>(norm);
    normalization[bin].add(weight);
    normalization2[bin].add(weight * weight);
    count[bin].add(c);
    if (!variance.empty()) variance[bin].add(c * c * v);
    if (pixels[bin]++ == 0) filled.push_back(matrix.bin[e]);
  }
}

std::size_t StaticBins::memory_bytes() const noexcept {
  return (normalization.capacity() + normalization2.capacity() + count.capacity() +
          variance.capacity()) *
             sizeof(DoubleDouble) +
         pixels.capacity() * sizeof(std::int32_t) + filled.capacity() * sizeof(std::uint32_t);
}

StaticSums::StaticSums(core::ReductionPlan const& plan, core::Reduction const& reduction)
    : plan_(&plan), matrix_(&reduction.matrix), total_(0) {
  using core::ErrorModel;
  auto const& [normalization, dark, variance, dark_variance, mask] = plan.corrections;
  ErrorModel const model = reduction.error_model;
  bool const of_counts = core::counts_vary(model);
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
  return (given_ == nullptr ? 0.0 : static_cast<double>((*given_)[pixel])) +
         (of_dark_ == nullptr ? 0.0 : static_cast<double>((*of_dark_)[pixel]));
}

void StaticSums::fill(std::size_t first, std::size_t last, std::span<std::size_t const> frames,
                      core::PatternSums& sums) const {
  std::array<double, block_bins> rounded;
  auto const copy = [&](auto const& from, auto& to) {
    for (std::size_t const frame : frames)
      std::copy_n(from, last - first,
                  to.begin() + static_cast<std::ptrdiff_t>(frame * bins() + first));
  };
  auto const copy_rounded = [&](std::vector<DoubleDouble> const& total, std::vector<double>& to) {
    for (std::size_t bin = first; bin < last; ++bin)
      rounded[bin - first] = total[bin].high + total[bin].low;
    copy(rounded.data(), to);
  };
  copy_rounded(total_.normalization, sums.normalization);
  copy_rounded(total_.normalization2, sums.normalization2);
  copy_rounded(total_.count, sums.count);
  copy(total_.pixels.data() + first, sums.pixels);
}

void StaticSums::finish(std::span<std::uint64_t const> dropped, StaticBins& scratch,
                        core::PatternSums& sums, std::size_t frame, core::PixelTally& tally) const {
  tally = tally_;
  drop(dropped, scratch, tally);
  for (std::size_t bin = 0; bin < total_.variance.size(); ++bin)
    sums.variance[frame * bins() + bin] += difference(total_.variance[bin], scratch.variance[bin]);
  for (std::uint32_t const bin : scratch.filled) {
    std::size_t const k = frame * bins() + bin;
    sums.pixels[k] = total_.pixels[bin] - scratch.pixels[bin];
    bool const empty = sums.pixels[k] == 0;
    sums.normalization[k] =
        empty ? 0.0 : difference(total_.normalization[bin], scratch.normalization[bin]);
    sums.normalization2[k] =
        empty ? 0.0 : difference(total_.normalization2[bin], scratch.normalization2[bin]);
    sums.count[k] = empty ? 0.0 : difference(total_.count[bin], scratch.count[bin]);
    if (empty) sums.signal[k] = sums.variance[k] = 0.0;
  }
  scratch.clear();
}

void StaticSums::drop(std::span<std::uint64_t const> dropped, StaticBins& scratch,
                      core::PixelTally& tally) const {
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
}

}  // namespace xrdct::kernels
