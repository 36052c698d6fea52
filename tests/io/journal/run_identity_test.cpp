#include "io/journal/run_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

using testing::HasSubstr;

RunIdentity identity(std::string const& job, std::string const& file) {
  RunIdentity run;
  run.add("the job", job);
  run.add("the scan (scan.h5)", file);
  return run;
}

TEST(RunIdentity, is_the_same_after_it_was_stored) {
  auto const run = identity("{\"a\": 1}\nsecond line", "5 bytes");
  EXPECT_EQ(difference(identity_of(text_of(run), "run"), run), "");
}

TEST(RunIdentity, names_what_differs) {
  auto const before = identity("{\"a\": 1}", "5 bytes");
  EXPECT_EQ(difference(before, before), "");
  EXPECT_EQ(difference(before, identity("{\"a\": 1}", "6 bytes")),
            "the scan (scan.h5): 5 bytes then, 6 bytes now");
  EXPECT_EQ(difference(before, identity("{\"a\": 2}", "6 bytes")),
            "the job: {\"a\": 1} then, {\"a\": 2} now");
  auto more = before;
  more.add("the mask (mask.edf)", "1 byte");
  EXPECT_EQ(difference(before, more), "the mask (mask.edf): none then");
  EXPECT_EQ(difference(more, before), "the mask (mask.edf): none now");
}

TEST(RunIdentity, shows_long_texts_where_they_differ) {
  std::string before(1000, 'x'), now = before;
  now[500] = 'y';
  auto const text = difference(identity(before, ""), identity(now, ""));
  EXPECT_THAT(text, HasSubstr("xy"));
  EXPECT_LT(text.size(), 300u);
}

TEST(RunIdentity, refuses_other_texts) {
  for (std::string const text : {"", "nonsense\n", "xrdct run 1\nno tab\n", "xrdct run 1\na\tb"}) {
    try {
      identity_of(text, "out.h5.journal/run");
      ADD_FAILURE() << text;
    } catch (core::IoError const& error) {
      EXPECT_THAT(error.what(), HasSubstr("out.h5.journal/run"));
      EXPECT_THAT(error.what(), HasSubstr("--restart"));
    }
  }
}

}  // namespace
}  // namespace xrdct::io
