#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "core/phantom/simulated_scan.hpp"
#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/frames/read_image.hpp"
#include "io/guard/file_origin.hpp"
#include "io/simulated/scan_files.hpp"
#include "io/values/value_reader.hpp"
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
  /// The first frames of the scan, and a monitor of 1, 2, 3, …
  io::ScanContent content(std::int64_t frames, std::int64_t frames_per_file = 1000) const {
    io::ScanContent content;
    content.description = description;
    content.entries = {{{0, frames}, "amesh dty 0 12 12 rot 0 168.75 15 0.01"}};
    content.frames_per_file = frames_per_file;
    for (std::int64_t n = 1; n <= frames; ++n) content.monitor.push_back(static_cast<double>(n));
    return content;
  }
  void write(fs::path const& folder, io::ScanFiles const& files, int threads = 1) const {
    auto const draw = [&](std::int64_t n, std::span<std::byte> out) { scan.draw(n, out); };
    for (auto const& name : files.names()) fs::create_directories((folder / name).parent_path());
    for (std::size_t part = 0; part < files.parts().size(); ++part)
      files.write_part(folder, part, draw, threads, {});
    files.write_rest(folder);
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
  auto const files = io::scan_files(io::ScanLayout::single, scan.content(5));
  scan.write(folder, *files, 2);
  io::Hdf5Frames source({folder / "scan.h5"}, io::scan_dataset);
  expect_frames(source, scan.scan, 5);
  EXPECT_EQ(io::read_values(folder / "scan.h5", files->job_names().monitor.dataset),
            files->content().monitor);
  EXPECT_FALSE(fs::exists(folder / "scan.h5.part"));
}

TEST(ScanFiles, AMasterNamesItsDataFiles) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto const files = io::scan_files(io::ScanLayout::eiger, scan.content(9, 4));
  EXPECT_EQ(files->names(),
            (std::vector<std::string>{"scan_master.h5", "scan_data_000001.h5",
                                      "scan_data_000002.h5", "scan_data_000003.h5"}));
  scan.write(folder, *files);
  io::Hdf5Frames source({folder / "scan_master.h5"}, files->job_names().dataset);
  expect_frames(source, scan.scan, 9);
}

TEST(ScanFiles, BlissIsAVirtualDatasetOverTheFilesOfTheDetector) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto const files = io::scan_files(io::ScanLayout::bliss, scan.content(9, 4));
  EXPECT_EQ(files->names(),
            (std::vector<std::string>{"scan.h5", "scan0001/det_0000.h5", "scan0001/det_0001.h5",
                                      "scan0001/det_0002.h5"}));
  scan.write(folder, *files);
  io::Hdf5Frames source({folder / "scan.h5"}, files->job_names().dataset);
  EXPECT_EQ(files->job_names().dataset, "/1.1/measurement/det");
  expect_frames(source, scan.scan, 9);
}

TEST(ScanFiles, BlissKeepsMotorsThatStandStillInAnEntryAsOneNumber) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto content = scan.content(9, 4);
  content.entries = {{{0, 5}, "ascan dty 0 4 4 0.01"}, {{5, 9}, "ascan dty 0 4 4 0.01", true}};
  content.motors = {{"dty", "mm", {0, 1, 2, 3, 4, 0, 1, 2, 3}},
                    {"rot", "deg", {7, 7, 7, 7, 7, 8, 8, 8, 8}, false}};
  auto const files = io::scan_files(io::ScanLayout::bliss, std::move(content));
  scan.write(folder, *files);
  auto const file = folder / "scan.h5";
  EXPECT_EQ(io::read_values(file, "/2.1/measurement/dty"), (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(io::read_values(file, "/1.1/instrument/positioners/rot"), std::vector<double>{7});
  EXPECT_EQ(io::read_values(file, "/2.1/instrument/positioners/rot"), std::vector<double>{8});
  EXPECT_EQ(io::read_values(file, "/2.1/measurement/mon"), (std::vector<double>{6, 7, 8, 9}));
  EXPECT_EQ(files->job_names().dataset, "/*.1/measurement/det");
  io::Hdf5Frames first({file}, "/1.1/measurement/det"), second({file}, "/2.1/measurement/det");
  expect_frames(first, scan.scan, 5);
  EXPECT_EQ(second.frames(), 4);
}

TEST(ScanFiles, MaxIvLinksTheFramesOfEachScan) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto content = scan.content(9);
  content.entries = {{{0, 5}, "ascan"}, {{5, 9}, "ascan"}};
  content.motors = {{"dty", "mm", {0, 1, 2, 3, 4, 0, 1, 2, 3}},
                    {"rot", "deg", {7, 7, 7, 7, 7, 8, 8, 8, 8}, false}};
  auto const files = io::scan_files(io::ScanLayout::maxiv, std::move(content));
  scan.write(folder, *files);
  auto const names = files->job_names();
  EXPECT_EQ(names.files, (std::vector<std::string>{"scan-0001.h5", "scan-0002.h5"}));
  io::Hdf5Frames source({folder / "scan-0001.h5", folder / "scan-0002.h5"}, names.dataset);
  expect_frames(source, scan.scan, 9);
  EXPECT_EQ(io::read_values(folder / "scan-0002.h5", names.motors[0].dataset),
            (std::vector<double>{0, 1, 2, 3}));
  EXPECT_EQ(io::read_values(folder / "scan-0002.h5", names.motors[1].dataset),
            std::vector<double>{8});
}

TEST(ScanFiles, CbfIsAnImageForEachFrameWithItsCheckSum) {
  auto const folder = fresh_folder();
  auto settings = test::small_scan(200.0);  // differences of one byte and more
  settings.type = core::PixelType::i32;
  settings.hot_pixels = 5;
  settings.hot_counts = 100000.0;
  core::SimulatedScan const simulated(settings);
  Scan const scan;
  auto content = scan.content(3);
  content.description.shape = settings.frame;
  content.description.type = settings.type;
  content.motors = {{"dty", "mm", {-0.5, 0.25, 1.0}}, {"rot", "deg", {0.0, 0.0, 0.0}}};
  auto const files = io::scan_files(io::ScanLayout::cbf, std::move(content));
  fs::create_directories(folder / "cbf");
  files->write_part(
      folder, 0, [&](std::int64_t n, std::span<std::byte> out) { simulated.draw(n, out); }, 2, {});
  std::vector<std::int32_t> drawn(settings.frame.pixels());
  for (std::int64_t n = 0; n < 3; ++n) {
    auto const file = folder / files->names()[static_cast<std::size_t>(n)];
    auto const image = io::read_image(file.string());
    simulated.draw(n, std::as_writable_bytes(std::span(drawn)));
    EXPECT_EQ(image.shape, settings.frame);
    EXPECT_TRUE(std::equal(drawn.begin(), drawn.end(), image.pixels.begin(), image.pixels.end()));
    EXPECT_EQ(io::origin_of(file), io::FileOrigin::simulation);
  }
  EXPECT_EQ(files->texts().at(0).second, "frame,dty,rot,mon\n0,-0.5,0,1\n1,0.25,0,2\n2,1,0,3\n");
  auto damaged = bytes_of(folder / "cbf/scan_00002.cbf");
  damaged[damaged.size() / 4] ^= 1;
  std::ofstream(folder / "cbf/scan_00002.cbf", std::ios::binary) << damaged;
  EXPECT_THROW(io::read_image((folder / "cbf/scan_00002.cbf").string()), core::IoError);
  EXPECT_EQ(io::origin_of(folder / "cbf/scan_00002.cbf"), io::FileOrigin::other);
}

TEST(ScanFiles, CbfHoldsSignedIntegersAlone) {
  Scan const scan;
  EXPECT_THROW(io::scan_files(io::ScanLayout::cbf, scan.content(3)), core::InputError);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

TEST(ScanFiles, AMasterMayNameADataFileAThousandTimes) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto content = scan.content(3, 2);
  content.repeat = 1000;
  scan.write(folder, *io::scan_files(io::ScanLayout::eiger, std::move(content)));
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
  auto const files = io::scan_files(io::ScanLayout::single, scan.content(40));
  scan.write(folder / "one", *files, 1);
  scan.write(folder / "three", *files, 3);
  ASSERT_GT(bytes_of(folder / "one/scan.h5").size(), 1000u);
  EXPECT_EQ(bytes_of(folder / "one/scan.h5"), bytes_of(folder / "three/scan.h5"));
}

TEST(ScanFiles, AFailureToDrawLeavesNoFileOfThatName) {
  auto const folder = fresh_folder();
  Scan const scan;
  auto const files = io::scan_files(io::ScanLayout::single, scan.content(20));
  auto const draw = [](std::int64_t n, std::span<std::byte>) {
    if (n == 7) throw core::IoError("no frame 7");
  };
  EXPECT_THROW(files->write_part(folder, 0, draw, 3, {}), core::IoError);
  EXPECT_FALSE(fs::exists(folder / "scan.h5"));
}

TEST(ScanFiles, AFolderThatIsNotThereIsNamed) {
  Scan const scan;
  auto const files = io::scan_files(io::ScanLayout::single, scan.content(2));
  try {
    files->write_part("/no_such_folder", 0, [](std::int64_t, std::span<std::byte>) {}, 1, {});
    FAIL();
  } catch (core::IoError const& error) {
    EXPECT_NE(std::string(error.what()).find("/no_such_folder/scan.h5"), std::string::npos);
  }
}

}  // namespace
}  // namespace xrdct
