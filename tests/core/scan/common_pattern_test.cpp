// One name for many files.
#include "core/scan/common_pattern.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace xrdct::core {
namespace {

std::string pattern(std::vector<std::string> const& names) { return common_pattern(names); }

TEST(CommonPattern, OfNumberedNames) {
  EXPECT_EQ(pattern({"img_00001.cbf", "img_00002.cbf", "img_00100.cbf"}), "img_%05d.cbf");
  EXPECT_EQ(pattern({"img_00010.cbf", "img_00011.cbf"}), "img_%05d.cbf");
  EXPECT_EQ(pattern({"a_1.tif", "a_2.tif", "a_10.tif"}), "a_%d.tif");
  EXPECT_EQ(pattern({"a_8.tif", "a_9.tif"}), "a_%d.tif");
  EXPECT_EQ(pattern({"run3/a_08.tif", "run3/a_09.tif"}), "run3/a_%02d.tif");
  EXPECT_EQ(pattern({"1.tif", "2.tif"}), "%d.tif");
}

TEST(CommonPattern, OfOtherNames) {
  EXPECT_EQ(pattern({"one.tif"}), "one.tif");
  EXPECT_EQ(pattern({"a_x.tif", "a_yz.tif"}), "a_*.tif");
  EXPECT_EQ(pattern({"a_1_b_1.tif", "a_2_b_2.tif"}), "a_*.tif");
  EXPECT_EQ(pattern({"a_09.tif", "a_010.tif"}), "a_*.tif");
  EXPECT_EQ(pattern({"x", "y"}), "*");
  EXPECT_EQ(pattern({"aa", "aaa"}), "aa*");
}

TEST(TextHash, TellsListsApart) {
  auto const hash = [](std::vector<std::string> const& texts) {
    TextHash of_all;
    for (auto const& text : texts) of_all.add(text);
    return of_all.hexadecimal();
  };
  EXPECT_EQ(hash({}), "cbf29ce484222325");
  EXPECT_EQ(hash({"a", "b"}).size(), 16u);
  EXPECT_NE(hash({"a", "b"}), hash({"b", "a"}));
  EXPECT_NE(hash({"ab"}), hash({"a", "b"}));
  EXPECT_EQ(hash({"a", "b"}), hash({"a", "b"}));
}

}  // namespace
}  // namespace xrdct::core
