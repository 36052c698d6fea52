#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "core/phantom/simulated_scan.hpp"
#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/values/value_reader.hpp"
#include "io/simulated/scan_writer.hpp"
#include "tests/core/phantom/small_scan.hpp"

namespace xrdct {
namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  auto const* const info = testing::UnitTest::GetInstance()->current_test_info();
  fs::path const folder =
      fs::path(testing::TempDir()) / (std::string("xrdct_scan_files_") + info->name());
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string bytes_of(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Scan {
  Scan()
      : scan([] {
          auto settings = test::small_scan(2.0);
          settings.frame = {37, 53};  // neither a multiple of a block nor of 8
          settings.type = core::PixelType::u16;
          return settings;
        }()) {
    description.shape = scan.settings().frame;
    description.type = scan.settings().type;
    description.detector = "Detector";
  }
  void write(fs::path const& file, core::FrameRange frames, int threads,
             std::span<double const> monitor = {}) const {
    io::write_scan_data(file, description, frames, monitor,
                        [&](std::int64_t n, std::span<std::byte> out) { scan.draw(n, out); },
                        threads, {});
  }
  core::SimulatedScan scan;
  io::ScanDescription description;
};

void expect_frames(io::Hdf5Frames& source, core::SimulatedScan const& scan, std::int64_t frames) {
  ASSERT_EQ(source.frames(), frames);
  EXPECT_EQ(source.shape(), scan.settings().frame);
  EXPECT_EQ(source.encoding().type, core::PixelType::u16);
  EXPECT_EQ(source.encoding().filter, core::Filter::bitshuffle_lz4);
  std::vector<std::int64_t> all(static_cast<std::size_t>(frames));
  std::iota(all.begin(), all.end(), 0);
  source.locate(all);
  core::FrameBuffer buffer;
  source.read(all, buffer);
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  std::vector<std::byte> decoded(decoder.frame_bytes()), drawn(decoder.frame_bytes());
  for (std::int64_t n = 0; n < frames; ++n) {
    ASSERT_EQ(decoder.decode(buffer.batch.frames[static_cast<std::size_t>(n)], decoded),
              codec::DecodeStatus::ok);
    scan.draw(n, drawn);
    EXPECT_EQ(decoded, drawn) << "frame " << n;
  }
}

TEST(ScanFiles, OneFileHoldsTheFramesAndTheMonitor) {
  auto const folder = fresh_folder();
  Scan const scan;
  std::vector<double> const monitor{3.0, 2.0, 1.5, 4.0, 0.25};
  scan.write(folder / "scan.h5", {0, 5}, 2, monitor);
  io::Hdf5Frames source({folder / "scan.h5"}, io::scan_dataset);
  expect_frames(source, scan.scan, 5);
  EXPECT_EQ(io::read_values(folder / "scan.h5", "/entry/monitor/data"), monitor);
  EXPECT_FALSE(fs::exists(folder / "scan.h5.part"));
}

TEST(ScanFiles, AMasterNamesItsDataFiles) {
  auto const folder = fresh_folder();
  Scan const scan;
  scan.write(folder / "scan_data_000001.h5", {0, 4}, 1);
  scan.write(folder / "scan_data_000002.h5", {4, 8}, 1);
  scan.write(folder / "scan_data_000003.h5", {8, 9}, 1);
  std::vector<io::ScanPart> const parts{{"scan_data_000001.h5", {0, 4}},
                                        {"scan_data_000002.h5", {4, 8}},
                                        {"scan_data_000003.h5", {8, 9}}};
  io::write_scan_master(folder / "scan_master.h5", scan.description, parts,
                        std::vector<double>(9, 1.0));
  io::Hdf5Frames source({folder / "scan_master.h5"}, "/entry/data");
  expect_frames(source, scan.scan, 9);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

TEST(ScanFiles, AMasterMayNameADataFileAThousandTimes) {
  auto const folder = fresh_folder();
  Scan const scan;
  scan.write(folder / "scan_data_000001.h5", {0, 2}, 1);
  scan.write(folder / "scan_data_000002.h5", {2, 3}, 1);
  std::vector<io::ScanPart> parts;
  for (int copy = 0; copy < 1000; ++copy) {
    parts.push_back({"scan_data_000001.h5", {0, 2}});
    parts.push_back({"scan_data_000002.h5", {2, 3}});
  }
  io::write_scan_master(folder / "scan_master.h5", scan.description, parts,
                        std::vector<double>(3000, 1.0));
  auto const before = open_descriptors();
  io::Hdf5Frames source({folder / "scan_master.h5"}, "/entry/data");
  ASSERT_EQ(source.frames(), 3000);
  EXPECT_EQ(source.files().size(), 3U) << "each file once in the provenance";
  std::vector<std::int64_t> const wanted{2999, 0, 1501, 1502};
  source.locate(wanted);
  core::FrameBuffer buffer;
  source.read(wanted, buffer);
  EXPECT_LE(open_descriptors() - before, 5)
      << "each file is open once for HDF5, and data files once for their bytes";
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  std::vector<std::byte> decoded(decoder.frame_bytes()), drawn(decoder.frame_bytes());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(decoder.decode(buffer.batch.frames[i], decoded), codec::DecodeStatus::ok);
    scan.scan.draw(wanted[i] % 3, drawn);
    EXPECT_EQ(decoded, drawn) << "frame " << wanted[i];
  }
}

TEST(ScanFiles, EqualFramesGiveEqualBytesWithAnyNumberOfThreads) {
  auto const folder = fresh_folder();
  Scan const scan;
  scan.write(folder / "one.h5", {0, 40}, 1);
  scan.write(folder / "three.h5", {0, 40}, 3);
  ASSERT_GT(bytes_of(folder / "one.h5").size(), 1000u);
  EXPECT_EQ(bytes_of(folder / "one.h5"), bytes_of(folder / "three.h5"));
}

TEST(ScanFiles, AFailureToDrawLeavesNoFileOfThatName) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto const draw = [](std::int64_t n, std::span<std::byte>) {
    if (n == 7) throw core::IoError("no frame 7");
  };
  EXPECT_THROW(io::write_scan_data(folder / "scan.h5", scan.description, {0, 20}, {}, draw, 3, {}),
               core::IoError);
  EXPECT_FALSE(fs::exists(folder / "scan.h5"));
}

TEST(ScanFiles, AFolderThatIsNotThereIsNamed) {
  Scan const scan;
  try {
    scan.write("/no_such_folder/scan.h5", {0, 2}, 1);
    FAIL();
  } catch (core::IoError const& error) {
    EXPECT_NE(std::string(error.what()).find("/no_such_folder/scan.h5"), std::string::npos);
  }
}

}  // namespace
}  // namespace xrdct
