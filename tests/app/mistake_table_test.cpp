#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <future>
#include <vector>

#include "command.hpp"

/// Mistakes that users make, a row each: none is taken without a word, none is an internal error,
/// and each message shows what would be right.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// One mistake: a job of which one text is replaced by another, what the program says of it, and
/// how it ends.
struct Mistake {
  std::string name;
  std::string from, to;
  int status;
  std::vector<std::string> told;
  std::string command = "check job.json";
};

constexpr char const* right_job = R"({
  "scan": {"files": ["scan.h5"], "dataset": "/entry/data/data", "shape": {"slow": 8, "fast": 6},
    "slow": {"name": "rotation", "step": 22.5, "unit": "deg"}, "fast": {"name": "translation", "step": 0.1, "unit": "mm"},
    "monitor": {"dataset": "/entry/monitor/data", "reference": 1e5}},
  "calibration": {"poni": "calib.poni", "mask": []},
  "corrections": {"polarization": {"factor": 0.99}},
  "reductions": [{"unit": "q_nm^-1", "bins": 100}],
  "output": {"file": "out.h5"}
})";

/// An image as a NumPy file.
void write_npy(fs::path const& file, std::size_t rows, std::size_t columns,
               std::vector<std::uint8_t> const& pixels) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  write_text(file, text + header + std::string(pixels.begin(), pixels.end()));
}

std::string poni(std::string const& lines) {
  return "poni_version: 2.1\nDetector: Detector\nDetector_config: {\"pixel1\": 7.5e-05, "
         "\"pixel2\": 7.5e-05, \"max_shape\": [64, 80]}\n" +
         lines;
}

/// A scan and the files that the mistakes name.
fs::path workplace() {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const scan = folder / "scan";
  std::vector<std::uint8_t> gaps(64 * 80, 0);
  gaps[7] = 1;
  std::vector<std::uint8_t> inverted(64 * 80, 1);
  inverted[7] = 0;
  write_npy(scan / "mask.npy", 64, 80, gaps);
  write_npy(scan / "inverted.npy", 64, 80, inverted);
  write_npy(scan / "all.npy", 64, 80, std::vector<std::uint8_t>(64 * 80, 1));
  write_npy(scan / "other.npy", 64, 81, std::vector<std::uint8_t>(64 * 81, 0));
  std::string const placed = "Poni1: 0.0024\nPoni2: 0.003\nRot1: 0\nRot2: 0\nRot3: 0\n";
  write_text(scan / "other.poni",
             "poni_version: 2\nDetector: Pilatus100k\nDetector_config: {}\nDistance: 0.1\n" +
                 placed + "Wavelength: 1e-10\n");
  write_text(scan / "no_wavelength.poni", poni("Distance: 0.0144\n" + placed));
  write_text(scan / "misspelt.poni", poni("Distanse: 0.0144\n" + placed + "Wavelength: 2e-11\n"));
  write_text(scan / "millimetres.poni", poni("Distance: 57.8\nPoni1: 2.4\nPoni2: 3.0\nRot1: "
                                             "0\nRot2: 0\nRot3: 0\nWavelength: 2e-11\n"));
  write_text(scan / "angstrom.poni", poni("Distance: 0.0144\n" + placed + "Wavelength: 0.2\n"));
  write_text(scan / "detector.poni",
             "poni_version: 2\nDetector: Pilatis1M\nDetector_config: {}\nDistance: 0.1\n" + placed +
                 "Wavelength: 1e-10\n");
  write_text(scan / "drawn.png", std::string("\x89PNG\r\n\x1a\n", 8) + std::string(40, '\0'));
  fs::create_directory(scan / "folder");
  return scan;
}

/// Runs one row with a job file of its own.
Outcome outcome_of(fs::path const& folder, Mistake const& mistake, std::size_t row) {
  std::string const name = "job" + std::to_string(row) + ".json";
  write_text(folder / name, right_job);
  if (!mistake.from.empty()) replace_in(folder / name, mistake.from, mistake.to);
  std::string command = mistake.command;
  if (auto const place = command.find("job.json"); place != std::string::npos)
    command.replace(place, 8, name);
  return xrdct(folder, command);
}

/// Rows run beside each other: most of the time of a short command is the start of MPI, which
/// waits.
void make(fs::path const& folder, std::vector<Mistake> const& mistakes) {
  constexpr std::size_t at_once = 4;
  for (std::size_t first = 0; first < mistakes.size(); first += at_once) {
    std::vector<std::future<Outcome>> outcomes;
    for (std::size_t row = first; row < std::min(first + at_once, mistakes.size()); ++row)
      outcomes.push_back(std::async(std::launch::async,
                                    [&, row] { return outcome_of(folder, mistakes[row], row); }));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      auto const& mistake = mistakes[first + i];
      SCOPED_TRACE(mistake.name);
      auto const run = outcomes[i].get();
      EXPECT_EQ(run.status, mistake.status) << run.errors;
      EXPECT_FALSE(run.errors.empty()) << "accepted without a word";
      for (auto const& words : mistake.told) EXPECT_THAT(run.errors, HasSubstr(words));
      EXPECT_FALSE(fs::exists(folder / "out.h5"));
    }
  }
}

TEST(MistakeTable, TheRightJobIsRight) {
  auto const folder = workplace();
  write_text(folder / "job.json", right_job);
  auto const run = xrdct(folder, "check job.json");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.errors, "");
  EXPECT_THAT(run.out, HasSubstr("no problem found; nothing was written"));
}

TEST(MistakeTable, WordsOfTheJob) {
  std::string const reduction = R"({"unit": "q_nm^-1", "bins": 100})", unit = "\"q_nm^-1\"",
                    bins = "\"bins\": 100",
                    slow = R"({"name": "rotation", "step": 22.5, "unit": "deg"})";
  make(
      workplace(),
      {
          {"bin for bins",
           "\"bins\"",
           "\"bin\"",
           2,
           {"$.reductions[0].bin", "did you mean \"bins\"?"}},
          {"unit q_A-1",
           unit,
           "\"q_A-1\"",
           2,
           {"$.reductions[0].unit", "did you mean \"q_A^-1\"?"}},
          {"unit 2theta",
           unit,
           "\"2theta\"",
           2,
           {"$.reductions[0].unit", "did you mean \"2th_deg\"?"}},
          {"trailing comma",
           "\"out.h5\"}",
           "\"out.h5\",}",
           2,
           {"line 8", "no comma after the last entry"}},
          {"comment", "{\n", "{ // my scan\n", 2, {"line 1", "a job has no comments"}},
          {"range swapped",
           bins,
           "\"radial_range\": [50, 2]",
           2,
           {"radial_range", "lower < upper, found 50 and 2"}},
          {"range outside",
           bins,
           "\"radial_range\": [500, 600]",
           2,
           {"found 500 to 600", "the pixels reach from"}},
          {"number as text",
           bins,
           "\"bins\": \"100\"",
           2,
           {"found \"100\"; write 100 without quotes"}},
          {"sigmaclip", bins, "\"method\": \"sigmaclip\"", 2, {"did you mean \"sigma_clip\"?"}},
          {"threshold without clipping",
           bins,
           "\"threshold\": 5",
           2,
           {"threshold belongs to the method sigma_clip"}},
          {"two of one name",
           reduction,
           reduction + ", " + reduction,
           2,
           {"$.reductions[1].name", "choose another name"}},
          {"polarization as number",
           "{\"factor\": 0.99}",
           "0.99",
           2,
           {"$.corrections.polarization", "write {\"factor\": 0.99}"}},
          {"polarization 99", "0.99", "99", 2, {"a number from -1 to 1, found 99"}},
          {"mask as text", "\"mask\": []", "\"mask\": \"mask.npy\"", 2, {"write [\"mask.npy\"]"}},
          {"files as text",
           "[\"scan.h5\"]",
           "\"scan.h5\"",
           2,
           {"$.scan.files", "write [\"scan.h5\"]"}},
          {"shape as list",
           R"({"slow": 8, "fast": 6})",
           "[8, 6]",
           2,
           {"$.scan.shape", "write {\"slow\": 8, \"fast\": 6}"}},
          {"reduction as text",
           reduction,
           "\"mean\"",
           2,
           {"$.reductions[0]", "write {\"method\": \"mean\"}"}},
          {"no reductions",
           "[" + reduction + "]",
           "[]",
           2,
           {"at least one reduction", "the shortest is {}"}},
          {"monitor as text",
           R"({"dataset": "/entry/monitor/data", "reference": 1e5})",
           "\"/entry/monitor/data\"",
           2,
           {"$.scan.monitor", "write {\"dataset\": \"/entry/monitor/data\"}"}},
          {"900 000 bins",
           bins,
           "\"bins\": 900000",
           2,
           {"$.reductions[0]", "found 900000", "of memory for each frame",
            "of output; choose about 103"}},
          {"2000 bins of 80 pixels",
           bins,
           "\"bins\": 2000",
           0,
           {"warning: reduction mean: bins 2000 are more than 4 for each of the 103 pixels"}},
          {"step 0",
           "\"step\": 22.5",
           "\"step\": 0",
           0,
           {"warning: scan.slow: step 0 puts all 8 points of rotation at 0"}},
          {"reference of another counter",
           "1e5",
           "1e-30",
           0,
           {"over its reference reaches from 1e+35 to 1e+35", "\"reference\": \"mean\""}},
          {"step without end",
           "\"step\": 22.5",
           "\"step\": 1e300",
           2,
           {"$.scan.slow: expected positions from"}},
          {"unit degree",
           "\"deg\"",
           "\"degree\"",
           0,
           {"warning: scan.slow: the unit \"degree\" of rotation", "did you mean \"deg\"?"}},
          {"unit parsec",
           "\"mm\"",
           "\"parsec\"",
           0,
           {"warning: scan.fast: the unit \"parsec\" of translation", "such as deg, rad, mm"}},
          {"empty file name",
           "\"scan.h5\"",
           "\"\"",
           2,
           {"$.scan.files[0]: expected a file, found \"\""}},
          {"no files", "[\"scan.h5\"]", "[]", 2, {"$.scan.files: expected at least one file"}},
          {"empty mask name", "\"mask\": []", "\"mask\": [\"\"]", 2, {"$.calibration.mask[0]"}},
          {"axes of one name",
           "\"translation\"",
           "\"rotation\"",
           2,
           {"a name of its own for each axis", "choose another name"}},
          {"axis with a space",
           "\"translation\"",
           "\"my motor\"",
           2,
           {"$.scan.fast.name", "letters, digits and '_'"}},
          {"0 lines",
           "\"slow\": 8",
           "\"slow\": 0",
           2,
           {"$.scan.shape.slow: expected a whole number of at least 1, found 0"}},
          {"-1 threads",
           "\"output\"",
           "\"run\": {\"threads\": -1}, \"output\"",
           2,
           {"$.run.threads: expected a whole number from 0 to 65536, found -1"}},
          {"azimuth 0 to 400",
           bins,
           "\"azimuth_range_deg\": [0, 400]",
           2,
           {"a range of at most 360 degrees, found 0 and 400"}},
          {"azimutal_bins", bins, "\"azimutal_bins\": 36", 2, {"did you mean \"azimuthal_bins\"?"}},
          {"axis as text", slow, "\"omega\"", 2, {"$.scan.slow", "write {\"name\": \"omega\"}"}},
          {"output as text",
           "{\"file\": \"out.h5\"}",
           "\"out.h5\"",
           2,
           {"$.output", "write {\"file\": \"out.h5\"}"}},
      });
}

TEST(MistakeTable, FilesOfTheJob) {
  auto const folder = workplace();
  std::string const mask = "\"mask\": []", poni_name = "\"calib.poni\"",
                    monitor = "\"/entry/monitor/data\"", out = "\"out.h5\"";
  make(
      folder,
      {
          {"PONI misspelt", poni_name, "\"clib.poni\"", 2, {"$.calibration.poni", "clib.poni"}},
          {"data file misspelt", "\"scan.h5\"", "\"scam.h5\"", 3, {"$.scan.files", "scam.h5"}},
          {"shape too small",
           "\"slow\": 8",
           "\"slow\": 7",
           2,
           {"expected 42 frames (1 x 7 x 6), found 48", "give the right shape or first_frame"}},
          {"shape too large",
           "\"slow\": 8",
           "\"slow\": 9",
           2,
           {"expected 54 frames", "\"incomplete\": \"nan\""}},
          {"first_frame without incomplete",
           "\"slow\": {",
           "\"first_frame\": 5, \"slow\": {",
           2,
           {"found 43 (48 in the files, first_frame 5)"}},
          {"first_frame beyond",
           "\"slow\": {",
           "\"first_frame\": 94, \"incomplete\": \"nan\", \"slow\": {",
           2,
           {"expected first_frame below the number of frames in the files, 48, found 94"}},
          {"PONI of another detector",
           poni_name,
           "\"other.poni\"",
           2,
           {"$.calibration.poni", "Pilatus100k", "195"}},
          {"PONI without wavelength",
           poni_name,
           "\"no_wavelength.poni\"",
           2,
           {"a wavelength in no_wavelength.poni, found none; add"}},
          {"PONI misspelt inside", poni_name, "\"misspelt.poni\"", 2, {"Distanse", "did you mean"}},
          {"PONI in millimetres",
           poni_name,
           "\"millimetres.poni\"",
           0,
           {"the distance of 57.8 m is unusual", "57.8 mm are 0.0578", "m beside it"}},
          {"detector misspelt", poni_name, "\"detector.poni\"", 2, {"Pilatis1M", "did you mean"}},
          {"image as PONI", poni_name, "\"mask.npy\"", 2, {"$.calibration.poni", "mask.npy"}},
          {"folder as PONI", poni_name, "\"folder\"", 2, {"$.calibration.poni", "folder"}},
          {"folder as mask", mask, "\"mask\": [\"folder\"]", 3, {"$.calibration.mask", "folder"}},
          {"mask of another shape",
           mask,
           "\"mask\": [\"other.npy\"]",
           2,
           {"64 x 80 pixels like the frames, found 64 x 81"}},
          {"mask that leaves nothing",
           mask,
           "\"mask\": [\"all.npy\"]",
           2,
           {"found all 5120 masked; look at the masks"}},
          {"mask that is inverted",
           mask,
           "\"mask\": [\"inverted.npy\"]",
           0,
           {"5119 of 5120 (100 %) pixels are masked", "a mask that is inverted"}},
          {"dark of another detector",
           mask,
           "\"dark\": \"other.npy\"",
           2,
           {"other.npy as dark", "found 64 x 81"}},
          {"dark misspelt", mask, "\"dark\": \"drak.edf\"", 3, {"$.calibration.dark", "drak.edf"}},
          {"monitor of another length",
           monitor,
           "\"/entry/data/data\"",
           2,
           {"one value for each of the 48 frames"}},
          {"monitor misspelt",
           monitor,
           "\"/entry/monitor/dta\"",
           2,
           {"$.scan.monitor", "/entry/monitor/dta"}},
          {"motor as monitor",
           monitor,
           "\"/entry/frames/index\", \"file\": \"truth.h5\"",
           0,
           {"/entry/frames/index looks like the positions of a motor: equal steps from 0 to 47",
            "0, negative or not a number for 1 of 48 frames"}},
          {"monitor that varies",
           monitor,
           "\"/entry/sinograms/CeO2\", \"file\": \"truth.h5\"",
           0,
           {"of 48 frames; their patterns become NaN"}},
          {"dataset misspelt",
           "\"/entry/data/data\"",
           "\"/entry/data/dta\"",
           2,
           {"$.scan.files", "/entry/data/dta"}},
          {"file twice",
           "[\"scan.h5\"], \"dataset\": \"/entry/data/data\", \"shape\": {\"slow\": 8,",
           "[\"scan.h5\", \"./scan.h5\"], \"dataset\": \"/entry/data/data\", \"shape\": {\"slow\": "
           "16,",
           2,
           {"one value for each of the 96 frames"}},
          {"result as scan", "\"scan.h5\"", "\"truth.h5\"", 2, {"$.scan.files", "truth.h5"}},
          {"folder as scan",
           "[\"scan.h5\"]",
           "[\"folder\"]",
           2,
           {"$.scan.files", "folder", "expected HDF5 files in the folder"}},
          {"PNG as mask",
           mask,
           "\"mask\": [\"drawn.png\"]",
           2,
           {"$.calibration.mask", "found PNG, a picture", "numpy.save('mask.npy'"}},
          {"scan as mask",
           mask,
           "\"mask\": [\"scan.h5\"]",
           2,
           {"$.calibration.mask", "expected one frame, found 48 frames; add an index"}},
          {"PONI as scan",
           "\"scan.h5\"",
           "\"calib.poni\"",
           3,
           {"$.scan.files", "found no HDF5 signature"}},
          {"output is the scan",
           out,
           "\"scan.h5\"",
           2,
           {"$.output.file", "found that of the scan", "choose another output.file"}},
          {"output is the PONI file",
           out,
           poni_name,
           2,
           {"$.output.file", "found that of the calibration"}},
          {"output is a folder",
           out,
           "\"folder\"",
           2,
           {"$.output.file", "expected a name for a file, found a folder"}},
          {"output of another kind",
           out,
           "\"out.csv\"",
           2,
           {"$.output.file", "ends with .h5, .hdf5, .hdf or .nxs, found \".csv\""}},
          {"folder that is not there",
           out,
           "\"nowhere/out.h5\"",
           2,
           {"$.output.file", "expected the folder", "make it, or change the name"}},
      });
}

TEST(MistakeTable, AFolderThatCannotBeWrittenTo) {
  auto const folder = workplace();
  auto const closed = folder / "closed";
  fs::create_directory(closed);
  if (mount("tmpfs", closed.c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0)
    GTEST_SKIP() << "root alone can mount a file system";
  make(folder, {{"output in a folder that cannot be written to",
                 "\"out.h5\"",
                 "\"closed/out.h5\"",
                 3,
                 {"$.output.file",
                  "expected a folder that can be written to, found \"Read-only file system\"",
                  "choose another output.file"}}});
  umount2(closed.c_str(), MNT_DETACH);
}

TEST(MistakeTable, OneOfTwoImagesWithoutAValidPixelIsLeftOut) {
  auto const folder = workplace();
  write_npy(folder / "dark.npy", 64, 80, std::vector<std::uint8_t>(64 * 80, 5));
  write_npy(folder / "bright.npy", 64, 80, std::vector<std::uint8_t>(64 * 80, 200));
  auto const run = xrdct(folder,
                         "integrate bright.npy dark.npy --poni calib.poni --bins 100 "
                         "--saturated-above 100 -o both.h5");
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(
      run.errors,
      testing::AllOf(HasSubstr("bright.npy: left out"),
                     HasSubstr("found none of 5120 (0 masked, 5120 invalid, 0 out of range)"),
                     HasSubstr("1 of 2 frames left out")));
  EXPECT_THAT(run.out, HasSubstr("dark.npy -> both.h5"));
}

TEST(MistakeTable, AllAreToldAtOnce) {
  auto const folder = workplace();
  write_text(folder / "job.json", right_job);
  for (auto const& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"bins\"", "\"bin\""},
           {"\"q_nm^-1\"", "\"2theta\""},
           {"calib.poni", "clib.poni"},
           {"\"slow\": 8", "\"slow\": 9"},
           {"/entry/monitor/data", "/entry/monitor/dta"},
           {"out.h5", "nowhere/out.h5"},
           {"\"mask\": []", "\"mask\": [\"other.npy\"]"}})
    replace_in(folder / "job.json", from, to);
  auto const run = xrdct(folder, "check job.json");
  EXPECT_EQ(run.status, 2);
  for (std::string const words : {"$.reductions[0].bin:", "2th_deg", "clib.poni",
                                  "expected 54 frames", "/entry/monitor/dta", "nowhere", "64 x 81"})
    EXPECT_THAT(run.errors, HasSubstr(words));
}

TEST(MistakeTable, CommandLine) {
  auto const folder = workplace();
  auto const says = [](std::string const& command, std::vector<std::string> const& told) {
    return Mistake{command, "", "", 2, told, command};
  };
  std::string const image =
      "integrate scan.h5:3 --poni calib.poni --dataset /entry/data/data -o p.xy ";
  std::vector<Mistake> mistakes{
      says("vew out.h5", {"expected one of the commands inspect, reduce, check, verify, integrate, "
                          "reconstruct, view, export, simulate",
                          "did you mean xrdct view?"}),
      says("job.json", {"such as xrdct reduce job"}),
      says("--verison", {"did you mean --version?"}),
      says("reduce job.json --owerwrite --treads 3",
           {"did you mean --overwrite?", "did you mean --threads?"}),
      says("reduce job.json -overwrite", {"found -overwrite; did you mean --overwrite?"}),
      says("reduce job.json --unit q_A^-1", {"found --unit, an option of xrdct integrate"}),
      says("check job.json --quiet", {"found --quiet, an option of xrdct reduce"}),
      says("inspect scan.h5 --shpae 2x3", {"did you mean --shape?"}),
      says("inspect", {"files is required", "Files of one scan"}),
      says("check job.json --st scan.dataset=/a", {"did you mean --set?"}),
      says("view scan.h5 --polarization 1", {"an option of xrdct integrate and simulate"}),
      says("view scan.h5 --height -1", {"--height"}),
      says("reduce job.json --threads", {"--threads", "Threads per rank"}),
      says("reduce job.json --threads -1", {"0 to 65536"}),
      says("reduce job.json --engine fast", {"expected fused, spmm, found fast"}),
      says("reduce", {"job is required", "Job file (JSON)"}),
      says(image + "--bins", {"--bins", "Radial bins"}),
      says(image + "--bins nan", {"--bins"}),
      says(image + "--unit q_A-1", {"did you mean q_A^-1?"}),
      says(image + "--unit 2theta", {"did you mean 2th_deg?"}),
      says(image + "--method sigmaclip", {"did you mean sigma_clip?"}),
      says(image + "--azimuth-range -180", {"--azimuth-range", "Lower and upper end"}),
  };
  for (auto const& [option, usual] :
       std::vector<std::pair<std::string, std::string>>{{"--polarization", "0.99"},
                                                        {"--polarization-offset", "0"},
                                                        {"--saturated-above", "60000"},
                                                        {"--sensor-transmission", "0.3"},
                                                        {"--normalization-factor", "1"},
                                                        {"--incident-angle", "0.2"},
                                                        {"--tilt-angle", "0"},
                                                        {"--empty", "0"}}) {
    for (std::string const value : {"nan", "inf", "1e99"})
      mistakes.push_back(says(image + option + " " + value, {option, "such as " + usual}));
  }
  for (std::string const value : {"nan", "inf", "-1"})
    mistakes.push_back(says(image + "--method sigma_clip --threshold " + value, {"such as 5"}));
  for (std::string const option :
       {"--poni1", "--poni2", "--rot1", "--rot2", "--rot3", "--distance", "--energy", "--counts",
        "--air", "--hot-counts", "--spot-counts", "--rotation-step", "--translation-step",
        "--height-step", "--sample-radius", "--peak-width", "--monitor-drift", "--polarization"})
    mistakes.push_back(
        says("simulate --dry-run --shape 64x80 --rotations 2 --translations 2 --output s " +
                 option + " nan",
             {option}));
  make(folder, mistakes);
}

}  // namespace
}  // namespace xrdct::test
