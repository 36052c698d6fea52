// Numbers in messages.
#include "core/words/number_text.hpp"

#include <gtest/gtest.h>

namespace xrdct::core {
namespace {

TEST(NumberText, HasFewDigits) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1e-10), "1e-10");
  EXPECT_EQ(number_text(2.0 / 3.0, 3), "0.667");
}

TEST(BytesText, HasTheUnitThatFits) {
  EXPECT_EQ(bytes_text(0.0), "0 B");
  EXPECT_EQ(bytes_text(999.0), "999 B");
  EXPECT_EQ(bytes_text(1048576.0), "1.05 MB");
  EXPECT_EQ(bytes_text(999600.0), "1 MB");
  EXPECT_EQ(bytes_text(17.94e12), "17.9 TB");
  EXPECT_EQ(bytes_text(5e18), "5e+03 PB");
}

}  // namespace
}  // namespace xrdct::core
