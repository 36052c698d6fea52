#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"
#include "io/frames/read_image.hpp"

/// Files of real detectors. The expected sums Σ value·(i mod 1009 + 1) were formed with h5py and
/// fabio.
namespace xrdct::io {
namespace {

using namespace test;
namespace fs = std::filesystem;

class RealFiles : public testing::Test {
 protected:
  void SetUp() override {
    char const* const folder = std::getenv("XRDCT_TEST_DATA");
    if (folder == nullptr)
      GTEST_SKIP() << "XRDCT_TEST_DATA does not name the folder of real detector data";
    data_ = fs::path(folder) / "data";
    if (!fs::is_directory(data_)) GTEST_SKIP() << "no real detector data in " << data_;
  }
  fs::path data_;
};

double value_at(std::vector<std::byte> const& pixels, std::size_t i, core::PixelType type) {
  auto const load = [&]<class T>(T value) {
    std::memcpy(&value, pixels.data() + i * sizeof(T), sizeof(T));
    return static_cast<double>(value);
  };
  if (type == core::PixelType::u8) return load(std::uint8_t{});
  if (type == core::PixelType::u16) return load(std::uint16_t{});
  return load(std::uint32_t{});
}

std::int64_t checksum(std::vector<fs::path> const& files, std::string const& dataset) {
  Hdf5Frames source(files, dataset);
  auto const type = source.encoding().type;
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  std::vector<std::byte> pixels(decoder.frame_bytes());
  core::FrameBuffer buffer;
  std::int64_t sum = 0;
  std::int64_t i = 0;
  std::vector<std::int64_t> all(static_cast<std::size_t>(source.frames()));
  std::iota(all.begin(), all.end(), 0);
  source.locate(all);
  for (auto const frame : all) {
    source.read(std::span(&frame, 1), buffer);
    EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::good);
    EXPECT_EQ(decoder.decode(buffer.batch.frames[0], pixels), codec::DecodeStatus::ok);
    for (std::size_t p = 0; p < source.shape().pixels(); ++p, ++i)
      sum += static_cast<std::int64_t>(value_at(pixels, p, type)) * (i % 1009 + 1);
  }
  return sum;
}

TEST_F(RealFiles, eiger_data_files) {
  auto const folder = data_ / "eiger-h5-layouts";
  std::vector<std::pair<std::string, std::int64_t>> const expected{
      {"datasets_eiger1/eiger1_testmode10_2datafiles_4images_bslz4_data_000001.h5", 2531862638356},
      {"datasets_eiger1/eiger1_testmode10_2datafiles_4images_bslz4_data_000002.h5", 2531862639281},
      {"datasets_eiger1/eiger1_testmode10_2datafiles_4images_lz4_data_000001.h5", 2531862640961},
      {"datasets_eiger1/eiger1_testmode10_2datafiles_4images_lz4_data_000002.h5", 2531862641806},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_data_000001.h5", 3684155032},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_data_000002.h5", 3684160233},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_uint32_data_000001.h5",
       22104969391},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_uint32_data_000002.h5",
       22104969293},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_uint8_data_000001.h5", 3684154127},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_bslz4_uint8_data_000002.h5", 3684155627},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_lz4_data_000001.h5", 3684164309},
      {"datasets_eiger2/eiger2_simread7_2datafiles_4images_lz4_data_000002.h5", 3684166901}};
  for (auto const& [file, sum] : expected)
    EXPECT_EQ(checksum({folder / file}, "/entry/data/data"), sum) << file;
}

TEST_F(RealFiles, eiger_master_with_lz4) {
  EXPECT_EQ(checksum({data_ / "eiger-h5-layouts/dataset_artificial_small_001/test_master.h5"},
                     "/entry/data"),
            19392230);
}

TEST_F(RealFiles, all_layouts_of_four_hdf5_versions) {
  std::vector<std::pair<std::string, std::int64_t>> const expected{
      {"chunked", 65150},
      {"chunked_bslz4", 65150},
      {"chunked_fixed_array", 41420},
      {"chunked_fixed_array_bslz4", 41420},
      {"chunked_fixed_array_paged", 25298154940},
      {"chunked_fixed_array_paged_bslz4", 25298154940},
      {"chunked_unlimited_maxshape", 65150},
      {"chunked_unlimited_maxshape_bslz4", 65150},
      {"not_chunked", 65150},
      {"chunked_external", 65150},
      {"chunked_hard", 65150},
      {"chunked_soft", 65150},
      {"not_chunked_external", 65150},
      {"not_chunked_hard", 65150},
      {"not_chunked_soft", 65150},
      {"sub_hard/chunked_external", 65150},
      {"sub_hard/chunked_hard", 65150},
      {"sub_hard/chunked_soft", 65150},
      {"sub_soft/chunked_external", 65150},
      {"sub_soft/chunked_hard", 65150},
      {"sub_soft/chunked_soft", 65150}};
  for (std::string const version : {"earliest", "v108", "v110", "v112"}) {
    auto const file =
        data_ / "eiger-h5-layouts/datasets_different_h5ver" / ("dataset_" + version + ".h5");
    for (auto const& [dataset, sum] : expected)
      EXPECT_EQ(checksum({file}, "/data/" + dataset), sum) << version << " " << dataset;
  }
}

TEST_F(RealFiles, frames_of_a_raster_scan) {
  Hdf5Frames source({data_ / "chess-raster/saxswaxs_test_2d_repacked_bslz4.h5"}, "/PIL11/data");
  EXPECT_EQ(source.frames(), 48);
  EXPECT_EQ(source.shape(), (core::FrameShape{407, 487}));
  EXPECT_EQ(source.encoding(), (core::FrameEncoding{core::PixelType::i32,
                                                    core::Filter::bitshuffle_lz4, false, false}));
  EXPECT_EQ(source.layout(), "i32 bitshuffle-LZ4, one frame per chunk, 1 file");
}

struct Sums {
  double plain = 0.0, weighted = 0.0;
};

Sums sums_of(Image const& image) {
  Sums sums;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    sums.plain += image.pixels[i];
    sums.weighted += image.pixels[i] * static_cast<double>(i % 1009);
  }
  return sums;
}

TEST_F(RealFiles, images) {
  struct Case {
    std::string location;
    core::FrameShape shape;
    core::PixelType type;
    double plain, weighted;
  };
  using core::PixelType;
  std::vector<Case> const cases{
      {"chess-raster/PIL11.tif", {407, 487}, PixelType::u8, 8280, 4114972},
      {"chess-raster/PIL5.tif", {619, 487}, PixelType::u8, 64378, 32581488},
      {"chess-raster/PIL9.tif", {407, 487}, PixelType::u8, 8289, 4118736},
      {"chess-raster/tiff-row/test_2d_PIL9_001_000_000.tiff",
       {407, 487},
       PixelType::i32,
       3680217,
       1851622493},
      {"ceo2-pilatus2m-cbf/mask.edf", {1679, 1475}, PixelType::u8, 261152, 131472467},
      {"ceo2-pilatus2m-cbf/CeO2.cbf", {1679, 1475}, PixelType::i32, 1692833047, 852877150954},
      {"cbf-examples/DLS_I03_smargon_0001.cbf.gz", {2527, 2463}, PixelType::i32, 36200, 18676413},
      {"cbf-examples/DLS_I23_P12M_thau_00001.cbf.gz",
       {5071, 2463},
       PixelType::i32,
       814049,
       414530667},
      {"cbf-examples/dlsnxs2cbf_therm_0001.cbf.gz",
       {4362, 4148},
       PixelType::i32,
       -1210773,
       -609806596},
      {"thaumatin-pilatus6m-cbf/thau_3_2_0001.cbf.bz2",
       {2527, 2463},
       PixelType::i32,
       20608414,
       10467168539},
      {"thaumatin-pilatus6m-cbf/thau_3_2_0008.cbf.bz2",
       {2527, 2463},
       PixelType::i32,
       23362368,
       12760557901},
      {"thaumatin-pilatus6m-cbf/thau_3_2_0019.cbf.bz2",
       {2527, 2463},
       PixelType::i32,
       9428802,
       5304617846},
      {"ceo2-pilatus1m-tif/CeO2_Pilatus1M.tif",
       {1043, 981},
       PixelType::i32,
       126770499,
       64388929797},
      {"ceo2-pilatus2m-hexrd/ceria_50x30_740mm_000005_Pilatus2M.hdf5",
       {1679, 1475},
       PixelType::i32,
       1804763158,
       908031124085},
      {"chess-raster/saxswaxs_test_2d_repacked_bslz4.h5:/PIL5/data[7]",
       {619, 487},
       PixelType::i32,
       114866072,
       58243673284},
      {"i18-tomography/xrd_test.nxs:/entry1/xrd_entry/instrument/detector/data[7]",
       {100, 1000},
       PixelType::f32,
       100995902,
       50863372972}};
  for (auto const& one : cases) {
    auto const image = read_image((data_ / one.location).string());
    EXPECT_EQ(image.shape, one.shape) << one.location;
    EXPECT_EQ(image.type, one.type) << one.location;
    auto const [plain, weighted] = sums_of(image);
    EXPECT_EQ(plain, one.plain) << one.location;
    EXPECT_EQ(weighted, one.weighted) << one.location;
  }
}

TEST_F(RealFiles, what_is_not_read_is_named) {
  auto const text = [&](std::string const& file) {
    return error_of<core::InputError>([&] { read_image((data_ / file).string()); });
  };
  EXPECT_THAT(text("cbf-examples/idx-20130301060858701.cbf"), testing::HasSubstr("x-cbf_packed"));
  EXPECT_THAT(text("chess-raster/saxswaxs_test_2d_repacked_bslz4.h5"),
              testing::HasSubstr("found 6 (/PIL5/data, /PIL5/mask"));
}

}  // namespace
}  // namespace xrdct::io
