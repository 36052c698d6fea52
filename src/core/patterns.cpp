#include "core/patterns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"

namespace xrdct::core {
namespace {
constexpr float no_value = std::numeric_limits<float>::quiet_NaN();
}

PatternSums::PatternSums(std::size_t frames_, std::size_t bins_)
    : frames(frames_),
      bins(bins_),
      signal(frames_ * bins_),
      variance(frames_ * bins_),
      normalization(frames_ * bins_),
      normalization2(frames_ * bins_),
      count(frames_ * bins_),
      pixels(frames_ * bins_) {}

void finish_pattern(PatternSums const& sums, std::size_t frame, double monitor_factor, ErrorModel model, FinishedPattern out) {
  XRDCT_ASSERT(frame < sums.frames && out.intensity.size() == sums.bins && out.count.size() == sums.bins);
  XRDCT_ASSERT(out.error.empty() || out.error.size() == sums.bins);
  fill_empty_pattern(out);
  for (std::size_t bin = 0; bin < sums.bins; ++bin) {
    std::size_t const k = frame * sums.bins + bin;
    if (sums.pixels[k] == 0) continue;
    double const norm = sums.normalization[k] * monitor_factor;
    out.intensity[bin] = static_cast<float>(sums.signal[k] / norm);
    out.count[bin] = static_cast<float>(sums.count[k]);
    if (!out.error.empty() && model != ErrorModel::none) out.error[bin] = static_cast<float>(std::sqrt(sums.variance[k]) / norm);
  }
}

void fill_empty_pattern(FinishedPattern out) {
  std::fill(out.intensity.begin(), out.intensity.end(), no_value);
  std::fill(out.error.begin(), out.error.end(), no_value);
  std::fill(out.count.begin(), out.count.end(), 0.0f);
}

}  // namespace xrdct::core
