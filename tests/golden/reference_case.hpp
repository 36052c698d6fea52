#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::golden {

/// A call of pyFAI on the formula image as a plan, and what of its answer the contract lets a test
/// compare.
struct ReferencePlan {
  core::ReductionPlan plan;
  std::vector<bool> left_out;  //!< [bin] not compared; empty: all are
  bool sums = true;            //!< false: the intensities alone, within `intensity_tolerance`
  double intensity_tolerance = 1e-6;  //!< relative
  /*!
   * Pixels across the border of a range, with the coefficients that pyFAI gives them: whole ones,
   * where xrdct takes the part inside. `plan` is without them, and what they add to pyFAI's sums is
   * to be subtracted. No entry: nothing to subtract.
   */
  core::BinMatrix across_border;
  std::size_t pixels_across_border = 0;
};

/// Not offered at all: pyFAI's pseudo splitting.
bool is_offered(test::ReferenceCase const& c);

ReferencePlan plan_of(test::ReferenceCase const& c, test::FormulaImage const& image);

}  // namespace xrdct::golden
