#include <gtest/gtest.h>

#include <limits>

#include "core/words/frames.hpp"

namespace xrdct::core {
namespace {

TEST(ValidValues, UnsignedTypesLoseTheirTwoHighestValues) {
  auto const u8 = ValidValues::of(PixelType::u8);
  EXPECT_TRUE(u8.contains(0));
  EXPECT_TRUE(u8.contains(253));
  EXPECT_FALSE(u8.contains(254));
  EXPECT_FALSE(u8.contains(255));
  EXPECT_FALSE(ValidValues::of(PixelType::u16).contains(65534));
  EXPECT_TRUE(ValidValues::of(PixelType::u16).contains(65533));
  EXPECT_FALSE(ValidValues::of(PixelType::u32).contains(4294967294.0));
  EXPECT_TRUE(ValidValues::of(PixelType::u32).contains(4294967293.0));
}

TEST(ValidValues, SignedIntegersAreValidFromZero) {
  for (auto type : {PixelType::i8, PixelType::i16, PixelType::i32}) {
    EXPECT_TRUE(ValidValues::of(type).contains(0));
    EXPECT_TRUE(ValidValues::of(type).contains(127));
    EXPECT_FALSE(ValidValues::of(type).contains(-1));
    EXPECT_FALSE(ValidValues::of(type).contains(-2));
  }
  EXPECT_TRUE(ValidValues::of(PixelType::i32).contains(2147483647.0))
      << "overflow values are counts unless the job says otherwise";
}

TEST(ValidValues, OnlyNanAndInfinityAreNeverValid) {
  for (auto const& valid :
       {ValidValues::of(PixelType::f32), ValidValues::of(PixelType::f64), ValidValues::all()}) {
    EXPECT_TRUE(valid.contains(-1.5));
    EXPECT_TRUE(valid.contains(1e300));
    EXPECT_FALSE(valid.contains(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_FALSE(valid.contains(std::numeric_limits<double>::infinity()));
    EXPECT_FALSE(valid.contains(-std::numeric_limits<double>::infinity()));
  }
}

TEST(ValidValues, ExplicitValues) {
  ValidValues const valid{-10.0, 100.0, {{7.0, 7.0}, {8.5, 9.0}}};
  EXPECT_TRUE(valid.contains(8));
  EXPECT_FALSE(valid.contains(7));
  EXPECT_FALSE(valid.contains(9));
  EXPECT_FALSE(valid.contains(101));
  EXPECT_TRUE(valid.contains(100));
  EXPECT_TRUE(valid.contains(-10));
}

}  // namespace
}  // namespace xrdct::core
