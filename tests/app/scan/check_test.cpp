#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Simulate, TellsTheBytesThatItsFramesWillTake) {
  auto const folder = fresh_folder();
  auto const run = xrdct(folder, "simulate -o scan --shape 64x80 --rotations 16 --translations 41");
  ASSERT_EQ(run.status, 0) << run.errors;
  auto const at = run.out.find("about ", run.out.find("data file"));
  ASSERT_NE(at, std::string::npos) << run.out;
  double const told = 1e6 * std::stod(run.out.substr(at + 6));
  auto const stored = static_cast<double>(std::filesystem::file_size(folder / "scan/scan.h5"));
  EXPECT_NEAR(told, stored, 0.25 * stored) << "the middle frame alone is one beside the sample";
}

TEST(Reduce, TellsAZigzagBeforeItBeginsAndAtItsEnd) {
  auto const folder = fresh_folder();
  auto const made = xrdct(folder,
                          "simulate -o scan --shape 64x80 --zigzag --rotations 24 "
                          "--translations 21 --counts 20");
  ASSERT_EQ(made.status, 0) << made.errors;
  std::string const undeclared = "reduce scan/job.json --set scan.snake=false -q -o ";
  for (int const ranks : {1, 3}) {
    auto const run = xrdct(folder, undeclared + "out.h5 --overwrite", ranks);
    EXPECT_EQ(run.status, 0) << run.errors;
    auto const before = run.errors.find("by the stored sizes of the frames"),
               after = run.errors.find("by the total intensity of the frames");
    EXPECT_LT(before, after) << run.errors;
    EXPECT_NE(after, std::string::npos) << run.errors;
  }
  // a run that does not come to its end has told it, too
  auto const failed = xrdct(folder, undeclared + "failed.h5", 1, "prlimit --nofile=48:48");
  EXPECT_THAT(failed.errors, HasSubstr("was the scan a zigzag?"));
}

TEST(Check, PrintsThePlanAndWritesNothing) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  for (int const ranks : {1, 4}) {
    auto const run = xrdct(folder, "check scan/job.json --output out.h5", ranks);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.out, AllOf(HasSubstr("48 of 64 x 80 u32"), HasSubstr("bitshuffle-LZ4"),
                               HasSubstr("48 = 1 height x 8 rotation x 6 translation"),
                               HasSubstr("100 bins of q_nm^-1"), HasSubstr("matrix entries"),
                               HasSubstr("8 of up to 6 places"), HasSubstr(" per rank at most"),
                               HasSubstr("out.h5")));
    EXPECT_THAT(run.out, HasSubstr(std::to_string(ranks) + " x "));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5.part"));
  }
}

TEST(Check, RefusesMoreReductionsThanMakeSense) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  std::string many;
  for (int r = 0; r < 1001; ++r)
    many += (many.empty() ? "" : ", ") + ("{\"name\": \"r" + std::to_string(r)) + "\"}";
  auto text = read_text(job);
  auto const begin = text.find("\"reductions\"");
  text.replace(begin, text.find("\"output\"") - begin, "\"reductions\": [" + many + "], ");
  write_text(job, text);
  for (std::string const command : {"check", "reduce"}) {
    auto const run = xrdct(folder, command + " scan/job.json --output out.h5", 2);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, AllOf(HasSubstr("$.reductions: cannot"),
                                  HasSubstr("expected at most 1000 reductions, found 1001")));
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
  }
}

TEST(Help, EverySubcommandHasIt) {
  auto const folder = fresh_folder();
  auto const help = xrdct(folder, "--help");
  EXPECT_EQ(help.status, 0);
  for (std::string const command :
       {"inspect", "simulate", "check", "reduce", "view", "integrate", "export", "reconstruct"}) {
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
  EXPECT_THAT(
      read_text(folder / "out.h5.log.json"),
      AllOf(HasSubstr("\"frames_missing\":6"), HasSubstr("\"ranks\":2"), HasSubstr("\"wall\":")));
  for (int const ranks : {1, 2}) {
    auto const again = xrdct(folder, "reduce scan/job.json --output out.h5", ranks);
    EXPECT_EQ(again.status, 4) << again.errors;
    EXPECT_THAT(again.out, HasSubstr("is finished"));
    EXPECT_THAT(again.errors, HasSubstr("6 of 54 frames"));
  }
}

// The number behind "key": in a JSON text, NaN: none.
double number_at(std::string const& json, std::string const& key) {
  auto const place = json.find('"' + key + "\":");
  return place == std::string::npos ? std::nan("") : std::stod(json.substr(place + key.size() + 3));
}

TEST(Reduce, TellsItsPerformanceAndItsMemory) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const run = xrdct(folder, "reduce scan/job.json --output out.h5", 2);
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, AllOf(HasSubstr("frames/s"), HasSubstr("of the time ("),
                             HasSubstr("decoding the frames alone"), HasSubstr("ranks uneven by"),
                             HasSubstr("predicted before the run")));
  EXPECT_THAT(run.out, testing::Not(HasSubstr("roofline")));
  auto const log = read_text(folder / "out.h5.log.json");
  EXPECT_THAT(log, HasSubstr("\"roofline\":\""));
  for (std::string const key : {"frames_per_second", "frames_per_second_beginning_to_end",
                                "stored_bytes_per_second", "roofline_share"})
    EXPECT_GT(number_at(log, key), 0.0) << key;
  EXPECT_GE(number_at(log, "imbalance"), 0.0);
  EXPECT_NEAR(number_at(log, "frames_per_second") * number_at(log, "wall"), 48.0, 1e-6);
  EXPECT_LT(number_at(log, "frames_per_second_beginning_to_end"),
            number_at(log, "frames_per_second"));
  double const told = number_at(log, "memory_told_bytes"),
               peak = number_at(log, "memory_peak_bytes");
  EXPECT_GT(peak, 1e6);
  EXPECT_LT(peak, 2.0 * told);
  EXPECT_LT(told, 2.0 * peak);
}

TEST(Reduce, EnginesAgree) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  EXPECT_EQ(xrdct(folder, "reduce scan/job.json --output fused.h5 --engine fused").status, 0);
  auto const run = xrdct(folder, "reduce scan/job.json --output spmm.h5 --engine spmm");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("engine spmm"));
  io::SinogramReader const fused(folder / "fused.h5");
  io::SinogramReader const spmm(folder / "spmm.h5");
  std::size_t compared = 0;
  for (std::string const field : {"I", "I_errors", "count"}) {
    for (std::size_t place = 0; place < 48; ++place) {
      auto const expected = fused.pattern("mean", field, 0, place / 6, place % 6);
      auto const found = spmm.pattern("mean", field, 0, place / 6, place % 6);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t bin = 0; bin < expected.size(); ++bin) {
        ASSERT_EQ(std::isnan(found[bin]), std::isnan(expected[bin]));
        if (std::isnan(expected[bin])) continue;
        ASSERT_NEAR(found[bin], expected[bin], 1e-6f * expected[bin])
            << field << " of place " << place << ", bin " << bin;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 3u * 48 * 90);
}

}  // namespace
}  // namespace xrdct::test
