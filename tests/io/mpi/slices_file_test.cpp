#include "io/output/slices_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/guard/journal_folder.hpp"
#include "io/ranks/agreement.hpp"
#include "io/stored/output_regions.hpp"
#include "io/stored/slices_reader.hpp"
#include "io/stored/verified_output.hpp"
#include "output_files.hpp"
#include "small_slices.hpp"

namespace {

namespace fs = std::filesystem;
using namespace xrdct;
using namespace xrdct::test;
using core::Writer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

void expect_equal_bytes_of_writers(io::SlicesDescription const& description,
                                   std::string const& name) {
  io::Communicator communicator;
  std::string reference;
  for (Writer const writer : {Writer::direct, Writer::independent, Writer::collective}) {
    auto const file = fresh(communicator, name);
    small_slices::write(communicator, file, description, writer);
    communicator.barrier();
    if (communicator.rank() != 0) continue;
    SCOPED_TRACE("writer " + std::string(core::name_of(writer)));
    expect_equal_bytes(file, description, reference);
    EXPECT_EQ(io::origin_of(file), io::FileOrigin::slices);
    EXPECT_TRUE(io::verify_output(file, 5).damage.empty());
  }
}

// The files stay: ctest compares them with those of other numbers of ranks. 70 bins and 77 voxels
// do not fill their chunks; 1 unit is less than ranks.
TEST(SlicesFile, all_writers_give_the_same_bytes) {
  expect_equal_bytes_of_writers(small_slices::description_of(2, 77, 70), "slices");
}
TEST(SlicesFile, all_writers_give_the_same_bytes_of_one_voxel) {
  auto description = small_slices::description_of(1, 1, 3);
  description.reductions = {description.reductions.front()};
  description.reductions.front().bins_per_unit = 3;
  expect_equal_bytes_of_writers(description, "one_slice");
}

class StoredSlices : public testing::Test {
 protected:
  void SetUp() override {
    small_slices::write(communicator_, "stored_slices.h5", description_, Writer::collective);
    communicator_.barrier();
  }
  void TearDown() override { communicator_.barrier(); }

  float expected(std::string const& reduction, std::size_t field, std::size_t height, std::size_t y,
                 std::size_t x, std::size_t bin) const {
    std::size_t number = 0;
    while (description_.reductions[number].reduction.name != reduction) ++number;
    std::size_t const columns = plan_.reductions()[number].pattern.columns;
    core::SliceUnit const unit{.reduction = number, .height = height, .row = bin / columns};
    return small_slices::value(unit, side_, field, y, x, bin % columns);
  }

  static void expect_same(float found, float wanted) {
    EXPECT_TRUE(found == wanted || (std::isnan(found) && std::isnan(wanted)))
        << found << " " << wanted;
  }

  io::Communicator communicator_;
  std::size_t side_ = 67;
  io::SlicesDescription description_ = small_slices::description_of(2, side_, 70);
  core::SlicePlan plan_ = description_.plan();
};

TEST_F(StoredSlices, are_read_as_they_were_written) {
  io::SlicesReader const reader("stored_slices.h5");
  EXPECT_THAT(reader.reductions(), ElementsAre("mean", "coarse", "cake", "around"));
  EXPECT_EQ(reader.side(), side_);
  EXPECT_EQ(reader.fast().unit, "mm");
  EXPECT_EQ(reader.fast().positions.front(), -33.0 * 0.25);
  EXPECT_EQ(reader.slow().positions.front(), 33.0 * 0.25) << "row 0 is at the top";
  EXPECT_EQ(reader.pending_channels(), 0u);
  EXPECT_EQ(reader.radial("mean").positions.size(), 70u);
  EXPECT_EQ(reader.unit_name("mean"), "q_nm^-1");
  EXPECT_TRUE(reader.has_errors("mean"));
  EXPECT_FALSE(reader.has_errors("coarse"));
  for (std::string const reduction : {"mean", "coarse", "cake", "around"}) {
    auto const shape = reader.pattern_shape(reduction);
    for (std::size_t const bin : {std::size_t{0}, shape.bins() / 2, shape.bins() - 1}) {
      auto const slice = reader.channel(reduction, "I", 1, bin);
      for (std::size_t voxel = 0; voxel < slice.size(); voxel += 13)
        expect_same(slice[voxel], expected(reduction, 0, 1, voxel / side_, voxel % side_, bin));
    }
    auto const pattern = reader.pattern(reduction, "I", 0, 40, 65);
    for (std::size_t bin = 0; bin < pattern.size(); ++bin)
      expect_same(pattern[bin], expected(reduction, 0, 0, 40, 65, bin));
  }
  auto const line = reader.line("mean", "I_errors", 0, 30, 60, 10);
  for (std::size_t x = 0; x < side_; ++x)
    expect_same(line[x * 10 + 9], expected("mean", 1, 0, 30, x, 69));
}

// Positions without a unit are not steps, unless they are counted.
TEST_F(StoredSlices, call_axes_steps_where_these_are_counted) {
  struct Case {
    double step;
    std::string unit, label;
  };
  for (auto const& [step, unit, label] :
       {Case{1.0, "", "x [steps]"}, Case{0.25, "", "x"}, Case{1.0, "um", "x [um]"}}) {
    auto description = small_slices::description_of(1, 5, 3);
    description.axes.step = step;
    description.axes.unit = unit;
    auto const file = fresh(communicator_, "axes");
    small_slices::write(communicator_, file, description, Writer::collective);
    communicator_.barrier();
    io::SlicesReader const reader(file);
    EXPECT_EQ(reader.fast().label, label);
    EXPECT_EQ(reader.fast().unit, unit);
    communicator_.barrier();
  }
}

TEST_F(StoredSlices, hold_their_results_and_their_mean) {
  io::SlicesReader const reader("stored_slices.h5");
  EXPECT_THAT(reader.result("mean", "centre", 1), ElementsAre(50.0, 51.0, 52.0));
  auto const imputed = reader.result("mean", "imputed", 1);
  ASSERT_EQ(imputed.size(), 70u);
  EXPECT_EQ(imputed[69], 50.0 + 69.0);
  EXPECT_EQ(reader.result("cake", "imputed", 0).size(), 17u * 70u);
  EXPECT_EQ(reader.result("mean", "zingers", 0).size(), 10u);
  EXPECT_EQ(reader.result("mean", "air", 0)[1], 1.0);
  EXPECT_EQ(reader.result("mean", "status", 0)[15], 1.0) << "the last of a unit is empty";
  EXPECT_TRUE(reader.result("coarse", "centre", 0).empty());
  auto const mean = reader.mean_slice("cake", 1);
  double sum = 0.0;
  for (std::size_t bin = 0; bin < 17 * 70; ++bin) sum += expected("cake", 0, 1, 33, 20, bin);
  EXPECT_NEAR(mean[33 * side_ + 20], sum / (17 * 70), 1e-3);
  EXPECT_TRUE(std::isnan(mean.front()));
  auto const geometry = reader.geometry("mean");
  EXPECT_EQ(geometry.step, 0.25);
  EXPECT_EQ(geometry.unit, "mm");
  EXPECT_FALSE(geometry.centre);
  EXPECT_EQ(geometry.sense, core::Sense::clockwise);
  EXPECT_EQ(geometry.first_bin, 3u);
  EXPECT_EQ(reader.sinogram_file(), "scan_xrdct.h5");
  EXPECT_EQ(reader.sinogram_identity(), "0123456789abcdef");
}

TEST_F(StoredSlices, lie_in_chunks_of_one_unit_each) {
  std::set<std::uint64_t> owned;
  auto const regions = io::regions_of_file("stored_slices.h5");
  EXPECT_EQ(regions.blocks(), plan_.units());
  for (std::size_t unit = 0; unit < regions.blocks(); ++unit) {
    for (std::size_t column = 0; column < 2; ++column) {
      auto const region = regions.region(unit, column);
      for (std::size_t run = 0; run < region.runs; ++run) {
        EXPECT_LE(region.bytes, std::size_t{1} << 20);
        EXPECT_TRUE(owned.insert(region.run(run).address).second);
      }
    }
  }
}

class WrittenSlices : public testing::TestWithParam<Writer> {};

/// Without the cake, which takes long.
io::SlicesDescription profiles_of(std::size_t heights, std::size_t side) {
  auto description = small_slices::description_of(heights, side, 70);
  description.reductions.erase(description.reductions.begin() + 2);
  return description;
}

TEST_P(WrittenSlices, go_on_and_end_with_the_same_bytes) {
  io::Communicator communicator;
  auto const description = profiles_of(2, 66);
  std::string const writer(core::name_of(GetParam()));
  auto const whole = fresh(communicator, "slices_whole_" + writer),
             file = fresh(communicator, "slices_cut_" + writer);
  {
    io::SlicesFile output(communicator, whole, description, run_of(Writer::direct));
    small_slices::write_units(output, description, output.units_to_do(), communicator);
    output.close();
  }
  std::vector<std::size_t> const some{0, 3, 9, 10, 15};
  {
    io::SlicesFile output(communicator, file, description, run_of(GetParam()));
    EXPECT_EQ(output.units_to_do().size(), output.plan().units());
    small_slices::write_units(output, description, some, communicator);
    output.suspend();
  }
  auto const part = io::part_of(file);
  EXPECT_FALSE(fs::exists(file));
  {
    io::SlicesReader const reader(part);
    std::size_t const middle = 33 * 66 + 33;
    EXPECT_EQ(reader.channel("mean", "I", 0, 0)[middle], small_slices::value({}, 66, 0, 33, 33, 0));
    EXPECT_TRUE(std::isnan(reader.channel("mean", "I", 0, 20)[middle])) << "pending";
    EXPECT_TRUE(std::isnan(reader.mean_slice("mean", 0)[middle]));
    EXPECT_GT(reader.pending_channels(), 0u);
  }
  communicator.barrier();
  if (communicator.rank() == 0) flip(part, io::regions_of_file(part).region(9, 0).run(1).address);
  communicator.barrier();

  io::SlicesFile output(communicator, file, description, run_of(GetParam()));
  auto const left = output.units_to_do();
  EXPECT_EQ(left.size(), output.plan().units() - some.size() + 1);
  for (std::size_t const unit : some)
    EXPECT_EQ(std::binary_search(left.begin(), left.end(), unit), unit == 9) << unit;
  EXPECT_EQ(output.attempts(), 1);
  EXPECT_THAT(output.result(0, 0, 0), ElementsAre(0.0, 1.0, 2.0));
  small_slices::write_units(output, description, left, communicator);
  output.close();
  communicator.barrier();
  EXPECT_TRUE(content(file) == content(whole));
  EXPECT_FALSE(fs::exists(io::journal_folder(file)));
  communicator.barrier();
}

INSTANTIATE_TEST_SUITE_P(Writers, WrittenSlices,
                         testing::Values(Writer::collective, Writer::independent, Writer::direct),
                         [](auto const& each) { return std::string(core::name_of(each.param)); });

TEST(SlicesOfAnotherRun, are_refused) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "slices_other");
  auto const description = small_slices::description_of(1, 9, 20);
  io::SlicesFile(communicator, file, description, run_of(Writer::direct)).suspend();
  try {
    io::SlicesFile(communicator, file, description, run_of(Writer::direct, "other job"));
    ADD_FAILURE();
  } catch (io::AgreedError const& error) {
    EXPECT_EQ(error.status(), core::ExitStatus::wrong_input);
    EXPECT_THAT(error.what(), HasSubstr("the job: a job then, other job now"));
  }
  communicator.barrier();
}

TEST(SlicesFile, replaces_nothing_but_slices) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "no_slices");
  small_output::write(communicator, file, small_output::description_of({1, 2, 3}, 10),
                      Writer::direct);
  communicator.barrier();
  auto const description = small_slices::description_of(1, 9, 20);
  try {
    io::SlicesFile(communicator, file, description, small_output::run_of(Writer::direct, true));
    ADD_FAILURE();
  } catch (io::AgreedError const& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("slices of xrdct reconstruct"),
                                    HasSubstr("a result of xrdct reduce")));
  }
  auto named = description;
  named.reductions[0].reduction.name = "conditioning";
  EXPECT_THROW(io::SlicesFile(communicator, "named.h5", named, run_of(Writer::direct)),
               io::AgreedError);
  communicator.barrier();
}

TEST(VerifiedSlices, name_the_unit_and_the_dataset_of_a_flipped_bit) {
  io::Communicator communicator;
  auto const file = fresh(communicator, "verified_slices");
  auto const description = profiles_of(1, 66);
  small_slices::write(communicator, file, description, Writer::collective);
  communicator.barrier();
  if (communicator.rank() == 0) {
    EXPECT_TRUE(io::verify_output(file, 5).damage.empty());
    auto const regions = io::regions_of_file(file);
    for (std::size_t column = 0; column < regions.columns(); ++column) {
      for (std::size_t const unit : {std::size_t{0}, regions.blocks() - 1}) {
        auto const region = regions.region(unit, column);
        if (region.runs == 0) continue;
        auto const last = region.run(region.runs - 1);
        for (auto const at : {region.address, last.address + last.bytes - 1}) {
          flip(file, at);
          auto const found = io::verify_output(file, 5);
          ASSERT_EQ(found.damage.size(), 1u);
          EXPECT_EQ(found.damage.front(),
                    regions.describe(unit) + " of " + regions.path(unit, column));
          flip(file, at);
        }
      }
    }
    flip(file, regions.previews().back().address);
    EXPECT_THAT(io::verify_output(file, 5).damage.front(), HasSubstr("/entry/preview"));
    flip(file, regions.previews().back().address);
    flip(file, content(file).find(description.canonical_job));
    EXPECT_THAT(io::verify_output(file, 5).damage.front(), HasSubstr("structure"));
  }
  communicator.barrier();
}

}  // namespace
