#include "tests/golden/pyfai_rules.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "core/reference/reference_reduce.hpp"

namespace xrdct::golden {
namespace {

struct Item {
  float value, weight;
};

bool equal_values_lie_across(double limit, std::vector<Item> const& sorted) {
  double before = 0.0;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t last = first;
    double after = before;
    bool weights_differ = false;
    for (; last < sorted.size() && sorted[last].value == sorted[first].value; ++last) {
      after += sorted[last].weight;
      weights_differ = weights_differ || sorted[last].weight != sorted[first].weight;
    }
    double const slack = 1e-6 * after;  // the sums are compared in float32
    if (weights_differ && before - slack <= limit && limit <= after + slack) return true;
    before = after;
    first = last;
  }
  return false;
}

}  // namespace

std::vector<double> count_of_pyfai(core::Method method, core::PatternSums const& sums,
                                   std::vector<double> const& expected) {
  if (method == core::Method::quantile_mean) return {sums.pixels.begin(), sums.pixels.end()};
  std::vector<double> count = sums.count;
  for (std::size_t bin = 0; bin < count.size() && method == core::Method::sigma_clip; ++bin) {
    if (count[bin] > 0.0 && count[bin] < 3.0 && expected[bin] == 3.0) count[bin] = 3.0;
  }
  return count;
}

std::vector<double> nothing_measured_where_empty(std::vector<double> expected,
                                                 core::PatternSums const& sums) {
  for (std::size_t bin = 0; bin < expected.size(); ++bin) {
    if (sums.pixels[bin] == 0) expected[bin] = std::numeric_limits<double>::quiet_NaN();
  }
  return expected;
}

std::vector<bool> bins_left_to_chance(core::ReductionPlan const& plan,
                                      std::vector<double> const& frame) {
  core::Reduction const& reduction = plan.reductions[0];
  core::BinMatrix const& matrix = reduction.matrix;
  std::vector<bool> by_chance(matrix.bins, false);
  std::vector<std::vector<Item>> bins(matrix.bins);
  for (std::size_t pixel = 0; pixel < frame.size(); ++pixel) {
    if (plan.corrections.mask[pixel] != 0) continue;
    bool const valid = plan.valid.contains(frame[pixel]);
    float const norm = plan.corrections.normalization[pixel];
    float const signal = static_cast<float>(frame[pixel]) -
                         (plan.corrections.dark.empty() ? 0.0f : plan.corrections.dark[pixel]);
    for (std::size_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e) {
      if (!valid) by_chance[matrix.bin[e]] = true;
      if (valid) bins[matrix.bin[e]].push_back({signal / norm, norm * matrix.coefficient[e]});
    }
  }
  for (std::size_t bin = 0; bin < matrix.bins; ++bin) {
    std::sort(bins[bin].begin(), bins[bin].end(),
              [](Item const& a, Item const& b) { return a.value < b.value; });
    double total = 0.0;
    for (Item const& item : bins[bin]) total += item.weight;
    for (double quantile : {reduction.quantiles.lower, reduction.quantiles.upper})
      by_chance[bin] = by_chance[bin] || equal_values_lie_across(quantile * total, bins[bin]);
  }
  return by_chance;
}

double share_of(core::BinMatrix const& matrix, std::size_t pixel) {
  double sum = 0.0;
  for (std::size_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e)
    sum += matrix.coefficient[e];
  return sum;
}

/// The entries of some pixels, divided by their sum where `whole` says so.
core::BinMatrix entries_of(core::BinMatrix const& matrix, std::vector<bool> const& pixels,
                           bool whole) {
  core::BinMatrix some = matrix;
  some.entry_begin = {0};
  some.bin.clear();
  some.coefficient.clear();
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    double const divisor = whole ? share_of(matrix, pixel) : 1.0;
    for (std::size_t e = matrix.entry_begin[pixel];
         pixels[pixel] && e < matrix.entry_begin[pixel + 1]; ++e) {
      some.bin.push_back(matrix.bin[e]);
      some.coefficient.push_back(static_cast<float>(matrix.coefficient[e] / divisor));
    }
    some.entry_begin.push_back(static_cast<std::uint32_t>(some.coefficient.size()));
  }
  return some;
}

BorderPixels pixels_across_ends(core::Geometry const& geometry, core::BinMatrix const& matrix,
                                core::BinMatrix const& radial, bool discontinuity_at_pi) {
  constexpr double degree = 180.0 / std::numbers::pi;
  std::size_t const azimuthal = matrix.azimuthal_axis.size(), bins = matrix.radial_axis.size();
  double const width = matrix.azimuthal_axis[1] - matrix.azimuthal_axis[0],
               lower = matrix.azimuthal_axis[0] - 0.5 * width;
  auto const chi = geometry.chi_centers();
  auto const corners = geometry.chi_corners();
  BorderPixels result;
  result.of_pyfai = matrix;
  result.of_pyfai.entry_begin = {0};
  result.of_pyfai.bin.clear();
  result.of_pyfai.coefficient.clear();
  for (std::size_t pixel = 0; pixel < matrix.pixels(); ++pixel) {
    double half = 0.0;
    for (double const corner : corners.of(pixel)) {
      double const difference = std::abs(corner - chi[pixel]);
      half = std::max(half, std::min(difference, 2.0 * std::numbers::pi - difference) * degree);
    }
    double const center =
        (discontinuity_at_pi || chi[pixel] >= 0.0 ? chi[pixel]
                                                  : chi[pixel] + 2.0 * std::numbers::pi) *
        degree;
    std::vector<double> ours(azimuthal, 0.0), theirs(azimuthal, 0.0);
    double const radially = share_of(radial, pixel);
    for (std::size_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e)
      ours[matrix.bin[e] / bins] += matrix.coefficient[e] / radially;
    bool differs = false;
    for (std::size_t k = 1; k + 1 < azimuthal; ++k) {
      double const begin = lower + static_cast<double>(k) * width;
      double const overlap =
          std::min(center + half, begin + width) - std::max(center - half, begin);
      theirs[k] = std::max(0.0, overlap) / (2.0 * half);
      differs = differs || (radially > 0.0 && std::abs(theirs[k] - ours[k]) > 1e-6);
    }
    result.across.push_back(differs);
    for (std::size_t k = 1; differs && k + 1 < azimuthal; ++k) {
      for (std::size_t e = radial.entry_begin[pixel];
           theirs[k] > 0.0 && e < radial.entry_begin[pixel + 1]; ++e) {
        result.of_pyfai.bin.push_back(static_cast<std::uint32_t>(k * bins + radial.bin[e]));
        result.of_pyfai.coefficient.push_back(
            static_cast<float>(theirs[k] * radial.coefficient[e]));
      }
    }
    result.of_pyfai.entry_begin.push_back(
        static_cast<std::uint32_t>(result.of_pyfai.coefficient.size()));
  }
  return result;
}

core::PatternSums sums_with(core::ReductionPlan const& plan, core::BinMatrix const& matrix,
                            std::vector<double> const& frame) {
  core::Reduction reduction = plan.reductions[0];
  reduction.matrix = matrix;
  core::PatternSums sums(1, matrix.bins);
  core::PixelTally tally;
  core::reference_reduce(plan, reduction, frame, sums, tally);
  return sums;
}

}  // namespace xrdct::golden
