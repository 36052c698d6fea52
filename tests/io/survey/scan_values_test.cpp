// Motors, counters and clocks of a file, and the walk through its objects.
#include "io/survey/scan_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/io/survey/survey_files.hpp"

namespace xrdct::io::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::UnorderedElementsAre;

class ScanValuesTest : public testing::Test {
 protected:
  std::vector<ScanValue> values(std::string const& stack, std::int64_t frames,
                                std::string const& entry = {}) {
    return scan_values(list_objects(file_, entry), stack, frames);
  }
  static auto is(std::string const& name, ValueRole role, std::string const& path) {
    return AllOf(Field(&ScanValue::name, name), Field(&ScanValue::role, role),
                 Field(&ScanValue::path, path));
  }
  std::filesystem::path const folder_ = fresh_folder();
  std::filesystem::path const file_ = folder_ / "scan.h5";
};

TEST_F(ScanValuesTest, OfBliss) {
  SurveyFile(file_)
      .numbers("/1.1/instrument/positioners/dty", {6}, {0, 1, 2, 0, 1, 2}, "mm")
      .numbers("/1.1/instrument/positioners/rot", {}, {10.0}, "deg")
      .numbers("/1.1/instrument/positioners_start/dty", {}, {0.0}, "mm")
      .numbers("/1.1/instrument/dty/value", {6}, {0, 1, 2, 0, 1, 2}, "mm")
      .numbers("/1.1/instrument/ic1/data", {6}, {})
      .hard_link("/1.1/measurement/ic1", "/1.1/instrument/ic1/data")
      .hard_link("/1.1/measurement/dty", "/1.1/instrument/dty/value")
      .numbers("/1.1/measurement/elapsed_time", {6}, {})
      .numbers("/1.1/measurement/eiger", {6, 4, 5}, {})
      .numbers("/1.1/measurement/short", {5}, {})
      .numbers("/1.1/measurement/longer", {7}, {})
      .numbers("/1.2/measurement/ring", {6}, {});
  EXPECT_THAT(
      values("/1.1/measurement/eiger", 6, "1.1"),
      UnorderedElementsAre(is("dty", ValueRole::motor, "/1.1/measurement/dty"),
                           is("rot", ValueRole::motor, "/1.1/instrument/positioners/rot"),
                           is("ic1", ValueRole::counter, "/1.1/measurement/ic1"),
                           is("longer", ValueRole::counter, "/1.1/measurement/longer"),
                           is("elapsed_time", ValueRole::clock, "/1.1/measurement/elapsed_time")));
}

TEST_F(ScanValuesTest, OfAnEigerMaster) {
  SurveyFile(file_)
      .numbers("/entry/sample/goniometer/omega", {4}, {0, 1, 2, 3}, "degree")
      .numbers("/entry/sample/goniometer/omega_end", {4}, {})
      .numbers("/entry/sample/goniometer/omega_range_average", {}, {1.0})
      .numbers("/entry/sample/goniometer/chi", {}, {5.0})
      .numbers("/entry/instrument/detector/translation", {3}, {});
  EXPECT_THAT(values("/entry/data", 4),
              UnorderedElementsAre(is("omega", ValueRole::motor, "/entry/sample/goniometer/omega"),
                                   is("chi", ValueRole::motor, "/entry/sample/goniometer/chi")));
}

TEST_F(ScanValuesTest, OfMaxIv) {
  SurveyFile(file_)
      .numbers("/entry/measurement/dty", {4}, {0, 1, 2, 3}, "mm")
      .numbers("/entry/snapshots/pre_scan/dty", {}, {0.0}, "mm")
      .numbers("/entry/snapshots/pre_scan/rot", {}, {15.0}, "deg")
      .numbers("/entry/snapshots/post_scan/rot", {}, {15.0}, "deg");
  EXPECT_THAT(values("/entry/measurement/pilatus", 4),
              UnorderedElementsAre(is("dty", ValueRole::motor, "/entry/measurement/dty"),
                                   is("rot", ValueRole::motor, "/entry/snapshots/pre_scan/rot")));
}

TEST_F(ScanValuesTest, NamesWithoutWhatIsNoPartOfThem) {
  SurveyFile(file_)
      .numbers("/spec/samx(xrfx)", {4}, {})
      .numbers("/spec/ic1", {2, 2}, {})
      .numbers("/PIL5/data", {4, 6, 6}, {});
  EXPECT_THAT(values("/PIL5/data", 4),
              UnorderedElementsAre(is("samx", ValueRole::counter, "/spec/samx(xrfx)"),
                                   is("ic1", ValueRole::counter, "/spec/ic1")));
}

TEST_F(ScanValuesTest, RolesByName) {
  EXPECT_EQ(role_of_name("epoch"), ValueRole::clock);
  EXPECT_EQ(role_of_name("Seconds"), ValueRole::clock);
  EXPECT_EQ(role_of_name("image_nr"), ValueRole::clock);
  EXPECT_EQ(role_of_name("ic1"), ValueRole::counter);
  EXPECT_GT(monitor_likelihood("I0"), monitor_likelihood("ic3"));
  EXPECT_GT(monitor_likelihood("ic3"), monitor_likelihood("diode"));
  EXPECT_EQ(monitor_likelihood("temperature"), 0);
}

TEST_F(ScanValuesTest, OneOfManyEntriesIsLookedAt) {
  {
    SurveyFile file(file_);
    for (int entry = 1; entry <= 12; ++entry)
      file.numbers("/" + std::to_string(entry) + ".1/measurement/ic", {5}, {});
    file.numbers("/calibration/table", {5}, {});
  }
  auto const paths = [&](std::string const& entry) {
    std::vector<std::string> found;
    for (auto const& numbers : list_objects(file_, entry).numbers) found.push_back(numbers.path);
    return found;
  };
  EXPECT_THAT(paths("3.1"), ElementsAre("/3.1/measurement/ic", "/calibration/table"));
  EXPECT_THAT(paths("").size(), 2u);
  auto const some = list_objects(file_, "", 2);
  EXPECT_FALSE(some.complete);
  EXPECT_TRUE(list_objects(file_).complete);
}

TEST_F(ScanValuesTest, LinksInCirclesAndToNowhereEnd) {
  SurveyFile(file_)
      .numbers("/entry/a", {3}, {})
      .hard_link("/entry/again", "/entry")
      .soft_link("/entry/gone", "/nowhere")
      .soft_link("/entry/other_a", "/entry/a");
  auto const found = list_objects(file_);
  ASSERT_EQ(found.numbers.size(), 1u);
  EXPECT_EQ(found.numbers[0].path, "/entry/a");
}

}  // namespace
}  // namespace xrdct::io::test
