// Real scans from the files as the beamlines left them: inspected, a job written, run with the
// settings of the reference by --set, equal to pyFAI.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;

std::string const needs =
    "needs real scans: set XRDCT_TEST_DATA to the folder that holds data/ and reference/";

/// A reduction as --set takes it.
std::string reductions(std::string const& method, std::string const& splitting,
                       std::string const& unit, int bins) {
  return " --set 'reductions=[{\"name\": \"mean\", \"method\": \"" + method +
         "\", \"splitting\": \"" + splitting + "\", \"unit\": \"" + unit +
         "\", \"bins\": " + std::to_string(bins) + ", \"error_model\": \"poisson\"}]'";
}

void run(fs::path const& folder, std::string const& arguments) {
  auto const outcome = xrdct(folder, arguments);
  ASSERT_EQ(outcome.status, 0) << arguments << "\n" << outcome.errors << outcome.out;
}

/// Numbers of a case of the reference.
std::vector<double> reference(std::string const& group, std::string const& field) {
  return io::read_values(test_data() / "reference" / "real.h5", "/" + group + "/" + field);
}

/// Intensity and its error of one place against a row of the reference.
/// \param monitor by which the intensity was divided
void expect_equal(io::SinogramReader const& reader, std::array<std::size_t, 3> const& place,
                  std::string const& group, std::size_t row, double monitor = 1.0) {
  auto const intensity = reference(group, "intensity"), count = reference(group, "count"),
             sem = reference(group, "sem");
  auto const found = reader.pattern("mean", "I", place[0], place[1], place[2]),
             errors = reader.pattern("mean", "I_errors", place[0], place[1], place[2]);
  std::size_t compared = 0;
  for (std::size_t b = 0; b < found.size(); ++b) {
    std::size_t const i = row * found.size() + b;
    if (count[i] == 0.0) {
      ASSERT_TRUE(std::isnan(found[b])) << "bin " << b;
      continue;
    }
    ASSERT_NEAR(found[b] * monitor, intensity[i], 2e-6 * std::abs(intensity[i]))
        << group << " row " << row << " bin " << b;
    ASSERT_NEAR(errors[b] * monitor, sem[i], 2e-6 * sem[i])
        << group << " row " << row << " bin " << b;
    ++compared;
  }
  EXPECT_GT(compared, found.size() / 2);
}

TEST(RealScans, ChessIsPlacedByItsMotors) {
  if (test_data().empty()) GTEST_SKIP() << needs;
  auto const folder = fresh_folder();
  auto const raster = (test_data() / "data/chess-raster").string() + "/";
  for (std::string const detector : {"PIL5", "PIL9", "PIL11"}) {
    run(folder, "inspect " + raster + "saxswaxs_test_2d_repacked_bslz4.h5 --stack /" + detector +
                    "/data --poni " + raster + detector + ".poni --write-job " + detector +
                    ".json");
    run(folder, "reduce " + detector + ".json --set 'calibration.mask=[\"" + raster + detector +
                    ".tif\"]'" + reductions("mean", "bounding_box", "q_A^-1", 500) + " -o " +
                    detector + ".h5");
    io::SinogramReader const reader(folder / (detector + ".h5"));
    ASSERT_EQ(reader.shape(), (core::ScanShape{1, 8, 6}));
    EXPECT_NEAR(reader.slow().positions[7], 141.7, 1e-5);
    EXPECT_NEAR(reader.fast().positions[5], 142.5, 1e-5);
    for (std::size_t n : {0, 17, 47})
      expect_equal(reader, {0, n / 6, n % 6}, "chess-raster/" + detector + "/bbox", n);
  }
}

TEST(RealScans, ChessLineOfTiffIsPlacedByColumnsOfSpec) {
  if (test_data().empty()) GTEST_SKIP() << needs;
  auto const folder = fresh_folder();
  auto const raster = (test_data() / "data/chess-raster").string() + "/";
  auto const column = [&](std::string const& name) {
    return "{\"file\": \"" + raster + "test_2d\", \"column\": \"" + name + "\", \"first\": 0}";
  };
  run(folder, "inspect " + raster + "tiff-row --poni " + raster +
                  "PIL9.poni --shape 1x6 --write-job job.json");
  run(folder,
      "reduce job.json --set scan.shape=null --set 'scan.positions={\"fast\": " + column("xrfz") +
          ", \"slow\": " + column("xrfx") + "}' --set 'scan.monitor=" + column("ic1") +
          "' --set 'calibration.mask=[\"" + raster + "PIL9.tif\"]'" +
          reductions("mean", "none", "q_A^-1", 500) + " -o out.h5");
  io::SinogramReader const reader(folder / "out.h5");
  ASSERT_EQ(reader.shape(), (core::ScanShape{1, 1, 6}));
  EXPECT_NEAR(reader.fast().positions[5], 142.5, 1e-5);
  auto const monitor = io::read_values(raster + "saxswaxs_test_2d_repacked_bslz4.h5", "/spec/ic1");
  for (std::size_t n = 0; n < 6; ++n)
    expect_equal(reader, {0, 0, n}, "chess-raster/PIL9/no", n, monitor[n]);
}

TEST(RealScans, HexrdCeriaIsOneFrame) {
  if (test_data().empty()) GTEST_SKIP() << needs;
  auto const folder = fresh_folder();
  auto const ceria = (test_data() / "data/ceo2-pilatus2m-hexrd").string() + "/";
  run(folder, "inspect " + ceria + "ceria_50x30_740mm_000005_Pilatus2M.hdf5 --poni " + ceria +
                  "derived_Pilatus2M.poni --write-job job.json");
  for (std::string const split : {"none", "bounding_box", "full"}) {
    run(folder,
        "reduce job.json --overwrite" + reductions("mean", split, "2th_deg", 3000) + " -o out.h5");
    expect_equal(io::SinogramReader(folder / "out.h5"), {0, 0, 0},
                 "ceo2-pilatus2m-hexrd/" + (split == "bounding_box" ? "bbox" : split), 0);
  }
}

TEST(RealScans, ThaumatinIsASeriesOfCompressedCbf) {
  if (test_data().empty()) GTEST_SKIP() << needs;
  auto const folder = fresh_folder();
  write_text(folder / "thau.poni",
             "poni_version: 2.1\nDetector: Pilatus6M\nDetector_config: {\"orientation\": 3}\n"
             "Distance: 0.351\nPoni1: 0.22479712\nPoni2: 0.21699692\nRot1: 0.0\nRot2: 0.0\n"
             "Rot3: 0.0\nWavelength: 9.6859e-11\n");
  run(folder, "inspect " + (test_data() / "data/thaumatin-pilatus6m-cbf").string() +
                  " --poni thau.poni --shape 1x3 --write-job job.json");
  run(folder,
      "reduce job.json" + reductions("mean", "bounding_box", "q_nm^-1", 1000) + " -o out.h5");
  io::SinogramReader const reader(folder / "out.h5");
  ASSERT_EQ(reader.shape(), (core::ScanShape{1, 1, 3}));
  for (std::size_t n = 0; n < 3; ++n)
    expect_equal(reader, {0, 0, n}, "thaumatin/" + std::to_string(n) + "/mean", 0);
}

TEST(RealScans, FramesOfI18AreReadInTheShapeOfTheirStack) {
  if (test_data().empty()) GTEST_SKIP() << needs;
  auto const folder = fresh_folder();
  auto const file = (test_data() / "data/i18-tomography/xrd_test.nxs").string();
  std::string const stack = "/entry1/xrd_entry/instrument/detector/data";
  write_text(folder / "i18.poni",
             "poni_version: 2.1\nDetector: Detector\nDetector_config: {\"pixel1\": 2.5e-5, "
             "\"pixel2\": 2.5e-5, \"max_shape\": [100, 1000], \"orientation\": 3}\n"
             "Distance: 0.165\nPoni1: 0.001\nPoni2: 0.01\nRot1: 0.0\nRot2: 0.0\nRot3: 0.0\n"
             "Wavelength: 7.006e-11\n");
  run(folder, "inspect " + file + " --poni i18.poni --write-job job.json");
  run(folder,
      "reduce job.json --set corrections.solid_angle=false --set scan.positions=null"
      " --set scan.invalid=none" +
          reductions("mean", "none", "q_nm^-1", 1) + " -o out.h5");
  io::SinogramReader const reader(folder / "out.h5");
  ASSERT_EQ(reader.shape(), (core::ScanShape{2, 2, 2}));
  auto const pixels = io::read_values(file, stack);
  for (std::size_t n = 0; n < 8; ++n) {
    double sum = 0.0;
    for (std::size_t p = 0; p < 100000; ++p) sum += pixels[n * 100000 + p];
    EXPECT_NEAR(reader.pattern("mean", "I", n / 4, n / 2 % 2, n % 2)[0], sum / 1e5,
                1e-6 * std::abs(sum / 1e5))
        << "frame " << n;
  }
}

}  // namespace
}  // namespace xrdct::test
