#include "truth_comparison.hpp"

#include <cmath>
#include <ostream>

namespace xrdct::test {

void TruthComparison::add(std::span<float const> intensity, std::span<double const> expected,
                          std::span<double const> norm) {
  for (std::size_t b = 0; b < sum_.size(); ++b) {
    double const counts = expected[b] * norm[b];
    if (!(counts >= least_counts_)) {
      ++left_out_;
      continue;
    }
    double const z =
        (static_cast<double>(intensity[b]) - expected[b]) * norm[b] / std::sqrt(counts);
    sum_[b] += z;
    sum_z2_ += z * z;
    ++places_[b];
    ++compared_;
  }
}

double TruthComparison::mean_z2_tolerance() const {
  return 5.0 * std::sqrt(2.0 / static_cast<double>(compared_));
}

double TruthComparison::worst_bin() const {
  double worst = 0.0;
  for (std::size_t b = 0; b < sum_.size(); ++b) {
    if (places_[b] > 0 &&
        !(std::abs(sum_[b]) / std::sqrt(static_cast<double>(places_[b])) <= worst)) {
      worst = std::abs(sum_[b]) / std::sqrt(static_cast<double>(places_[b]));
    }
  }
  return worst;
}

bool TruthComparison::agrees() const {
  return compared_ > 0 && std::abs(mean_z2() - 1.0) <= mean_z2_tolerance() && worst_bin() <= 5.0;
}

void TruthComparison::print(std::ostream& out) const {
  out << "compared " << compared_ << " values, left out " << left_out_ << " where fewer than "
      << least_counts_ << " counts are expected\n"
      << "mean of z^2 " << mean_z2() << ", expected 1 +- " << mean_z2_tolerance() << "\n"
      << "worst bin: |mean z| * sqrt(places) = " << worst_bin() << ", expected at most 5\n"
      << (agrees() ? "agrees with the truth\n" : "does not agree with the truth\n");
}

}  // namespace xrdct::test
