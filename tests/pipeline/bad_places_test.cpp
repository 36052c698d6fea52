#include "pipeline/bad_places.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace xrdct::pipeline {
namespace {

using core::FrameStatus;

BadPlaces place(std::size_t number, FrameStatus status = FrameStatus::unreadable) {
  auto const frame = static_cast<std::int64_t>(number) + 100;
  return {status, number, number, frame, frame, "reason of " + std::to_string(number)};
}

TEST(BadPlaces, AreJoinedToRunsInWhateverOrderTheyCome) {
  std::vector<std::size_t> numbers{3, 4, 5, 6, 9, 10, 11};
  do {
    BadPlaceList list;
    for (std::size_t const number : numbers)
      list.add(place(number, number == 11 ? FrameStatus::corrupt : FrameStatus::unreadable));
    ASSERT_EQ(list.runs().size(), 3u);
    auto const& first = list.runs().at(3);
    EXPECT_EQ(first.last, 6u);
    EXPECT_EQ(first.first_frame, 103);
    EXPECT_EQ(first.last_frame, 106);
    EXPECT_EQ(first.reason, "reason of 3");
    EXPECT_EQ(list.runs().at(9).last, 10u);
    EXPECT_EQ(list.runs().at(11).status, FrameStatus::corrupt);
    EXPECT_EQ(list.places(), 7u);
  } while (std::ranges::next_permutation(numbers).found);
}

TEST(BadPlaces, KeepTheFirstRunsAlone) {
  BadPlaceList list;
  for (std::size_t i = 3 * BadPlaceList::most; i-- > 0;) list.add(place(2 * i));
  ASSERT_EQ(list.runs().size(), BadPlaceList::most);
  EXPECT_EQ(list.runs().begin()->first, 0u);
  EXPECT_EQ(list.runs().rbegin()->first, 2 * (BadPlaceList::most - 1));
}

TEST(BadPlaces, TravelFromRankToRank) {
  BadPlaceList first, second;
  for (std::size_t const number : {1, 2, 5}) first.add(place(number));
  for (std::size_t const number : {6, 7}) second.add(place(number));
  second.add({FrameStatus::missing, 8, 8, -1, -1});
  BadPlaceList all;
  all.add_packed(first.packed());
  all.add_packed(second.packed());
  ASSERT_EQ(all.runs().size(), 3u);
  EXPECT_EQ(all.runs().at(5).last, 7u);
  EXPECT_EQ(all.runs().at(5).last_frame, 107);
  EXPECT_EQ(all.runs().at(5).reason, "reason of 5");
  EXPECT_EQ(all.runs().at(8).first_frame, -1);
  EXPECT_EQ(all.runs().at(8).reason, "");
  BadPlaceList some;
  some.add_packed(first.packed(1));
  EXPECT_EQ(some.places(), 2u);
}

}  // namespace
}  // namespace xrdct::pipeline
