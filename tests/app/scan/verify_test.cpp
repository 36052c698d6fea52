// Finished outputs that are compared with their checksums.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/ended_runs.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

class Verify : public LongRuns {
 protected:
  Verify() : LongRuns(reduce_command()) {}
};

TEST_F(Verify, NamesDamageAndRefusesOtherFiles) {
  EXPECT_EQ(run().status, 0);
  auto looked = xrdct(folder_, "verify out.h5");
  EXPECT_EQ(looked.status, 0) << looked.errors;
  EXPECT_THAT(looked.out, HasSubstr("out.h5: whole: 16 blocks of 12 datasets"));
  auto bytes = read_text(output());
  bytes[bytes.size() - 5] ^= 64;
  write_text(output(), bytes);
  looked = xrdct(folder_, "verify out.h5");
  EXPECT_EQ(looked.status, 3);
  EXPECT_THAT(looked.errors, HasSubstr("cannot trust out.h5"));
  looked = xrdct(folder_, "verify scan/scan.h5 nothing.h5 scan/job.json");
  EXPECT_NE(looked.status, 0);
  for (char const* file : {"scan/scan.h5", "nothing.h5", "scan/job.json"})
    EXPECT_THAT(looked.errors, HasSubstr(file));
}

}  // namespace
}  // namespace xrdct::test
