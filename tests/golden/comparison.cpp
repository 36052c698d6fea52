#include "tests/golden/comparison.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace xrdct::golden {
namespace {

double relative_difference(double found, double expected) {
  if (found == expected || (std::isnan(found) && std::isnan(expected))) return 0.0;
  double const difference = std::abs(found - expected) / std::abs(expected);
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

}  // namespace

Comparison::~Comparison() {
  if (report_ == Report::figures)
    std::printf("%s: %zu values compared, %zu left out, worst relative difference %.1e\n",
                title_.c_str(), compared_, left_out_, worst_);
  if (with_most_ == 0) return;
  if (report_ == Report::figures)
    std::printf("%s: %zu of %zu beyond the narrow tolerance\n", title_.c_str(), beyond_most_,
                with_most_);
  EXPECT_LE(static_cast<double>(beyond_most_), 1e-3 * static_cast<double>(with_most_)) << title_;
}

void Comparison::equal(std::string const& what, std::span<double const> found,
                       std::span<double const> expected, double relative, double most) {
  ASSERT_EQ(found.size(), expected.size()) << title_ << ": " << what;
  std::size_t failed = 0, first = 0;
  double worst = 0.0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (found.size() == bins_left_out_.size() && bins_left_out_[k]) {
      ++left_out_;
      continue;
    }
    ++compared_;
    double const difference = relative_difference(found[k], expected[k]);
    worst = std::max(worst, difference);
    if (difference > relative && failed++ == 0) first = k;
    if (most > 0.0) {
      ++with_most_;
      if (difference > most) ++beyond_most_;
    }
  }
  worst_ = std::max(worst_, worst);
  if (failed > 0)
    ADD_FAILURE() << title_ << ": " << what << ": " << failed << " of " << found.size()
                  << " values beyond " << relative << ", worst " << worst << "; first at " << first
                  << ": found " << found[first] << ", expected " << expected[first];
}

SumTolerance sum_tolerance(core::Splitting splitting) {
  switch (splitting) {
    case core::Splitting::none:
      return {1e-12, 0.0};
    case core::Splitting::bounding_box:
      return {1e-6, 1e-12};
    case core::Splitting::full:
      return {1e-6, 0.0};
  }
  return {};
}

std::span<double const> frame_of(std::vector<double> const& field, core::PatternSums const& sums,
                                 std::size_t frame) {
  return std::span(field).subspan(frame * sums.bins, sums.bins);
}

}  // namespace xrdct::golden
