// What kernels run on.
#include "kokkos/runtime.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>

#include "core/words/errors.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {
namespace {

TEST(Runtime, RefusesThreadsThatItHasNoRoomFor) {
  EXPECT_THROW(start(most_threads() + 1), core::InputError);
  EXPECT_THROW(start(-1), core::InputError);
  EXPECT_LE(threads(), most_threads());
  EXPECT_LE(most_threads(), 512);
}

TEST(Runtime, RefusesVariablesThatChooseCardsOrProcessors) {
  for (char const* const name :
       {"KOKKOS_DEVICE_ID", "KOKKOS_MAP_DEVICE_ID_BY", "KOKKOS_NUM_DEVICES", "KOKKOS_RAND_DEVICES",
        "KOKKOS_SKIP_DEVICE", "KOKKOS_NUMA"}) {
    setenv(name, "many", 1);
    EXPECT_THROW(start(0), core::InputError) << name;
    unsetenv(name);
  }
}

TEST(Runtime, CountsTheProcessorsOfTheProcess) {
  auto const numbers = processors();
  EXPECT_FALSE(numbers.empty());
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  cpu_set_t mask;
  CPU_ZERO(&mask);
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_GE(static_cast<int>(numbers.size()), CPU_COUNT(&mask));
}

TEST(Runtime, GivesCardsToRanksInTurn) {
  EXPECT_EQ(card_of_rank(0, 1), 0);
  EXPECT_EQ(card_of_rank(3, 4), 3);
  EXPECT_EQ(card_of_rank(4, 4), 0);
  EXPECT_EQ(card_of_rank(7, 1), 0);
}

TEST(Runtime, HasACardOrSaysThatThereIsNone) {
  if (!kernels_run_on_host()) {
    EXPECT_FALSE(own_card(0).name.empty());
    EXPECT_FALSE(own_card(0).id.empty());
    return;
  }
  EXPECT_TRUE(cards().empty());
  EXPECT_THROW(own_card(0), core::InputError);
}

}  // namespace
}  // namespace xrdct::kernels
