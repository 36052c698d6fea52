#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

/// Frames that lie where the positions of the motors put them.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// A simulated scan of 8 × 6 frames, and jobs on it that say in other ways where its frames lie.
class Places : public testing::Test {
 protected:
  static constexpr std::size_t slow = 8, fast = 6, frames = slow * fast;

  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
  }

  /// Slow and fast index of a frame.
  using At = std::function<std::pair<double, double>(std::size_t frame)>;

  /// Writes scan/positions.csv and scan/NAME.json with `keys` more in `scan`.
  void make_job(std::string const& name, At const& at, std::string const& keys = "") const {
    std::string table = "rot,dty\n";
    for (std::size_t frame = 0; frame < frames; ++frame) {
      auto const [line, point] = at(frame);
      double const tremble = 0.01 * (static_cast<double>(frame * 7 % 5) - 2.0);
      table += std::to_string(22.5 * line + tremble) + "," + std::to_string(point - 2.5 + tremble) +
               "\n";
    }
    write_text(folder_ / "scan" / "positions.csv", table);
    std::string text = read_text(folder_ / "scan" / "job.json");
    auto const cut = [&](std::string const& from, std::string const& to, std::string const& by) {
      auto const begin = text.find(from), end = text.find(to, begin);
      text.replace(begin, end - begin, by);
    };
    cut("\"shape\"", "\"height\": {\"name\"",
        R"("slow": {"name": "rot", "unit": "deg"}, "fast": {"name": "dty", "unit": "mm"}, )"
        R"("positions": {"fast": {"file": "positions.csv", "column": "dty"},
                         "slow": {"file": "positions.csv", "column": "rot"}}, )" +
            keys);
    cut("\"snake\"", "\"monitor\"", "");
    write_text(folder_ / "scan" / (name + ".json"), text);
  }

  Outcome reduce(std::string const& job, std::string const& options = "", int ranks = 1) const {
    return xrdct(folder_, "reduce scan/" + job + ".json -o " + job + ".h5 " + options, ranks);
  }

  std::vector<double> values(std::string const& job, std::string const& dataset) const {
    return io::read_values(folder_ / (job + ".h5"), dataset);
  }

  /// Patterns of every frame, in the order of the files.
  std::vector<double> of_frames(std::string const& field) const {
    if (!fs::exists(folder_ / "job.h5")) {
      auto const run = reduce("job");
      EXPECT_EQ(run.status, 0) << run.errors;
    }
    return values("job", field);
  }

  fs::path folder_;
};

std::pair<double, double> zigzag(std::size_t frame) {
  std::size_t const line = frame / 6, point = frame % 6;
  return {static_cast<double>(line), static_cast<double>(line % 2 == 0 ? point : 5 - point)};
}

TEST_F(Places, EachFrameGoesWhereItsMotorsWere) {
  make_job("zigzag", zigzag);
  auto const run = reduce("zigzag");
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, AllOf(HasSubstr("zigzag"), HasSubstr("grid found"),
                             HasSubstr("48 of 48; 0 without a place")));
  auto const expected = of_frames("/entry/mean/I"), found = values("zigzag", "/entry/mean/I"),
             index = values("zigzag", "/entry/frames/index"),
             rot = values("zigzag", "/entry/frames/rot"),
             dty = values("zigzag", "/entry/frames/dty"),
             slow_axis = values("zigzag", "/entry/mean/rot");
  EXPECT_EQ(values("zigzag", "/entry/frames/number"), std::vector<double>(frames, 1.0));
  std::size_t const bins = found.size() / frames;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    auto const [line, point] = zigzag(frame);
    auto const place = static_cast<std::size_t>(line) * fast + static_cast<std::size_t>(point);
    EXPECT_EQ(index[place], static_cast<double>(frame));
    EXPECT_EQ(std::memcmp(&found[place * bins], &expected[frame * bins], bins * sizeof(double)), 0)
        << frame;
    EXPECT_NEAR(rot[place], 22.5 * line, 0.021);
    EXPECT_NEAR(dty[place], point - 2.5, 0.021);
  }
  ASSERT_EQ(slow_axis.size(), slow);
  EXPECT_NEAR(slow_axis[5], 5 * 22.5, 0.05);
  EXPECT_EQ(io::SinogramReader(folder_ / "zigzag.h5").rotation(), "rot");
}

TEST_F(Places, AreTheSameBytesOnEveryNumberOfRanksAndAreVerified) {
  make_job("zigzag", zigzag);
  ASSERT_EQ(reduce("zigzag").status, 0);
  auto const bytes = read_text(folder_ / "zigzag.h5");
  for (int const ranks : {2, 5}) {
    auto const run = reduce("zigzag", "--overwrite --threads 2", ranks);
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_TRUE(read_text(folder_ / "zigzag.h5") == bytes) << ranks << " ranks";
  }
  auto const verified = xrdct(folder_, "verify zigzag.h5");
  EXPECT_EQ(verified.status, 0) << verified.errors;
  EXPECT_THAT(verified.out, HasSubstr("whole"));
  auto const view = xrdct(folder_, "view zigzag.h5 --channel 10 --output map.png");
  EXPECT_EQ(view.status, 0) << view.errors;
}

TEST_F(Places, CheckTellsTheGridAndHowTheScanWent) {
  make_job("zigzag", zigzag);
  auto const run = xrdct(folder_, "check scan/zigzag.json");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, AllOf(HasSubstr("8 rotations × 6 translations"), HasSubstr("zigzag"),
                             HasSubstr("rot: 8 places from"), HasSubstr("dty: 6 places from"),
                             HasSubstr("tolerance")));
}

std::pair<double, double> third_line_again(std::size_t frame) {
  auto const [line, point] = zigzag(frame);
  return {line > 2.5 ? line - 1.0 : line, point};
}

TEST_F(Places, SeveralFramesAtAPlaceAreAnErrorUnlessSaid) {
  make_job("again", third_line_again);
  auto const run = reduce("again");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors,
              AllOf(HasSubstr("$.scan.positions: cannot place the frames: expected one frame at "
                              "each place, found 6 frames more"),
                    HasSubstr("height 0, line 2, point 0 with the frames 12 and 23"),
                    HasSubstr("\"repeated\": \"last\" or \"sum\"")));
}

TEST_F(Places, TheLastOfSeveralFramesCounts) {
  make_job("last", third_line_again, R"("repeated": "last", )");
  auto const run = reduce("last");
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("the last one at each place counts"));
  auto const expected = of_frames("/entry/mean/I"), found = values("last", "/entry/mean/I"),
             number = values("last", "/entry/frames/number");
  std::size_t const bins = expected.size() / frames;
  ASSERT_EQ(found.size(), 7 * fast * bins);
  EXPECT_EQ(number[2 * fast + 3], 2.0);
  EXPECT_EQ(number[3 * fast + 3], 1.0);
  for (std::size_t point = 0; point < fast; ++point)
    EXPECT_EQ(std::memcmp(&found[(2 * fast + point) * bins], &expected[(23 - point) * bins],
                          bins * sizeof(double)),
              0);
}

TEST_F(Places, SumsOfFramesAreThoseOfTheirSums) {
  make_job("sum", third_line_again, R"("repeated": "sum", )");
  auto const run = reduce("sum");
  ASSERT_EQ(run.status, 0) << run.errors;
  auto const intensity = of_frames("/entry/mean/I"), count = of_frames("/entry/mean/count"),
             errors = of_frames("/entry/mean/I_errors"),
             monitor = of_frames("/entry/frames/monitor"),
             used = of_frames("/entry/frames/mean/used");
  auto const found = values("sum", "/entry/mean/I"), counts = values("sum", "/entry/mean/count"),
             found_errors = values("sum", "/entry/mean/I_errors"),
             monitors = values("sum", "/entry/frames/monitor"),
             all_used = values("sum", "/entry/frames/mean/used");
  std::size_t const bins = intensity.size() / frames;
  for (std::size_t point = 0; point < fast; ++point) {
    std::size_t const place = 2 * fast + point, a = 12 + point, b = 23 - point;
    EXPECT_NEAR(monitors[place], 0.5 * (monitor[a] + monitor[b]), 1e-9 * monitors[place]);
    EXPECT_EQ(all_used[place], used[a] + used[b]);
    for (std::size_t bin = 0; bin < bins; ++bin) {
      std::size_t const i = a * bins + bin, j = b * bins + bin, k = place * bins + bin;
      // The same normalization in all frames: weights are those of the monitors alone.
      double const share = monitor[a] / (monitor[a] + monitor[b]);
      EXPECT_NEAR(found[k], share * intensity[i] + (1.0 - share) * intensity[j],
                  1e-5 * std::abs(found[k]));
      EXPECT_NEAR(found_errors[k], std::hypot(share * errors[i], (1.0 - share) * errors[j]),
                  1e-5 * found_errors[k]);
      EXPECT_NEAR(counts[k], count[i] + count[j], 1e-5 * counts[k]);
    }
  }
  auto const bytes = read_text(folder_ / "sum.h5");
  ASSERT_EQ(reduce("sum", "--overwrite", 3).status, 0);
  EXPECT_TRUE(read_text(folder_ / "sum.h5") == bytes);
}

TEST_F(Places, ALineThatIsMissingLeavesItsPlacesEmpty) {
  auto const without_fifth = [](std::size_t frame) {
    auto const [line, point] = zigzag(frame);
    return std::pair(line > 3.5 ? line + 1.0 : line, point);
  };
  make_job("gap", without_fifth);
  auto const refused = reduce("gap");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("a frame at each of 54 places (1 x 9 x 6)"),
                    HasSubstr("none at 6 of them"), HasSubstr("line 5 missing"),
                    HasSubstr("height 0, line 4, point 0"), HasSubstr("\"incomplete\": \"nan\"")));
  make_job("gap", without_fifth, R"("incomplete": "nan", )");
  auto const run = reduce("gap");
  EXPECT_EQ(run.status, 4) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("6 of 54 places have no frame"));
  auto const found = values("gap", "/entry/mean/I"), expected = of_frames("/entry/mean/I"),
             number = values("gap", "/entry/frames/number"),
             rot = values("gap", "/entry/frames/rot"),
             status = values("gap", "/entry/frames/status");
  std::size_t const bins = expected.size() / frames;
  for (std::size_t point = 0; point < fast; ++point) {
    std::size_t const place = 4 * fast + point;
    EXPECT_EQ(number[place], 0.0);
    EXPECT_EQ(status[place], 1.0);
    EXPECT_TRUE(std::isnan(rot[place]) && std::isnan(found[place * bins]));
    EXPECT_EQ(found[(5 * fast + point) * bins], expected[(4 * fast + point) * bins])
        << "later lines are not shifted";
  }
}

TEST_F(Places, OfAFrameWhosePositionIsNotKnownNothingIsUsed) {
  make_job(
      "lost",
      [](std::size_t frame) {
        auto const [line, point] = zigzag(frame);
        return std::pair(frame == 20 ? std::numeric_limits<double>::quiet_NaN() : line, point);
      },
      R"("incomplete": "nan", )");
  auto const run = reduce("lost");
  EXPECT_EQ(run.status, 4) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("1 of 48 frames have no place"));
  EXPECT_THAT(read_text(folder_ / "lost.h5.log.json"), HasSubstr("\"frames_without_place\":1,"));
}

TEST_F(Places, TheGridThatIsGivenIsKept) {
  make_job("given", zigzag, R"("shape": {"slow": 9, "fast": 6}, "incomplete": "nan", )");
  auto const job = folder_ / "scan" / "given.json";
  replace_in(job, R"("name": "rot",)", R"("name": "rot", "start": -22.5, "step": 22.5,)");
  auto const run = reduce("given");
  EXPECT_EQ(run.status, 4) << run.errors;
  auto const axis = values("given", "/entry/mean/rot"),
             number = values("given", "/entry/frames/number");
  ASSERT_EQ(axis.size(), 9u);
  EXPECT_EQ(axis.front(), -22.5);
  EXPECT_EQ(number.front(), 0.0);
  EXPECT_EQ(number[fast], 1.0);
}

TEST_F(Places, ARunGoesOnWithTheSamePositionsAlone) {
  make_job("zigzag", zigzag);
  std::string text = read_text(folder_ / "scan" / "zigzag.json");
  text.insert(text.rfind('}'), ", \"run\": {\"commit_s\": 0}");
  write_text(folder_ / "scan" / "zigzag.json", text);
  ASSERT_EQ(reduce("zigzag").status, 0);
  auto const whole = read_text(folder_ / "zigzag.h5");
  fs::remove(folder_ / "zigzag.h5");
  auto const interrupt = [&] {
    auto const run = xrdct(folder_, "reduce scan/zigzag.json -o zigzag.h5 --writer direct", 1,
                           "LD_PRELOAD=" XRDCT_FAILING_CALLS
                           " FAULT_FILE=zigzag.h5.part FAULT_CALLS=pwrite FAULT_AT=60");
    ASSERT_EQ(run.status, 3) << run.errors;
  };
  interrupt();
  auto const run = reduce("zigzag", "", 2);
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("goes on with"));
  EXPECT_TRUE(read_text(folder_ / "zigzag.h5") == whole);
  fs::remove(folder_ / "zigzag.h5");
  interrupt();
  make_job("other", zigzag);  // the table is written anew
  auto const refused = reduce("zigzag");
  EXPECT_EQ(refused.status, 2) << refused.out;
  EXPECT_THAT(refused.errors, HasSubstr("positions.csv"));
}

TEST_F(Places, SeveralHeightsNeedTheirMotor) {
  make_job("heights", zigzag, R"("shape": {"height": 2, "slow": 4, "fast": 6}, )");
  auto const run = reduce("heights");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("scan.positions.height"));
}

TEST_F(Places, ThePositionsAreNotWrittenOver) {
  make_job("zigzag", zigzag);
  auto const run = xrdct(folder_, "reduce scan/zigzag.json -o scan/positions.csv --overwrite");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(read_text(folder_ / "scan" / "positions.csv"), testing::StartsWith("rot,dty"));
}

/// A scan with structure, taken in a zigzag; its job says so or not.
class UndeclaredLines : public testing::TestWithParam<bool> {};

TEST_P(UndeclaredLines, AreSeenInTheFramesAndNotCorrected) {
  bool const declared = GetParam();
  auto const folder = fresh_folder();
  auto const made = xrdct(folder,
                          "simulate --shape 48x64 --rotations 40 --translations 30 --bins 60 "
                          "--counts 5 --zigzag --output scan");
  ASSERT_EQ(made.status, 0) << made.errors;
  auto const job = folder / "scan" / "job.json";
  if (!declared) replace_in(job, "\"snake\": true", "\"snake\": false");
  auto const check = xrdct(folder, "check scan/job.json"),
             run = xrdct(folder, "reduce scan/job.json -o out.h5 --quiet", 2);
  EXPECT_EQ(check.status, 0) << check.errors;
  EXPECT_EQ(run.status, 0) << run.errors;
  if (declared) {
    EXPECT_EQ(check.errors + run.errors, "");
    return;
  }
  EXPECT_THAT(check.errors, AllOf(HasSubstr("by the stored sizes of the frames: "),
                                  HasSubstr("scan.snake"), HasSubstr("confidence")));
  EXPECT_THAT(run.errors,
              AllOf(HasSubstr("by the total intensity of the frames: "), HasSubstr("scan.snake")));
  auto const index = io::read_values(folder / "out.h5", "/entry/frames/index");
  EXPECT_EQ(index[30], 30.0) << "nothing is corrected";
}
INSTANTIATE_TEST_SUITE_P(OrNot, UndeclaredLines, testing::Bool());

}  // namespace
}  // namespace xrdct::test
