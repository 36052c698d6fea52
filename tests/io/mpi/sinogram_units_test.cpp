#include "io/stored/sinogram_units.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/words/errors.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "small_output.hpp"

namespace {

using namespace xrdct;

constexpr std::size_t bins = 150;
core::ScanShape const shape{2, 37, 5};
std::size_t const places = shape.slow * shape.fast;

struct Range {
  std::string reduction;
  std::size_t number;  //!< of the reduction
  std::size_t first, bins;
};

// Whole chunks, parts of them, over the edges of chunks, and the last ones; of a cake over the end
// of an azimuth, too.
std::vector<Range> const ranges{{"mean", 0, 0, 64},   {"mean", 0, 64, 64}, {"mean", 0, 128, 22},
                                {"mean", 0, 50, 100}, {"mean", 0, 7, 1},   {"coarse", 1, 0, 51},
                                {"cake", 2, 0, 64},   {"cake", 2, 64, 6},  {"cake", 2, 70 * 9, 64},
                                {"cake", 2, 69, 142}, {"around", 3, 3, 80}};

void expect_value(float found, float wanted) {
  EXPECT_TRUE(found == wanted || (std::isnan(found) && std::isnan(wanted)))
      << found << " " << wanted;
}

void expect_all_ranges(io::SinogramUnits& units, bool directly) {
  std::vector<char const*> const fields{"I", "I_errors", "count"};
  for (auto const& range : ranges) {
    for (std::size_t field = 0; field < fields.size(); ++field) {
      if (!units.reader().has(range.reduction, fields[field])) continue;
      EXPECT_EQ(units.reads_directly(range.reduction, fields[field]), directly);
      std::vector<float> values(places * range.bins);
      units.read(range.reduction, fields[field], 1, range.first, values);
      for (std::size_t place = 0; place < places; ++place)
        for (std::size_t bin = 0; bin < range.bins; ++bin)
          expect_value(values[place * range.bins + bin],
                       small_output::value(range.number, field, places + place, range.first + bin));
    }
  }
}

class SinogramUnits : public testing::Test {
 protected:
  void SetUp() override {
    small_output::write(communicator_, "units.h5", small_output::description_of(shape, bins),
                        core::Writer::direct);
    communicator_.barrier();
  }
  void TearDown() override { communicator_.barrier(); }

  io::Communicator communicator_;
};

TEST_F(SinogramUnits, are_read_where_they_lie) {
  io::SinogramUnits units("units.h5");
  expect_all_ranges(units, true);
}

/// How a dataset is stored in a copy, as h5repack does it.
struct Form {
  std::string file;
  std::vector<hsize_t> chunk;  //!< of four dimensions; a fifth is whole. None: contiguous
  bool compressed;
};

void store_again(hid_t from, hid_t to, std::string const& path, Form const& form) {
  io::Hdf5Dataset const source(H5Dopen2(from, path.c_str(), H5P_DEFAULT), "open " + path);
  io::Hdf5Space const space(H5Dget_space(source.get()), "get the shape");
  io::Hdf5Properties const creation(H5Pcreate(H5P_DATASET_CREATE), "create properties");
  std::vector<hsize_t> extent(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  if (!form.chunk.empty()) {
    auto chunk = form.chunk;
    if (extent.size() > chunk.size()) chunk.push_back(extent.back());
    for (std::size_t i = 0; i < chunk.size(); ++i) chunk[i] = std::min(chunk[i], extent[i]);
    H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
  }
  if (form.compressed) {
    H5Pset_shuffle(creation.get());
    H5Pset_deflate(creation.get(), 1);
  }
  std::vector<float> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  ASSERT_GE(H5Dread(source.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
            0);
  ASSERT_GE(H5Ldelete(to, path.c_str(), H5P_DEFAULT), 0);
  io::Hdf5Dataset const copy(H5Dcreate2(to, path.c_str(), H5T_IEEE_F32LE, space.get(), H5P_DEFAULT,
                                        creation.get(), H5P_DEFAULT),
                             "create " + path);
  ASSERT_GE(H5Dwrite(copy.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
            0);
}

void pack_again(Form const& form) {
  auto const from = io::open_hdf5_for_reading("units.h5");
  io::Hdf5File const to(H5Fcreate(form.file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                        "create a copy");
  ASSERT_GE(H5Ocopy(from.get(), "entry", to.get(), "entry", H5P_DEFAULT, H5P_DEFAULT), 0);
  for (auto const& range : ranges) {
    for (std::string const field : {"I", "I_errors", "count"}) {
      std::string const path = "/entry/" + range.reduction + "/" + field;
      if (H5Lexists(from.get(), path.c_str(), H5P_DEFAULT) > 0)
        store_again(from.get(), to.get(), path, form);
    }
  }
}

TEST_F(SinogramUnits, are_read_from_files_that_were_packed_again) {
  io::SinogramUnits original("units.h5");
  // The first has the chunks that xrdct writes; the last as large ones in another shape.
  std::vector<Form> const forms{{"units_packed.h5", {1, 2, 5, 64}, true},
                                {"units_contiguous.h5", {}, false},
                                {"units_chunks.h5", {2, 10, 5, 40}, true},
                                {"units_turned.h5", {1, 5, 2, 64}, false}};
  for (auto const& form : forms) {
    if (communicator_.rank() == 0) pack_again(form);
    communicator_.barrier();
    io::SinogramUnits units(form.file);
    expect_all_ranges(units, false);
    EXPECT_EQ(units.identity(), original.identity());
    EXPECT_EQ(units.status(1), original.status(1));
  }
  EXPECT_EQ(original.identity().size(), 16u);
}

TEST_F(SinogramUnits, are_summed_in_a_fixed_order) {
  io::SinogramUnits units("units.h5");
  io::LineBlocks const all{0, units.blocks_of_height()};
  auto const whole = units.sum("mean", 1, all, 0, bins);
  auto first = units.sum("mean", 1, all, 0, 64);
  add(first, units.sum("mean", 1, all, 64, 64));
  add(first, units.sum("mean", 1, all, 128, bins - 128));
  EXPECT_TRUE(units.sum("coarse", 0, all, 0, 10).variance.empty()) << "it has no errors";
  for (std::size_t place = 0; place < places; ++place) {
    double sum = 0.0, variance = 0.0;
    std::int32_t number = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      if (small_output::value(0, 2, places + place, bin) <= 0.0F) continue;
      sum += small_output::value(0, 0, places + place, bin);
      variance += std::pow(double{small_output::value(0, 1, places + place, bin)}, 2);
      ++number;
    }
    EXPECT_EQ(whole.bins[place], number);
    EXPECT_EQ(whole.intensity[place], sum) << "these numbers are added without rounding";
    EXPECT_NEAR(whole.variance[place], variance, 1e-9 * variance);
    EXPECT_EQ(first.intensity[place], sum);
    EXPECT_EQ(first.bins[place], number);
  }
}

/// Sums of the first blocks, of no block, of one and of the rest, one behind the other.
io::ChannelSum summed_in_shares(io::SinogramUnits& units, std::string const& reduction) {
  auto const blocks = units.blocks_of_height();
  io::ChannelSum sum;
  for (auto const& share : std::vector<io::LineBlocks>{
           {0, blocks / 2}, {3, 3}, {blocks / 2, blocks / 2 + 1}, {blocks / 2 + 1, blocks}})
    append(sum, units.sum(reduction, 1, share, 7, 40));
  return sum;
}

TEST_F(SinogramUnits, have_the_same_sums_in_any_shares) {
  io::SinogramUnits units("units.h5");
  ASSERT_EQ(units.blocks_of_height(), 19u) << "of two lines, the last of one";
  Form const form{"units_summed.h5", {2, 10, 5, 40}, true};
  if (communicator_.rank() == 0) pack_again(form);
  communicator_.barrier();
  io::SinogramUnits again(form.file);
  for (std::string const reduction : {"mean", "coarse"}) {
    auto const whole = units.sum(reduction, 1, {0, units.blocks_of_height()}, 7, 40);
    EXPECT_EQ(whole.intensity.size(), places);
    for (auto* const file : {&units, &again}) {
      auto const sum = summed_in_shares(*file, reduction);
      EXPECT_EQ(sum.intensity, whole.intensity);
      EXPECT_EQ(sum.variance, whole.variance);
      EXPECT_EQ(sum.bins, whole.bins);
    }
  }
}

TEST_F(SinogramUnits, come_with_the_status_of_their_places) {
  io::SinogramUnits units("units.h5");
  auto const status = units.status(0);
  for (std::size_t place = 0; place < places; ++place)
    EXPECT_EQ(status[place], place % 7 == 3 ? core::FrameStatus::missing : core::FrameStatus::good);
  EXPECT_TRUE(units.positions("translation", 0).empty()) << "they were not measured";
}

TEST_F(SinogramUnits, refuse_what_is_not_there) {
  io::SinogramUnits units("units.h5");
  std::vector<float> values(places * 10);
  EXPECT_THROW(units.read("mean", "I", 2, 0, values), core::InputError);
  EXPECT_THROW(units.read("mean", "I", 0, bins - 9, values), core::InputError);
  EXPECT_THROW(units.read("maen", "I", 0, 0, values), core::InputError);
  EXPECT_THROW(units.read("coarse", "I_errors", 0, 0, values), core::InputError);
}

TEST_F(SinogramUnits, refuse_a_run_that_is_not_finished) {
  {
    io::SinogramFile output(communicator_, "units_begun.h5",
                            small_output::description_of(shape, bins),
                            {.writer = core::Writer::direct, .overwrite = true, .restart = true});
    output.suspend();
  }
  io::SinogramUnits units("units_begun.h5.part");
  EXPECT_THROW(units.status(0), core::InputError);
}

TEST_F(SinogramUnits, know_how_their_reductions_were_made) {
  io::SinogramReader const reader("units.h5");
  auto const description = small_output::description_of(shape, bins);
  for (auto const& wanted : description.reductions) {
    auto const found = reader.description(wanted.name);
    EXPECT_EQ(found.kind, wanted.kind);
    EXPECT_EQ(found.unit_name, wanted.unit_name);
    EXPECT_EQ(found.symbol, wanted.symbol);
    EXPECT_EQ(found.errors, wanted.errors);
    EXPECT_EQ(found.radial_axis, wanted.radial_axis);
    EXPECT_EQ(found.azimuthal_axis, wanted.azimuthal_axis);
    EXPECT_EQ(found.making.method, wanted.making.method);
    EXPECT_EQ(found.making.error_model, wanted.making.error_model);
    EXPECT_EQ(found.making.splitting, wanted.making.splitting);
    EXPECT_EQ(found.making.radial_range, wanted.making.radial_range);
    EXPECT_EQ(found.making.azimuth_range_deg, wanted.making.azimuth_range_deg);
    EXPECT_EQ(found.making.empty, wanted.making.empty);
    EXPECT_EQ(found.making.lost, wanted.making.lost);
  }
  EXPECT_EQ(reader.description("cake").making.clip.threshold, 4.5);
  EXPECT_EQ(reader.description("around").making.quantiles.upper, 0.9);
}

}  // namespace
