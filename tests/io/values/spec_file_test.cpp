#include "io/values/spec_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using test::error_of;
using test::fresh_folder;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

char const* const three_scans = R"(#F /data/scan
#E 1637198084
#D Wed Nov 17 20:14:44 2021
#O0 mono  sample z  mony
#O1 rot
#o0 mono samz mony
#o1 rot
#J0 Seconds  ion chamber 1
#j0 sec ic1

#S 1  ascan samz 0 1 2 0.5
#D Wed Nov 17 20:14:45 2021
#P0 -3.75 3 0.25
#P1 90
#N 3
#L sample z  Seconds  ion chamber 1
0 0.5 100
#C a comment
@A 1 2 3 4\
 5 6 7 8
0.5 0.5 200

1 0.5 300

#S 2  ascan rot 0 1 1 0.5
#P0 -3.5 3 0.25
#L rot  Seconds
0 0.5
1 0.5
#C Wed Nov 17 20:20:00 2021.  Scan aborted after 2 points.

#S 1  loopscan 1 0.5
#L Seconds
0.75
)";

class SpecFile : public testing::Test {
 protected:
  void SetUp() override { write(three_scans); }
  void write(std::string const& text) {
    file_ = fresh_folder() / "spec";
    std::ofstream(file_) << text;
  }
  std::vector<double> column(std::string const& key, std::string const& name) const {
    auto const found = read_column(file_, name, key);
    EXPECT_FALSE(found.constant) << name;
    return found.values;
  }
  std::string error(std::string const& key, std::string const& name) const {
    return error_of<core::InputError>([&] { read_column(file_, name, key); });
  }
  std::filesystem::path file_;
};

TEST_F(SpecFile, has_columns_by_their_long_and_short_names) {
  EXPECT_THAT(column("1.1", "sample z"), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(column("1.1", "samz"), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(column("1.1", "ion chamber 1"), ElementsAre(100, 200, 300));
  EXPECT_THAT(column("1.1", "ic1"), ElementsAre(100, 200, 300));
  EXPECT_THAT(column("2.1", "rot"), ElementsAre(0, 1));
  EXPECT_THAT(column("2", "rot"), ElementsAre(0, 1));
  EXPECT_THAT(column("1.2", "Seconds"), ElementsAre(0.75));
  EXPECT_THAT(column_names(file_, "1.1"), ElementsAre("sample z", "Seconds", "ion chamber 1"));
}

TEST_F(SpecFile, motors_that_stood_still_are_constants) {
  for (auto const& [name, position] : std::vector<std::pair<std::string, double>>{
           {"mono", -3.5}, {"sample z", 3}, {"samz", 3}, {"mony", 0.25}}) {
    auto const found = read_column(file_, name, "2.1");
    EXPECT_TRUE(found.constant) << name;
    EXPECT_THAT(found.values, ElementsAre(position)) << name;
  }
  EXPECT_THAT(read_column(file_, "rot", "1.1").values, ElementsAre(90));
}

TEST_F(SpecFile, lists_its_scans) {
  auto const scans = spec_scans(file_);
  ASSERT_EQ(scans.size(), 3u);
  EXPECT_EQ(scans[0].key, "1.1");
  EXPECT_EQ(scans[0].command, "ascan samz 0 1 2 0.5");
  EXPECT_THAT(scans[0].motors, Contains(Pair("rot", 90)));
  EXPECT_EQ(scans[1].key, "2.1");
  EXPECT_EQ(scans[2].key, "1.2");
}

TEST_F(SpecFile, one_scan_of_several_is_named) {
  EXPECT_EQ(error("", "Seconds"),
            "cannot read values of " + file_.string() +
                ": expected one scan, found 1.1 (ascan samz 0 1 2 0.5), 2.1 (ascan rot 0 1 1 0.5), "
                "1.2 (loopscan 1 0.5); name a scan, as in " +
                file_.string() + ":/1.1");
  EXPECT_THAT(error("3.1", "Seconds"), HasSubstr("expected the scan 3.1, found 1.1 ("));
  EXPECT_THAT(error_of<core::InputError>([&] { column_names(file_); }), HasSubstr("one scan"));
  write("#S 1 ascan\n#L a  b\n1 2\n3 4\n");
  EXPECT_THAT(column("", "b"), ElementsAre(2, 4)) << "the only one";
}

TEST_F(SpecFile, a_wrong_name_is_told_with_those_there_are) {
  EXPECT_THAT(error("1.1", "Second"),
              AllOf(HasSubstr("values of scan 1.1 of " + file_.string()),
                    HasSubstr("expected a column or a motor \"Second\", found sample z, Seconds, "
                              "ion chamber 1; did you mean \"Seconds\"?")));
  EXPECT_THAT(error("2.1", "mona"), HasSubstr("did you mean \"mono\"?"));
  EXPECT_THAT(error("1.1", "quite another"), HasSubstr("or of the 4 motors in `#O`"));
  write("#S 1 ascan\n1 2\n");
  EXPECT_THAT(error("", "a"), HasSubstr("found no line #L"));
}

TEST_F(SpecFile, broken_rows_are_named_with_their_line) {
  write("#S 1 ascan\n#L a  b\n1 2\n3\n");
  EXPECT_EQ(error("", "a"), "cannot read column a of " + file_.string() +
                                ": expected 2 numbers in line 4, as `#L` names them, found 1; mend "
                                "this line, or leave it out");
  write("#S 1 ascan\n#L a  b\n1 2\n3 x\n");
  EXPECT_THAT(error("", "b"), HasSubstr("expected a number in line 4, found \"x\""));
}

// A raster of CHESS: 8 lines of 6 points.
TEST(RealSpecFile, has_the_counters_of_a_raster) {
  char const* const folder = std::getenv("XRDCT_TEST_DATA");
  auto const file =
      std::filesystem::path(folder == nullptr ? "" : folder) / "data/chess-raster/test_2d";
  if (folder == nullptr || !std::filesystem::exists(file))
    GTEST_SKIP() << "XRDCT_TEST_DATA does not name the folder of real detector data";
  auto const sum = [&](std::string const& name) {
    auto const values = read_column(file, name).values;
    EXPECT_EQ(values.size(), 48u);
    double total = 0.0;
    for (auto const value : values) total += value;
    return total;
  };
  EXPECT_DOUBLE_EQ(sum("ic1"), 1514731.0);
  EXPECT_DOUBLE_EQ(sum("samz"), 8 * (140.5 + 140.9 + 141.3 + 141.7 + 142.1 + 142.5));
  EXPECT_THAT(read_column(file, "samz").values,
              testing::ElementsAreArray(read_column(file, "xrfz").values));
  auto const scans = spec_scans(file);
  ASSERT_EQ(scans.size(), 1u);
  EXPECT_EQ(scans[0].command, "flymesh samz 140.5 142.5 5 0.5 samx 141 141.7 7");
  EXPECT_EQ(scans[0].motors.size(), 158u);
  auto const mono = read_column(file, "mono");
  EXPECT_TRUE(mono.constant);
  EXPECT_THAT(mono.values, ElementsAre(-3.7830971));
}

}  // namespace
}  // namespace xrdct::io
