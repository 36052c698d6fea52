#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/words/errors.hpp"
#include "core/words/patterns.hpp"

namespace xrdct::core {
namespace {

PatternSums two_frames_of_two_bins() {
  PatternSums sums(2, 2);
  std::size_t const k = 2;  // frame 1, bin 0
  sums.signal[k] = 12.0;
  sums.variance[k] = 16.0;
  sums.normalization[k] = 4.0;
  sums.count[k] = 3.5;
  sums.pixels[k] = 4;
  return sums;
}

TEST(FinishPattern, DividesByNormalizationAndMonitor) {
  std::vector<float> intensity(2), error(2), count(2);
  finish_pattern(two_frames_of_two_bins(), 1, 0.5, {.error_model = ErrorModel::poisson},
                 {intensity, error, {}, count});
  EXPECT_EQ(intensity[0], 6.0f);
  EXPECT_EQ(error[0], 2.0f);
  EXPECT_EQ(count[0], 3.5f);
}

TEST(FinishPattern, EmptyBinsAreNan) {
  std::vector<float> intensity(2, 1.0f), error(2, 1.0f), count(2, 1.0f);
  finish_pattern(two_frames_of_two_bins(), 1, 1.0, {.error_model = ErrorModel::poisson},
                 {intensity, error, {}, count});
  EXPECT_TRUE(std::isnan(intensity[1]));
  EXPECT_TRUE(std::isnan(error[1]));
  EXPECT_EQ(count[1], 0.0f);
}

TEST(FinishPattern, ErrorsAreOptional) {
  std::vector<float> intensity(2), count(2);
  finish_pattern(two_frames_of_two_bins(), 1, 1.0, {.error_model = ErrorModel::none},
                 {intensity, {}, {}, count});
  EXPECT_EQ(intensity[0], 3.0f);
  EXPECT_THROW(finish_pattern(two_frames_of_two_bins(), 2, 1.0, {.error_model = ErrorModel::none},
                              {intensity, {}, {}, count}),
               AssertionError);
}

TEST(FinishPattern, BinsWhoseSignalIsZeroAreMeasured) {
  auto sums = two_frames_of_two_bins();
  sums.signal[2] = 0.0;
  std::vector<float> intensity(2), error(2), count(2);
  finish_pattern(sums, 1, 1.0, {.error_model = ErrorModel::poisson}, {intensity, error, {}, count});
  EXPECT_EQ(intensity[0], 0.0f);
}

TEST(FillEmptyPattern, NanAndZero) {
  std::vector<float> intensity(3), error(3), count(3, 2.0f);
  fill_empty_pattern({intensity, error, {}, count});
  for (std::size_t bin = 0; bin < 3; ++bin) {
    EXPECT_TRUE(std::isnan(intensity[bin]));
    EXPECT_TRUE(std::isnan(error[bin]));
    EXPECT_EQ(count[bin], 0.0f);
  }
}

}  // namespace
}  // namespace xrdct::core
