#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>

#include "io/nexus/nexus.hpp"
#include "io/output/pattern_file.hpp"

namespace xrdct::io {
namespace {

double attribute_of(Hdf5File const& file, std::string const& path, std::string const& name) {
  Hdf5Object const object(H5Oopen(file.get(), path.c_str(), H5P_DEFAULT), "open " + path);
  Hdf5Attribute const attribute(H5Aopen(object.get(), name.c_str(), H5P_DEFAULT), "open " + name);
  double value = -1.0;
  EXPECT_GE(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), 0);
  return value;
}

TEST(PatternFile, SaysWhatIsLostAndWhyPixelsAreMasked) {
  auto const path = std::filesystem::path(testing::TempDir()) / "xrdct_pattern_file_test.h5";
  PatternFileDescription description;
  description.frames = {"frame"};
  description.unit_name = "r_mm";
  description.radial_axis = {0.5, 1.5};
  description.lost = 2.25;
  description.masked_by = {{"masks", 12}, {"flat", 3}};
  PatternFile file(path, description);
  file.write(0, {.status = core::FrameStatus::missing,
                 .tally = {},
                 .intensity = {},
                 .error = {},
                 .deviation = {}});
  file.close();
  auto const written = open_hdf5_for_reading(path);
  EXPECT_EQ(attribute_of(written, "/entry/result", "lost"), 2.25);
  EXPECT_EQ(attribute_of(written, "/entry/frames/masked", "by_masks"), 12.0);
  EXPECT_EQ(attribute_of(written, "/entry/frames/masked", "by_flat"), 3.0);
}

}  // namespace
}  // namespace xrdct::io
