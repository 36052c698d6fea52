// Names of images as pyFAI-integrate saves them, and the files of settings themselves.
#include "config/text/data_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "config/calibration/poni.hpp"
#include "config/calibration/spline_file.hpp"
#include "config/job/job.hpp"
#include "config/pyfai/pyfai_worker.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string location(std::string const& text) {
  auto const url = parse_data_url(text);
  if (!url) return "a file";
  return url->problem.empty() ? url->file + url->rest : "problem: " + url->problem;
}

TEST(DataUrl, becomes_a_location) {
  EXPECT_EQ(location("mask.npy"), "a file");
  EXPECT_EQ(location("/a/mask.h5:/entry/mask"), "a file");
  EXPECT_EQ(location("fabio:///a/mask.npy"), "/a/mask.npy");
  EXPECT_EQ(location("fabio:mask.npy"), "mask.npy");
  EXPECT_EQ(location("fabio:///a/mask.edf?slice=0"), "/a/mask.edf");
  EXPECT_EQ(location("silx:///a/mask.h5?path=/entry/mask"), "/a/mask.h5:/entry/mask");
  EXPECT_EQ(location("silx:/a/mask.h5?/entry/mask"), "/a/mask.h5:/entry/mask");
  EXPECT_EQ(location("silx:///a/mask.h5?path=/entry/a%20b&slice=3"), "/a/mask.h5:/entry/a b[3]");
  EXPECT_EQ(location("silx:///a/mask.h5?slice=[3]&path=/entry/data"), "/a/mask.h5:/entry/data[3]");
  EXPECT_EQ(location("silx:///a/mask.h5?path=/entry/data&slice=3,..."),
            "/a/mask.h5:/entry/data[3]");
  EXPECT_EQ(location("silx:///a/mask.h5?path=/entry/data&slice=3,:,:"),
            "/a/mask.h5:/entry/data[3]");
  EXPECT_EQ(location("silx:///a/mask.h5?path=/entry/data&slice=..."), "/a/mask.h5:/entry/data");
  EXPECT_EQ(location("/a/mask.h5::/entry/mask"), "/a/mask.h5:/entry/mask");
  EXPECT_EQ(location("/a/mask.h5?path=/entry/mask"), "/a/mask.h5:/entry/mask");
  EXPECT_EQ(location("silx:///a/mask.h5"), "/a/mask.h5");
}

TEST(DataUrl, names_what_is_not_one_image) {
  EXPECT_THAT(location("silx:///a/m.h5?path=/d&slice=0:3"), HasSubstr("the slice 0:3"));
  EXPECT_THAT(location("silx:///a/m.h5?path=/d&slice=0,1"), HasSubstr("the slice 0,1"));
  EXPECT_THAT(location("silx:///a/m.h5?path=/d&slice=-1"), HasSubstr("the slice -1"));
  EXPECT_THAT(location("fabio:///a/m.edf?slice=2"), HasSubstr("without a path"));
  EXPECT_THAT(location("silx:///a/m.h5?path=/d&sclie=0"), HasSubstr("the key sclie"));
  EXPECT_THAT(location("https://a/m.h5?path=/d"), HasSubstr("the web"));
  EXPECT_THAT(location("silx:?path=/d"), HasSubstr("no file"));
}

constexpr char const* poni =
    R"("poni": {"dist": 0.5, "poni1": 0.1, "poni2": 0.2, "detector": "Pilatus2M", "wavelength": 1e-10})";

ImageJob worker(std::string const& keys, std::string const& folder = "/f") {
  return parse_pyfai_worker(
      "{\"version\": 5, \"nbpt_rad\": 100, \"nbpt_azim\": 36, " + std::string(poni) + keys + "}",
      "w.json", folder);
}

std::string refusal(std::function<void()> const& action) {
  try {
    action();
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "no error";
}

TEST(DataUrl, is_read_wherever_pyfai_writes_one) {
  auto const image = worker(
      R"(, "mask_file": "silx:///a/m.h5?path=/mask", "dark_current": ["fabio:///a/d1.edf", "d.h5::/dark"], "flat_field": "fabio:f.edf")");
  EXPECT_THAT(image.job.calibration.mask, ElementsAre("/a/m.h5:/mask"));
  EXPECT_THAT(image.dark, ElementsAre("/a/d1.edf", "/f/d.h5:/dark"));
  EXPECT_THAT(image.flat, ElementsAre("/f/f.edf"));
  EXPECT_THAT(refusal([] { worker(R"(, "mask_file": "silx:///a/m.h5?path=/mask&slice=1:2")"); }),
              AllOf(HasSubstr("mask_file"), HasSubstr("URL has the slice 1:2")));
}

TEST(PyfaiWorker, uses_a_range_with_one_end) {
  auto const above = worker(R"(, "radial_range": [1.0, null])");
  ASSERT_TRUE(above.reduction().binning.radial_range);
  EXPECT_EQ(above.reduction().binning.radial_range->first, 1.0);
  EXPECT_TRUE(std::isinf(above.reduction().binning.radial_range->second));
  EXPECT_THAT(above.notes, testing::Contains(HasSubstr("one end of it is given and used")));
  EXPECT_EQ(worker(R"(, "radial_range_max": 3.0, "radial_range_min": null)")
                .reduction()
                .binning.radial_range->second,
            3.0);
  EXPECT_EQ(worker(R"(, "azimuth_range": [null, 30])").reduction().binning.azimuth_range_deg,
            (std::pair{-180.0, 30.0}));
  EXPECT_EQ(worker(R"(, "azimuth_range": [30, null], "chi_discontinuity_at_0": true)")
                .reduction()
                .binning.azimuth_range_deg,
            (std::pair{30.0, 360.0}));
  EXPECT_FALSE(worker(R"(, "radial_range": [null, null])").reduction().binning.radial_range);
  EXPECT_THAT(refusal([] { worker(R"(, "radial_range": [NaN, 3])"); }), HasSubstr("radial_range"));
  EXPECT_THAT(refusal([] { worker(R"(, "azimuth_range": [200, null])"); }),
              HasSubstr("azimuth_range"));
}

TEST(TextFile, tells_a_folder_an_empty_file_and_none) {
  auto const folder = std::filesystem::path(testing::TempDir()) / "xrdct_text_file";
  std::filesystem::create_directories(folder);
  auto const empty = folder / "empty";
  std::ofstream{empty};
  for (auto const& read :
       {std::function<void(std::filesystem::path const&)>(
            [](auto const& file) { read_poni(file); }),
        std::function<void(std::filesystem::path const&)>([](auto const& file) { read_job(file); }),
        std::function<void(std::filesystem::path const&)>(
            [](auto const& file) { read_spline(file); }),
        std::function<void(std::filesystem::path const&)>(
            [](auto const& file) { read_pyfai_worker(file); })}) {
    EXPECT_THAT(refusal([&] { read(folder); }), HasSubstr("found a folder"));
    EXPECT_THAT(refusal([&] { read(empty); }), HasSubstr("found an empty file"));
    EXPECT_THAT(refusal([&] { read(folder / "none"); }), HasSubstr("no such file"));
    EXPECT_THAT(refusal([&] { read("/dev/zero"); }), HasSubstr("more than 64 MiB"));
  }
}

}  // namespace
}  // namespace xrdct::config
