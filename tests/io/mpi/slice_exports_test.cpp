#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <cmath>
#include <fstream>
#include <memory>

#include "core/words/errors.hpp"
#include "io/exports/ndtomo_file.hpp"
#include "io/exports/tiff_stack.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "output_files.hpp"
#include "small_slices.hpp"

namespace {

namespace fs = std::filesystem;
using namespace xrdct;
using namespace xrdct::test;
using testing::HasSubstr;

constexpr std::size_t side = 67;

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, Close>;

// "c": strips as they were written, not cut into pieces.
TIFF* open_whole(fs::path const& file) { return TIFFOpen(file.c_str(), "rc"); }

std::vector<float> page_of(TIFF* tiff, std::uint16_t page) {
  std::vector<float> values(side * side);
  EXPECT_EQ(TIFFSetDirectory(tiff, page), 1);
  EXPECT_EQ(TIFFReadEncodedStrip(tiff, 0, values.data(),
                                 static_cast<tmsize_t>(values.size() * sizeof(float))),
            static_cast<tmsize_t>(values.size() * sizeof(float)));
  return values;
}

void expect_same(std::vector<float> const& found, std::vector<float> const& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(found[i] == wanted[i] || (std::isnan(found[i]) && std::isnan(wanted[i]))) << i;
}

/// Files are made by rank 0; the others wait.
class SliceExports : public testing::Test {
 protected:
  void SetUp() override {
    small_slices::write(communicator_, "exported_slices.h5",
                        small_slices::description_of(2, side, 40), core::Writer::direct);
    communicator_.barrier();
  }
  void TearDown() override { communicator_.barrier(); }
  bool elsewhere() const { return communicator_.rank() > 0; }
  static fs::path fresh(fs::path const& file) {
    fs::remove(file);
    return file;
  }

  io::Communicator communicator_;
};

TEST_F(SliceExports, have_a_page_for_each_bin) {
  if (elsewhere()) return;
  io::SlicesReader const slices("exported_slices.h5");
  auto const file = fresh("bins.tif"), again = fresh("bins_again.tif");
  io::write_tiff_stack(file, slices, {.reduction = "mean", .height = 1});
  Tiff const tiff(open_whole(file));
  ASSERT_TRUE(tiff);
  EXPECT_EQ(TIFFNumberOfDirectories(tiff.get()), 40);
  for (std::uint16_t const page : std::vector<std::uint16_t>{0, 15, 16, 39})
    expect_same(page_of(tiff.get(), page), slices.channel("mean", "I", 1, page));
  char* text = nullptr;
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_IMAGEDESCRIPTION, &text), 1);
  EXPECT_THAT(text, HasSubstr("one voxel is 0.25 mm"));
  float resolution = 0.0F;
  TIFFGetField(tiff.get(), TIFFTAG_XRESOLUTION, &resolution);
  EXPECT_EQ(resolution, 4.0F);
  io::write_tiff_stack(again, slices, {.reduction = "mean", .height = 1});
  EXPECT_TRUE(content(file) == content(again));
  EXPECT_LE(fs::file_size(file), io::tiff_stack_bytes(slices, {.reduction = "mean", .height = 1}));
}

TEST_F(SliceExports, have_a_page_for_each_azimuth_and_bin_of_a_cake) {
  if (elsewhere()) return;
  io::SlicesReader const slices("exported_slices.h5");
  auto const file = fresh("cake.tif");
  io::write_tiff_stack(file, slices, {.reduction = "cake"});
  Tiff const tiff(open_whole(file));
  ASSERT_TRUE(tiff);
  EXPECT_EQ(TIFFNumberOfDirectories(tiff.get()), 17 * 40);
  for (std::uint16_t const page : std::vector<std::uint16_t>{0, 39, 40, 679})
    expect_same(page_of(tiff.get(), page), slices.channel("cake", "I", 0, page));
}

TEST_F(SliceExports, have_a_page_for_each_height_of_a_bin) {
  if (elsewhere()) return;
  io::SlicesReader const slices("exported_slices.h5");
  auto const file = fresh("heights.tif");
  io::write_tiff_stack(file, slices, {.reduction = "mean", .field = "I_errors", .bin = 17});
  Tiff const tiff(open_whole(file));
  ASSERT_TRUE(tiff);
  EXPECT_EQ(TIFFNumberOfDirectories(tiff.get()), 2);
  expect_same(page_of(tiff.get(), 1), slices.channel("mean", "I_errors", 1, 17));
}

TEST_F(SliceExports, are_volumes_over_x_y_and_channel_for_ndtomo) {
  if (elsewhere()) return;
  io::SlicesReader const slices("exported_slices.h5");
  auto const file = fresh("volume.h5");
  io::write_ndtomo(file, slices, {.reduction = "cake", .height = 1, .row = 3});
  auto const open = io::open_hdf5_for_reading(file);
  io::Hdf5Dataset const data(H5Dopen2(open.get(), "/data", H5P_DEFAULT), "open data");
  std::vector<float> values(side * side * 40);
  ASSERT_GE(H5Dread(data.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  for (std::size_t y = 0; y < side; y += 5) {
    for (std::size_t x = 0; x < side; x += 7) {
      auto const pattern = slices.pattern("cake", "I", 1, y, x);
      for (std::size_t bin = 0; bin < 40; ++bin) {
        float const wanted = pattern[3 * 40 + bin];
        EXPECT_EQ(values[(x * side + y) * 40 + bin], std::isnan(wanted) ? 0.0F : wanted);
      }
    }
  }
  EXPECT_GT(H5Lexists(open.get(), "q", H5P_DEFAULT), 0);
  auto const degrees = fresh("degrees.h5");
  io::write_ndtomo(degrees, slices, {.reduction = "coarse"});
  EXPECT_GT(H5Lexists(io::open_hdf5_for_reading(degrees).get(), "tth", H5P_DEFAULT), 0);
}

TEST_F(SliceExports, replace_nothing) {
  if (elsewhere()) return;
  io::SlicesReader const slices("exported_slices.h5");
  std::ofstream("precious.tif") << "precious";
  EXPECT_THROW(io::write_tiff_stack("precious.tif", slices, {.reduction = "mean"}),
               core::InputError);
  EXPECT_THROW(io::write_ndtomo("precious.tif", slices, {.reduction = "mean"}), core::InputError);
  EXPECT_EQ(content("precious.tif"), "precious");
  EXPECT_THROW(io::write_tiff_stack(fresh("none.tif"), slices, {.reduction = "maen"}),
               core::InputError);
  EXPECT_FALSE(fs::exists("none.tif"));
  for (auto const& entry : fs::directory_iterator("."))
    EXPECT_FALSE(entry.path().filename().string().starts_with(".xrdct-")) << entry.path();
}

}  // namespace
