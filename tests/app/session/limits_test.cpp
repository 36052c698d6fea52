#include "app/session/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/words/errors.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(std::size_t bytes, int ranks) {
  try {
    app::require_memory(bytes, ranks);
    return {};
  } catch (core::IoError const& error) {
    return error.what();
  }
}

TEST(Limits, RefuseMoreMemoryThanANodeHas) {
  constexpr std::size_t gigabyte = 1'000'000'000;
  EXPECT_EQ(refusal(1'000'000, 1), "");
  EXPECT_THAT(refusal(1'000'000 * gigabyte, 1),
              AllOf(HasSubstr("1e+06 GB of memory for 1 rank of this node"),
                    HasSubstr("fewer ranks per node")));
  EXPECT_THAT(refusal(gigabyte, 1'000'000), HasSubstr("for 1000000 ranks of this node"));
}

TEST(Limits, CheckFailsWhereReduceWouldForFewDescriptors) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  for (char const* command : {"check", "reduce"}) {
    auto const few = xrdct(folder, std::string(command) + " scan/job.json -o out.h5", 1,
                           "prlimit --nofile=48:48");
    EXPECT_EQ(few.status, 3) << command << few.errors << few.out;
    EXPECT_THAT(few.errors, HasSubstr("48 (ulimit -n)")) << command;
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5.part"));
  }
}

}  // namespace
}  // namespace xrdct::test
