#include "core/tomography/slice_plan.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace {

using namespace xrdct;
using core::SlicePlan;
using core::SliceUnit;

TEST(SlicePlan, hands_out_every_bin_once_and_in_order) {
  SlicePlan const plan(2, 77, {{{1, 150}, 64}, {{17, 70}, 64}, {{1, 5}, 64}});
  ASSERT_EQ(plan.units(), 2u * (3 + 17 * 2 + 1));
  std::size_t number = 0;
  for (std::size_t reduction = 0; reduction < 3; ++reduction) {
    for (std::size_t height = 0; height < 2; ++height) {
      EXPECT_EQ(plan.units_of(reduction, height).first, number);
      auto const& pattern = plan.reductions()[reduction].pattern;
      for (std::size_t row = 0; row < pattern.rows; ++row) {
        for (std::size_t next = 0; next < pattern.columns; ++number) {
          SliceUnit const unit = plan.unit(number);
          EXPECT_EQ(unit, (SliceUnit{reduction, height, row, next, unit.bins}));
          EXPECT_EQ(plan.number_of(unit), number);
          EXPECT_EQ(unit.first % plan.chunk_bins(reduction), 0u) << "no chunk has two owners";
          next += unit.bins;
        }
      }
      auto const [first, units] = plan.units_of(reduction, height);
      EXPECT_EQ(first + units, number);
    }
  }
  EXPECT_EQ(number, plan.units());
}

TEST(SlicePlan, cuts_slices_evenly) {
  for (auto const& [side, tile, across] : std::vector<std::array<std::size_t, 3>>{
           {1, 1, 1}, {64, 64, 1}, {65, 33, 2}, {121, 61, 2}, {400, 58, 7}, {2048, 64, 32}}) {
    SlicePlan const plan(1, side, {{{1, 100}, 64}});
    EXPECT_EQ(plan.tile_side(), tile);
    EXPECT_EQ(plan.tiles_across(), across);
    EXPECT_LE(plan.tile_side() * plan.tile_side() * plan.chunk_bins(0) * sizeof(float),
              std::size_t{1} << 20);
  }
}

TEST(SlicePlan, names_units_for_people) {
  SlicePlan const plan(2, 9, {{{1, 150}, 64}, {{3, 20}, 64}});
  EXPECT_EQ(plan.describe(5), "unit 5 (height 1, bins 128 to 149)");
  EXPECT_EQ(plan.describe(7), "unit 7 (height 0, azimuthal bin 1, bins 0 to 19)");
}

}  // namespace
