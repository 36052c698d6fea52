#include "io/sinogram_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/errors.hpp"
#include "small_output.hpp"

namespace {

using namespace xrdct;
using testing::ElementsAre;

constexpr std::size_t bins = 70;
core::ScanShape const shape{2, 37, 5};

// NaN equals NaN here.
void expect_same(std::vector<float> const& found, std::vector<float> const& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i]))) << i;
}

class SinogramReader : public testing::Test {
 protected:
  void SetUp() override {
    small_output::write(communicator_, "readable.h5", small_output::description_of(shape, bins), io::Writer::collective);
    communicator_.barrier();
  }
  // No rank may begin the next file while another still reads.
  void TearDown() override { communicator_.barrier(); }
  io::Communicator communicator_;
};

TEST_F(SinogramReader, tells_what_is_in_the_file) {
  io::SinogramReader const reader("readable.h5");
  EXPECT_THAT(reader.reductions(), ElementsAre("mean", "coarse"));
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
}

TEST_F(SinogramReader, reads_every_pattern_as_it_was_written) {
  io::SinogramReader const reader("readable.h5");
  std::array<char const*, 3> const fields{"I", "I_errors", "count"};
  for (std::size_t place = 0; place < shape.places(); ++place) {
    std::size_t const height = place / (shape.slow * shape.fast), slow = place / shape.fast % shape.slow, fast = place % shape.fast;
    for (std::size_t field = 0; field < fields.size(); ++field)
      expect_same(reader.pattern("mean", fields[field], height, slow, fast), small_output::field_of(0, field, place, 1, bins));
    expect_same(reader.pattern("coarse", "I", height, slow, fast), small_output::field_of(1, 0, place, 1, bins / 3 + 1));
  }
}

TEST_F(SinogramReader, reads_a_channel_as_it_was_written) {
  io::SinogramReader const reader("readable.h5");
  for (std::size_t const bin : {std::size_t{0}, std::size_t{63}, std::size_t{64}, bins - 1}) {
    std::vector<float> expected;
    for (std::size_t place = shape.slow * shape.fast; place < shape.places(); ++place) expected.push_back(small_output::value(0, 0, place, bin));
    expect_same(reader.channel("mean", "I", 1, bin), expected);
  }
}

TEST_F(SinogramReader, refuses_what_is_not_there) {
  io::SinogramReader const reader("readable.h5");
  EXPECT_THROW(reader.channel("maen", "I", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("mean", "intensity", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("coarse", "I_errors", 0, 0), core::InputError);
  EXPECT_THROW(reader.channel("mean", "I", 2, 0), core::InputError);
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
