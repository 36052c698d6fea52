// Intensity, errors and deviation from the sums.
#include "core/words/patterns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {
constexpr float no_value = std::numeric_limits<float>::quiet_NaN();
}

PatternSums::PatternSums(std::size_t frames_, std::size_t bins_)
    : frames(frames_), bins(bins_), pixels(frames_ * bins_) {
  each_field([&](std::vector<double>& field) { field.resize(frames * bins); }, *this);
}

void finish_pattern(PatternSums const& sums, std::size_t frame, double monitor_factor,
                    FinishRule const& rule, FinishedPattern out) {
  XRDCT_ASSERT(frame < sums.frames && out.intensity.size() == sums.bins &&
               out.count.size() == sums.bins);
  for (auto const& errors : {out.error, out.deviation})
    XRDCT_ASSERT(errors.empty() || errors.size() == sums.bins);
  fill_empty_pattern(out);
  bool const divides = rule.method != Method::sum,
             has_errors = rule.error_model != ErrorModel::none;
  for (std::size_t bin = 0; bin < sums.bins; ++bin) {
    std::size_t const k = frame * sums.bins + bin;
    bool const empty = sums.pixels[k] == 0;
    double const norm = divides ? sums.normalization[k] * monitor_factor : 1.0;
    double const norm2 = divides ? sums.normalization2[k] * monitor_factor * monitor_factor : 1.0;
    out.intensity[bin] = empty ? rule.empty : static_cast<float>(sums.signal[k] / norm);
    out.count[bin] = static_cast<float>(sums.count[k]);
    if (!has_errors) continue;
    if (!out.error.empty())
      out.error[bin] = empty ? rule.empty : static_cast<float>(std::sqrt(sums.variance[k]) / norm);
    if (!out.deviation.empty())
      out.deviation[bin] =
          empty ? rule.empty : static_cast<float>(std::sqrt(sums.variance[k] / norm2));
  }
}

void fill_empty_pattern(FinishedPattern out) {
  std::fill(out.intensity.begin(), out.intensity.end(), no_value);
  std::fill(out.error.begin(), out.error.end(), no_value);
  std::fill(out.deviation.begin(), out.deviation.end(), no_value);
  std::fill(out.count.begin(), out.count.end(), 0.0f);
}

}  // namespace xrdct::core
