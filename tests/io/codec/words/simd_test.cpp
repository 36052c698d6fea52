#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "io/codec/words/choose_simd.hpp"

namespace xrdct::codec {
namespace {

std::string refusal(char const* word, Simd best) {
  try {
    choose_simd(word, best);
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "";
}

TEST(Simd, IsTheBestWhereNothingIsAsked) {
  EXPECT_EQ(Simd::avx2, choose_simd(nullptr, Simd::avx2));
  EXPECT_EQ(Simd::avx512, choose_simd("", Simd::avx512));
}

TEST(Simd, CanBeLowered) {
  for (auto const best : {Simd::portable, Simd::avx2, Simd::avx512}) {
    EXPECT_EQ(Simd::portable, choose_simd("portable", best));
    EXPECT_EQ(best, choose_simd(std::string(name_of(best)).c_str(), best));
  }
}

TEST(Simd, CannotBeMoreThanTheProcessorHas) {
  EXPECT_THAT(refusal("avx512", Simd::avx2),
              testing::AllOf(testing::HasSubstr("XRDCT_SIMD=avx512"),
                             testing::HasSubstr("found at most avx2")));
  EXPECT_THAT(refusal("avx2", Simd::portable), testing::HasSubstr("found at most portable"));
}

TEST(Simd, RefusesUnknownWordsWithTheNearest) {
  EXPECT_THAT(refusal("axv2", Simd::avx512), testing::HasSubstr("did you mean avx2?"));
  EXPECT_THAT(refusal("fastest!!", Simd::avx512), testing::HasSubstr("found \"fastest!!\""));
}

}  // namespace
}  // namespace xrdct::codec
