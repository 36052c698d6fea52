#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "tests/app/command.hpp"

/// Mistakes with sinograms and slices, a row each: none is taken without a word, none is an
/// internal error, and none leaves a file.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Mistake {
  std::string command;
  int status;
  std::vector<std::string> told;
  std::string job = {};  //!< the text of job.json that the command names
};

std::string with_sinograms(std::string const& rest) {
  return R"({"sinograms": {"file": "sinograms.h5")" + rest + "}";
}

/// A scan, its sinograms and slices, and files that look like them.
fs::path workplace() {
  auto const folder = fresh_folder();
  auto const must = [&](std::string const& command) {
    auto const run = xrdct(folder, command);
    EXPECT_EQ(run.status, 0) << run.errors;
  };
  must("simulate --shape 64x64 --rotations 12 --translations 9 --bins 40 --counts 20 -o scan");
  must("reduce scan/job.json -q -o sinograms.h5");
  must("reduce scan/job.json -q -o still.h5 --set scan.slow.unit=mm");
  must("reduce scan/job.json -q -o line.h5 --set scan.shape.slow=1 --set scan.shape.fast=108");
  must("reduce scan/job.json -q -o narrow.h5 --set scan.shape.slow=36 --set scan.shape.fast=3");
  must("reconstruct sinograms.h5 -q -o slices.h5");
  for (auto const* name : {"sinograms.h5", "slices.h5"}) {
    auto const whole = read_text(folder / name);
    write_text(folder / (std::string("cut_") + name), whole.substr(0, whole.size() / 2));
  }
  write_text(folder / "begun.h5.part", "");
  fs::create_directory(folder / "folder");
  write_text(folder / "folder/slices_mean_height_0000.tif", "mine");
  return folder;
}

std::set<std::string> files_in(fs::path const& folder) {
  std::set<std::string> files;
  for (auto const& entry : fs::recursive_directory_iterator(folder)) {
    auto const name = entry.path().lexically_relative(folder).string();
    if (!name.ends_with(".out") && !name.ends_with(".err")) files.insert(name);
  }
  return files;
}

void make(std::vector<Mistake> const& mistakes) {
  auto const folder = workplace();
  for (std::size_t row = 0; row < mistakes.size(); ++row)
    if (!mistakes[row].job.empty())
      write_text(folder / ("job" + std::to_string(row) + ".json"), mistakes[row].job);
  auto const before = files_in(folder);
  auto const slices = read_text(folder / "slices.h5"),
             sinograms = read_text(folder / "sinograms.h5");
  auto const outcome_of = [&](std::size_t row) {
    auto command = mistakes[row].command;
    if (auto const at = command.find("job.json"); !mistakes[row].job.empty())
      command.replace(at, 8, "job" + std::to_string(row) + ".json");
    return xrdct(folder, command);
  };
  constexpr std::size_t at_once = 4;  // most of their time is the start of MPI, which waits
  for (std::size_t first = 0; first < mistakes.size(); first += at_once) {
    std::vector<std::future<Outcome>> outcomes;
    for (std::size_t row = first; row < std::min(first + at_once, mistakes.size()); ++row)
      outcomes.push_back(std::async(std::launch::async, outcome_of, row));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      auto const& mistake = mistakes[first + i];
      SCOPED_TRACE(mistake.command + " " + mistake.job);
      auto const run = outcomes[i].get();
      EXPECT_EQ(run.status, mistake.status) << run.errors;
      EXPECT_THAT(run.errors, HasSubstr("error: "));
      EXPECT_THAT(run.errors, HasSubstr("expected "));
      EXPECT_THAT(run.errors, testing::Not(HasSubstr("internal")));
      for (auto const& words : mistake.told) EXPECT_THAT(run.errors, HasSubstr(words));
    }
  }
  EXPECT_EQ(files_in(folder), before) << "something was written";
  EXPECT_TRUE(read_text(folder / "slices.h5") == slices);
  EXPECT_TRUE(read_text(folder / "sinograms.h5") == sinograms);
}

TEST(SliceMistakes, FilesToReconstruct) {
  make({
      {"reconstruct scan/scan.h5", 3, {"scan.h5", "an output of xrdct reduce"}},
      {"reconstruct slices.h5", 3, {"slices.h5", "an output of xrdct reduce"}},
      {"reconstruct scan/calib.poni", 3, {"calib.poni", "an HDF5 file"}},
      {"reconstruct scan/job.json", 2, {"one of xrdct reduce, with scan", "xrdct check"}},
      {"reconstruct nothing.h5", 3, {"nothing.h5", "no file"}},
      {"reconstruct nothing.json", 2, {"nothing.json", "no such file"}},
      {"reconstruct folder", 3, {"a folder"}},
      {"reconstruct begun.h5", 2, {"begun.h5.part alone", "run the same xrdct reduce again"}},
      {"reconstruct cut_sinograms.h5", 3, {"a whole file", "truncated"}},
      {"reconstruct still.h5", 2, {"an axis that rotates", "rotation [mm]"}},
      {"reconstruct line.h5", 2, {"at least two projections of 4 translations", "1 of 108"}},
      {"reconstruct narrow.h5", 2, {"at least two projections of 4 translations", "36 of 3"}},
      {"reconstruct sinograms.h5 -o sinograms.h5 --overwrite", 2, {"a name of its own"}},
      {"reconstruct sinograms.h5 -o scan/scan.h5 --overwrite", 2, {"xrdct simulate", "move it"}},
      {"reconstruct sinograms.h5 -o none/slices.h5", 2, {"/none to exist", "make it"}},
      {"reconstruct sinograms.h5 -o folder", 2, {"a name for a file"}},
      {"reconstruct sinograms.h5 -o slices.h5 --window hann", 2, {"slices.h5", "--overwrite"}},
      {"reconstruct sinograms.h5 --centre 5000", 2, {"--centre", "near 0 to 8", "found 5000"}},
      {"reconstruct sinograms.h5 --centre -7", 2, {"--centre", "found -7"}},
      {"reconstruct sinograms.h5 --window han", 2, {"did you mean hann"}},
      {"reconstruct sinograms.h5 --window hann --algorithm cgls", 2, {"--window", "found cgls"}},
      {"reconstruct sinograms.h5 --iterations 5", 2, {"--iterations", "sirt or cgls"}},
      {"reduce slices.h5 -o again.h5", 2, {"slices.h5"}},
  });
}

TEST(SliceMistakes, WordsOfTheJob) {
  auto const row = [](std::string const& rest, std::vector<std::string> const& told) {
    return Mistake{"reconstruct job.json", 2, told, with_sinograms(rest)};
  };
  make({
      row(R"(}, "grid": {"cente": 4})", {"$.grid.cente", "did you mean \"centre\"?"}),
      row(R"(, "reductions": ["men"]})", {"$.sinograms.reductions", "one of mean", "found men"}),
      row(R"(, "radial_range": [1000, 2000]})", {"from 1000 to 2000", "sinograms.radial_range"}),
      row(R"(, "radial_range": [20, 10]})", {"$.sinograms.radial_range", "lower < upper"}),
      row(R"(}, "grid": {"side": 0})", {"$.grid.side", "from 1 to 32768, found 0"}),
      row(R"(}, "grid": {"side": 1000000})", {"$.grid.side", "found 1000000"}),
      row(R"(}, "grid": {"side": 3000})", {"grid.side", "a slice of 3000"}),
      row(R"(}, "grid": {"centre": 900})", {"grid.centre", "found 900"}),
      row(R"(}, "grid": {"centre": "4"})", {"$.grid.centre", "write 4 without quotes"}),
      row(R"(}, "reconstruction": {"algorithm": "fpb"})", {"did you mean \"fbp\"?"}),
      row(R"(}, "reconstruction": {"iterations": 5})", {"$.reconstruction.iterations", "sirt"}),
      row(R"(}, "reconstruction": {"algorithm": "sirt", "window": "hann"})", {"window belongs to"}),
      row(R"(}, "reconstruction": {"algorithm": "sirt", "relaxation": 3})",
          {"$.reconstruction.relaxation", "found 3"}),
      row(R"(}, "conditioning": {"air": {"translations": 3}})",
          {"conditioning.air.translations", "expected 1 to 2", "found 3"}),
      row(R"(}, "conditioning": {"air": 3})", {"write {\"translations\": 3}"}),
      row(R"(}, "conditioning": {"zingers": {"threshold": -1}})",
          {"$.conditioning.zingers.threshold", "from 1 to 1000, found -1"}),
      row(R"(}, "output": {"file": "sinograms.h5", "overwrite": true})", {"a name of its own"}),
      {"reconstruct job.json", 2, {"$.sinograms", "found nothing"}, "{}"},
      {"reconstruct job.json",
       2,
       {"$.sinograms", "write {\"file\": \"sinograms.h5\"}"},
       R"({"sinograms": "sinograms.h5"})"},
      {"reduce job.json", 2, {"one of xrdct reconstruct", "--dry-run"}, with_sinograms("}")},
      {"check job.json", 2, {"one of xrdct reconstruct", "--dry-run"}, with_sinograms("}")},
  });
}

TEST(SliceMistakes, ExportsAndPictures) {
  make({
      {"export slices.h5", 2, {"--tiff FOLDER or --ndtomo FILE"}},
      {"export slices.h5 --tiff out --ndtomo out.h5", 2, {"found both"}},
      {"export slices.h5 --ndtomo out.h5 --channel bin=3", 2, {"--channel", "leave it out"}},
      {"export sinograms.h5 --tiff out", 3, {"an output of xrdct reconstruct"}},
      {"export scan/scan.h5 --tiff out", 3, {"an output of xrdct reconstruct"}},
      {"export nothing.h5 --tiff out", 3, {"nothing.h5"}},
      {"export cut_slices.h5 --tiff out", 3, {"truncated"}},
      {"export slices.h5 --tiff out --channel bin=400", 2, {"a bin from 0 to 39, found 400"}},
      {"export slices.h5 --tiff out --channel q=900", 2, {"found 900"}},
      {"export slices.h5 --tiff out --height 3", 2, {"height 3", "below 1"}},
      {"export slices.h5 --tiff out --reduction men", 2, {"men", "one of mean"}},
      {"export slices.h5 --tiff out --field std", 2, {"--field", "one of I, I_errors"}},
      {"export slices.h5 --tiff out --azimuth chi=3", 2, {"leave the option out"}},
      {"export slices.h5 --tiff sinograms.h5", 2, {"--tiff", "found a file"}},
      {"export slices.h5 --tiff folder", 2, {"slices_mean_height_0000.tif", "move it"}},
      {"export slices.h5 --tiff /proc/out", 3, {"/proc/out", "--tiff"}},
      {"export slices.h5 --ndtomo sinograms.h5", 2, {"sinograms.h5", "move it"}},
      {"export slices.h5 --tiff folder", 2, {"expected no such file, as exports replace none"}},
      {"export slices.h5 --ndtomo slices.h5", 2, {"a name of its own"}},
      {"export slices.h5 --ndtomo none/out.h5", 2, {"the folder none"}},
      {"view cut_slices.h5 -o out.png", 3, {"truncated"}},
      {"view slices.h5 -o out.png --channel bin=900", 2, {"a bin from 0 to 39, found 900"}},
      {"view slices.h5 -o out.png --height 7", 2, {"height 7"}},
      {"view slices.h5 -o out.png --reduction men", 2, {"men", "one of mean"}},
      {"view slices.h5 -o none/out.png", 2, {"the folder none"}},
      {"view slices.h5 -o out.xyz", 2, {".xyz", ".png"}},
      {"verify cut_slices.h5", 3, {"cut_slices.h5"}},
  });
}

}  // namespace
}  // namespace xrdct::test
