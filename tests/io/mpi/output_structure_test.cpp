#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/words/output_names.hpp"
#include "io/nexus/nexus.hpp"
#include "io/nexus/output_layout.hpp"
#include "small_output.hpp"

namespace {

using namespace xrdct;
using io::read_attribute;
using testing::ElementsAre;

/// What a viewer relies on, looked at in a finished file.
class OutputStructure : public testing::Test {
 protected:
  void SetUp() override {
    small_output::write(communicator_, "structure.h5", small_output::description_of({2, 37, 5}, 70),
                        core::Writer::direct);
    communicator_.barrier();
    file_ = io::open_hdf5_for_reading("structure.h5");
  }
  void TearDown() override { communicator_.barrier(); }

  io::Hdf5Object object(std::string const& path) const {
    return {H5Oopen(file_.get(), path.c_str(), H5P_DEFAULT), "open " + path};
  }
  std::string text_of(std::string const& path, std::string const& attribute) const {
    return read_attribute(object(path).get(), attribute).at(0);
  }
  template <class Value>
  std::vector<Value> values_of(std::string const& path, hid_t type) const {
    auto const dataset = object(path);
    io::Hdf5Space const space(H5Dget_space(dataset.get()), "get the shape");
    std::vector<Value> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    EXPECT_GE(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
    return values;
  }

  std::vector<std::string> links_of(std::string const& path) const {
    std::vector<std::string> names;
    auto const add = [](hid_t, char const* name, H5L_info_t const*, void* to) -> herr_t {
      static_cast<std::vector<std::string>*>(to)->emplace_back(name);
      return 0;
    };
    EXPECT_GE(H5Literate(object(path).get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add, &names), 0);
    return names;
  }

  std::vector<double> numbers_of(std::string const& path, std::string const& name) const {
    auto const parent = object(path);
    io::Hdf5Attribute const attribute(H5Aopen(parent.get(), name.c_str(), H5P_DEFAULT),
                                      "open attribute");
    io::Hdf5Space const space(H5Aget_space(attribute.get()), "get the shape");
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    EXPECT_GE(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, values.data()), 0);
    return values;
  }

  io::Communicator communicator_;
  io::Hdf5File file_;
};

TEST_F(OutputStructure, leads_a_viewer_to_the_default_plot) {
  EXPECT_EQ(text_of("/", "NX_class"), "NXroot");
  EXPECT_EQ(text_of("/", "default"), "entry");
  EXPECT_EQ(text_of("/entry", "NX_class"), "NXentry");
  EXPECT_EQ(text_of("/entry", "default"), "mean");
  EXPECT_EQ(text_of("/entry/mean", "NX_class"), "NXdata");
  EXPECT_EQ(text_of("/entry/mean", "signal"), "I");
  EXPECT_EQ(text_of("/entry/mean", "rotation"), "rotation");
  EXPECT_THAT(read_attribute(object("/entry/mean").get(), "axes"),
              ElementsAre("height", "rotation", "translation", "radial_axis"));
  EXPECT_EQ(text_of("/entry/mean/I", "interpretation"), "spectrum");
  EXPECT_EQ(text_of("/entry/mean/radial_axis", "units"), "nm^-1");
  EXPECT_EQ(text_of("/entry/mean/radial_axis", "long_name"), "q [nm^-1]");
  EXPECT_EQ(text_of("/entry/mean/rotation", "units"), "deg");
  EXPECT_EQ(text_of("/entry/preview/total_intensity", "signal"), "total_intensity");
  EXPECT_EQ(text_of("/entry/preview/total_intensity/total_intensity", "interpretation"), "image");
}

TEST_F(OutputStructure, uses_no_name_of_its_own_that_a_job_may_give) {
  auto const description = small_output::description_of({2, 37, 5}, 70);
  std::set<std::string> axes{description.height.name, description.slow.name, description.fast.name},
      reductions;
  for (auto const& reduction : description.reductions) reductions.insert(reduction.name);
  for (std::string const folder : {"/entry", "/entry/frames"}) {
    for (auto const& name : links_of(folder))
      EXPECT_TRUE(reductions.contains(name) || core::is_one_of(name, core::names_beside_reductions))
          << folder << "/" << name;
  }
  for (auto const& reduction : reductions) {
    for (auto const& name : links_of("/entry/" + reduction))
      EXPECT_TRUE(axes.contains(name) || core::is_one_of(name, core::names_beside_axes))
          << reduction << "/" << name;
  }
  for (auto const& name : links_of("/entry/preview/total_intensity"))
    EXPECT_TRUE(axes.contains(name) || core::is_one_of(name, core::names_beside_axes)) << name;
}

TEST_F(OutputStructure, says_why_pixels_are_masked) {
  for (std::string const path : {"/entry/frames/mean/masked", "/entry/frames/cake/masked"}) {
    EXPECT_THAT(numbers_of(path, "by_masks"), ElementsAre(17.0));
    EXPECT_THAT(numbers_of(path, "by_flat"), ElementsAre(3.0));
  }
}

TEST_F(OutputStructure, names_the_axes_of_cakes_and_azimuthal_profiles) {
  EXPECT_THAT(read_attribute(object("/entry/cake").get(), "axes"),
              ElementsAre("height", "rotation", "translation", "azimuthal_axis", "radial_axis"));
  EXPECT_TRUE(io::has_attribute(object("/entry/cake").get(), "radial_axis_indices"));
  EXPECT_EQ(text_of("/entry/cake/azimuthal_axis", "units"), "deg");
  EXPECT_EQ(text_of("/entry/cake/I", "interpretation"), "image");
  EXPECT_THAT(read_attribute(object("/entry/around").get(), "axes"),
              ElementsAre("height", "rotation", "translation", "azimuthal_axis"));
  EXPECT_THAT(read_attribute(object("/entry/preview/mean_cake").get(), "axes"),
              ElementsAre("azimuthal_axis", "radial_axis"));
  EXPECT_EQ(H5Lexists(file_.get(), "/entry/around/radial_axis", H5P_DEFAULT), 0);
}

TEST_F(OutputStructure, says_how_each_reduction_was_made) {
  EXPECT_EQ(text_of("/entry/mean", "method"), "mean");
  EXPECT_EQ(text_of("/entry/mean", "pattern"), "radial");
  EXPECT_EQ(text_of("/entry/mean", "radial_unit"), "q_nm^-1");
  EXPECT_FALSE(io::has_attribute(object("/entry/mean").get(), "threshold"));
  EXPECT_EQ(text_of("/entry/cake", "method"), "sigma_clip");
  EXPECT_EQ(text_of("/entry/cake", "error_model"), "azimuthal");
  EXPECT_EQ(text_of("/entry/cake", "splitting"), "full");
  EXPECT_THAT(numbers_of("/entry/cake", "threshold"), ElementsAre(4.5));
  EXPECT_THAT(numbers_of("/entry/cake", "cycles"), ElementsAre(3.0));
  EXPECT_THAT(numbers_of("/entry/cake", "azimuth_range_deg"), ElementsAre(-170.0, 170.0));
  EXPECT_THAT(numbers_of("/entry/cake", "lost"), ElementsAre(12.5));
  EXPECT_THAT(numbers_of("/entry/around", "quantiles"), ElementsAre(0.1, 0.9));
  EXPECT_THAT(numbers_of("/entry/around", "radial_range"), ElementsAre(19.5, 20.5));
  EXPECT_THAT(numbers_of("/entry/around", "empty"), ElementsAre(0.0));
}

TEST_F(OutputStructure, has_an_implicit_chunk_index_and_no_filter) {
  io::Hdf5Properties const creation(H5Dget_create_plist(object("/entry/mean/I").get()),
                                    "get properties");
  EXPECT_EQ(H5Pget_nfilters(creation.get()), 0);
  H5D_alloc_time_t allocation{};
  H5Pget_alloc_time(creation.get(), &allocation);
  EXPECT_EQ(allocation, H5D_ALLOC_TIME_EARLY);
  hbool_t times = true;
  H5Pget_obj_track_times(creation.get(), &times);
  EXPECT_FALSE(times);
}

TEST_F(OutputStructure, keeps_what_became_of_each_frame) {
  auto const status = values_of<std::uint8_t>("/entry/frames/status", H5T_NATIVE_UINT8);
  auto const index = values_of<std::int64_t>("/entry/frames/index", H5T_NATIVE_INT64);
  auto const monitor = values_of<double>("/entry/frames/monitor", H5T_NATIVE_DOUBLE);
  ASSERT_EQ(status.size(), 370U);
  for (std::size_t place = 0; place < status.size(); ++place) {
    EXPECT_EQ(status[place], place % 7 == 3 ? 1 : 0);
    EXPECT_EQ(index[place], place % 7 == 3 ? -1 : static_cast<std::int64_t>(place) + 100);
    EXPECT_EQ(monitor[place], 1.0 + static_cast<double>(place) / 1024.0);
  }
  for (auto const& field : io::tally_fields) {
    auto const counts = values_of<std::int64_t>(std::string("/entry/frames/coarse/") + field.name,
                                                H5T_NATIVE_INT64);
    for (std::size_t place = 0; place < counts.size(); ++place)
      EXPECT_EQ(counts[place], small_output::tally(1, place).*field.value);
  }
}

TEST_F(OutputStructure, has_positions_and_numbers_of_frames_where_they_are_known) {
  EXPECT_THAT(links_of("/entry/frames"), testing::Not(testing::Contains("number")));
  EXPECT_THAT(text_of("/entry/frames/status", "long_name"),
              testing::Not(testing::HasSubstr("partial")));
  small_output::write(communicator_, "structure_of_positions.h5",
                      small_output::with_positions(small_output::description_of({2, 37, 5}, 70)),
                      core::Writer::direct);
  communicator_.barrier();
  file_ = io::open_hdf5_for_reading("structure_of_positions.h5");
  EXPECT_THAT(links_of("/entry/frames"), testing::Not(testing::Contains("height")));
  EXPECT_EQ(text_of("/entry/frames/rotation", "units"), "deg");
  EXPECT_EQ(text_of("/entry/frames/translation", "long_name"), "translation [mm]");
  EXPECT_THAT(text_of("/entry/frames/status", "long_name"), testing::HasSubstr("6: partial"));
  auto const number = values_of<std::int64_t>("/entry/frames/number", H5T_NATIVE_INT64);
  auto const slow = values_of<double>("/entry/frames/rotation", H5T_NATIVE_DOUBLE),
             fast = values_of<double>("/entry/frames/translation", H5T_NATIVE_DOUBLE);
  ASSERT_EQ(number.size(), 370U);
  for (std::size_t place = 0; place < number.size(); ++place) {
    EXPECT_EQ(number[place], static_cast<std::int64_t>(place % 7));
    EXPECT_EQ(slow[place], small_output::position(0, place));
    EXPECT_EQ(fast[place], small_output::position(1, place));
  }
}

TEST_F(OutputStructure, sums_the_bins_that_are_not_empty) {
  auto const total =
      values_of<float>("/entry/preview/total_intensity/total_intensity", H5T_NATIVE_FLOAT);
  for (std::size_t place = 0; place < total.size(); ++place) {
    double sum = 0.0;
    for (std::size_t bin = 0; bin < 70; ++bin) {
      float const value = small_output::value(0, 0, place, bin);
      if (!std::isnan(value)) sum += value;
    }
    if (place % 7 == 3)
      EXPECT_TRUE(std::isnan(total[place]));
    else
      EXPECT_EQ(total[place], static_cast<float>(sum));
  }
}

TEST_F(OutputStructure, has_the_preview_of_each_reduction) {
  auto const expected = small_output::preview_of(small_output::description_of({2, 37, 5}, 70));
  EXPECT_EQ(values_of<double>("/entry/preview/mean_mean/I", H5T_NATIVE_DOUBLE), expected.mean[0]);
  EXPECT_EQ(values_of<double>("/entry/preview/maximum_coarse/I", H5T_NATIVE_DOUBLE),
            expected.maximum[1]);
  EXPECT_EQ(values_of<double>("/entry/preview/mean_cake/I", H5T_NATIVE_DOUBLE), expected.mean[2]);
}

TEST_F(OutputStructure, tells_where_the_numbers_come_from) {
  EXPECT_THAT(values_of<std::int64_t>("/entry/process/inputs/bytes", H5T_NATIVE_INT64),
              ElementsAre(1234, 5));
  EXPECT_THAT(values_of<std::uint8_t>("/entry/process/solid_angle_applied", H5T_NATIVE_UINT8),
              ElementsAre(1));
  EXPECT_TRUE(object("/entry/process/job/data"));
  EXPECT_TRUE(object("/entry/process/poni/data"));
}

}  // namespace
