#include "io/hdf5/frame_sequence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace xrdct::io {
namespace {

std::vector<std::int64_t> listed(FrameSequence const& sequence) {
  std::vector<std::int64_t> frames;
  for (std::int64_t i = 0; i < sequence.size(); ++i) frames.push_back(sequence.at(i));
  return frames;
}

std::set<std::int64_t> listed(FrameBlocks const& blocks) {
  std::set<std::int64_t> frames;
  for (std::int64_t i = 0; i < blocks.size(); ++i) frames.insert(blocks.at(i));
  return frames;
}

TEST(FrameSequence, keeps_any_list_in_order) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    FrameSequence sequence;
    std::vector<std::int64_t> expected;
    for (int i = 0; i < 12; ++i) {
      std::int64_t const block = 1 + random() % 3, stride = block + random() % 3;
      FrameBlocks const blocks{static_cast<std::int64_t>(random() % 20), stride,
                               static_cast<std::int64_t>(random() % 4), block};
      sequence.append(blocks);
      for (std::int64_t k = 0; k < blocks.size(); ++k) expected.push_back(blocks.at(k));
    }
    ASSERT_EQ(listed(sequence), expected);
    std::int64_t const size = random() % (expected.size() + 1);
    sequence.cut(size);
    expected.resize(size);
    ASSERT_EQ(listed(sequence), expected);
  }
}

TEST(FrameSequence, joins_what_follows_a_rule) {
  FrameSequence consecutive, every_third, blocks;
  for (std::int64_t i = 0; i < 1000; ++i) {
    consecutive.append(FrameBlocks::run(5 + i, 1));
    every_third.append(FrameBlocks::run(3 * i, 1));
    blocks.append(FrameBlocks::run(10 * i, 4));
  }
  for (auto const* sequence : {&consecutive, &every_third, &blocks})
    EXPECT_EQ(sequence->pieces().size(), 1U);
  EXPECT_EQ(consecutive.at(999), 1004);
  EXPECT_EQ(every_third.at(999), 2997);
  EXPECT_EQ(blocks.at(3999), 9993);
}

TEST(FrameBlocks, finds_its_frames_and_those_of_two) {
  std::mt19937 random(11);
  auto const some = [&] {
    std::int64_t const block = 1 + random() % 3;
    return FrameBlocks{static_cast<std::int64_t>(random() % 12),
                       block + static_cast<std::int64_t>(random() % 5),
                       1 + static_cast<std::int64_t>(random() % 5), block};
  };
  for (int round = 0; round < 3000; ++round) {
    auto const a = some(), b = some();
    auto const in_a = listed(a), in_b = listed(b);
    for (std::int64_t frame = 0; frame < 60; ++frame) {
      std::int64_t const index = a.find(frame);
      ASSERT_EQ(index >= 0, in_a.contains(frame));
      if (index >= 0) {
        ASSERT_EQ(a.at(index), frame);
      }
      auto const next = in_a.lower_bound(frame);
      ASSERT_EQ(a.next(frame), next == in_a.end() ? -1 : *next);
    }
    std::vector<std::int64_t> both;
    std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                          std::back_inserter(both));
    ASSERT_EQ(common_frame(a, b), both.empty() ? -1 : both[0]);
    ASSERT_EQ(common_frame(b, a), both.empty() ? -1 : both[0]);
  }
}

}  // namespace
}  // namespace xrdct::io
