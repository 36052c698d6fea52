#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>

#include "core/words/errors.hpp"
#include "tests/config/job_text.hpp"

namespace xrdct::config {
namespace {

Job example(std::string const& name) { return read_job(source_file("config/examples/" + name)); }

TEST(Job, EveryExampleIsRead) {
  std::size_t examples = 0;
  for (auto const& entry : std::filesystem::directory_iterator(source_file("config/examples"))) {
    if (entry.is_directory()) continue;  // jobs of other commands
    EXPECT_NO_THROW(read_job(entry.path())) << entry.path();
    ++examples;
  }
  EXPECT_GE(examples, 6u);
}

TEST(Job, DefaultsAreFilledIn) {
  auto const job = example("minimal.json");
  EXPECT_EQ(job.scan.dataset, std::nullopt);
  EXPECT_EQ(job.scan.shape, (core::ScanShape{1, 96, 61}));
  EXPECT_EQ(job.scan.slow.name, "rotation");
  EXPECT_EQ(job.scan.slow.unit, "") << "nothing is known of an axis that the job does not give";
  EXPECT_FALSE(job.scan.slow.step);
  EXPECT_EQ(job.scan.fast.name, "translation");
  EXPECT_FALSE(job.scan.snake);
  EXPECT_EQ(job.scan.incomplete, core::Incomplete::error);
  EXPECT_EQ(job.scan.bad_frames, core::BadFrames::mark);
  EXPECT_FALSE(job.scan.monitor);
  EXPECT_EQ(job.scan.invalid.rule, core::InvalidRule::type_default);
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
  EXPECT_EQ(reduction.method, core::Method::mean);
  EXPECT_EQ(reduction.binning.kind, core::PatternKind::radial);
  EXPECT_FALSE(reduction.deviation);
  EXPECT_TRUE(std::isnan(finish_rule(reduction).empty));
  EXPECT_FALSE(job.output.overwrite);
  EXPECT_EQ(job.run.engine, core::Engine::fused);
  EXPECT_EQ(job.run.writer, core::Writer::collective);
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
  EXPECT_EQ(scan.repeated, core::Repeated::last);
  EXPECT_EQ(scan.first_frame, 3);
  EXPECT_EQ(scan.incomplete, core::Incomplete::nan);
  EXPECT_EQ(scan.bad_frames, core::BadFrames::error);
  ASSERT_TRUE(scan.monitor);
  EXPECT_EQ(scan.monitor->file, "scan_0001.h5");
  EXPECT_EQ(scan.monitor->dataset, "/1.1/measurement/ic1");
  EXPECT_FALSE(scan.monitor->reference) << "the mean";
  EXPECT_EQ(scan.invalid.rule, core::InvalidRule::values);
  ASSERT_EQ(scan.invalid.values.size(), 2u);
  EXPECT_EQ(std::pair(scan.invalid.values[0].low, scan.invalid.values[0].high),
            std::pair(4294967295.0, 4294967295.0));
  EXPECT_EQ(std::pair(scan.invalid.values[1].low, scan.invalid.values[1].high),
            std::pair(-2.0, -1.0));
  EXPECT_EQ(scan.saturated_above, 1e6);
}

TEST(Job, PositionsAreNamedByADatasetAColumnOrAHeader) {
  auto const positions = example("full.json").scan.positions;
  ASSERT_TRUE(positions);
  EXPECT_EQ(positions->fast, (core::ValueName{.file = "scan_0001.h5",
                                              .dataset = "/1.1/measurement/dty",
                                              .column = {},
                                              .header = {},
                                              .first = 1}));
  EXPECT_EQ(positions->slow.file, "positions.csv");
  EXPECT_EQ(positions->slow.column, "rot");
  EXPECT_EQ(positions->slow.dataset, "");
  ASSERT_TRUE(positions->height);
  EXPECT_EQ(positions->height->header, "Sample_z");
  EXPECT_FALSE(positions->height->first);
  EXPECT_EQ(positions->taken, core::MomentTaken::start);
  EXPECT_EQ(positions->tolerance, 0.3);
}

TEST(Job, PositionsMayStandForTheShape) {
  auto text = text_of(source_file("config/examples/minimal.json"));
  std::string const shape = R"("shape": {"slow": 96, "fast": 61})";
  text.replace(text.find(shape), shape.size(),
               R"("positions": {"fast": {"dataset": "/f"}, "slow": {"dataset": "/s"}})");
  auto const scan = parse_job(text, "job.json", "").scan;
  EXPECT_FALSE(scan.shape);
  EXPECT_FALSE(scan.fast.start) << "is found, and not 0";
  ASSERT_TRUE(scan.positions);
  EXPECT_FALSE(scan.positions->height);
  EXPECT_EQ(scan.positions->taken, core::MomentTaken::middle);
  EXPECT_FALSE(scan.positions->tolerance);
  EXPECT_EQ(scan.repeated, core::Repeated::error);
}

TEST(Job, EveryKeyOfTheOthersIsRead) {
  auto const job = example("full.json");
  EXPECT_EQ(job.calibration.orientation_convention, core::OrientationConvention::since_2026_9);
  EXPECT_THAT(job.calibration.mask, testing::ElementsAre("beamstop.edf", "masks.h5:/entry/mask"));
  EXPECT_EQ(job.calibration.dark, "dark.edf");
  EXPECT_EQ(job.calibration.flat, "flat.edf");
  ASSERT_TRUE(job.corrections.polarization);
  EXPECT_EQ(job.corrections.polarization->factor, 0.99);
  EXPECT_EQ(job.calibration.variance, "variance.edf");
  EXPECT_EQ(job.calibration.dark_variance, "dark_variance.edf");
  EXPECT_EQ(job.calibration.absorption, "absorption.edf");
  ASSERT_TRUE(job.calibration.sample);
  EXPECT_NEAR(sample_orientation(job.calibration).incident_rad, 0.2 * 3.14159265358979 / 180.0,
              1e-12);
  EXPECT_EQ(job.corrections.sensor_transmission, 0.3);
  EXPECT_EQ(job.reductions.at(0).binning.radial_range, std::pair(2.0, 50.0));
  EXPECT_EQ(job.reductions[0].binning.azimuth_range_deg, std::pair(-90.0, 90.0));
  EXPECT_TRUE(job.reductions[0].deviation);
  EXPECT_EQ(finish_rule(job.reductions[0]).empty, 0.0f);
  auto const several = example("several_reductions.json");
  ASSERT_EQ(several.reductions.size(), 3u);
  EXPECT_EQ(several.reductions[0].binning.splitting, core::Splitting::none);
  EXPECT_EQ(several.reductions[1].binning.unit, core::Unit::two_theta_deg);
  EXPECT_EQ(several.reductions[2].error_model, core::ErrorModel::none);
  EXPECT_EQ(several.run.engine, core::Engine::spmm);
  EXPECT_EQ(several.run.threads, 8);
}

TEST(Job, MethodsHaveTheirSettings) {
  auto const job = example("full.json");
  auto const& cake = job.reductions.at(1);
  EXPECT_EQ(cake.method, core::Method::sigma_clip);
  EXPECT_EQ(cake.clip.threshold, 4.0);
  EXPECT_EQ(cake.clip.cycles, 3);
  EXPECT_EQ(cake.error_model, core::ErrorModel::azimuthal) << "the default of sigma_clip";
  EXPECT_EQ(cake.binning.kind, core::PatternKind::cake);
  EXPECT_EQ(cake.bins(), 500u * 36u);
  auto const& trimmed = job.reductions.at(2);
  EXPECT_EQ(trimmed.method, core::Method::quantile_mean);
  EXPECT_EQ(trimmed.quantiles.lower, 0.1);
  EXPECT_EQ(trimmed.quantiles.upper, 0.9);
  auto const everything = example("everything.json");
  ASSERT_EQ(everything.reductions.size(), 16u);
  EXPECT_EQ(everything.reductions[2].method, core::Method::quantile_mean) << "the median";
  EXPECT_EQ(everything.reductions[2].quantiles.lower, 0.5);
  EXPECT_EQ(everything.reductions[2].quantiles.upper, 0.5);
  EXPECT_EQ(everything.reductions[15].binning.kind, core::PatternKind::azimuthal);
  EXPECT_EQ(everything.reductions[15].binning.bins, 1u);
  EXPECT_EQ(everything.reductions[15].bins(), 360u);
}

TEST(Job, ValuesOfNoMeasurementAreThoseOfTheTypeOrOfTheJob) {
  Scan scan;
  EXPECT_FALSE(valid_values(scan, core::ValidValues::of(core::PixelType::u16)).contains(65535.0));
  scan.invalid = {core::InvalidRule::values, {{7.0, 7.0}, {-3.0, -1.5}}};
  scan.saturated_above = 100.0;
  auto const valid = valid_values(scan, core::ValidValues::of(core::PixelType::f32));
  for (double const value : {7.0, -3.0, -2.0, -1.5, 101.0})
    EXPECT_FALSE(valid.contains(value)) << value;
  for (double const value : {6.0, -3.5, -1.0, 100.0}) EXPECT_TRUE(valid.contains(value)) << value;
}

TEST(Job, AnAxisWithoutAUnitHasNone) {
  auto job = json_of("config/examples/full.json");
  at(job, {"scan", "slow"}).as_object().erase("unit");
  EXPECT_EQ(parse_job(std::string(boost::json::serialize(job)), "job.json", "").scan.slow.unit, "");
}

TEST(Job, RelativePathsAreRelativeToTheJob) {
  auto const job =
      parse_job(text_of(source_file("config/examples/minimal.json")), "job.json", "/data/night");
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
