#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/errors.hpp"
#include "job_text.hpp"

namespace xrdct::config {
namespace {

Job example(std::string const& name) { return read_job(source_file("config/examples/" + name)); }

TEST(Job, EveryExampleIsRead) {
  std::size_t examples = 0;
  for (auto const& entry : std::filesystem::directory_iterator(source_file("config/examples"))) {
    EXPECT_NO_THROW(read_job(entry.path())) << entry.path();
    ++examples;
  }
  EXPECT_GE(examples, 5u);
}

TEST(Job, DefaultsAreFilledIn) {
  auto const job = example("minimal.json");
  EXPECT_EQ(job.scan.dataset, "/entry/data");
  EXPECT_EQ(job.scan.shape, (core::ScanShape{1, 96, 61}));
  EXPECT_EQ(job.scan.slow.name, "rotation");
  EXPECT_EQ(job.scan.slow.unit, "deg");
  EXPECT_EQ(job.scan.fast.name, "translation");
  EXPECT_FALSE(job.scan.snake);
  EXPECT_EQ(job.scan.incomplete, Scan::Incomplete::error);
  EXPECT_FALSE(job.scan.monitor);
  EXPECT_EQ(job.scan.invalid.rule, InvalidValues::Rule::type_default);
  EXPECT_TRUE(job.calibration.detector_mask);
  EXPECT_FALSE(job.calibration.orientation_convention);
  EXPECT_TRUE(job.corrections.solid_angle);
  EXPECT_FALSE(job.corrections.polarization);
  ASSERT_EQ(job.reductions.size(), 1u);
  auto const& reduction = job.reductions[0];
  EXPECT_EQ(reduction.name, "mean");
  EXPECT_EQ(reduction.binning.unit, core::Unit::q_nm);
  EXPECT_EQ(reduction.binning.bins, 1000u);
  EXPECT_EQ(reduction.binning.splitting, core::Splitting::bounding_box);
  EXPECT_EQ(reduction.error_model, core::ErrorModel::poisson);
  EXPECT_FALSE(job.output.overwrite);
  EXPECT_EQ(job.run.engine, "fused");
  EXPECT_EQ(job.run.writer, "collective");
  EXPECT_EQ(job.run.threads, 0);
}

TEST(Job, EveryKeyOfTheScanIsRead) {
  auto const scan = example("full.json").scan;
  EXPECT_THAT(scan.files, testing::ElementsAre("scan_0001_master.h5"));
  EXPECT_EQ(scan.shape, (core::ScanShape{2, 96, 61}));
  EXPECT_EQ(scan.slow.step, 1.875);
  EXPECT_EQ(scan.fast.start, -3.0);
  EXPECT_EQ(scan.fast.unit, "mm");
  EXPECT_EQ(scan.height.step, 0.05);
  EXPECT_TRUE(scan.snake);
  EXPECT_EQ(scan.first_frame, 3);
  EXPECT_EQ(scan.incomplete, Scan::Incomplete::nan);
  ASSERT_TRUE(scan.monitor);
  EXPECT_EQ(scan.monitor->file, "scan_0001.h5");
  EXPECT_EQ(scan.monitor->dataset, "/1.1/measurement/ic1");
  EXPECT_FALSE(scan.monitor->reference) << "the mean";
  EXPECT_EQ(scan.invalid.rule, InvalidValues::Rule::values);
  EXPECT_THAT(scan.invalid.values, testing::ElementsAre(4294967295.0, 4294967294.0));
  EXPECT_EQ(scan.saturated_above, 1e6);
}

TEST(Job, EveryKeyOfTheOthersIsRead) {
  auto const job = example("full.json");
  EXPECT_EQ(job.calibration.orientation_convention, core::OrientationConvention::since_2026_9);
  EXPECT_THAT(job.calibration.mask, testing::ElementsAre("beamstop.edf", "masks.h5:/entry/mask"));
  EXPECT_EQ(job.calibration.dark, "dark.edf");
  EXPECT_EQ(job.calibration.flat, "flat.edf");
  ASSERT_TRUE(job.corrections.polarization);
  EXPECT_EQ(job.corrections.polarization->factor, 0.99);
  EXPECT_EQ(job.reductions.at(0).binning.radial_range, std::pair(2.0, 50.0));
  auto const several = example("several_reductions.json");
  ASSERT_EQ(several.reductions.size(), 3u);
  EXPECT_EQ(several.reductions[0].binning.splitting, core::Splitting::none);
  EXPECT_EQ(several.reductions[1].binning.unit, core::Unit::two_theta_deg);
  EXPECT_EQ(several.reductions[2].error_model, core::ErrorModel::none);
  EXPECT_EQ(several.run.engine, "spmm");
  EXPECT_EQ(several.run.threads, 8);
}

TEST(Job, AnAxisWithoutAUnitHasNone) {
  auto job = json_of("config/examples/full.json");
  at(job, {"scan", "slow"}).as_object().erase("unit");
  EXPECT_EQ(parse_job(std::string(boost::json::serialize(job)), "job.json", "").scan.slow.unit, "");
}

TEST(Job, RelativePathsAreRelativeToTheJob) {
  auto const job = parse_job(text_of(source_file("config/examples/minimal.json")), "job.json", "/data/night");
  EXPECT_EQ(job.resolve("calib.poni"), "/data/night/calib.poni");
  EXPECT_EQ(job.resolve("../calib.poni"), "/data/calib.poni");
  EXPECT_EQ(job.resolve("/other/calib.poni"), "/other/calib.poni");
  auto const read = example("minimal.json");
  EXPECT_EQ(read.folder, source_file("config/examples"));
}

TEST(Job, AMissingFileIsToldByItsName) {
  try {
    read_job("/nowhere/job.json");
    FAIL() << "expected an error";
  } catch (core::InputError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/job.json"));
  }
}

}  // namespace
}  // namespace xrdct::config
