// The texts that go with a simulated scan are JSON, whatever its names are.
#include "app/simulation/simulated_job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/job/job.hpp"

namespace xrdct::app {
namespace {

TEST(SimulatedJob, NamesWithQuotesAndBackslashesComeOutRight) {
  std::string const file = R"(the "good" scan\1.h5)", dataset = R"(/entry/"data")",
                    monitor = R"(/entry/mon\itor)";
  io::ScanNames names{{file}, dataset, {}, {}};
  names.monitor.dataset = monitor;
  auto const job = config::parse_job(simulated_job(SimulateOptions(), names), "job.json", "");
  EXPECT_EQ(job.scan.files, std::vector<std::string>{file});
  EXPECT_EQ(job.scan.dataset, dataset);
  ASSERT_TRUE(job.scan.monitor);
  EXPECT_EQ(job.scan.monitor->dataset, monitor);
}

TEST(SimulatedJob, ParametersEscapeTheNameOfTheDetector) {
  SimulateOptions options;
  options.settings.calibration.detector.name = R"(the "new" one)";
  EXPECT_THAT(simulated_parameters(options),
              testing::StartsWith(R"({"detector": "the \"new\" one", "rows": )"));
}

}  // namespace
}  // namespace xrdct::app
