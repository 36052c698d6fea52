#include "io/ranks/agreement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace {

using namespace xrdct;
using core::ExitStatus;
using testing::HasSubstr;

template <class Work>
std::pair<ExitStatus, std::string> end_of(Work work) {
  try {
    work();
  } catch (io::AgreedError const& error) {
    return {error.status(), error.what()};
  }
  return {ExitStatus::done, ""};
}

TEST(OnFirstRank, lets_all_ranks_leave_with_what_the_first_threw) {
  io::Communicator ranks;
  int runs = 0;
  auto const [status, text] = end_of([&] {
    on_first_rank(ranks, [&] {
      ++runs;
      throw core::InputError("first\nsecond");
    });
  });
  EXPECT_EQ(status, ExitStatus::wrong_input);
  EXPECT_EQ(text, "first\nsecond");
  EXPECT_EQ(runs, ranks.rank() == 0 ? 1 : 0);
  EXPECT_EQ(end_of([&] { on_first_rank(ranks, [] {}); }).first, ExitStatus::done);
}

TEST(OnAllRanks, lets_all_ranks_leave_with_what_the_lowest_threw) {
  io::Communicator ranks;
  auto const [status, text] = end_of([&] {
    on_all_ranks(ranks, [&] {
      if (ranks.rank() >= ranks.size() / 2)
        throw core::IoError("rank " + std::to_string(ranks.rank()));
    });
  });
  EXPECT_EQ(status, ExitStatus::io_failed);
  EXPECT_EQ(text, "rank " + std::to_string(ranks.size() / 2));
  std::string place;
  try {
    on_all_ranks(ranks, [&] {
      if (ranks.rank() == ranks.size() - 1) throw core::IoError("x");
    });
  } catch (io::AgreedError const& error) {
    place = error.place();
  }
  EXPECT_THAT(place,
              testing::StartsWith(
                  ranks.size() == 1 ? "" : "rank " + std::to_string(ranks.size() - 1) + " on "));
  EXPECT_EQ(end_of([&] { on_all_ranks(ranks, [] {}); }).first, ExitStatus::done);
}

TEST(OnAllRanks, names_no_rank_where_all_say_the_same) {
  io::Communicator ranks;
  try {
    on_all_ranks(ranks, [] { throw core::IoError("x"); });
    ADD_FAILURE();
  } catch (io::AgreedError const& error) {
    EXPECT_EQ(error.place(), "");
  }
}

TEST(RequireSame, names_what_a_rank_has_otherwise) {
  io::Communicator ranks;
  std::vector<io::Fact> facts{{"the job", "a"}, {"the mask", "b"}, {"the dark image", "c"}};
  EXPECT_NO_THROW(require_same(ranks, facts, "go on"));
  if (ranks.size() == 1) return;
  if (ranks.rank() == ranks.size() - 1) {
    facts[0].value = "x";
    facts[2].value = "";
  }
  auto const [status, text] = end_of([&] { require_same(ranks, facts, "go on"); });
  EXPECT_EQ(status, ExitStatus::wrong_input);
  EXPECT_THAT(text, HasSubstr("the job, the dark image"));
  EXPECT_THAT(text, testing::Not(HasSubstr("mask")));
}

TEST(CurrentError, gives_each_kind_of_exception_its_status) {
  auto const status_of = [](auto const& error) {
    try {
      throw error;
    } catch (...) {
      return io::current_error().status();
    }
  };
  EXPECT_EQ(status_of(core::InputError("x")), ExitStatus::wrong_input);
  EXPECT_EQ(status_of(core::IoError("x")), ExitStatus::io_failed);
  EXPECT_EQ(status_of(std::bad_alloc()), ExitStatus::internal_error);
  EXPECT_EQ(status_of(std::filesystem::filesystem_error("x", std::error_code())),
            ExitStatus::io_failed);
  EXPECT_EQ(status_of(1), ExitStatus::internal_error);
  EXPECT_EQ(status_of(io::AgreedError(ExitStatus::stopped, "x")), ExitStatus::stopped);
}

}  // namespace
