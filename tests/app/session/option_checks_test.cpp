// What options accept: names that are not empty, whole numbers without signs.
#include "app/session/option_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(CLI::Validator const& check, std::string word) { return check(word); }

TEST(OptionChecks, WholeNumbersHaveNoSignAndNoFraction) {
  auto const check = app::whole_number(1, 65536);
  for (char const* word : {"1", "65536", "007"}) EXPECT_EQ(refusal(check, word), "") << word;
  for (char const* word :
       {"0", "65537", "-1", "+3", "1.5", "1e3", "nan", "", "ten", "3 ", "99999999999999999999999"})
    EXPECT_EQ(refusal(check, word),
              std::string("expected a whole number from 1 to 65536, found ") + word);
  auto const any = app::whole_number(0, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(refusal(any, "18446744073709551615"), "");
  EXPECT_EQ(refusal(any, "-1"), "expected a whole number of at least 0, found -1");
}

TEST(OptionChecks, EveryCommandRefusesAnEmptyName) {
  auto const folder = fresh_folder();
  for (char const* command : {"inspect", "reduce", "check", "view", "verify", "export --tiff out",
                              "reconstruct", "integrate --poni calib.poni",
                              "reduce --poni calib.poni", "reduce --each --poni calib.poni"}) {
    auto const run = xrdct(folder, std::string(command) + " ''");
    EXPECT_EQ(run.status, 2) << command << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("expected a name, found none")) << command;
  }
}

TEST(OptionChecks, NegativeCountsAreToldAsTheyWereGiven) {
  auto const folder = fresh_folder();
  for (std::string const option : {"--translations", "--heights", "--hot-pixels", "--seed",
                                   "--missing-line", "--frames-per-file", "--threads"}) {
    auto const run = xrdct(folder, "simulate -o scan --dry-run " + option + " -3");
    EXPECT_EQ(run.status, 2) << option << run.errors;
    EXPECT_THAT(run.errors,
                AllOf(HasSubstr(option + ": expected a whole number "), HasSubstr("found -3")))
        << option;
  }
}

}  // namespace
}  // namespace xrdct::test
