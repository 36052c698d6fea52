// What is said of the cards of a run.
#include "app/session/card_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xrdct::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RankCard rank(std::string const& host, std::string const& id) {
  return {host, {"NVIDIA H200", id, 150000000000}};
}

TEST(CardLines, SayNothingWithoutCards) {
  EXPECT_THAT(cards_text({}), IsEmpty());
  EXPECT_THAT(shared_card_warnings({}), IsEmpty());
}

TEST(CardLines, CountCardsOfAllHosts) {
  std::vector const ranks{rank("a", "0"), rank("a", "1"), rank("b", "0")};
  EXPECT_EQ(cards_text(ranks), "3 x NVIDIA H200 (150 GB), 3 ranks");
  EXPECT_THAT(shared_card_warnings(ranks), IsEmpty());
  EXPECT_EQ(cards_text({rank("a", "0")}), "1 x NVIDIA H200 (150 GB), 1 rank");
}

TEST(CardLines, NameEveryKind) {
  std::vector const ranks{rank("a", "0"), RankCard{"a", {"NVIDIA A100", "1", 80000000000}}};
  EXPECT_EQ(cards_text(ranks), "1 x NVIDIA A100 (80 GB) and 1 x NVIDIA H200 (150 GB), 2 ranks");
}

TEST(CardLines, WarnOfRanksThatShareACard) {
  std::vector const ranks{rank("a", "0"), rank("a", "1"), rank("a", "0"), rank("b", "1")};
  EXPECT_EQ(cards_text(ranks), "3 x NVIDIA H200 (150 GB), 4 ranks");
  EXPECT_THAT(shared_card_warnings(ranks),
              ElementsAre("2 ranks share a card of a, NVIDIA H200: 0, 2; start one rank for each "
                          "card"));
}

TEST(CardLines, TellWhatFramesTakeOfACard) {
  EXPECT_THAT(card_plan_text({}), IsEmpty());
  kernels::CardPlan plan{.free = 143000000000, .fixed = 80000000, .frame = 26000000, .frames = 32};
  EXPECT_EQ(card_plan_text(plan),
            "912 MB of 143 GB free: 80 MB for matrices and corrections, 26 MB for each of "
            "32 frames at once");
  plan.frames = 1;
  plan.free.reset();
  EXPECT_EQ(card_plan_text(plan),
            "106 MB: 80 MB for matrices and corrections, 26 MB for each of 1 frame at once");
}

}  // namespace
}  // namespace xrdct::app
