// Cuts a reconstruction into units of work, and slices into tiles.
#include "core/tomography/slice_plan.hpp"

#include <algorithm>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

std::size_t parts(std::size_t whole, std::size_t each) { return (whole + each - 1) / each; }

}  // namespace

SlicePlan::SlicePlan(std::size_t heights, std::size_t side, std::vector<SliceBins> reductions)
    : heights_(heights), side_(side), reductions_(std::move(reductions)) {
  XRDCT_ASSERT(heights > 0 && side > 0);
  tile_side_ = parts(side, parts(side, most_tile_side));
  for (std::size_t i = 0; i < reductions_.size(); ++i) {
    auto const& [pattern, each] = reductions_[i];
    XRDCT_ASSERT(pattern.bins() > 0 && each > 0);
    XRDCT_ASSERT(each % most_chunk_bins == 0 || each >= pattern.columns);
    first_.push_back(first_.back() + heights * pattern.rows * units_per_row(i));
  }
}

std::size_t SlicePlan::units_per_row(std::size_t reduction) const {
  auto const& [pattern, each] = reductions_.at(reduction);
  return parts(pattern.columns, each);
}

std::size_t SlicePlan::chunk_bins(std::size_t reduction) const {
  return std::min(reductions_.at(reduction).pattern.columns, most_chunk_bins);
}

SliceUnit SlicePlan::unit(std::size_t number) const {
  XRDCT_ASSERT(number < units());
  auto const next = std::upper_bound(first_.begin(), first_.end(), number);
  auto const reduction = static_cast<std::size_t>(next - first_.begin()) - 1;
  auto const& [pattern, each] = reductions_[reduction];
  std::size_t const in_row = units_per_row(reduction), i = number - first_[reduction],
                    first = i % in_row * each;
  return {.reduction = reduction,
          .height = i / (in_row * pattern.rows),
          .row = i / in_row % pattern.rows,
          .first = first,
          .bins = std::min(each, pattern.columns - first)};
}

std::size_t SlicePlan::number_of(SliceUnit const& unit) const {
  auto const& [pattern, each] = reductions_.at(unit.reduction);
  return first_[unit.reduction] +
         (unit.height * pattern.rows + unit.row) * units_per_row(unit.reduction) +
         unit.first / each;
}

std::pair<std::size_t, std::size_t> SlicePlan::units_of(std::size_t reduction,
                                                        std::size_t height) const {
  std::size_t const each = reductions_.at(reduction).pattern.rows * units_per_row(reduction);
  XRDCT_ASSERT(height < heights_);
  return {first_[reduction] + height * each, each};
}

std::string SlicePlan::describe(std::size_t number) const {
  auto const [reduction, height, row, first, bins] = unit(number);
  std::string const azimuth =
      reductions_[reduction].pattern.rows > 1 ? ", azimuthal bin " + std::to_string(row) : "";
  return "unit " + std::to_string(number) + " (height " + std::to_string(height) + azimuth +
         ", bins " + std::to_string(first) + " to " + std::to_string(first + bins - 1) + ")";
}

}  // namespace xrdct::core
