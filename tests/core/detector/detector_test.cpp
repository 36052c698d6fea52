#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

using testing::HasSubstr;

DetectorChoice named(std::string const& name) {
  return {.name = name, .pixel1_m = {}, .pixel2_m = {}, .max_shape = {}};
}

std::string error_of(DetectorChoice const& choice, FrameShape frame) {
  try {
    make_detector(choice, frame);
  } catch (InputError const& error) {
    return error.what();
  }
  return "accepted";
}

TEST(MakeDetector, NamesWithoutCaseSpacesAndDashes) {
  for (auto const* name : {"Pilatus1M", "pilatus_1m", "PILATUS 1M", "pilatus-1M"}) {
    auto const detector = make_detector(named(name), {1043, 981});
    EXPECT_EQ(detector.name, "Pilatus1M");
    EXPECT_EQ(detector.pixel1_m, 172e-6);
    EXPECT_EQ(std::count(detector.mask.begin(), detector.mask.end(), 1), 73533);
    EXPECT_EQ(detector.orientation, 3);
  }
}

TEST(MakeDetector, APlainDetectorTakesTheShapeOfTheFrames) {
  DetectorChoice choice{.name = "Detector", .pixel1_m = 1e-4, .pixel2_m = 2e-4, .max_shape = {}};
  auto const detector = make_detector(choice, {30, 40});
  EXPECT_EQ(detector.shape, (FrameShape{30, 40}));
  EXPECT_EQ(detector.pixel2_m, 2e-4);
  EXPECT_TRUE(detector.mask.empty());
  choice.max_shape = FrameShape{30, 41};
  EXPECT_THAT(error_of(choice, {30, 40}),
              testing::AllOf(HasSubstr("30 × 41"), HasSubstr("30 × 40")));
  choice.pixel1_m.reset();
  EXPECT_THAT(error_of(choice, {30, 41}), HasSubstr("pixel1 and pixel2"));
}

TEST(MakeDetector, FramesOfAnotherShapeNameTheDetectorsThatFit) {
  EXPECT_THAT(error_of(named("Pilatus1M"), {619, 487}),
              testing::AllOf(HasSubstr("1043 × 981"), HasSubstr("found 619 × 487"),
                             HasSubstr("Pilatus300k")));
}

TEST(MakeDetector, UnknownNamesGetTheNearest) {
  EXPECT_THAT(error_of(named("Pilatus1N"), {}), HasSubstr("did you mean \"Pilatus1M\""));
  EXPECT_THAT(error_of(named(""), {}), HasSubstr("unknown name"));
  EXPECT_THAT(error_of(named("NexusDetector"), {}), HasSubstr("NeXus"));
  EXPECT_THROW(detector_shape("nothing"), InputError);
}

TEST(MakeDetector, PixelSizesImplyTheBinning) {
  DetectorChoice choice{
      .name = "RayonixMx225", .pixel1_m = 146.484e-6, .pixel2_m = 36.621e-6, .max_shape = {}};
  EXPECT_EQ(make_detector(choice, {}).shape, (FrameShape{1536, 6144}));
  EXPECT_EQ(make_detector(named("RayonixMx225"), {}).shape, (FrameShape{3072, 3072}));
  choice.pixel1_m = 55e-6;
  EXPECT_THAT(error_of(choice, {}), testing::AllOf(HasSubstr("36.621 µm"), HasSubstr("55 µm")));
}

TEST(MakeDetector, ABinnedPixelIsDeadWhenAnyOfItsPixelsIs) {
  DetectorChoice const choice{
      .name = "Maxipix2x2", .pixel1_m = 165e-6, .pixel2_m = 165e-6, .max_shape = {}};
  auto const detector = make_detector(choice, {172, 172});
  // The gap is rows and columns 256–259: 85 (255–257) and 86 (258–260) of the binned image.
  for (std::size_t column = 0; column < 172; ++column)
    EXPECT_EQ(detector.mask[10 * 172 + column], column == 85 || column == 86) << column;
}

TEST(MakeDetector, ACalibratedPixelSizeIsKept) {
  DetectorChoice const choice{
      .name = "Pilatus1M", .pixel1_m = 172.1e-6, .pixel2_m = 171.9e-6, .max_shape = {}};
  auto const detector = make_detector(choice, {1043, 981});
  EXPECT_EQ(detector.pixel1_m, 172.1e-6);
  EXPECT_EQ(detector.pixel2_m, 171.9e-6);
}

TEST(MakeDetector, MaskFollowsTheOrientation) {
  DetectorChoice choice = named("Eiger2_250k");
  choice.name = "Eiger2CdTe_500k";
  choice.max_shape = FrameShape{3, 1028};
  choice.orientation = 3;
  auto const native = make_detector(choice, {}).mask;
  choice.max_shape = FrameShape{514, 1060};  // two rows of gap, 20 columns of a second module
  auto const dead = [&](int orientation) {
    choice.orientation = orientation;
    return make_detector(choice, {}).mask;
  };
  EXPECT_EQ(dead(0), dead(3));
  auto const three = dead(3);
  EXPECT_EQ(three[0 * 1060 + 513], 1);
  EXPECT_EQ(three[513 * 1060 + 0], 1);
  EXPECT_EQ(three[0], 0);
  for (auto const& [row, column] : {std::pair<std::size_t, std::size_t>{0, 0},
                                    {513, 0},
                                    {512, 17},
                                    {0, 513},
                                    {100, 514},
                                    {7, 1030},
                                    {7, 1059}}) {
    std::uint8_t const here = three[row * 1060 + column];
    EXPECT_EQ(dead(1)[(513 - row) * 1060 + 1059 - column], here);
    EXPECT_EQ(dead(2)[(513 - row) * 1060 + column], here);
    EXPECT_EQ(dead(4)[row * 1060 + 1059 - column], here);
  }
  choice.orientation = 5;
  EXPECT_THAT(error_of(choice, {}), HasSubstr("from 1 to 4, found 5"));
}

TEST(MakeDetector, TheMar345HasEightSizes) {
  for (auto const& [size, pixel] : {std::pair<std::size_t, double>{3450, 100e-6},
                                    {2300, 150e-6},
                                    {1200, 150e-6},
                                    {1800, 100e-6}}) {
    auto const detector = make_detector(named("Mar345"), {size, size});
    EXPECT_EQ(detector.pixel1_m, pixel);
    EXPECT_EQ(detector.mask.size(), size * size);
  }
  EXPECT_EQ(
      make_detector({.name = "Mar345", .pixel1_m = 150e-6, .pixel2_m = 150e-6, .max_shape = {}}, {})
          .shape,
      (FrameShape{2300, 2300}));
  EXPECT_THAT(error_of(named("Mar345"), {1000, 1000}), HasSubstr("3450 × 3450"));
}

}  // namespace
}  // namespace xrdct::core
