#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

TEST(MpiIo, RefusesComponentsThatSayNothingOfFailedWrites) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  for (std::string const name : {"vulcan", "dynamic"}) {
    auto const run =
        xrdct(folder, "reduce scan/job.json -q --output out.h5", 1, "OMPI_MCA_fcoll=" + name);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, HasSubstr("fcoll = " + name));
  }
  auto const two =
      xrdct(folder, "reduce scan/job.json -q --output out.h5", 2, "OMPI_MCA_fcoll=vulcan");
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.errors, HasSubstr("fcoll = vulcan"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
  EXPECT_EQ(xrdct(folder, "check scan/job.json", 1, "OMPI_MCA_fcoll=vulcan").status, 2);
  EXPECT_EQ(xrdct(folder, "reduce scan/job.json -q --output out.h5 --writer direct", 1,
                  "OMPI_MCA_fcoll=vulcan")
                .status,
            0);
}

TEST(MpiIo, TellsWhatIsInForce) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  EXPECT_THAT(xrdct(folder, "check scan/job.json").out, HasSubstr("fcoll individual"));
  EXPECT_THAT(xrdct(folder, "check scan/job.json", 1, "OMPI_MCA_io=romio321").out,
              HasSubstr("romio321"));
}

}  // namespace
}  // namespace xrdct::test
