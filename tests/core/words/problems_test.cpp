#include "core/words/problems.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xrdct::core {
namespace {

using testing::ElementsAre;

TEST(Problem, is_told_in_one_form) {
  EXPECT_EQ(
      text({.what = "read x.h5", .expected = "a file", .found = "none", .attempt = "make it"}),
      "cannot read x.h5: expected a file, found none; make it");
  EXPECT_EQ(text({.what = "read x.h5", .expected = "a file"}), "cannot read x.h5: expected a file");
  EXPECT_STREQ(InputError({.what = "a", .expected = "b", .found = "c"}).what(),
               "cannot a: expected b, found c");
  EXPECT_STREQ(IoError({.what = "a", .expected = "b", .attempt = "d"}).what(),
               "cannot a: expected b; d");
}

TEST(Problems, are_thrown_together) {
  Problems problems({"earlier"});
  problems.require(true, {.what = "never", .expected = "told"});
  problems.require(false, {.what = "a", .expected = "b"});
  EXPECT_FALSE(problems.attempt("key: ", [] { throw InputError({"one", "two"}); }));
  EXPECT_FALSE(problems.attempt("key: ", [] { throw IoError("three"); }));
  EXPECT_TRUE(problems.attempt("key: ", [] {}));
  try {
    problems.throw_if_any();
    FAIL();
  } catch (InputError const& error) {
    EXPECT_THAT(error.problems(), ElementsAre("earlier", "cannot a: expected b", "key: one",
                                              "key: two", "key: three"));
  }
}

TEST(Problems, are_of_files_where_none_is_of_the_input) {
  Problems problems;
  EXPECT_FALSE(problems.any());
  EXPECT_NO_THROW(problems.throw_if_any());
  problems.attempt("", [] { throw IoError("a"); });
  problems.attempt("", [] { throw IoError("b"); });
  try {
    problems.throw_if_any();
    FAIL();
  } catch (IoError const& error) {
    EXPECT_STREQ(error.what(), "a\nb");
  }
}

}  // namespace
}  // namespace xrdct::core
