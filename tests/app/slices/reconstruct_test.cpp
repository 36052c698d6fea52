#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <regex>
#include <string>

#include "io/stored/slices_reader.hpp"
#include "tests/app/command.hpp"

/// From sinograms to slices by the command.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

/// A phantom of 2 heights, reduced: 40 rotations × 31 translations, 100 bins.
class Reconstruct : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    auto const made = xrdct(folder_,
                            "simulate --shape 64x64 --heights 2 --rotations 40 --translations 31 "
                            "--sample-radius 1.3 --bins 100 --counts 20 --output scan " +
                                options());
    ASSERT_EQ(made.status, 0) << made.errors;
    reduce();
  }
  virtual std::string options() const { return ""; }
  void reduce() {
    auto const run = xrdct(folder_, "reduce scan/job.json --overwrite --quiet -o sinograms.h5");
    ASSERT_TRUE(run.status == 0 || run.status == 4) << run.errors;
  }
  std::string slices(std::string const& arguments, int ranks = 1) {
    auto const run =
        xrdct(folder_, "reconstruct sinograms.h5 --overwrite -o slices.h5 " + arguments, ranks);
    EXPECT_EQ(run.status, 0) << run.errors;
    printed_ = run.out;
    return read_text(folder_ / "slices.h5");
  }

  std::filesystem::path folder_;
  std::string printed_;
};

TEST_F(Reconstruct, GivesTheSameBytesOnEveryNumberOfRanksAndThreads) {
  auto const expected = slices("--threads 1");
  for (int const ranks : {2, 5})
    for (char const* writer : {"collective", "direct"})
      EXPECT_TRUE(slices(std::string("--threads 1 --writer ") + writer, ranks) == expected)
          << ranks << " ranks, " << writer;
  EXPECT_TRUE(slices("--threads 3") == expected);
}

TEST_F(Reconstruct, FindsTheCentreAndTellsAllMethods) {
  slices("");
  EXPECT_THAT(printed_, AllOf(HasSubstr("centre_of_mass 15.0"), HasSubstr("sweep"),
                              HasSubstr("half_turn none"), HasSubstr("double_wedge")));
  auto const verified = xrdct(folder_, "verify slices.h5");
  EXPECT_EQ(verified.status, 0) << verified.errors;
}

TEST_F(Reconstruct, ShowsTheSampleInsideAndNothingOutside) {
  slices("--centre 15");
  io::SlicesReader const reader(folder_ / "slices.h5");
  ASSERT_EQ(reader.side(), 31U);
  // the mean over all bins: glass everywhere within 1.3 mm, that is 13 voxels
  auto const values = reader.mean_slice("mean", 1);
  double inside = 0.0, outside = 0.0;
  int in = 0, out = 0;
  for (int row = 0; row < 31; ++row)
    for (int column = 0; column < 31; ++column) {
      double const distance = std::hypot(row - 15, column - 15);
      auto const value = static_cast<double>(values[static_cast<std::size_t>(row * 31 + column)]);
      if (distance > 15.6) {
        EXPECT_TRUE(std::isnan(value));
      } else if (distance < 11.0) {
        inside += value;
        ++in;
      } else if (distance > 14.0 && distance < 15.0) {
        outside += value;
        ++out;
      }
    }
  EXPECT_GT(inside / in, 3.0 * std::abs(outside / out));
}

TEST_F(Reconstruct, ShowsWhatWasFoundOfTheSinograms) {
  slices("");
  auto const page = xrdct(folder_, "view slices.h5 --conditioning --height 1");
  EXPECT_EQ(page.status, 0) << page.errors;
  EXPECT_THAT(page.out, ContainsRegex("centre of rotation by centre of mass 1[45]\\.[0-9][0-9], "));
  EXPECT_THAT(page.out, HasSubstr("0 zingers left out, 0 samples without a good frame"));
  EXPECT_THAT(read_text(folder_ / "slices_conditioning.png"), StartsWith("\x89PNG"));
  io::SlicesReader const reader(folder_ / "slices.h5");
  auto const air = reader.result("mean", "air", 1), errors = reader.result("mean", "air_errors", 1);
  ASSERT_EQ(air.size(), 40U);
  ASSERT_EQ(errors.size(), 40U);
  for (std::size_t p = 0; p < air.size(); ++p) {
    EXPECT_GT(errors[p], 0.0);
    EXPECT_LT(errors[p], 0.2 * air[p]);
  }
  EXPECT_EQ(xrdct(folder_, "view slices.h5 --conditioning --page strongest").status, 2);
}

TEST_F(Reconstruct, ByIterationsComesNearTheFilteredBackProjection) {
  slices("--centre 15");
  auto const filtered = io::SlicesReader(folder_ / "slices.h5").mean_slice("mean", 0);
  for (char const* algorithm : {"sirt --iterations 60", "cgls --iterations 8"}) {
    slices(std::string("--centre 15 --algorithm ") + algorithm);
    auto const iterated = io::SlicesReader(folder_ / "slices.h5").mean_slice("mean", 0);
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (std::size_t v = 0; v < filtered.size(); ++v) {
      if (std::isnan(filtered[v])) continue;
      auto const a = static_cast<double>(filtered[v]), b = static_cast<double>(iterated[v]);
      ab += a * b;
      aa += a * a;
      bb += b * b;
    }
    EXPECT_GT(ab / std::sqrt(aa * bb), 0.95) << algorithm;
  }
}

TEST_F(Reconstruct, TellsWhatIsWrong) {
  auto const fails = [&](std::string const& arguments, std::string const& text) {
    auto const run = xrdct(folder_, "reconstruct " + arguments);
    EXPECT_NE(run.status, 0);
    EXPECT_THAT(run.errors, HasSubstr(text)) << arguments;
  };
  fails("scan/scan.h5", "scan.h5");
  fails("nothing.h5", "nothing.h5");
  fails("sinograms.h5 -o sinograms.h5", "sinograms");
  fails("sinograms.h5 --centre 1e5", "centre");
  fails("sinograms.h5 --centr 15", "--centr");
  write_text(folder_ / "slices.json", R"({"sinograms": {"file": "sinograms.h5",
      "reductions": ["median"]}})");
  fails("slices.json", "median");
  write_text(folder_ / "slices.json", R"({"sinograms": {"file": "sinograms.h5",
      "radial_range": [1000, 2000]}})");
  fails("slices.json", "radial_range");
}

TEST_F(Reconstruct, RefusesMaximumAndAxesThatDoNotRotate) {
  replace_in(folder_ / "scan/job.json", R"("reductions": [)",
             R"("reductions": [{"name": "most", "method": "maximum", "bins": 10},)");
  reduce();
  slices("--centre 15");
  EXPECT_EQ(io::SlicesReader(folder_ / "slices.h5").reductions().size(), 1U);
  write_text(folder_ / "slices.json",
             R"({"sinograms": {"file": "sinograms.h5", "reductions": ["most"]}})");
  auto const run = xrdct(folder_, "reconstruct slices.json -o s.h5");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("maximum"));
}

TEST_F(Reconstruct, DryRunTellsThePlanAndWritesNothing) {
  auto const run = xrdct(folder_, "reconstruct sinograms.h5 -o dry.h5 --dry-run");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, AllOf(HasSubstr("2 heights"), HasSubstr("4 units"), HasSubstr("MB")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "dry.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "dry.h5.part"));
}

TEST_F(Reconstruct, DryRunRefusesWhatARunWouldRefuse) {
  write_text(folder_ / "mine.h5", "not of this program");
  for (std::string const output : {"mine.h5", "sinograms.h5", "none/out.h5", "scan"}) {
    auto const run = xrdct(folder_, "reconstruct sinograms.h5 --dry-run -o " + output);
    EXPECT_EQ(run.status, 2) << output << run.out;
    EXPECT_THAT(run.errors, HasSubstr("cannot write")) << output;
    EXPECT_THAT(run.out, HasSubstr("2 heights")) << "the plan comes first: " << output;
  }
  auto const before = slices("");
  auto const finished = xrdct(folder_, "reconstruct sinograms.h5 -o slices.h5 --dry-run", 2);
  EXPECT_EQ(finished.status, 0) << finished.errors;
  EXPECT_THAT(finished.out, HasSubstr("(is finished)"));
  auto const other = xrdct(folder_, "reconstruct sinograms.h5 -o slices.h5 --dry-run --centre 12");
  EXPECT_EQ(other.status, 2) << other.out;
  EXPECT_THAT(other.errors, HasSubstr("--overwrite"));
  EXPECT_TRUE(read_text(folder_ / "slices.h5") == before);
}

TEST_F(Reconstruct, ViewSaysThatAVoxelOutsideOfTheCircleHasNoValue) {
  slices("");
  auto const run = xrdct(folder_, "view slices.h5 --pattern 0,0 -o corner.png");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.errors, AllOf(HasSubstr("place 0,0,0 has no values"), HasSubstr("circle")));
  EXPECT_EQ(xrdct(folder_, "view slices.h5 --pattern 15,15 -o middle.png").errors, "");
}

/// The number that a pattern finds in a text; 0 where it finds none.
double number_near(std::string const& text, std::string const& pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? std::stod(found[1]) : 0.0;
}

// A scan that takes tens of MB: of less the whole numbers and what threads leave untouched count.
TEST(ReconstructMemory, OfARankIsToldByTheDryRun) {
  auto const folder = fresh_folder();
  auto const made = xrdct(folder,
                          "simulate --shape 48x48 --rotations 96 --translations 121 --bins 200 "
                          "--sample-radius 1.3 --output scan");
  ASSERT_EQ(made.status, 0) << made.errors;
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json --quiet -o sinograms.h5").status, 0);
  auto const told = xrdct(folder, "reconstruct sinograms.h5 -o slices.h5 --dry-run");
  auto const run = xrdct(folder, "reconstruct sinograms.h5 -o slices.h5");
  double const predicted = number_near(told.out, "memory of a rank: ([0-9]+) MB"),
               used = number_near(run.out, "([0-9]+) MB per rank");
  EXPECT_GT(used, 20.0) << run.out;
  EXPECT_NEAR(predicted, used, 0.25 * used) << told.out << run.out;
}

}  // namespace
}  // namespace xrdct::test
