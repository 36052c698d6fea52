#include "io/nexus/output_layout.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "core/words/errors.hpp"

namespace {

using namespace xrdct;

io::OutputDescription description_of(core::ScanShape shape, std::size_t bins) {
  io::OutputDescription description;
  description.height = {"height", "mm", std::vector<double>(shape.height), false};
  description.slow = {"rotation", "deg", std::vector<double>(shape.slow), true};
  description.fast = {"translation", "mm", std::vector<double>(shape.fast), false};
  description.reductions.push_back(
      {"mean", "q_nm^-1", "q", "nm^-1", std::vector<double>(bins), true});
  return description;
}

TEST(OutputLayout, counts_chunks_with_their_padding) {
  io::OutputLayout const layout(description_of({2, 37, 5}, 70));
  auto const& intensity = layout.datasets[layout.reductions[0].intensity];
  EXPECT_EQ(intensity.path, "/entry/mean/I");
  EXPECT_EQ(intensity.chunk, (std::vector<std::size_t>{1, 2, 5, 64}));
  EXPECT_EQ(intensity.chunks(), 2U * 19U * 2U);
  EXPECT_EQ(intensity.stored_bytes(), 2U * 19U * 2U * (2U * 5U * 64U * 4U));
  auto const& status = layout.datasets[layout.status];
  EXPECT_EQ(status.chunks(), 1U);
  EXPECT_EQ(status.stored_bytes(), 2U * 37U * 5U);
}

TEST(OutputLayout, has_errors_and_monitor_only_where_they_are_asked_for) {
  auto description = description_of({1, 4, 4}, 10);
  EXPECT_TRUE(io::OutputLayout(description).reductions[0].error.has_value());
  EXPECT_FALSE(io::OutputLayout(description).monitor.has_value());
  description.reductions[0].errors = false;
  description.has_monitor = true;
  EXPECT_FALSE(io::OutputLayout(description).reductions[0].error.has_value());
  EXPECT_TRUE(io::OutputLayout(description).monitor.has_value());
}

TEST(OutputLayout, has_positions_of_the_axes_that_are_measured) {
  auto description = description_of({1, 4, 4}, 10);
  io::OutputLayout const plain(description);
  EXPECT_TRUE(plain.positions.empty() && !plain.number);
  description.slow.measured = description.fast.measured = true;
  io::OutputLayout const layout(description);
  ASSERT_EQ(layout.positions.size(), 2u);
  EXPECT_EQ(layout.datasets[layout.positions[0]].path, "/entry/frames/rotation");
  EXPECT_EQ(layout.datasets[layout.positions[1]].path, "/entry/frames/translation");
  ASSERT_TRUE(layout.number);
  EXPECT_EQ(layout.datasets[*layout.number].type, io::StoredType::i8);
  EXPECT_EQ(layout.block_columns().size(), plain.block_columns().size() + 3);
  check_names(description);
  description.reductions[0].name = "rotation";
  EXPECT_THROW(check_names(description), core::InputError);
  description.slow.measured = description.fast.measured = false;
  check_names(description);
}

TEST(OutputLayout, has_a_second_axis_of_bins_in_cakes) {
  auto description = description_of({2, 37, 5}, 70);
  auto& reduction = description.reductions[0];
  reduction.kind = core::PatternKind::cake;
  reduction.azimuthal_axis.resize(36);
  reduction.deviation = true;
  io::OutputLayout const cake(description);
  auto const& intensity = cake.datasets[cake.reductions[0].intensity];
  EXPECT_EQ(intensity.extent, (std::vector<std::size_t>{2, 37, 5, 36, 70}));
  EXPECT_EQ(intensity.chunk, (std::vector<std::size_t>{1, 2, 5, 36, 64}));
  ASSERT_TRUE(cake.reductions[0].deviation);
  EXPECT_EQ(cake.datasets[*cake.reductions[0].deviation].path, "/entry/mean/std");
  EXPECT_EQ(cake.datasets[cake.reductions[0].mean].extent, (std::vector<std::size_t>{36, 70}));
  reduction.kind = core::PatternKind::azimuthal;
  io::OutputLayout const profile(description);
  EXPECT_EQ(profile.datasets[profile.reductions[0].intensity].extent,
            (std::vector<std::size_t>{2, 37, 5, 36}));
}

TEST(OutputLayout, blocks_shrink_with_the_largest_pattern) {
  auto description = description_of({1, 96, 400}, 1000);
  EXPECT_EQ(description.blocks().lines_per_block(), 6U);
  description.reductions.push_back(description.reductions[0]);
  description.reductions[1].kind = core::PatternKind::cake;
  description.reductions[1].azimuthal_axis.resize(20);
  EXPECT_EQ(description.blocks().lines_per_block(), 2U);
  io::OutputLayout const layout(description);
  EXPECT_EQ(layout.datasets[layout.reductions[0].intensity].chunk.at(1), 2U)
      << "one cut for all datasets";
}

TEST(EstimatedFileBytes, is_the_sum_of_all_datasets) {
  // 3 × f4 patterns in one chunk of 4 lines each (A = 1), 5 tallies i8, status u1, index i8, total
  // f4, two previews f8; checksums of the 4 blocks in these 11 columns, and two more.
  EXPECT_EQ(io::estimated_file_bytes(description_of({1, 4, 4}, 10)),
            3U * 160U * 4U + 16U * (5U * 8U + 1U + 8U + 4U) + 2U * 10U * 8U + (4U * 11U + 2U) * 8U);
}

TEST(PackChunks, puts_bins_side_by_side_and_zeros_into_the_padding) {
  // One line of two places out of two lines, three bins, two per chunk.
  std::vector<float> const patterns{1, 2, 3, 4, 5, 6};
  std::vector<float> chunks(16, -1.0F);
  io::pack_chunks(patterns, {1, 3}, {1, 2}, 4, chunks);
  EXPECT_EQ(chunks, (std::vector<float>{1, 2, 4, 5, 0, 0, 0, 0, 3, 0, 6, 0, 0, 0, 0, 0}));
}

TEST(PackChunks, cuts_a_cake_into_rows_and_columns) {
  // One place out of two, three rows of three bins, two rows and two columns per chunk.
  std::vector<float> const patterns{1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> chunks(32, -1.0F);
  io::pack_chunks(patterns, {3, 3}, {2, 2}, 2, chunks);
  EXPECT_EQ(chunks, (std::vector<float>{1, 2, 4, 5, 0, 0, 0, 0, 3, 0, 6, 0, 0, 0, 0, 0,
                                        7, 8, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(PackChunks, refuses_what_does_not_fit) {
  std::vector<float> const patterns(6);
  std::vector<float> chunks(15);
  EXPECT_THROW(io::pack_chunks(patterns, {1, 3}, {1, 2}, 4, chunks), core::AssertionError);
}

TEST(CheckNames, wants_names_that_can_stand_side_by_side) {
  auto const refused = [](auto change) {
    auto description = description_of({1, 4, 4}, 10);
    change(description);
    EXPECT_THROW(io::check_names(description), core::InputError);
  };
  EXPECT_NO_THROW(io::check_names(description_of({1, 4, 4}, 10)));
  refused([](auto& description) { description.slow.name = "translation"; });
  refused([](auto& description) { description.fast.name = "I"; });
  refused([](auto& description) { description.fast.name = "std"; });
  refused([](auto& description) { description.fast.name = "azimuthal_axis"; });
  refused([](auto& description) { description.fast.name = "samx/y"; });
  refused([](auto& description) { description.fast.name = ""; });
  refused([](auto& description) { description.reductions[0].name = "process"; });
  refused([](auto& description) { description.reductions.push_back(description.reductions[0]); });
}

}  // namespace
