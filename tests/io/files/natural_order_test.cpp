#include "io/files/natural_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace xrdct::io {
namespace {

TEST(NaturalOrder, counts_as_people_do) {
  std::vector<std::string> const right{"1.1",
                                       "1.2",
                                       "2.1",
                                       "10.1",
                                       "entry",
                                       "entry_9",
                                       "entry_010",
                                       "entry_10",
                                       "frame_9.cbf",
                                       "frame_010.cbf",
                                       "frame_11.cbf",
                                       "frame_99999999999999999999998.cbf",
                                       "frame_99999999999999999999999.cbf"};
  for (std::size_t turn = 0; turn < right.size(); ++turn) {
    auto names = right;
    std::ranges::rotate(names, names.begin() + static_cast<std::ptrdiff_t>(turn));
    std::ranges::sort(names, natural_less);
    EXPECT_EQ(names, right);
  }
}

TEST(NaturalOrder, is_an_order) {
  std::vector<std::string> const names{"",   "0",   "00",  "1",  "01", "a",
                                       "a1", "a01", "a1b", "1a", "."};
  for (auto const& a : names) {
    EXPECT_FALSE(natural_less(a, a));
    for (auto const& b : names) {
      EXPECT_EQ(natural_less(a, b) || natural_less(b, a), a != b) << a << " " << b;
      EXPECT_FALSE(natural_less(a, b) && natural_less(b, a)) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace xrdct::io
