#include "io/nexus/nexus_detector.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>

#include "core/geometry/geometry.hpp"
#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// [row][column][corner][3] of a bent detector of 3 × 4 pixels with skewed sides.
std::vector<float> bent_corners() {
  std::vector<float> corners;
  constexpr std::array<std::array<int, 2>, 4> steps{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      for (auto const& [down, along] : steps) {
        double const u = row + down, v = column + along;
        for (double const value :
             {2e-3 * u * v / 12.0, 1.1e-3 * u + 1e-4 * v, 0.9e-3 * v - 5e-5 * u * u})
          corners.push_back(static_cast<float>(value));
      }
    }
  }
  return corners;
}

template <class T>
void write(Hdf5File const& file, std::string const& path, test::Dims const& dims,
           std::vector<T> const& values, hid_t memory) {
  auto const dataset =
      test::create_dataset(file, path, dims, test::dataset_creation(), test::hdf5_type<T>());
  hdf5_checked(H5Dwrite(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
               "write");
}

/// The class of the group, as h5py writes strings: of variable length.
void write_class(Hdf5File const& file, std::string const& path, char const* nexus_class) {
  Hdf5Group const group(H5Gopen2(file.get(), path.c_str(), H5P_DEFAULT), "open");
  Hdf5Type const type(H5Tcopy(H5T_C_S1), "copy");
  H5Tset_size(type.get(), H5T_VARIABLE);
  Hdf5Space const space(H5Screate(H5S_SCALAR), "make");
  Hdf5Attribute const attribute(
      H5Acreate2(group.get(), "NX_class", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
      "create");
  hdf5_checked(H5Awrite(attribute.get(), type.get(), &nexus_class), "write");
}

struct Written {
  std::vector<float> corners = bent_corners();
  test::Dims dims = {3, 4, 4, 3};
  std::vector<std::uint8_t> mask = std::vector<std::uint8_t>(12, 0);
  char const* nexus_class = "NXdetector";
  std::vector<double> pixel_size = {1.1e-3, 0.9e-3};
};

void write_group(Hdf5File const& file, std::string const& group, Written const& written) {
  write(file, group + "/pixel_corners", written.dims, written.corners, H5T_NATIVE_FLOAT);
  write(file, group + "/mask", {3, 4}, written.mask, H5T_NATIVE_UINT8);
  write(file, group + "/pixel_size", {written.pixel_size.size()}, written.pixel_size,
        H5T_NATIVE_DOUBLE);
  write(file, group + "/shape", {2}, std::vector<std::int32_t>{3, 4}, H5T_NATIVE_INT32);
  write_class(file, group, written.nexus_class);
}

std::filesystem::path write_detector(Written const& written) {
  auto const path = test::fresh_folder() / "detector.h5";
  write_group(test::create_file(path), "/entry/instrument/bent", written);
  return path;
}

TEST(NexusDetector, PixelsLieWherePyFAIPutsThem) {
  // 2θ, χ, half width in 2θ [rad] and relative solid angle; computed with pyFAI 2026.9.
  constexpr struct {
    std::size_t row, column;
    double two_theta, chi, half_width, solid_angle;
  } reference[] = {
      {0, 0, 0.006819456832339282, 0.20264798624117192, 0.01374536564774323, 0.9887822710943177},
      {1, 2, 0.04903547057325481, 0.5079498426877086, 0.012887448431900754, 0.7308824376275588},
      {2, 3, 0.07416593764258665, 0.664629312497202, 0.012243018637431088, 0.48188445080885817}};
  core::Geometry const geometry({0.05, 0.002, 0.0011, 0.02, -0.03, 0.1, 1e-10, {}},
                                read_nexus_detector(write_detector({})));
  EXPECT_EQ(geometry.shape(), (core::FrameShape{3, 4}));
  EXPECT_FALSE(geometry.detector().table.is_flat);
  auto const two_theta = geometry.radial_centers(core::Unit::two_theta_rad),
             chi = geometry.chi_centers();
  auto const widths = geometry.radial_half_widths(core::Unit::two_theta_rad),
             solid_angle = geometry.solid_angle();
  for (auto const& expected : reference) {
    std::size_t const pixel = expected.row * 4 + expected.column;
    EXPECT_NEAR(two_theta[pixel], expected.two_theta, 1e-9);
    EXPECT_NEAR(chi[pixel], expected.chi, 1e-9);
    EXPECT_NEAR(widths[pixel], expected.half_width, 1e-9);
    EXPECT_NEAR(solid_angle[pixel], expected.solid_angle, 1e-6);
  }
}

TEST(NexusDetector, PixelsWithoutAPlaceAreMasked) {
  Written written;
  written.mask[2] = 1;
  written.corners[7 * 12 + 5] = std::numeric_limits<float>::quiet_NaN();
  auto const detector = read_nexus_detector(write_detector(written));
  EXPECT_EQ(detector.mask, (std::vector<std::uint8_t>{0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0}));
  for (float const value : detector.table.position) EXPECT_TRUE(std::isfinite(value));
}

TEST(NexusDetector, TheLastEntryCounts) {
  auto const path = test::fresh_folder() / "detector.h5";
  Written written;
  {
    auto const file = test::create_file(path);
    for (std::string const entry : {"entry_0000", "entry_0001"}) {
      written.mask[0] = entry == "entry_0001";
      write_group(file, "/" + entry + "/pyFAI/bent", written);
      write_group(file, "/" + entry + "/pyFAI/bent_too", {});
    }
  }
  EXPECT_EQ(read_nexus_detector(path).mask.at(0), 1) << "pyFAI adds an entry each time it saves";
}

TEST(NexusDetector, AnotherOrientationFlipsTableAndMask) {
  Written written;
  written.mask[0] = 1;
  auto const native = read_nexus_detector(write_detector(written));
  auto const turned = core::oriented(native, 2, {3, 4});
  EXPECT_EQ(turned.mask[8], 1);
  core::Calibration const calibration{0.05, 0.002, 0.0011, 0.02, -0.03, 0.1, 1e-10, {}};
  auto const here = core::Geometry(calibration, native).radial_centers(core::Unit::r_m),
             there = core::Geometry(calibration, turned).radial_centers(core::Unit::r_m);
  for (std::size_t column = 0; column < 4; ++column) EXPECT_EQ(there[8 + column], here[column]);
  auto same = native;
  same.orientation = 2;  // its arrays are those of an image of orientation 2
  EXPECT_EQ(core::oriented(same, 2, {3, 4}).mask, native.mask);
  EXPECT_EQ(
      core::Geometry(calibration, core::oriented(same, 0, {3, 4})).radial_centers(core::Unit::r_m),
      here);
  EXPECT_THROW(core::oriented(native, 3, {4, 3}), core::InputError);
}

TEST(NexusDetector, OtherFilesAreRefused) {
  auto const error = [](Written const& written) {
    return test::error_of<core::InputError>([&] { read_nexus_detector(write_detector(written)); });
  };
  Written other;
  other.nexus_class = "NXcollection";
  EXPECT_THAT(error(other), AllOf(HasSubstr("detector.h5"), HasSubstr("NXdetector, found none")));
  Written flat_list;
  flat_list.dims = {3, 4, 12, 1};
  EXPECT_THAT(error(flat_list), AllOf(HasSubstr("/entry/instrument/bent in "),
                                      HasSubstr("[4 or 6][3]"), HasSubstr("[12][1]")));
  Written short_mask;
  short_mask.dims = {4, 3, 4, 3};
  EXPECT_THAT(error(short_mask),
              AllOf(HasSubstr("pixel_corners: expected 3 x 4 pixels"), HasSubstr("found 4 x 3")));
  Written no_size;
  no_size.pixel_size = {1e-3, 0.0};
  EXPECT_THAT(error(no_size), HasSubstr("pixel_size: expected two sizes in m above 0"));
  EXPECT_THROW(read_nexus_detector(test::fresh_folder() / "none.h5"), core::IoError);
}

}  // namespace
}  // namespace xrdct::io
