// `xrdct inspect` on small files: what it says, the jobs that it writes, its questions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "io/nexus/making.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"
#include "tests/io/survey/survey_files.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using io::test::SurveyFile;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t lines = 8, points = 6;

/// Positions of a scan of whole lines, [line][point].
struct Motors {
  std::vector<double> rot, dty;
};
Motors motors_of(bool zigzag = false) {
  Motors motors;
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t point = 0; point < points; ++point) {
      auto const at = zigzag && line % 2 == 1 ? points - 1 - point : point;
      motors.rot.push_back(22.5 * static_cast<double>(line));
      motors.dty.push_back(-0.5 + 0.2 * static_cast<double>(at));
    }
  }
  return motors;
}

std::vector<double> beam() {
  std::vector<double> values;
  for (std::size_t i = 0; i < lines * points; ++i)
    values.push_back(1000.0 + static_cast<double>(i * 7 % 50));
  return values;
}

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);  // scan/scan.h5: 48 frames of 64 × 80
  }
  Outcome run(std::string const& arguments, int ranks = 1) const {
    return xrdct(folder_, arguments, ranks);
  }
  Outcome inspect(std::string const& arguments) const {
    return run_alone(folder_, "inspect " + arguments);
  }

  /// An entry of BLISS with the simulated frames.
  SurveyFile entry(std::string const& name, Motors const& motors) const {
    SurveyFile file(folder_ / name);
    file.numbers("/1.1/measurement/dty", {lines * points}, motors.dty, "mm")
        .numbers("/1.1/measurement/rot", {lines * points}, motors.rot, "deg")
        .numbers("/1.1/measurement/ic1", {lines * points}, beam())
        .numbers("/1.1/measurement/epoch", {lines * points}, beam())
        .numbers("/1.1/instrument/positioners/dty", {}, {-0.5}, "mm")
        .numbers("/1.1/instrument/positioners/rot", {}, {0.0}, "deg")
        .numbers("/1.1/instrument/positioners/samtz", {}, {3.0}, "mm")
        .text("/1.1/title", "fscan2d rot 0 22.5 8 dty -0.5 0.2 6 0.01")
        .text("/1.1/end_reason", "SUCCESS")
        .external_link("/1.1/measurement/eiger", "scan/scan.h5", "/entry/data/data");
    return file;
  }
  std::string intensity(std::string const& output) const {
    io::SinogramReader const reader(folder_ / output);
    std::string bytes;
    for (std::size_t line = 0; line < lines; ++line)
      for (std::size_t point = 0; point < points; ++point)
        for (auto const value : reader.pattern("mean", "I", 0, line, point))
          bytes += std::to_string(value) + " ";
    return bytes;
  }

  fs::path folder_;
};

TEST_F(Inspect, SaysWhatIsInABlissFileAndHowTheScanWent) {
  entry("sample.h5", motors_of());
  auto const made = inspect("sample.h5");
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_EQ(made.errors, "");
  EXPECT_THAT(
      made.out,
      AllOf(HasSubstr("sample.h5\n"),
            HasSubstr("fscan2d rot 0 22.5 8 dty -0.5 0.2 6 0.01, SUCCESS"),
            HasSubstr("/1.1/measurement/eiger: 48 frames × 64 × 80, u32 bitshuffle-LZ4"),
            HasSubstr("8 rotations × 6 "), HasSubstr("dty fast"),
            HasSubstr("rot 0 … 157.5 deg, 8 places in steps of 22.5"),
            HasSubstr("dty -0.5 … 0.5 mm, 6 places in steps of 0.2"),
            HasSubstr("1 motor that stood still"),
            HasSubstr("none is taken; --monitor ic1 would take one"),
            HasSubstr("next: xrdct inspect sample.h5 --poni calib.poni --write-job job.json"),
            Not(HasSubstr("epoch")), Not(HasSubstr("question"))));
}

TEST_F(Inspect, TheFastMotorAloneIsConfirmedOrAskedAbout) {
  entry("sample.h5", motors_of(true));
  auto const confirmed = inspect("sample.h5 --fast dty");
  EXPECT_THAT(confirmed.out, AllOf(HasSubstr("8 rotations × 6 "), HasSubstr("dty fast, zigzag"),
                                   Not(HasSubstr("question"))));
  auto const contradicted = inspect("sample.h5 --fast rot");
  EXPECT_THAT(contradicted.out,
              AllOf(HasSubstr("rot alone is named, without --slow beside it"),
                    HasSubstr("--slow MOTOR beside --fast"), Not(HasSubstr("0.5 deg"))));
}

TEST_F(Inspect, ACounterThatFallsEvenlyIsNoMotor) {
  std::vector<double> falling;
  for (std::size_t i = 0; i < lines * points; ++i)
    falling.push_back(2000.0 - 10.0 * static_cast<double>(i));
  entry("falling.h5", motors_of())
      .numbers("/1.1/measurement/monitor/data", {lines * points}, falling);
  auto const made = inspect("falling.h5");
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, AllOf(HasSubstr("8 rotations × 6 "), HasSubstr("dty fast"),
                              Not(HasSubstr("fast         monitor")),
                              Not(HasSubstr("slow         monitor"))));
}

TEST_F(Inspect, WritesAJobThatRunsAsItIs) {
  entry("sample.h5", motors_of());
  auto const made = inspect("sample.h5 --poni scan/calib.poni --write-job job.json");
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, HasSubstr("job.json is written; next: xrdct check job.json"));
  auto const reduced = run("reduce job.json -q");
  ASSERT_EQ(reduced.status, 0) << reduced.errors;
  ASSERT_EQ(run("reduce scan/job.json -q -o plain.h5 --set scan.monitor=null --set "
                "corrections.polarization=null --set reductions[0].bins=1000")
                .status,
            0);
  EXPECT_EQ(intensity("sample_xrdct.h5"), intensity("plain.h5"));
}

TEST_F(Inspect, PutsAZigzagStraight) {
  // the frames of odd lines are taken for those of the way back: they come out mirrored
  entry("sample.h5", motors_of(true));
  auto const made = inspect("sample.h5");
  EXPECT_THAT(made.out, HasSubstr("zigzag"));
  auto const reduced =
      run("reduce sample.h5 --poni scan/calib.poni -q --set reductions[0].bins=50");
  ASSERT_EQ(reduced.status, 0) << reduced.errors;
  ASSERT_EQ(run("reduce scan/job.json -q -o plain.h5 --set reductions[0].bins=50 --set "
                "scan.snake=true --set "
                "scan.monitor=null --set corrections.polarization=null")
                .status,
            0);
  EXPECT_EQ(intensity("sample_xrdct.h5"), intensity("plain.h5"));
}

TEST_F(Inspect, ASecondWayToTheSame) {
  entry("sample.h5", motors_of());
  ASSERT_EQ(inspect("sample.h5 --poni scan/calib.poni --monitor ic1 --write-job job.json").status,
            0);
  EXPECT_THAT(read_text(folder_ / "job.json"),
              HasSubstr(R"("monitor": {"dataset": "/1.1/measurement/ic1", "reference": "mean"})"));
  for (int const ranks : {1, 2}) {
    auto const made =
        run("reduce sample.h5 --poni scan/calib.poni -q --overwrite --set "
            "'scan.monitor={\"dataset\": \"/1.1/measurement/ic1\", \"reference\": "
            "\"mean\"}' -o direct.h5",
            ranks);
    ASSERT_EQ(made.status, 0) << made.errors;
  }
  ASSERT_EQ(run("reduce job.json -q").status, 0);
  EXPECT_TRUE(read_text(folder_ / "direct.h5") == read_text(folder_ / "sample_xrdct.h5"));
}

TEST_F(Inspect, JobsInOtherFoldersNameTheSameFiles) {
  entry("sample.h5", motors_of());
  fs::create_directory(folder_ / "jobs");
  ASSERT_EQ(inspect("sample.h5 --poni scan/calib.poni --write-job jobs/job.json").status, 0);
  EXPECT_THAT(read_text(folder_ / "jobs" / "job.json"),
              AllOf(HasSubstr("\"../sample.h5\""), HasSubstr("\"../scan/calib.poni\"")));
  EXPECT_EQ(run("check jobs/job.json").status, 0);
}

TEST_F(Inspect, WhatIsNotKnownIsToBeFilledIn) {
  auto const made = inspect("scan/scan.h5 --write-job job.json");
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out,
              AllOf(HasSubstr("question: how many lines and points? Nothing says how the 48 frames "
                              "lie\n          answer it by --shape LINESxPOINTS, or --table FILE"),
                    HasSubstr("fill in $.calibration.poni: the PONI file of this detector"),
                    HasSubstr("fill in $.scan.shape.slow: the number of lines")));
  auto const checked = run("check job.json");
  EXPECT_EQ(checked.status, 2);
  EXPECT_THAT(checked.errors,
              AllOf(HasSubstr("job.json: $.scan.shape.slow: expected a whole number of at least 1, "
                              "found nothing yet; fill in: the number of lines"),
                    HasSubstr("$.calibration.poni: expected a PONI file, found nothing yet; fill "
                              "in: the PONI file of this detector")));
  auto const filled =
      run("check job.json --poni scan/calib.poni --set scan.shape.slow=8 --set "
          "scan.shape.fast=6");
  EXPECT_EQ(filled.status, 0) << filled.errors;
  auto const said =
      inspect("scan/scan.h5 --shape 8x6 --poni scan/calib.poni --write-job said.json");
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("8 lines × 6 points, by --shape"), Not(HasSubstr("question"))));
  EXPECT_EQ(run("check said.json").status, 0);
}

TEST_F(Inspect, FramesWithoutPositionsTellThatTheirLinesRunToAndFro) {
  ASSERT_EQ(run("simulate --shape 48x64 --rotations 40 --translations 30 --bins 60 --counts 5 "
                "--zigzag --output zigzag")
                .status,
            0);
  auto const frames = std::string("zigzag/scan.h5 --shape 40x30 ");
  auto const asked = inspect(frames);
  EXPECT_EQ(asked.status, 0) << asked.errors;
  EXPECT_THAT(asked.out, AllOf(HasSubstr("question: by the stored sizes of the frames: "),
                               HasSubstr("(confidence 99"),
                               HasSubstr("answer it by --zigzag, or --no-zigzag")));
  EXPECT_THAT(inspect(frames + "--json").out,
              AllOf(HasSubstr("\"finding\": \"zigzag\""), HasSubstr("\"key\": \"scan.snake\"")));
  auto const said = inspect(frames + "--zigzag --poni zigzag/calib.poni --write-job job.json");
  EXPECT_THAT(said.out, AllOf(HasSubstr("lines        to and fro, by --zigzag; by the stored sizes "
                                        "of the frames so, too (confidence 99"),
                              Not(HasSubstr("question")), Not(HasSubstr("note"))));
  EXPECT_THAT(read_text(folder_ / "job.json"), HasSubstr("\"snake\": true"));
  auto const denied = inspect(frames + "--no-zigzag");
  EXPECT_THAT(denied.out, AllOf(HasSubstr("note: by the stored sizes of the frames: "),
                                Not(HasSubstr("question"))));
}

TEST_F(Inspect, FramesThatAreTooFewOrTooManyAreAskedAbout) {
  auto const few = inspect("scan/scan.h5 --shape 9x6 --poni scan/calib.poni --write-job few.json");
  EXPECT_THAT(few.out,
              AllOf(HasSubstr("question: 48 frames for 54 places: did the scan stop early"),
                    HasSubstr("answer it by --stopped-early")));
  EXPECT_EQ(run("check few.json").status, 2) << "nothing is decided silently";
  auto const early = inspect(
      "scan/scan.h5 --shape 9x6 --stopped-early --poni scan/calib.poni --write-job early.json");
  EXPECT_THAT(early.out, AllOf(HasSubstr("note: 48 frames for 54 places: the last places stay"),
                               Not(HasSubstr("question"))));
  EXPECT_EQ(run("check early.json").status, 0);
  EXPECT_THAT(inspect("scan/scan.h5 --shape 7x6").out,
              HasSubstr("question: 48 frames for 42 places: does a line have more points"));
  entry("sample.h5", motors_of());
  auto const placed = inspect("sample.h5 --zigzag");
  EXPECT_EQ(placed.status, 2);
  EXPECT_THAT(placed.errors, HasSubstr("expected frames whose places no motor tells"));
}

TEST_F(Inspect, WritesOverNothing) {
  write_text(folder_ / "job.json", "{\"mine\": 1}\n");
  auto const made = inspect("scan/scan.h5 --write-job job.json");
  EXPECT_EQ(made.status, 2);
  EXPECT_THAT(made.errors, HasSubstr("cannot write job.json: expected no such file, found another "
                                     "job or file; move it, or choose another name"));
  EXPECT_EQ(read_text(folder_ / "job.json"), "{\"mine\": 1}\n");
  EXPECT_EQ(inspect("scan/scan.h5 --write-job scan").status, 2);
  EXPECT_EQ(inspect("scan/scan.h5 --write-job new.json").status, 0);
  EXPECT_EQ(inspect("scan/scan.h5 --write-job new.json").status, 0);  // the same to the letter
}

TEST_F(Inspect, AsksWhichOfSeveralDetectors) {
  entry("two.h5", motors_of())
      .external_link("/1.1/measurement/pilatus", "scan/scan.h5", "/entry/data/data");
  // one dataset by two names is one stack: make another file of it
  fs::copy_file(folder_ / "scan" / "scan.h5", folder_ / "other.h5");
  fs::remove(folder_ / "two.h5");
  entry("two.h5", motors_of())
      .external_link("/1.1/measurement/pilatus", "other.h5", "/entry/data/data");
  auto const made = inspect("two.h5");
  EXPECT_THAT(made.out, AllOf(HasSubstr("question: frames of /1.1/measurement/eiger or "
                                        "/1.1/measurement/pilatus? Taken here are those of "
                                        "/1.1/measurement/eiger\n          answer it by --stack"),
                              HasSubstr("8 rotations × 6 ")));
  EXPECT_THAT(inspect("two.h5 --detector pilatus").out, Not(HasSubstr("question")));
  EXPECT_THAT(inspect("two.h5 --stack /1.1/measurement/pilatus").out, Not(HasSubstr("question")));
  auto const reduced = run("reduce two.h5 --poni scan/calib.poni");
  EXPECT_EQ(reduced.status, 2);
  EXPECT_THAT(reduced.errors,
              AllOf(HasSubstr("cannot reduce two.h5 without a job: expected one way to read it, "
                              "found a question: frames of /1.1/measurement/eiger or"),
                    HasSubstr("answer it by --set scan.dataset=…")));
  auto const answered =
      run("check two.h5 --poni scan/calib.poni --set scan.dataset=/1.1/measurement/pilatus");
  EXPECT_EQ(answered.status, 0) << answered.errors;
}

TEST_F(Inspect, AnswersThatNameNothingAreRefused) {
  entry("sample.h5", motors_of());
  auto const refusal = [&](std::string const& answer) {
    auto const made = inspect("sample.h5 " + answer);
    EXPECT_EQ(made.status, 2) << answer;
    return made.errors;
  };
  EXPECT_THAT(refusal("--stack /1.1/measurement/eigr"),
              HasSubstr("cannot take the frames of --stack /1.1/measurement/eigr: expected one of "
                        "/1.1/measurement/eiger, found /1.1/measurement/eigr; did you mean "
                        "/1.1/measurement/eiger?"));
  EXPECT_THAT(refusal("--detector PIL9"), HasSubstr("cannot take the frames of --detector PIL9"));
  EXPECT_THAT(refusal("--fast dtx --slow rot"),
              AllOf(HasSubstr("cannot take dtx for --fast"), HasSubstr("did you mean dty?")));
  EXPECT_THAT(refusal("--slow rot"), HasSubstr("cannot take rot for --slow: expected --fast"));
  EXPECT_THAT(refusal("--monitor ic2"),
              AllOf(HasSubstr("cannot take ic2 for --monitor"), HasSubstr("did you mean ic1?")));
  EXPECT_THAT(refusal("--shape 8"), HasSubstr("such as 96x61 or 2x96x61"));
  EXPECT_THAT(refusal("--shape 8xsix"), HasSubstr("such as 96x61 or 2x96x61"));
  EXPECT_EQ(inspect("nothing.h5").status, 3);
}

TEST_F(Inspect, TheCalibrationIsCompared) {
  entry("sample.h5", motors_of()).numbers("/1.1/instrument/energy", {}, {20.0}, "keV");
  auto const made = inspect("sample.h5 --poni scan/calib.poni");
  EXPECT_THAT(made.out, HasSubstr("what counts is the PONI file"));
  write_text(folder_ / "other.poni",
             "poni_version: 2\nDetector: Pilatus200k\nDetector_config: {}\nDistance: 0.1\nPoni1: "
             "0\nPoni2: 0\nRot1: 0\nRot2: 0\nRot3: 0\nWavelength: 1e-10\n");
  auto const other = inspect("sample.h5 --poni other.poni");
  EXPECT_THAT(other.out, HasSubstr("question: other.poni is of another detector"));
}

TEST_F(Inspect, JsonIsForScripts) {
  entry("sample.h5", motors_of());
  auto const made = inspect("sample.h5 --json");
  EXPECT_THAT(made.out,
              AllOf(HasSubstr("\"program\": \"xrdct\""), HasSubstr("\"files\": [\"sample.h5\"]"),
                    HasSubstr("\"shape\": {\"height\": 1, \"slow\": 8, \"fast\": 6}"),
                    HasSubstr("\"questions\": []"), HasSubstr("\"monitors\": [\"ic1\"]")));
  EXPECT_EQ(made.out, inspect("sample.h5 --json").out);
}

TEST_F(Inspect, ATableGivesThePositions) {
  std::string table = "rot,dty,ic1\n";
  auto const motors = motors_of();
  for (std::size_t i = 0; i < lines * points; ++i)
    table += std::to_string(motors.rot[i]) + "," + std::to_string(motors.dty[i]) + "," +
             std::to_string(beam()[i]) + "\n";
  write_text(folder_ / "table.csv", table);
  fs::copy_file(folder_ / "scan" / "scan.h5", folder_ / "frames.h5");
  auto const made = inspect(
      "frames.h5 --table table.csv --poni scan/calib.poni --monitor ic1 --write-job job.json");
  EXPECT_THAT(made.out, AllOf(HasSubstr("8 rotations × 6 "), HasSubstr("column rot of table.csv")));
  auto const checked = run("check job.json");
  EXPECT_EQ(checked.status, 0) << checked.errors;
  EXPECT_THAT(inspect("frames.h5").out, HasSubstr("column dty of table.csv"));  // it lies beside
  write_text(folder_ / "short.csv", "rot,dty\n1,2\n");
  EXPECT_THAT(inspect("frames.h5 --table short.csv").errors,
              HasSubstr("expected a row for each of the 48 frames"));
}

TEST_F(Inspect, AFolderWithASimulatedScanAndWhatWasMadeOfIt) {
  ASSERT_EQ(
      run("simulate --shape 48x64 --rotations 10 --translations 16 --bins 20 --output made").status,
      0);
  auto const made = inspect("made --shape 10x16");
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, AllOf(HasSubstr("made/scan.h5\n"), Not(HasSubstr("question")),
                              HasSubstr("passed over: truth.h5 (the truth of a simulated scan)")));
  ASSERT_EQ(run("reduce made/job.json -q").status, 0);
  auto const slices = run("reconstruct made/scan_xrdct.h5 --centre 7.5 -q");
  ASSERT_EQ(slices.status, 0) << slices.errors;
  auto const after = inspect("made --shape 10x16");
  EXPECT_EQ(after.status, 0) << after.errors;
  EXPECT_THAT(after.out, AllOf(HasSubstr("made/scan.h5\n"),
                               HasSubstr("scan_xrdct.h5 (a result of xrdct reduce)"),
                               HasSubstr("slices.h5 (slices of xrdct reconstruct)")));
}

TEST_F(Inspect, AFolderWithAMasterAndItsData) {
  fs::create_directory(folder_ / "raw");
  fs::copy_file(folder_ / "scan" / "scan.h5", folder_ / "raw" / "data.h5");
  SurveyFile(folder_ / "raw" / "sample.h5")
      .external_link("/1.1/measurement/eiger", "data.h5", "/entry/data/data");
  EXPECT_THAT(inspect("raw").out, HasSubstr("raw/sample.h5\n"));
  fs::copy_file(folder_ / "scan" / "scan.h5", folder_ / "raw" / "zother.h5");
  auto const two = inspect("raw");
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.errors,
              HasSubstr("cannot choose a scan in raw: expected one HDF5 file with frames that no "
                        "other file refers to, found 2 (sample.h5, zother.h5); name one of them, "
                        "or all as one scan by their names"))
      << "raw/*.h5 would have the frames of data.h5 twice";
}

}  // namespace
}  // namespace xrdct::test
