#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "core/words/number_text.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"
#include "tests/support/linked_files.hpp"

/// The same monitor from every kind of file, and frames of entries of BLISS.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// A simulated scan of 8 × 6 frames, and jobs on it that name monitor and frames in other ways.
class Values : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
    monitor_ = io::read_values(folder_ / "scan" / "scan.h5", "/entry/monitor/data");
    ASSERT_EQ(monitor_.size(), 48u);
  }

  std::string number(std::size_t frame) const { return core::number_text(monitor_[frame], 17); }

  void make_job(std::string const& name, std::string const& monitor) const {
    std::string text = read_text(folder_ / "scan" / "job.json");
    auto const key = text.find("\"monitor\""), begin = text.find('{', key);
    text.replace(begin, text.find('}', begin) + 1 - begin, monitor);
    write_text(folder_ / "scan" / (name + ".json"), text);
  }

  /// The bytes of all patterns, in which NaN is equal to itself.
  std::string intensity(std::string const& job) const {
    auto const run = xrdct(folder_, "reduce scan/" + job + ".json --overwrite -o " + job + ".h5");
    EXPECT_EQ(run.status, 0) << job << run.errors;
    auto const values = io::read_values(folder_ / (job + ".h5"), "/entry/mean/I");
    std::string bytes(values.size() * sizeof(double), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }

  std::string check_errors(std::string const& monitor) const {
    make_job("wrong", monitor);
    auto const run = xrdct(folder_, "check scan/wrong.json");
    EXPECT_EQ(run.status, 2) << run.out;
    return run.errors;
  }

  fs::path folder_;
  std::vector<double> monitor_;
};

TEST_F(Values, OfAMonitorAreTheSameInEveryKindOfFile) {
  std::string csv = "frame;ic1\n", columns = "# frame  ic1\n",
              spec =
                  "#F spec\n#S 1 loopscan 1\n#L other\n5\n#S 2 loopscan 49\n#L frame  ic1\n-1 7\n";
  for (std::size_t frame = 0; frame < 48; ++frame) {
    csv += std::to_string(frame) + ";" + number(frame) + "\n";
    columns += std::to_string(frame) + " " + number(frame) + "\n";
    spec += std::to_string(frame) + " " + number(frame) + "\n";
  }
  write_text(folder_ / "scan" / "table.csv", csv);
  write_text(folder_ / "scan" / "table.txt", columns);
  write_text(folder_ / "scan" / "spec", spec);
  auto const expected = intensity("job");
  for (auto const& [name, monitor] : std::vector<std::pair<std::string, std::string>>{
           {"group", R"({"dataset": "/entry/monitor", "reference": 100000})"},
           {"csv", R"({"file": "table.csv", "column": "ic1", "reference": 100000})"},
           {"number", R"({"file": "table.csv", "column": "2", "reference": 100000})"},
           {"columns", R"({"file": "table.txt", "column": "ic1", "reference": 100000})"},
           {"spec",
            R"({"file": "spec:/2.1", "column": "ic1", "first": 1, "reference": 100000})"}}) {
    make_job(name, monitor);
    EXPECT_TRUE(intensity(name) == expected) << name;
  }
}

TEST_F(Values, ThatDoNotFitAreAnErrorWithTheKey) {
  write_text(folder_ / "scan" / "table.csv", "ic1\n1\n2\n3\n");
  EXPECT_THAT(check_errors(R"({"file": "table.csv", "column": "ic1"})"),
              AllOf(HasSubstr("$.scan.monitor: cannot use column ic1 of "),
                    HasSubstr("one value for each of the 48 frames of /entry/data/data in "),
                    HasSubstr("or one for each of the 8 lines, found 3;")));
  EXPECT_THAT(check_errors(R"({"file": "table.csv", "column": "ic2"})"),
              HasSubstr("did you mean \"ic1\"?"));
  EXPECT_THAT(
      check_errors(R"({"header": "Flux"})"),
      HasSubstr("$.scan.monitor: cannot read header Flux: expected frames that are images"));
  EXPECT_THAT(check_errors(R"({"dataset": "/*/monitor"})"), HasSubstr("expected at most 0 `*`"));
}

TEST_F(Values, BehindTheEndOfAListAreToldAndMakeNaN) {
  std::string table = "ic1\n";
  for (std::size_t frame = 0; frame < 46; ++frame) table += number(frame) + "\n";
  write_text(folder_ / "scan" / "table.csv", table);
  make_job("short", R"({"file": "table.csv", "column": "ic1", "first": 0, "reference": 100000})");
  auto const run = xrdct(folder_, "reduce scan/short.json -o short.h5");
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.errors, HasSubstr("ends before the frames do: 2 of 48 frames have no value"));
}

/// A file of BLISS with an alignment scan, and a line of the scan in each of the entries behind it.
void make_bliss(fs::path const& file, fs::path const& frames) {
  write_numbers(file, "/1.1/measurement/diode", {2}, {1, 2});
  write_hdf5_text(file, "/1.1/title", "ascan dty 0 1 1 0.1");
  for (int line = 0; line < 8; ++line) {
    auto const entry = "/" + std::to_string(line + 2) + ".1";
    write_rows_of_virtual(file, entry + "/instrument/eiger/data", {6, 64, 80}, frames.string(),
                          "/entry/data/data", {48, 64, 80}, static_cast<std::size_t>(6 * line));
    write_numbers(file, entry + "/measurement/ic1", {6}, std::vector<int>(6, 1000000 + line));
    write_hdf5_text(file, entry + "/end_reason", line == 5 ? "USER_ABORT" : "SUCCESS");
  }
}

TEST_F(Values, OfEntriesOfBlissFollowEachOther) {
  make_bliss(folder_ / "scan" / "bliss.h5", folder_ / "scan" / "scan.h5");
  make_job("bliss", R"({"dataset": "/*.1/measurement/ic1", "reference": 100000})");
  auto const job = folder_ / "scan" / "bliss.json";
  replace_in(job, "\"scan.h5\"", "\"bliss.h5\"");
  replace_in(job, "\"/entry/data/data\"", "\"/*.1/instrument/eiger/data\"");
  auto const run = xrdct(folder_, "reduce scan/bliss.json -o bliss.h5");
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.errors,
              AllOf(HasSubstr("1 entry left out: "), HasSubstr("/1.1 has no instrument/eiger/data"),
                    HasSubstr("(\"ascan dty 0 1 1 0.1\")"),
                    HasSubstr("1 entry stopped before the end of the scan: "),
                    HasSubstr("/7.1 after 6 frames (USER_ABORT)")));
  auto const monitor = io::read_values(folder_ / "bliss.h5", "/entry/frames/monitor");
  for (std::size_t frame = 0; frame < 48; ++frame)
    EXPECT_EQ(monitor[frame], 1000000.0 + static_cast<double>(frame / 6));
  make_job("plain", "null");
  auto const without = [&](fs::path const& of) {
    auto text = read_text(of);
    auto const key = text.find("\"monitor\""), begin = text.find('{', key);
    text.replace(begin, text.find('}', begin) + 1 - begin, "null");
    write_text(of, text);
  };
  without(job);
  EXPECT_TRUE(intensity("bliss") == intensity("plain"));
}

TEST_F(Values, AJobWithoutADatasetTakesTheOnlyFrames) {
  auto const job = folder_ / "scan" / "silent.json";
  write_text(job, read_text(folder_ / "scan" / "job.json"));
  replace_in(job, "\"dataset\": \"/entry/data/data\",", "");
  EXPECT_TRUE(intensity("silent") == intensity("job"));
  make_bliss(folder_ / "scan" / "bliss.h5", folder_ / "scan" / "scan.h5");
  replace_in(job, "\"scan.h5\"", "\"bliss.h5\"");
  auto const run = xrdct(folder_, "check scan/silent.json");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("found 8: /*.1/instrument/eiger/data (8 entries, 48 frames of "
                                    "64 × 80)"));
}

}  // namespace
}  // namespace xrdct::test
