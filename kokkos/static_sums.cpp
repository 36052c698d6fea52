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
  for (auto* sums : {&normalization, &normalization2, &count}) std::fill(sums->begin(), sums->end(), DoubleDouble{});
  std::fill(pixels.begin(), pixels.end(), 0);
}

void StaticBins::add_pixel(core::BinMatrix const& matrix, std::size_t pixel, float norm) noexcept {
  for (std::uint32_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e) {
    std::size_t const bin = matrix.bin[e];
    double const c = matrix.coefficient[e];
    double const weight = c * static_cast<double>(norm);
    normalization[bin].add(weight);
    normalization2[bin].add(weight * weight);
    count[bin].add(c);
    ++pixels[bin];
  }
}

StaticSums::StaticSums(core::ReductionPlan const& plan, core::Reduction const& reduction)
    : plan_(&plan), matrix_(&reduction.matrix), total_(reduction.matrix.bins) {
  auto const& mask = plan.corrections.mask;
  for (std::size_t p = 0; p < matrix_->pixels(); ++p) {
    if (mask[p] != 0) {
      ++tally_.masked;
    } else if (!has_entry(p)) {
      ++tally_.out_of_range;
    } else {
      ++tally_.used;
      total_.add_pixel(*matrix_, p, plan.corrections.normalization[p]);
    }
  }
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
      scratch.add_pixel(*matrix_, p, plan_->corrections.normalization[p]);
    }
  }
  for (std::size_t bin = 0; bin < bins(); ++bin) {
    std::size_t const k = frame * bins() + bin;
    sums.pixels[k] = total_.pixels[bin] - scratch.pixels[bin];
    bool const empty = sums.pixels[k] == 0;
    sums.normalization[k] = empty ? 0.0 : difference(total_.normalization[bin], scratch.normalization[bin]);
    sums.normalization2[k] = empty ? 0.0 : difference(total_.normalization2[bin], scratch.normalization2[bin]);
    sums.count[k] = empty ? 0.0 : difference(total_.count[bin], scratch.count[bin]);
    if (empty) sums.signal[k] = sums.variance[k] = 0.0;
  }
}

}  // namespace xrdct::kernels
