#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/command.hpp"

/// An azimuth as radial unit is refused wherever a unit is given, with the pattern that is meant.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char const* azimuths[] = {"chi_deg", "chi_rad", "chigi_deg", "chigi_rad"};

TEST(AzimuthUnits, AreRefusedInJobs) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  std::string const text = read_text(job);
  for (std::string const unit : azimuths) {
    for (std::string const command : {"check", "reduce"}) {
      write_text(job, text);
      replace_in(job, "\"q_nm^-1\"", "\"" + unit + "\"");
      auto const run = xrdct(folder, command + " scan/job.json --output out.h5");
      EXPECT_EQ(run.status, 2) << run.errors;
      EXPECT_THAT(run.errors, AllOf(HasSubstr("$.reductions[0].unit"), HasSubstr(unit),
                                    HasSubstr("\"pattern\": \"azimuthal\"")));
      EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    }
  }
}

TEST(AzimuthUnits, AreRefusedOnTheCommandLineAndInConfigurations) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::string const image = "integrate scan/scan.h5:0 --poni scan/calib.poni -o o.xy ";
  for (std::string const unit : azimuths) {
    for (std::string const more : {"", "--splitting none", "--splitting full --radial-range 0 90",
                                   "--pattern cake", "--pattern azimuthal"}) {
      auto const run = xrdct(folder, image + "--unit " + unit + " " + more);
      EXPECT_EQ(run.status, 2) << run.errors;
      EXPECT_THAT(run.errors, AllOf(HasSubstr("--unit " + unit), HasSubstr("--pattern azimuthal")));
    }
  }
  for (std::string const unit :
       {"\"chi_deg\"", "\"chi_rad\"", "[\"chi_deg\", \"q_nm^-1\"]", "[\"chi_rad\", \"q_nm^-1\"]"}) {
    write_text(folder / "w.json", "{\"version\": 5, \"nbpt_rad\": 50, \"unit\": " + unit +
                                      ", \"method\": [\"full\", \"csr\", \"cython\"]}");
    auto const run = xrdct(folder, image + "--config w.json");
    EXPECT_EQ(run.status, 2) << run.errors;
    EXPECT_THAT(run.errors,
                AllOf(HasSubstr("the unit of w.json"), HasSubstr("--pattern azimuthal")));
    EXPECT_EQ(xrdct(folder, image + "--config w.json --unit r_mm").status, 0)
        << "options come first";
  }
  auto const unknown = xrdct(folder, image + "--unit q_nm-1");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.errors, AllOf(HasSubstr("did you mean q_nm^-1?"), Not(HasSubstr("chi_deg"))));
  EXPECT_THAT(xrdct(folder, "integrate --help").out,
              AllOf(HasSubstr("default q_nm^-1"), Not(HasSubstr("chi_deg"))));
}

}  // namespace
}  // namespace xrdct::test
