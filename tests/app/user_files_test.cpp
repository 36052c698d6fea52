#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "command.hpp"
#include "tests/support/linked_files.hpp"

/// Every command with each of its outputs set to each kind of its inputs, and to what is not this
/// program's: nothing is lost.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr char const* quick_start =
    "OMPI_MCA_ess_singleton_isolated=1";  // a rank alone starts no daemon
constexpr std::size_t frames = 6, rows = 40, columns = 52;

/// All regular files below a folder and what they hold, links by their targets; not what the
/// program printed.
std::map<std::string, std::string> contents(fs::path const& folder) {
  std::map<std::string, std::string> all;
  for (auto const& entry : fs::recursive_directory_iterator(folder)) {
    std::string const name = entry.path().lexically_relative(folder).string();
    if (name.starts_with("run")) continue;
    if (entry.is_symlink()) {
      all[name] = "link to " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      all[name] = read_text(entry.path());
    } else {
      all[name] = "special";
    }
  }
  return all;
}

/// The folder `in` with one file of each kind that a command can read, and a job that uses them
/// all.
void make_inputs(fs::path const& folder) {
  fs::path const in = folder / "in";
  fs::create_directory(in);
  std::vector<int> values(frames * rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(3 + i % 97);
  std::vector<std::size_t> const shape{frames, rows, columns};
  write_numbers(in / "raw.h5", "/raw/data", shape, values);  // the source of
  write_virtual(in / "inner.h5", "/inner", shape, "raw.h5",
                "/raw/data");  // a virtual dataset, which is the source of
  write_virtual(in / "data_file.h5", "/entry/data/data", shape, "inner.h5",
                "/inner");  // another one, to which there is
  write_external_link(in / "middle.h5", "/via", "data_file.h5",
                      "/entry/data/data");  // a link, to which there is
  write_external_link(in / "master.h5", "/entry/data/data_000001", "middle.h5", "/via");  // a link
  write_numbers(in / "mask_data.h5", "/m", {rows, columns}, std::vector<int>(rows * columns, 0));
  write_external_link(in / "mask.h5", "/mask", "mask_data.h5", "/m");
  write_virtual(in / "mask_virtual.h5", "/only", {rows, columns}, "mask_data.h5", "/m");
  for (std::string const name : {"mask", "dark", "dark_variance"})
    write_npy(in / (name + ".npy"), rows, columns, 0.0);
  for (std::string const name : {"flat", "variance", "absorption"})
    write_npy(in / (name + ".npy"), rows, columns, 1.0);
  write_numbers(in / "counter.h5", "/values", {frames}, {5, 6, 5, 6, 5, 6});
  write_external_link(in / "monitor.h5", "/ic", "counter.h5", "/values");
  write_text(
      in / "c.poni",
      "poni_version: 2.1\nDetector: Detector\nDetector_config: {\"pixel1\": 1e-4, \"pixel2\": "
      "1e-4, \"max_shape\": [40, 52], \"orientation\": 3}\n"
      "Distance: 0.1\nPoni1: 0.002\nPoni2: 0.0025\nRot1: 0\nRot2: 0\nRot3: 0\nWavelength: 1e-10\n");
  write_text(in / "job.json",
             R"({"scan": {"files": ["master.h5"], "shape": {"height": 1, "slow": 2, "fast": 3},
    "monitor": {"file": "monitor.h5", "dataset": "/ic"}},
  "calibration": {"poni": "c.poni", "mask": ["mask.npy", "mask.h5:/mask", "mask_virtual.h5"], "dark": "dark.npy", "flat": "flat.npy",
    "variance": "variance.npy", "dark_variance": "dark_variance.npy", "absorption": "absorption.npy"},
  "reductions": [{"bins": 20, "error_model": "variance"}], "output": {"file": "../result.h5"}})");
}

std::vector<std::string> const scan_inputs{
    "job.json",        "master.h5",  "middle.h5", "data_file.h5", "inner.h5",
    "raw.h5",          "c.poni",     "mask.npy",  "mask.h5",      "mask_data.h5",
    "mask_virtual.h5", "dark.npy",   "flat.npy",  "variance.npy", "dark_variance.npy",
    "absorption.npy",  "monitor.h5", "counter.h5"};

std::string const integrate_words =
    "integrate in/master.h5:/entry/data --config in/pyfai.json --mask in/mask.npy --mask "
    "in/mask.h5:/mask --mask in/mask_virtual.h5 --dark "
    "in/dark.npy "
    "--flat in/flat.npy --variance in/variance.npy --dark-variance in/dark_variance.npy "
    "--absorption in/absorption.npy "
    "--error-model variance --monitor in/monitor.h5:/ic --bins 20 ";

class UserFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    make_inputs(folder_);
  }

  /// Runs a command that has to be refused with these words, and looks whether every file is as it
  /// was.
  void refused(std::string const& arguments, std::string const& words, int status = 2) {
    auto const before = contents(folder_);
    auto const run = xrdct(folder_, arguments, 1, quick_start);
    EXPECT_EQ(run.status, status) << arguments << "\n" << run.errors << run.out;
    EXPECT_THAT(run.errors, HasSubstr(words)) << arguments;
    EXPECT_TRUE(contents(folder_) == before) << arguments;
    told_ = run.errors;
  }

  /// How many of the problems that were reported last have these words.
  int problems(std::string const& words) const {
    int count = 0;
    for (auto at = told_.find(words); at != std::string::npos; at = told_.find(words, at + 1))
      ++count;
    return count;
  }

  /// A second name for an input, in turn of each kind.
  void name_again(std::string const& input, fs::path const& name) {
    fs::remove(name);
    if (++names_ % 2 == 0) {
      fs::create_hard_link(folder_ / "in" / input, name);
    } else {
      fs::create_symlink(fs::path("in") / input, name);
    }
  }

  fs::path folder_;
  std::string told_;
  int names_ = 0;
};

constexpr char const* is_input = "which this command reads";

TEST_F(UserFiles, TheInputsAreGoodOtherwise) {
  auto const run = xrdct(folder_, "reduce in/job.json");
  EXPECT_EQ(run.status, 0) << run.errors;
  write_text(
      folder_ / "in/pyfai.json",
      R"({"version": 3, "poni": "c.poni", "nbpt_rad": 20, "unit": "q_nm^-1", "do_2D": false})");
  auto const image = xrdct(folder_, integrate_words + "-o p.xye -o p.png -o p.h5 --frame 0");
  EXPECT_EQ(image.status, 2) << "one frame, six values of the monitor";
  auto const images = xrdct(folder_, integrate_words + "-o p.xye -o p.png -o p.h5");
  EXPECT_EQ(images.status, 0) << images.errors;
}

TEST_F(UserFiles, ReduceWritesOverNoneOfItsInputs) {
  for (auto const& input : scan_inputs)
    refused("reduce in/job.json --overwrite -o in/" + input, is_input);
}

TEST_F(UserFiles, NoNameBesideTheOutputIsAnInput) {
  std::vector<std::string> const endings{"", ".part", ".journal", ".lock", ".log.json"};
  for (std::size_t first = 0; first < scan_inputs.size(); first += 5) {
    for (std::size_t i = 0; i < 5; ++i)
      name_again(scan_inputs[(first + i) % scan_inputs.size()], folder_ / ("out.h5" + endings[i]));
    refused("check in/job.json -o out.h5 --overwrite", is_input);
    EXPECT_EQ(problems(is_input),
              1);  // the output itself: what stands beside it is looked at afterwards
    fs::remove(folder_ / "out.h5");
    for (std::string const overwrite : {"", " --overwrite"}) {
      refused("reduce in/job.json -o out.h5" + overwrite, is_input);
      EXPECT_EQ(problems(is_input), 4) << told_;
    }
  }
}

TEST_F(UserFiles, ReduceKnowsAnInputUnderEveryName) {
  fs::create_directory_symlink("in", folder_ / "linked");
  fs::create_symlink("in/raw.h5", folder_ / "one");
  fs::create_symlink("one", folder_ / "two");
  for (std::string const name : {"./in/../in/raw.h5", "linked/raw.h5", "two", "in//raw.h5"})
    refused("reduce in/job.json --overwrite -o " + name, is_input);
  refused("reduce in/job.json --overwrite -o '" + (folder_ / "linked/raw.h5").string() + "'",
          is_input);
  refused("reduce linked/job.json --overwrite -o in/raw.h5", is_input);
  replace_in(folder_ / "in/job.json", "../result.h5\"",
             "../linked/flat.npy\", \"overwrite\": true");
  refused("check in/job.json", is_input);
  refused("reduce in/job.json", is_input);
}

TEST_F(UserFiles, TheFilesOfACalibrationAreInputs) {
  write_text(folder_ / "in/distortion.spline", "no spline, which is told, too");
  write_hdf5_text(folder_ / "in/detector.h5", "/text", "no detector, which is told, too");
  write_external_link(folder_ / "in/detector.h5", "/corners", "raw.h5", "/raw/data");
  auto const with = [&](std::string const& line) {
    write_text(folder_ / "in/c.poni", line +
                                          "Distance: 0.1\nPoni1: 0.002\nPoni2: 0.0025\nRot1: "
                                          "0\nRot2: 0\nRot3: 0\nWavelength: 1e-10\n");
  };
  with(
      "poni_version: 2.1\nDetector: FReLoN\nDetector_config: {\"splineFile\": "
      "\"distortion.spline\"}\n");
  refused("reduce in/job.json --overwrite -o in/distortion.spline", is_input);
  name_again("distortion.spline", folder_ / "t.xye");
  refused("integrate in/raw.h5:/raw/data[0] --poni in/c.poni -o t.xye", is_input);
  with(
      "poni_version: 2.1\nDetector: NexusDetector\nDetector_config: {\"filename\": "
      "\"detector.h5\"}\n");
  refused("reduce in/job.json --overwrite -o in/detector.h5", is_input);
  name_again("detector.h5", folder_ / "t.h5");
  refused("integrate in/flat.npy --poni in/c.poni -o t.h5", is_input);
  name_again("raw.h5", folder_ / "t.h5");
  refused("integrate in/flat.npy --poni in/c.poni -o t.h5",
          "a file behind the detector of the calibration");
}

TEST_F(UserFiles, IntegrateWritesOverNoneOfItsInputs) {
  write_text(
      folder_ / "in/pyfai.json",
      R"({"version": 3, "poni": "c.poni", "nbpt_rad": 20, "unit": "q_nm^-1", "do_2D": false})");
  auto inputs = scan_inputs;
  inputs.front() = "pyfai.json";
  for (auto const& input : inputs) {
    for (std::string const name : {"t_00000.xye", "t_00005.xy", "t_00001.png", "t.h5", "u.h5.part"})
      name_again(input, folder_ / name);
    refused(integrate_words + "-o other.png -o t.xye -o t.xy -o t.png -o t.h5 -o u.h5", is_input);
    EXPECT_EQ(problems(is_input), 5) << told_;
  }
  refused(integrate_words + "-o in/raw.h5", is_input);
  name_again("flat.npy", folder_ / "data_00000.xye");
  refused("integrate in/raw.h5:/raw/data in/flat.npy --poni in/c.poni --dark in/dark.npy -o data",
          is_input);
}

TEST_F(UserFiles, AnImageThatCannotBeReadIsAnInputToo) {
  write_text(folder_ / "broken.h5", "\x89HDF\r\n\x1a\nbroken");
  refused("integrate in/flat.npy broken.h5:/data --poni in/c.poni -o broken.h5", is_input);
  write_text(folder_ / "broken_00001.xye", "# broken, though of xrdct\n");
  refused("integrate in/flat.npy broken_00001.xye --poni in/c.poni -o broken.xye", is_input);
}

TEST_F(UserFiles, ViewWritesNotOverWhatItShows) {
  ASSERT_EQ(xrdct(folder_, "reduce in/job.json").status, 0);
  for (std::string const name : {"t.png", "t.svg", "t.pdf", "t.xy", "t.xye"}) {
    for (int i = 0; i < 2; ++i) {
      fs::remove(folder_ / name);
      if (i == 0) fs::create_hard_link(folder_ / "result.h5", folder_ / name);
      if (i == 1) fs::create_symlink("result.h5", folder_ / name);
      refused("view result.h5 --pattern 0,0 -o " + name, is_input);
    }
    fs::remove(folder_ / name);
    write_text(folder_ / name, "precious");
    refused("view result.h5 --pattern 0,0 -o " + name, "found a file that xrdct did not write");
  }
  write_text(folder_ / "result_channel.png", "precious");
  refused("view result.h5 --channel bin=3", "found a file that xrdct did not write");
}

TEST_F(UserFiles, NoCommandWritesTwoOutputsIntoOne) {
  std::string const command = "integrate in/flat.npy --poni in/c.poni --bins 20 ";
  for (std::string const two :
       {"-o a.xye -o a.xye", "-o a.xye -o ./a.xye", "-o a -o a.png", "-o a.h5 -o in/../a.h5"})
    refused(command + two, "two outputs in one");
  ASSERT_EQ(xrdct(folder_, command + "-o a.xye").status, 0);
  fs::create_hard_link(folder_ / "a.xye", folder_ / "b.xye");
  fs::create_symlink("a.xye", folder_ / "c.xye");
  refused(command + "-o a.xye -o b.xye", "two outputs in one");
  refused(command + "-o c.xye -o a.xye", "two outputs in one");
}

/// Files and other things that are not this program's.
class ForeignFiles : public UserFiles, public testing::WithParamInterface<char const*> {
 protected:
  void put(fs::path const& name) const {
    std::string const kind = GetParam();
    if (kind == "text") write_text(name, "precious\n");
    if (kind == "empty") write_text(name, "");
    if (kind == "hdf5") write_numbers(name, "/entry/data", {1}, {7});
    if (kind == "copied_result") {  // beside something else
      write_hdf5_text(name, "/entry/process/program", "xrdct");
      write_numbers(name, "/more", {1}, {7});
    }
    if (kind == "linked_result") {
      if (!fs::exists(folder_ / "in/other_result.h5"))
        write_hdf5_text(folder_ / "in/other_result.h5", "/entry/process/program", "xrdct");
      write_external_link(name, "/entry", (folder_ / "in/other_result.h5").string(), "/entry");
    }
    if (kind == "picture")
      write_text(name,
                 std::string("\x89PNG\r\n\x1a\n\0\0\0\x09tEXtxrdct\0abc....\0\0\0\0IEND", 44));
    if (kind == "svg")
      write_text(name, "<?xml version=\"1.0\"?>\n<svg/>\n<!-- made by hand, for xrdct -->\n");
    if (kind == "pdf") write_text(name, "%PDF-1.5\n<< /Creator (xrdct) >>\n%%EOF\n");
    if (kind == "json")
      write_text(name, "{\"made by\": \"xrdct and me\", \"program\": \"xrdct\"}\n");
    if (kind == "folder") fs::create_directory(name);
    if (kind == "pipe") {
      EXPECT_EQ(mkfifo(name.c_str(), 0666), 0);
    }
    if (kind == "link") fs::create_symlink("in/raw_copy.h5", name);
  }
};

TEST_P(ForeignFiles, AreReplacedByNoCommand) {
  fs::copy(folder_ / "in/raw.h5", folder_ / "in/raw_copy.h5");
  bool const like_a_lock = GetParam() == std::string("empty");  // as a killed run leaves it
  for (std::string const ending : {"", ".part", ".lock", ".log.json"})
    put(folder_ / ("out.h5" + ending));
  refused("reduce in/job.json --overwrite -o out.h5", "cannot write");
  bool const follows = GetParam() == std::string("link");  // the other names lie beside its target
  EXPECT_EQ(problems("cannot write"), follows ? 1 : like_a_lock ? 3 : 4) << told_;
  fs::remove_all(folder_ / "out.h5");
  if (follows) refused("reduce in/job.json --overwrite -o out.h5", "found a link");
  for (std::string const name :
       {"p.xye", "p.xy", "p.dat", "p.png", "p.svg", "p.pdf", "p.h5", "q.h5.part", "flat.png"})
    put(folder_ / name);
  refused(
      "integrate in/flat.npy --poni in/c.poni --bins 20 -o p.xye -o p.xy -o p.dat -o p.png -o "
      "p.svg "
      "-o p.pdf -o p.h5 -o q.h5",
      "cannot write");
  EXPECT_EQ(problems("cannot write"), 8) << told_;
  refused("integrate in/flat.npy --poni in/c.poni --bins 20", "cannot write");
}

INSTANTIATE_TEST_SUITE_P(Of, ForeignFiles,
                         testing::Values("text", "empty", "hdf5", "copied_result", "linked_result",
                                         "picture", "svg", "pdf", "json", "folder", "pipe", "link"),
                         [](auto const& kind) { return std::string(kind.param); });

TEST_F(UserFiles, OwnOutputsAreReplacedWhereThatIsNormal) {
  auto const done = [&](std::string const& arguments) {
    auto const run = xrdct(folder_, arguments, 1, quick_start);
    EXPECT_EQ(run.status, 0) << arguments << "\n" << run.errors;
  };
  done("reduce in/job.json");
  auto const result = read_text(folder_ / "result.h5");
  done("reduce in/job.json");  // says that it is finished
  EXPECT_TRUE(read_text(folder_ / "result.h5") == result);
  refused("reduce in/job.json --threads 1 --engine spmm", "--overwrite");
  done("reduce in/job.json --overwrite");
  EXPECT_TRUE(read_text(folder_ / "result.h5") == result);
  fs::rename(folder_ / "result.h5",
             folder_ / "result.h5.part");  // as a killed run leaves it, its log and its lock
  write_text(folder_ / "result.h5.lock", "");
  done("check in/job.json");
  EXPECT_TRUE(fs::exists(folder_ / "result.h5.part"));
  done("reduce in/job.json");
  EXPECT_FALSE(fs::exists(folder_ / "result.h5.part"));
  std::string const image = "integrate in/flat.npy --poni in/c.poni --bins 20 ";
  for (int i = 0; i < 2; ++i) {
    done(image + "-o p.xye -o p.xy -o p.dat -o p.png -o p.svg -o p.pdf -o p.h5");
    done(image);
    done("view result.h5 --channel bin=3 -o p.png");
    done("view result.h5 --channel bin=3 -o p.svg");
    done("view result.h5 --roi 0.5:1.5 -o p.pdf");
    done("view result.h5 --channel bin=3");
  }
  refused(image + "-o result.h5", "a result of xrdct reduce");  // a night's work is no picture
  done("reduce in/job.json --overwrite -o p.h5");
}

TEST_F(UserFiles, ALinkIsFollowedAndStays) {
  fs::create_directory(folder_ / "disk");
  for (std::string const name : {"r.h5", "p.xye", "p.png", "p.h5"})
    fs::create_symlink("disk/" + name, folder_ / name);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(xrdct(folder_, "reduce in/job.json --overwrite -o r.h5").status, 0);
    EXPECT_EQ(
        xrdct(folder_, "integrate in/flat.npy --poni in/c.poni --bins 20 -o p.xye -o p.png -o p.h5")
            .status,
        0);
    for (std::string const name : {"r.h5", "p.xye", "p.png", "p.h5"}) {
      EXPECT_TRUE(fs::is_symlink(folder_ / name)) << name;
      EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(folder_ / "disk" / name))) << name;
    }
  }
  EXPECT_TRUE(fs::exists(folder_ / "disk/r.h5.log.json"));
  fs::create_symlink("loop.h5", folder_ / "loop.h5");
  refused("reduce in/job.json -o loop.h5", "loop");
}

TEST_F(UserFiles, OtherNamesOfAReplacedFileKeepWhatTheyHeld) {
  std::string const image = "integrate in/flat.npy --poni in/c.poni ";
  ASSERT_EQ(xrdct(folder_, image + "--bins 20 -o p.xye -o p.png -o p.h5").status, 0);
  for (std::string const ending : {".xye", ".png", ".h5"})
    fs::create_hard_link(folder_ / ("p" + ending), folder_ / ("kept" + ending));
  auto const before = contents(folder_);
  ASSERT_EQ(xrdct(folder_, image + "--bins 30 -o p.xye -o p.png -o p.h5").status, 0);
  auto const after = contents(folder_);
  for (std::string const ending : {".xye", ".png", ".h5"}) {
    EXPECT_EQ(after.at("kept" + ending), before.at("kept" + ending)) << ending;
    EXPECT_NE(after.at("p" + ending), before.at("p" + ending)) << ending;
  }
}

TEST_F(UserFiles, SimulateKeepsWhatItDidNotWrite) {
  std::string const command =
      "simulate --shape 32x32 --rotations 2 --translations 2 --bins 10 --layout eiger -o sim";
  ASSERT_EQ(xrdct(folder_, command).status, 0);
  auto const made = contents(folder_ / "sim");
  ASSERT_EQ(made.size(), 5u);
  EXPECT_EQ(xrdct(folder_, command + " --overwrite --counts 7").status, 0);
  EXPECT_EQ(xrdct(folder_, command + " --overwrite").status, 0);
  EXPECT_TRUE(contents(folder_ / "sim") == made);
  for (auto const& [name, content] : made) {
    auto const file = folder_ / "sim" / name;
    write_text(file, name == "job.json" ? content + "\n" : "precious");
    refused(command + " --overwrite", name);
    write_text(file, content);
  }
  refused(command, "--overwrite");
  refused("reduce sim/job.json --overwrite -o sim/truth.h5", "a file of xrdct simulate");
  fs::create_hard_link(folder_ / "in/raw.h5", folder_ / "sim/scan_master.h5.part");
  refused("simulate --shape 32x32 --rotations 3 --translations 2 --layout eiger -o sim --overwrite",
          "scan_master.h5.part");
  write_text(folder_ / "a_file", "precious");
  refused("simulate --shape 32x32 --rotations 2 --translations 2 -o a_file", "expected a folder");
}

/// A small file system that can be made read-only; by root alone.
class Disk {
 public:
  Disk(fs::path const& place, char const* size) : place_(place) {
    fs::create_directory(place);
    mounted_ = mount("tmpfs", place.c_str(), "tmpfs", 0, size) == 0;
  }
  ~Disk() {
    if (mounted_) umount2(place_.c_str(), MNT_DETACH);
  }
  Disk(Disk const&) = delete;
  Disk& operator=(Disk const&) = delete;
  bool is_mounted() const { return mounted_; }
  void make_read_only() const {
    ASSERT_EQ(mount("tmpfs", place_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  }

 private:
  fs::path place_;
  bool mounted_ = false;
};

TEST_F(UserFiles, CheckTellsWhatWouldStopTheRun) {
  fs::create_directories(folder_ / "a_folder");
  for (std::string const command : {"check", "reduce"}) {
    refused(command + " in/job.json --overwrite -o a_folder", "a folder");
    if (command == "check") refused(command + " in/job.json -o nowhere/out.h5", "nowhere");
    refused(command + " in/job.json -o in/c.poni/out.h5", "to exist, found a file");
    refused(command + " in/job.json -o " + std::string(250, 'x'), "too long", 3);
  }
}

TEST_F(UserFiles, NamesThatNoFileSystemHoldsAreToldForEveryPath) {
  std::string deep;
  for (int i = 0; i < 2100; ++i) deep += "d/";
  auto const job = read_text(folder_ / "in/job.json");
  auto const expect_order = [&](std::string const& command) {
    auto const run = xrdct(folder_, command, 1, quick_start);
    EXPECT_TRUE(run.status == 2 || run.status == 3) << run.status << " of " << command;
    EXPECT_THAT(run.errors, AllOf(HasSubstr("cannot "), testing::Not(HasSubstr("internal error"))))
        << command;
  };
  ASSERT_EQ(xrdct(folder_, "reduce in/job.json -q", 1, quick_start).status, 0);
  for (std::string const& name :
       {std::string(300, 'x'), std::string(300, 'x') + "/y", deep + "y"}) {
    std::string const image = "integrate in/flat.npy --poni in/c.poni -o p.xye ";
    for (auto const& command :
         {"check " + name, "reduce " + name, "check in/job.json -o " + name,
          "reduce in/job.json -o " + name, "integrate " + name + " --poni in/c.poni -o p.xye",
          "integrate in/flat.npy -o p.xye --poni " + name, image + "--config " + name,
          image + "--mask " + name, image + "--mask " + name + ".h5:/a[3]",
          image + "--flat " + name, image + "--monitor " + name + ":/a",
          "integrate in/flat.npy --poni in/c.poni -o " + name,
          "integrate in/flat.npy --poni in/c.poni -o " + name + ".h5", "view " + name,
          "view result.h5 -o " + name + ".png", "view result.h5 --pattern 0,0 -o " + name + ".xye",
          "simulate --shape 32x32 -o " + name, "simulate --dry-run --shape 32x32 -o " + name})
      expect_order(command);
    for (std::string const path : {"master.h5", "monitor.h5", "c.poni", "mask.npy", "mask.h5:/mask",
                                   "dark.npy", "variance.npy", "result.h5"}) {
      write_text(folder_ / "in/long.json", job);
      replace_in(folder_ / "in/long.json", path, name);
      expect_order("check in/long.json");
    }
  }
}

TEST_F(UserFiles, AFolderThatCannotBeWrittenToIsToldBeforeTheWork) {
  ASSERT_EQ(xrdct(folder_, "reduce in/job.json").status, 0);
  Disk const disk(folder_ / "disk", "size=1m");
  if (!disk.is_mounted()) GTEST_SKIP() << "a small file system can be mounted by root alone";
  fs::create_directory(folder_ / "disk/sim");
  disk.make_read_only();
  for (std::string const command :
       {"check in/job.json -o disk/out.h5", "reduce in/job.json -o disk/out.h5",
        "integrate in/flat.npy --poni in/c.poni -o disk/p.xye",
        "integrate in/flat.npy --poni in/c.poni -o disk/p.h5", "view result.h5 -o disk/p.png",
        "simulate --shape 32x32 -o disk/sim", "simulate --shape 32x32 -o disk/new --dry-run"})
    refused(command, "Read-only file system", 3);
}

TEST_F(UserFiles, AFullDiskIsToldBeforeTheWork) {
  Disk const disk(folder_ / "disk", "size=64k");
  if (!disk.is_mounted()) GTEST_SKIP() << "a small file system can be mounted by root alone";
  replace_in(folder_ / "in/job.json", "\"bins\": 20", "\"bins\": 4000");
  refused("check in/job.json -o disk/out.h5", "of free space", 3);
  refused("reduce in/job.json -o disk/out.h5", "of free space", 3);
  refused("integrate in/raw.h5:/raw/data --poni in/c.poni --bins 4000 -o disk/p.h5",
          "of free space", 3);
  EXPECT_TRUE(fs::is_empty(folder_ / "disk"));
}

TEST_F(UserFiles, AnotherRunOnTheOutputIsToldByCheck) {
  std::string const lock = "flock " + (folder_ / "out.h5.lock").string() + " ";
  auto const before = xrdct(folder_, "check in/job.json -o out.h5");
  EXPECT_EQ(before.status, 0) << before.errors;
  EXPECT_FALSE(fs::exists(folder_ / "out.h5.lock"));
  if (std::system("command -v flock >/dev/null") != 0) GTEST_SKIP() << "needs flock(1)";
  write_text(folder_ / "try.sh", std::string("cd '") + folder_.string() + "' && '" + XRDCT_PROGRAM +
                                     "' check in/job.json -o out.h5 2>told; echo $? >>told\n");
  ASSERT_EQ(std::system((lock + "sh '" + (folder_ / "try.sh").string() + "'").c_str()), 0);
  EXPECT_THAT(read_text(folder_ / "told"),
              AllOf(HasSubstr("locked by another process"), HasSubstr("\n3\n")));
}

}  // namespace
}  // namespace xrdct::test
