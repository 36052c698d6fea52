#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/words/patterns.hpp"

namespace xrdct::golden {

/*!
 * Compares values bin by bin within the tolerances of the contract, and counts. What fails is
 * reported once per array, the count when it ends.
 *
 * `relative` holds for every value. `most` holds for at least 99.9 % of all values given with it:
 * pixels whose float32 corner is rounded the other way change a bin by more.
 */
class Comparison {
 public:
  enum class Report { figures, nothing };  //!< what is printed at the end
  explicit Comparison(std::string title, Report report = Report::figures)
      : title_(std::move(title)), report_(report) {}
  ~Comparison();
  Comparison(Comparison const&) = delete;
  Comparison& operator=(Comparison const&) = delete;

  void equal(std::string const& what, std::span<double const> found,
             std::span<double const> expected, double relative, double most = 0.0);
  void leave_out(std::size_t values) { left_out_ += values; }
  /// From now on these bins of arrays of this size are left out and counted. Empty: none.
  void leave_out_bins(std::vector<bool> bins) { bins_left_out_ = std::move(bins); }
  std::size_t compared() const { return compared_; }
  std::size_t left_out() const { return left_out_; }
  double worst() const { return worst_; }

 private:
  std::string title_;
  Report report_;
  std::vector<bool> bins_left_out_;
  std::size_t compared_ = 0, left_out_ = 0;
  std::size_t with_most_ = 0, beyond_most_ = 0;
  double worst_ = 0.0;
};

/// Tolerance of the five sums of a splitting against pyFAI: for all values, and for 99.9 % of them
/// (0: no such rule).
struct SumTolerance {
  double all = 1e-12;
  double most = 0.0;
};
SumTolerance sum_tolerance(core::Splitting splitting);

/// One field of a frame as a span.
std::span<double const> frame_of(std::vector<double> const& field, core::PatternSums const& sums,
                                 std::size_t frame);

}  // namespace xrdct::golden
