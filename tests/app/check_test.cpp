#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Check, PrintsThePlanAndWritesNothing) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  for (int const ranks : {1, 4}) {
    auto const run = xrdct(folder, "check scan/job.json --output out.h5", ranks);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.out, AllOf(HasSubstr("48 of 64 x 80 u32"), HasSubstr("bitshuffle-LZ4"), HasSubstr("48 = 1 height x 8 rotation x 6 translation"),
                               HasSubstr("100 bins of q_nm^-1"), HasSubstr("matrix entries"), HasSubstr("8 of up to 6 places"), HasSubstr("memory"),
                               HasSubstr("out.h5")));
    EXPECT_THAT(run.out, HasSubstr(std::to_string(ranks) + " x "));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5.part"));
  }
}

TEST(Help, EverySubcommandHasIt) {
  auto const folder = fresh_folder();
  auto const help = xrdct(folder, "--help");
  EXPECT_EQ(help.status, 0);
  for (std::string const command : {"simulate", "check", "reduce", "view", "integrate"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
    auto const own = xrdct(folder, command + " --help");
    EXPECT_EQ(own.status, 0);
    EXPECT_THAT(own.out, HasSubstr("--help"));
  }
  EXPECT_THAT(xrdct(folder, "--version").out, HasSubstr("xrdct 0."));
  EXPECT_EQ(xrdct(folder, "").status, 2);
  EXPECT_EQ(xrdct(folder, "reduse job.json").status, 2);
}

TEST(Reduce, IncompleteScanEndsWithItsOwnStatus) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"slow\": 8", "\"slow\": 9");
  replace_in(job, "\"scan\": {", "\"scan\": {\"incomplete\": \"nan\", ");
  auto const run = xrdct(folder, "reduce scan/job.json --output out.h5", 2);
  EXPECT_EQ(run.status, 4) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("48 good, 6 missing"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out.h5"));
  EXPECT_THAT(read_text(folder / "out.h5.log.json"), AllOf(HasSubstr("\"frames_missing\":6"), HasSubstr("\"ranks\":2"), HasSubstr("\"wall\":")));
}

TEST(Reduce, EnginesAgree) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  EXPECT_EQ(xrdct(folder, "reduce scan/job.json --output fused.h5 --engine fused").status, 0);
  auto const run = xrdct(folder, "reduce scan/job.json --output spmm.h5 --engine spmm");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("engine spmm"));
}

}  // namespace
}  // namespace xrdct::test
