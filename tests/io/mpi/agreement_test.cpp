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
  EXPECT_EQ(end_of([&] { on_all_ranks(ranks, [] {}); }).first, ExitStatus::done);
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
  EXPECT_EQ(status_of(io::AgreedError(ExitStatus::requeue, "x")), ExitStatus::requeue);
}

}  // namespace
