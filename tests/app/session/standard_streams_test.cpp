// Standard streams that are closed, readers that went away, limits of the size of files: every
// command ends in order and says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/command.hpp"
#include "tests/support/linked_files.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StandardStreams : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    ASSERT_EQ(run_alone(folder_,
                        "simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 -o scan")
                  .status,
              0);
    ASSERT_EQ(run_alone(folder_, "reduce scan/job.json -o plain.h5").status, 0);
    ASSERT_EQ(run_alone(folder_,
                        "integrate scan/scan.h5 --poni scan/calib.poni --bins 10 -o plain.xye -o "
                        "plain_patterns.h5")
                  .status,
              0);
    ASSERT_EQ(run_alone(folder_, "view plain.h5 -o plain.png").status, 0);
  }

  /// Runs a line of the shell in which PROGRAM is the program and SAVE keeps its exit status.
  /// \returns that status
  int shell(std::string line) {
    auto const put = [&](std::string const& word, std::string const& by) {
      for (auto at = line.find(word); at != std::string::npos; at = line.find(word, at + by.size()))
        line.replace(at, word.size(), by);
    };
    put("PROGRAM", "timeout 60 " + std::string(XRDCT_PROGRAM));
    put("SAVE", "echo $? >status");
    fs::remove(folder_ / "status");
    write_text(
        folder_ / "line.sh",
        "cd '" + folder_.string() + "'\nexport OMPI_MCA_ess_singleton_isolated=1\n" + line + "\n");
    EXPECT_EQ(std::system(("sh '" + (folder_ / "line.sh").string() + "' 2>'" +
                           (folder_ / "told").string() + "'")
                              .c_str()),
              0)
        << line;
    auto const status = read_text(folder_ / "status");
    return status.empty() ? -1 : std::stoi(status);
  }

  std::string file(std::string const& name) const { return read_text(folder_ / name); }
  bool has_parts() const {
    for (auto const& entry : fs::recursive_directory_iterator(folder_))
      if (auto const ending = entry.path().extension();
          ending == ".part" || ending == ".new" || ending == ".lock")
        return true;
    return false;
  }

  fs::path folder_;
};

std::vector<std::pair<std::string, std::vector<std::string>>> const commands{
    {"reduce scan/job.json --overwrite -o plain_again.h5", {"plain_again.h5", "plain.h5"}},
    {"check scan/job.json -o other.h5", {}},
    {"integrate scan/scan.h5 --poni scan/calib.poni --bins 10 -o plain.xye -o plain_patterns.h5",
     {"plain_patterns.h5", "plain_patterns.h5"}},
    {"view plain.h5 -o again.png", {"again.png", "plain.png"}},
    {"simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 --overwrite -o again",
     {"again/scan.h5", "scan/scan.h5"}}};

TEST_F(StandardStreams, ThatAreClosedAreNoOutputs) {
  auto const patterns = file("plain_patterns.h5");
  for (auto const& [command, files] : commands) {
    for (std::string const closed : {">&-", "<&- >&- 2>&-", "<&- >&-"}) {
      EXPECT_EQ(shell("PROGRAM " + command + " " + closed + "\nSAVE"), 3) << command << closed;
      if (!files.empty()) {
        EXPECT_TRUE(file(files[0]) == file(files[1])) << command << closed;
      }
    }
    EXPECT_EQ(shell("PROGRAM " + command + " 2>&- >/dev/null\nSAVE"), 0) << command;
    if (!files.empty()) {
      EXPECT_TRUE(file(files[0]) == file(files[1])) << command;
    }
  }
  EXPECT_TRUE(file("plain_patterns.h5") != "" && file("plain_again.h5.log.json") != "");
  EXPECT_FALSE(has_parts());
}

TEST_F(StandardStreams, WithoutAReaderDoNotStopAnOutput) {
  for (auto const& [command, files] : commands) {
    EXPECT_EQ(shell("{ sleep 0.1; PROGRAM " + command + "; SAVE; } | true"), 3) << command;
    EXPECT_THAT(file("told"), HasSubstr("cannot write to standard output")) << command;
    if (!files.empty()) {
      EXPECT_TRUE(file(files[0]) == file(files[1])) << command;
    }
    EXPECT_FALSE(has_parts()) << command;
  }
  EXPECT_TRUE(fs::exists(folder_ / "plain_again.h5.log.json"));
  EXPECT_EQ(shell("{ sleep 0.1; PROGRAM reduce nothing.json 2>&1; SAVE; } | true"), 2);
  EXPECT_EQ(shell("{ sleep 0.1; PROGRAM reduce --help; SAVE; } | true"), 128 + 13)
      << "help ends quietly, as other programs do";
  EXPECT_EQ(file("told"), "");
}

TEST_F(StandardStreams, OnAFullDeviceAreAnErrorOfEveryCommand) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  auto all = commands;
  for (std::string const command :
       {"--help", "--version", "reduce --help", "check --help", "integrate --help", "view --help",
        "simulate --help", "verify --help", "verify plain.h5",
        "view plain.h5 --pattern 0,0 -o p.png", "view plain.h5 --roi 2:40 -o r.png",
        "view plain.h5 --channel bin=3 -o c.png", "simulate --shape 32x32 --dry-run -o n",
        "integrate scan/scan.h5 --frame 0 --poni scan/calib.poni -o p.png -o p.csv"})
    all.push_back({command, {}});
  for (auto const& [command, files] : all) {
    EXPECT_EQ(shell("PROGRAM " + command + " >/dev/full\nSAVE"), 3) << command;
    EXPECT_THAT(file("told"), HasSubstr("cannot write to standard output")) << command;
    if (!files.empty()) {
      EXPECT_TRUE(file(files[0]) == file(files[1])) << command;
    }
  }
  EXPECT_EQ(shell("PROGRAM reduce scan/job.json -q -o quiet.h5 >/dev/full\nSAVE"), 0);
  EXPECT_EQ(shell("PROGRAM reduce nothing.json >/dev/full 2>/dev/full\nSAVE"), 2);
}

TEST_F(StandardStreams, ALimitOfTheSizeOfFilesIsToldAndLeavesNothing) {
  for (std::string const command :
       {"reduce scan/job.json -o n.h5", "view plain.h5 -o n.png",
        "integrate scan/scan.h5 --poni scan/calib.poni --bins 900 -o n.xye",
        "integrate scan/scan.h5 --poni scan/calib.poni --bins 10 -o n.png -o n.h5"}) {
    EXPECT_EQ(shell("( ulimit -f 8; PROGRAM " + command + " >/dev/null; SAVE )"), 3) << command;
    EXPECT_FALSE(has_parts()) << command;
  }
}

TEST_F(StandardStreams, NamesAreNotEmptyAndTheWorkingFolderMayBeGone) {
  for (std::string const command : {"reduce scan/job.json", "check scan/job.json",
                                    "integrate scan/scan.h5 --poni scan/calib.poni",
                                    "view plain.h5", "simulate --shape 32x32"}) {
    auto const run = run_alone(folder_, command + " -o ''");
    EXPECT_EQ(run.status, 2) << command << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("expected a name, found none")) << command;
  }
  for (std::string const command :
       {"check ../scan/job.json", "reduce ../scan/job.json", "simulate --shape 32x32 -o x",
        "reduce ../scan/job.json -o x.h5"}) {
    EXPECT_EQ(shell("mkdir gone; cd gone; rmdir ../gone; PROGRAM " + command +
                    " >/dev/null; echo $? >'" + (folder_ / "status").string() + "'"),
              3)
        << command;
    EXPECT_THAT(file("told"), HasSubstr("working folder")) << command;
  }
}

}  // namespace
}  // namespace xrdct::test
