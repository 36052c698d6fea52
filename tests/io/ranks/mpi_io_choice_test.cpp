#include "io/ranks/mpi_io_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using testing::HasSubstr;
using xrdct::io::objection_to_mpi_io;

std::string objection(std::string const& io, std::string const& fcoll) {
  return objection_to_mpi_io(&io, &fcoll);
}

TEST(MpiIoChoice, accepts_what_tells_of_failed_writes) {
  EXPECT_EQ(objection("", "individual"), "");
  EXPECT_EQ(objection("ompio", "individual"), "");
  EXPECT_EQ(objection("romio321", "vulcan"), "") << "ROMIO takes no such component";
}

TEST(MpiIoChoice, refuses_components_that_are_silent_by_name) {
  for (std::string const name : {"vulcan", "dynamic", "dynamic_gen2", "two_phase", "not_known"}) {
    EXPECT_THAT(objection("", name), HasSubstr("fcoll = " + name));
    EXPECT_THAT(objection("ompio", "individual," + name), HasSubstr("fcoll = " + name));
    EXPECT_THAT(objection("romio321,ompio", name), HasSubstr("fcoll = " + name))
        << "either of the two";
  }
}

TEST(MpiIoChoice, refuses_what_leaves_the_choice_open) {
  EXPECT_THAT(objection("", ""), HasSubstr("may be vulcan"));
  EXPECT_THAT(objection("", ","), HasSubstr("may be vulcan"));
  EXPECT_THAT(objection("", "^vulcan"), HasSubstr("^vulcan"));
  EXPECT_THAT(objection("^romio321", "^vulcan"), HasSubstr("^vulcan"));
}

TEST(MpiIoChoice, calls_nothing_safe_that_cannot_be_read) {
  std::string const name = "individual";
  EXPECT_NE(objection_to_mpi_io(nullptr, &name), "");
  EXPECT_NE(objection_to_mpi_io(&name, nullptr), "");
}

}  // namespace
