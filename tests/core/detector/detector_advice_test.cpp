// Frames that are not the detector's: binned, cropped or of another detector, each with its own
// advice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/detector/cropped_detector.hpp"
#include "core/detector/detector.hpp"
#include "core/detector/detector_table.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string refusal(DetectorChoice const& choice, FrameShape frame) {
  try {
    make_detector(choice, frame);
  } catch (InputError const& error) {
    return error.what();
  }
  return "";
}

DetectorChoice named(std::string const& name, std::optional<double> pixel_m = {}) {
  DetectorChoice choice;
  choice.name = name;
  choice.pixel1_m = choice.pixel2_m = pixel_m;
  return choice;
}

TEST(DetectorAdvice, BinnedFramesAskForTheirPixelSizes) {
  auto const text = refusal(named("MAR165"), {2048, 2048});
  EXPECT_THAT(text, AllOf(HasSubstr("4096 × 4096"), HasSubstr("2048 × 2048"),
                          HasSubstr("binned by 2 × 2"), HasSubstr("\"pixel1\": 7.9e-05")));
  EXPECT_THAT(text, Not(HasSubstr("FReLoN")));
  EXPECT_THAT(refusal(named("Eiger2CdTe_1M"), {531, 514}),
              HasSubstr("\"pixel1\": 0.00015, \"pixel2\": 0.00015"));
  EXPECT_THAT(refusal(named("Eiger4M"), {2167 / 2, 2070}), HasSubstr("binned by 2 × 1"))
      << "a row is left over";
  EXPECT_NO_THROW(make_detector(named("MAR165", 7.9e-5), {2048, 2048}))
      << "what the advice says is right";
  EXPECT_NO_THROW(make_detector(named("Eiger2CdTe_1M", 15e-5), {531, 514}));
}

TEST(DetectorAdvice, IsRightForEveryDetector) {
  int followed = 0, refused = 0;
  for (auto const& row : detector_table()) {
    if (row.native_shape.pixels() == 0) continue;  // one that has no shape of its own
    auto choice = named(std::string(row.name));
    auto const detector = make_detector(choice, {});
    FrameShape const half{detector.shape.rows / 2, detector.shape.columns / 2};
    auto const text = refusal(choice, half);
    if (text.find("give the pixel sizes") == std::string::npos) {
      refused += text.find("not binned") != std::string::npos;
      continue;
    }
    ++followed;
    choice.pixel1_m = 2.0 * detector.pixel1_m;
    choice.pixel2_m = 2.0 * detector.pixel2_m;
    EXPECT_EQ(refusal(choice, half), "") << row.name << ": " << text;
  }
  EXPECT_GT(followed, 50);
  EXPECT_GT(refused, 3);
}

TEST(DetectorAdvice, FramesWithoutTheBinningOfTheCalibration) {
  auto const text = refusal(named("MAR165", 7.9e-5), {4096, 4096});
  EXPECT_THAT(text, AllOf(HasSubstr("binned further"), HasSubstr("\"pixel1\": 3.95e-05")));
}

TEST(DetectorAdvice, APlainDetectorIsToldItsShapeToo) {
  auto choice = named("Detector", 1e-4);
  choice.max_shape = FrameShape{40, 52};
  EXPECT_THAT(refusal(choice, {20, 26}),
              AllOf(HasSubstr("\"pixel1\": 0.0002"), HasSubstr("\"max_shape\": [20, 26]")));
  EXPECT_THAT(refusal(choice, {52, 40}), HasSubstr("transposed"));
  EXPECT_THAT(refusal(choice, {41, 52}), HasSubstr("another detector"));
}

TEST(DetectorAdvice, OthersOfTheShapeHaveTheSamePixels) {
  EXPECT_THAT(refusal(named("Eiger4M"), {2162, 2068}), HasSubstr("Eiger2_4M"));
  EXPECT_THAT(refusal(named("Pilatus1M"), {2048, 2048}),
              AllOf(HasSubstr("another detector"), Not(HasSubstr("FReLoN"))));
}

TEST(CroppedDetector, KeepsItsPixelsWhereFramesLackAFew) {
  Calibration calibration;
  calibration.detector = named("Eiger500k");
  auto const cropped = cropped_to(calibration, {512, 1028});
  ASSERT_TRUE(cropped.detector.max_shape);
  EXPECT_THAT(crop_note(calibration, cropped),
              AllOf(HasSubstr("512 × 1028"), HasSubstr("514 × 1030")));
  EXPECT_EQ(crop_note(calibration, calibration), "");
  auto const detector = make_detector(cropped.detector, {512, 1028});
  EXPECT_EQ(detector.shape, (FrameShape{512, 1028}));
  EXPECT_EQ(detector.pixel1_m, 75e-6);
  for (FrameShape const frame :
       {FrameShape{514, 1030}, FrameShape{257, 515}, FrameShape{100, 100}, FrameShape{515, 1030}})
    EXPECT_FALSE(cropped_to(calibration, frame).detector.max_shape) << frame.rows;
  calibration.detector = named("Eiger4M");
  EXPECT_FALSE(cropped_to(calibration, {2162, 2068}).detector.max_shape) << "gaps";
  calibration.detector = named("Cirpad");
  EXPECT_FALSE(cropped_to(calibration, {11199, 120}).detector.max_shape);
  calibration.detector = named("nonsense");
  EXPECT_FALSE(cropped_to(calibration, {1, 1}).detector.max_shape);
}

}  // namespace
}  // namespace xrdct::core
