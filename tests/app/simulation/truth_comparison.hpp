#pragma once
#include <cstddef>
#include <iosfwd>
#include <span>
#include <vector>

namespace xrdct::test {

/*!
 * Compares measured patterns with their expectation, in units of the true standard deviation.
 *
 *     z = (I − E[I]) / σ      σ² = E[counts of the bin] / (m·Σ norm)²
 *
 * Agreement: the mean of z² is within 1 ± 5·√(2/n) over all z, and the mean of z of every bin
 * within 5/√(number of its places). A z enters where at least `least_counts` counts are expected:
 * below, z² of Poisson numbers spreads wider than √2.
 */
class TruthComparison {
 public:
  explicit TruthComparison(std::size_t bins, double least_counts = 5.0)
      : least_counts_(least_counts), sum_(bins, 0.0), places_(bins, 0) {}

  /// One place.
  /// \param intensity, expected [bin]
  /// \param norm [bin] m·Σ norm, so that norm·expected are the expected counts
  void add(std::span<float const> intensity, std::span<double const> expected,
           std::span<double const> norm);

  std::size_t compared() const { return compared_; }
  std::size_t left_out() const { return left_out_; }
  double mean_z2() const { return sum_z2_ / static_cast<double>(compared_); }
  double mean_z2_tolerance() const;
  /// The largest |mean z|·√places of a bin; agreement is up to 5.
  double worst_bin() const;
  bool agrees() const;
  void print(std::ostream& out) const;

 private:
  double least_counts_;
  std::vector<double> sum_;          //!< [bin] Σ z
  std::vector<std::size_t> places_;  //!< [bin]
  std::size_t compared_ = 0;
  std::size_t left_out_ = 0;
  double sum_z2_ = 0.0;
};

}  // namespace xrdct::test
