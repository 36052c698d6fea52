// Files that are given in the place of others, by the command line: a message and the exit status
// that the documents tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

template <class T>
void write_npy(std::filesystem::path const& file, std::string const& type, std::size_t rows,
               std::size_t columns, std::vector<T> const& pixels) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  header.resize(118, ' ');
  write_text(file, std::string("\x93NUMPY\1\0\x76\0", 10) + header +
                       std::string(reinterpret_cast<char const*>(pixels.data()),
                                   pixels.size() * sizeof(T)));
}

std::string const plain_poni =
    "poni_version: 2\nDetector: Detector\nDetector_config: {\"pixel1\": 1e-4, \"pixel2\": "
    "1e-4}\nDistance: 0.1\nPoni1: 0.001\nPoni2: 0.001\n"
    "Rot1: 0\nRot2: 0\nRot3: 0\nWavelength: 1e-10\n";
std::string const options = " --poni c.poni --bins 5 --splitting none -o o.h5";

TEST(Files, AFolderInTheListOfTheScan) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  std::filesystem::create_directory(folder / "scan" / "adir");
  replace_in(job, "\"scan.h5\"", "\"adir\"");
  for (std::string const command : {"check scan/job.json", "reduce scan/job.json -o out.h5"}) {
    auto const run = xrdct(folder, command);
    EXPECT_EQ(run.status, 2) << run.errors;
    EXPECT_THAT(run.errors, AllOf(HasSubstr("adir"), HasSubstr("expected HDF5 files in the folder"),
                                  Not(HasSubstr("internal"))))
        << command;
  }
}

TEST(Files, AnImageInTheListOfTheScan) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  write_npy<std::uint8_t>(folder / "scan" / "scan.h5", "|u1", 2, 2, {1, 2, 3, 4});
  auto const run = xrdct(folder, "check scan/job.json");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, AllOf(HasSubstr("found NPY"), HasSubstr("signature")));
}

TEST(Files, ImagesThatAreNoneHaveOneRuleOfExitStatus) {
  auto const folder = fresh_folder();
  write_text(folder / "c.poni", plain_poni);
  write_npy<std::uint8_t>(folder / "x.npy", "|u1", 4, 5, std::vector<std::uint8_t>(20, 1));
  std::filesystem::create_directory(folder / "adir");
  write_text(folder / "empty", "");
  write_text(folder / "picture.png", "\x89PNG\r\n\x1a\n");
  std::filesystem::create_symlink("loop", folder / "loop");
  std::string const long_name(300, 'n');
  write_text(folder / "short.npy", read_text(folder / "x.npy").substr(0, 140));
  struct Case {
    std::string file;
    int status;
    std::string text;
  };
  for (Case const& c :
       {Case{"none.edf", 3, "no such file"}, Case{"none.h5:/entry/data", 3, "no such file"},
        Case{"loop", 3, "no such file"}, Case{"loop:/entry/data", 3, "no such file"},
        Case{"empty/x:/entry/data", 3, "no such file"}, Case{long_name, 3, "no such file"},
        Case{long_name + ":/entry/data[0]", 3, "no such file"}, Case{"adir", 3, "a folder"},
        Case{"empty", 3, "an empty file"}, Case{"short.npy", 3, "truncated"},
        Case{"picture.png", 2, "PNG"}, Case{"c.poni", 2, "another format"}}) {
    for (std::string const& arguments :
         {c.file, "x.npy --mask " + c.file, "x.npy --dark " + c.file, "x.npy --flat " + c.file}) {
      auto const run = xrdct(folder, "integrate " + arguments + options);
      EXPECT_EQ(run.status, c.status) << arguments << run.errors;
      EXPECT_THAT(run.errors, AllOf(HasSubstr(c.file), HasSubstr(c.text))) << arguments;
    }
  }
}

TEST(Files, TextsMayComeThroughPipes) {
  auto const folder = fresh_folder();
  write_npy<std::uint8_t>(folder / "x.npy", "|u1", 4, 5, std::vector<std::uint8_t>(20, 1));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  ASSERT_EQ(write(ends[1], plain_poni.data(), plain_poni.size()),
            static_cast<ssize_t>(plain_poni.size()));
  close(ends[1]);
  auto const run =
      xrdct(folder, "integrate x.npy --bins 5 -o o.h5 --poni /dev/fd/" + std::to_string(ends[0]));
  close(ends[0]);
  EXPECT_EQ(run.status, 0) << run.errors;
}

TEST(Files, AMaskThatCannotBeReadIsToldOnce) {
  auto const folder = fresh_folder();
  write_text(folder / "c.poni", plain_poni);
  std::string images;
  for (std::string const name : {"a.npy ", "b.npy ", "c.npy "}) {
    write_npy<std::uint8_t>(folder / name.substr(0, 5), "|u1", 4, 5,
                            std::vector<std::uint8_t>(20, 1));
    images += name;
  }
  write_npy<std::uint8_t>(folder / "d.npy", "|u1", 5, 5, std::vector<std::uint8_t>(25, 1));
  write_text(folder / "picture.png", "\x89PNG\r\n\x1a\n");
  for (auto const& [mask, status] : {std::pair("none.edf", 3), std::pair("picture.png", 2)}) {
    auto const run = xrdct(folder, "integrate " + images + "--mask " + mask + options);
    EXPECT_EQ(run.status, status) << run.errors;
    EXPECT_THAT(run.errors, AllOf(HasSubstr(mask), Not(HasSubstr("left out"))))
        << "a fault of all images";
    EXPECT_FALSE(std::filesystem::exists(folder / "o.h5"));
  }
  write_npy<std::uint8_t>(folder / "mask.npy", "|u1", 4, 5, std::vector<std::uint8_t>(20, 0));
  auto const run = xrdct(folder, "integrate " + images + "d.npy --mask mask.npy" + options);
  EXPECT_EQ(run.status, 4) << "a mask of another shape is a fault of one image";
  EXPECT_THAT(run.errors, HasSubstr("d.npy: left out"));
}

TEST(Files, WideIntegersBelow0AreNoMeasurements) {
  auto const folder = fresh_folder();
  write_text(folder / "c.poni", plain_poni);
  std::vector<std::int64_t> pixels(20, 5);
  pixels[3] = -1;
  pixels[7] = -2;
  write_npy(folder / "a.npy", "<i8", 4, 5, pixels);
  write_npy(folder / "b.npy", "<i4", 4, 5, std::vector<std::int32_t>(pixels.begin(), pixels.end()));
  std::vector<std::uint64_t> counts(20, 5);
  counts[3] = ~std::uint64_t{0};
  counts[7] = ~std::uint64_t{0} - 1;
  write_npy(folder / "c.npy", "<u8", 4, 5, counts);
  std::vector<double> numbers(pixels.begin(), pixels.end());
  write_npy(folder / "d.npy", "<f8", 4, 5, numbers);
  auto const run = xrdct(folder, "integrate a.npy b.npy c.npy d.npy" + options);
  ASSERT_EQ(run.status, 0) << run.errors;
  for (std::string const name : {"a.npy", "b.npy", "c.npy"}) {
    auto const line = run.out.substr(run.out.find(name));
    EXPECT_THAT(line.substr(0, line.find('\n')), HasSubstr("18 used, 0 masked, 2 invalid")) << name;
  }
  EXPECT_THAT(run.out.substr(run.out.find("d.npy")), HasSubstr("20 used, 0 masked, 0 invalid"))
      << "floating point below 0 is a measurement";
  EXPECT_THAT(xrdct(folder, "integrate a.npy --invalid none" + options + " ").out,
              HasSubstr("20 used"));
  write_npy(
      folder / "mask.npy", "<i8", 4, 5,
      std::vector<std::int64_t>{0, -1, 1, -2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_THAT(
      xrdct(folder,
            "integrate d.npy --mask mask.npy --poni c.poni --bins 5 --splitting none -o m.h5")
          .out,
      HasSubstr("17 used, 3 masked"));
}

TEST(Files, FramesThatLackTheBorderOfTheirDetector) {
  auto const folder = fresh_folder();
  std::string poni = plain_poni;
  poni.replace(poni.find("Detector: Detector"), 18, "Detector: Eiger500k");
  poni.replace(poni.find("{\"pixel1\": 1e-4, \"pixel2\": 1e-4}"), 32, "{}");
  write_text(folder / "c.poni", poni);
  std::vector<std::uint8_t> pixels(512 * 1028, 1);
  write_npy(folder / "x.npy", "|u1", 512, 1028, pixels);
  std::fill(pixels.begin(), pixels.end(), std::uint8_t{0});
  pixels[17] = 1;
  write_npy(folder / "mask.npy", "|u1", 512, 1028, pixels);
  auto const run = xrdct(folder, "integrate x.npy --mask mask.npy" + options);
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("526335 used, 1 masked"));
  EXPECT_THAT(run.errors, HasSubstr("the detector Eiger500k has 514 × 1030"));
  auto const refused = xrdct(folder, "integrate x.npy" + options);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("514 × 1030"), HasSubstr("512 × 1028")));
}

/// Integers of 64 bits are delivered as floating point, but what marks no measurement is known by
/// the type that was stored.
TEST(Files, ScansOf64BitIntegersHaveTheSentinelsOfTheirType) {
  auto const folder = fresh_folder();
  write_text(folder / "c.poni", plain_poni);
  std::vector<std::int64_t> with_sign(20, 5);
  with_sign[3] = -1, with_sign[9] = -2, with_sign[11] = std::numeric_limits<std::int64_t>::min();
  std::vector<std::uint64_t> without(20, std::uint64_t{5} << 56);  // big endian
  write_npy(folder / "i.npy", "<i8", 4, 5, with_sign);
  without[7] = ~std::uint64_t{0}, without[8] = ~(std::uint64_t{1} << 56);
  write_npy(folder / "u.npy", ">u8", 4, 5, without);
  for (auto const& [name, invalid] : {std::pair{"i", 3.0}, std::pair{"u", 2.0}}) {
    for (std::string const rule : {R"("default")", R"("none")"}) {
      write_text(
          folder / "job.json",
          std::string(R"({"scan": {"files": [")") + name +
              R"(.npy"], "shape": {"slow": 1, "fast": 1}, "invalid": )" + rule +
              R"(}, "calibration": {"poni": "c.poni"}, "reductions": [{"name": "mean", "bins": 2}],
                     "output": {"file": "o.h5"}})");
      auto const run = xrdct(folder, "reduce job.json --overwrite");
      ASSERT_EQ(run.status, 0) << run.errors;
      EXPECT_EQ(io::read_values(folder / "o.h5", "/entry/frames/mean/invalid"),
                std::vector<double>{rule == "\"none\"" ? 0.0 : invalid})
          << name << " " << rule;
    }
  }
}

TEST(Files, SettingsOfPyFaiWithUrlAndOneEndOfARange) {
  auto const folder = fresh_folder();
  write_npy<std::uint8_t>(folder / "x.npy", "|u1", 4, 5, std::vector<std::uint8_t>(20, 1));
  std::vector<std::uint8_t> mask(20, 0);
  mask[0] = mask[1] = 1;
  write_npy(folder / "mask.npy", "|u1", 4, 5, mask);
  write_text(
      folder / "c.json",
      R"({"version": 5, "nbpt_rad": 5, "unit": "r_mm", "method": ["no", "csr", "cython"], "radial_range": [0.9, null], "mask_file": "fabio://)" +
          (folder / "mask.npy").string() +
          R"(", "poni": {"dist": 0.1, "poni1": 0.001, "poni2": 0.001, "detector": "Detector", "detector_config": {"pixel1": 1e-4, "pixel2": 1e-4}}})");
  auto const run = xrdct(folder, "integrate x.npy --config c.json -o o.h5");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, AllOf(HasSubstr(" 2 masked"), Not(HasSubstr(" 0 out of range"))));
}

}  // namespace
}  // namespace xrdct::test
