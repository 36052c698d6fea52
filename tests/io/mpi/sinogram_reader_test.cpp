#include "io/stored/sinogram_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "core/words/errors.hpp"
#include "small_output.hpp"

namespace {

using namespace xrdct;
using testing::ElementsAre;

constexpr std::size_t bins = 70;
core::ScanShape const shape{2, 37, 5};

// NaN equals NaN here.
void expect_same(std::vector<float> const& found, std::vector<float> const& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i]))) << i;
}

class SinogramReader : public testing::Test {
 protected:
  void SetUp() override {
    small_output::write(communicator_, "readable.h5", small_output::description_of(shape, bins),
                        core::Writer::collective);
    communicator_.barrier();
  }
  // No rank may begin the next file while another still reads.
  void TearDown() override { communicator_.barrier(); }
  io::Communicator communicator_;
};

TEST_F(SinogramReader, tells_what_is_in_the_file) {
  io::SinogramReader const reader("readable.h5");
  EXPECT_THAT(reader.reductions(), ElementsAre("mean", "coarse", "cake", "around"));
  EXPECT_EQ(reader.shape(), shape);
  EXPECT_EQ(reader.slow().name, "rotation");
  EXPECT_EQ(reader.slow().unit, "deg");
  EXPECT_EQ(reader.fast().positions.at(1), -3.0 + 0.1);
  EXPECT_EQ(reader.height().positions.size(), shape.height);
  EXPECT_EQ(reader.radial("mean").unit, "nm^-1");
  EXPECT_EQ(reader.radial("mean").positions.size(), bins);
  EXPECT_EQ(reader.unit_name("coarse"), "2th_deg");
  EXPECT_TRUE(reader.has_errors("mean"));
  EXPECT_FALSE(reader.has_errors("coarse"));
  EXPECT_EQ(reader.pending_places(), 0u);
  EXPECT_EQ(reader.status(0, 0, 3), core::FrameStatus::missing);
  EXPECT_EQ(reader.status(0, 0, 4), core::FrameStatus::good);
}

TEST_F(SinogramReader, reads_every_pattern_as_it_was_written) {
  io::SinogramReader const reader("readable.h5");
  std::array<char const*, 3> const fields{"I", "I_errors", "count"};
  for (std::size_t place = 0; place < shape.places(); ++place) {
    std::size_t const height = place / (shape.slow * shape.fast),
                      slow = place / shape.fast % shape.slow, fast = place % shape.fast;
    for (std::size_t field = 0; field < fields.size(); ++field)
      expect_same(reader.pattern("mean", fields[field], height, slow, fast),
                  small_output::field_of(0, field, place, 1, bins));
    expect_same(reader.pattern("coarse", "I", height, slow, fast),
                small_output::field_of(1, 0, place, 1, bins / 3 + 1));
  }
}

TEST_F(SinogramReader, knows_cakes_and_azimuthal_profiles) {
  io::SinogramReader const reader("readable.h5");
  EXPECT_EQ(reader.kind("mean"), core::PatternKind::radial);
  EXPECT_EQ(reader.kind("cake"), core::PatternKind::cake);
  EXPECT_EQ(reader.kind("around"), core::PatternKind::azimuthal);
  EXPECT_EQ(reader.pattern_shape("cake"), (core::PatternShape{17, bins}));
  EXPECT_EQ(reader.pattern_shape("around"), (core::PatternShape{1, 90}));
  EXPECT_EQ(reader.azimuthal("cake").unit, "deg");
  EXPECT_EQ(reader.azimuthal("around").positions.at(1), -174.0);
  EXPECT_EQ(reader.unit_name("around"), "2th_deg");
  EXPECT_TRUE(reader.has("cake", "std"));
  EXPECT_FALSE(reader.has("mean", "std"));
}

TEST_F(SinogramReader, reads_cakes_and_azimuthal_profiles_as_they_were_written) {
  io::SinogramReader const reader("readable.h5");
  std::array<char const*, 4> const fields{"I", "I_errors", "count", "std"};
  for (std::size_t place = 0; place < shape.places(); place += 13) {
    std::size_t const height = place / (shape.slow * shape.fast),
                      slow = place / shape.fast % shape.slow, fast = place % shape.fast;
    for (std::size_t field = 0; field < fields.size(); ++field)
      expect_same(reader.pattern("cake", fields[field], height, slow, fast),
                  small_output::field_of(2, field, place, 1, 17 * bins));
    expect_same(reader.pattern("around", "I", height, slow, fast),
                small_output::field_of(3, 0, place, 1, 90));
  }
  std::size_t const bin = 16 * bins + 65;
  std::vector<float> expected;
  for (std::size_t place = shape.slow * shape.fast; place < shape.places(); ++place)
    expected.push_back(small_output::value(2, 3, place, bin));
  expect_same(reader.channel("cake", "std", 1, bin), expected);
  EXPECT_EQ(reader.mean_pattern("cake"),
            small_output::preview_of(small_output::description_of(shape, bins)).mean[2]);
}

TEST_F(SinogramReader, reads_a_channel_as_it_was_written) {
  io::SinogramReader const reader("readable.h5");
  for (std::size_t const bin : {std::size_t{0}, std::size_t{63}, std::size_t{64}, bins - 1}) {
    std::vector<float> expected;
    for (std::size_t place = shape.slow * shape.fast; place < shape.places(); ++place)
      expected.push_back(small_output::value(0, 0, place, bin));
    expect_same(reader.channel("mean", "I", 1, bin), expected);
  }
}

TEST_F(SinogramReader, refuses_what_is_not_there) {
  io::SinogramReader const reader("readable.h5");
  EXPECT_THROW(reader.channel("maen", "I", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("mean", "intensity", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("coarse", "I_errors", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("mean", "I", 2, 0), core::InputError);
  EXPECT_THROW(reader.channel("cake", "I", 0, 17 * bins), core::InputError);
  EXPECT_THROW(reader.azimuthal("mean"), core::InputError);
  EXPECT_THROW(reader.radial("around"), core::InputError);
  try {
    reader.pattern("mean", "std", 0, 0, 0);
    FAIL() << "there is no std";
  } catch (core::InputError const& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr(
                    "expected one of I, I_errors, count, found 'std'; reduce with \"std\": true"));
  }
  EXPECT_THROW(reader.channel("mean", "I", 0, bins), core::InputError);
  EXPECT_THROW(reader.pattern("mean", "I", 0, 0, shape.fast), core::InputError);
}

TEST_F(SinogramReader, refuses_other_files) {
  if (communicator_.rank() == 0) std::ofstream("text.h5") << "this is no HDF5 file";
  communicator_.barrier();
  EXPECT_THROW(io::SinogramReader("text.h5"), core::IoError);
  EXPECT_THROW(io::SinogramReader("absent.h5"), core::IoError);
}

}  // namespace
