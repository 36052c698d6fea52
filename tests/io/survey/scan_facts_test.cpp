// What a file says of beam and detector, found by names, units and nearness.
#include "io/survey/scan_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/io/survey/survey_files.hpp"

namespace xrdct::io::test {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

class ScanFactsTest : public testing::Test {
 protected:
  ScanFacts facts(std::string const& stack = "/entry/data", core::FrameShape frame = {4, 6}) {
    return scan_facts(list_objects(file_), stack, frame);
  }
  std::filesystem::path const file_ = fresh_folder() / "scan.h5";
};

TEST_F(ScanFactsTest, OfAnEigerMaster) {
  SurveyFile(file_)
      .numbers("/entry/instrument/beam/incident_wavelength", {}, {0.7085}, "angstrom")
      .numbers("/entry/instrument/detector/detector_distance", {}, {0.25}, "m")
      .numbers("/entry/instrument/detector/beam_center_x", {}, {515.5}, "pixel")
      .numbers("/entry/instrument/detector/beam_center_y", {}, {532.0}, "pixel")
      .numbers("/entry/instrument/detector/x_pixel_size", {}, {7.5e-5}, "m")
      .numbers("/entry/instrument/detector/y_pixel_size", {}, {7.5e-5}, "m")
      .numbers("/entry/instrument/detector/count_time", {}, {0.01}, "s")
      .numbers("/entry/instrument/detector/frame_time", {}, {0.011}, "s")
      .numbers("/entry/instrument/detector/detectorSpecific/pixel_mask", {4, 6}, {})
      .numbers("/entry/instrument/detector/detectorSpecific/flatfield", {4, 6}, {})
      .text("/entry/instrument/detector/description", "Dectris EIGER2 Si 1M");
  auto const found = facts();
  EXPECT_THAT(*found.wavelength(), DoubleNear(0.7085, 1e-12));
  EXPECT_THAT(*found.energy(), DoubleNear(17.4995, 1e-3));
  EXPECT_EQ(found.distance_m->value, 0.25);
  EXPECT_EQ(found.beam_column->value, 515.5);
  EXPECT_EQ(found.beam_row->value, 532.0);
  EXPECT_EQ(found.pixel1_m->value, 7.5e-5);
  EXPECT_EQ(found.exposure_s->value, 0.01);
  EXPECT_EQ(found.detector, "Dectris EIGER2 Si 1M");
  EXPECT_THAT(found.masks, ElementsAre("/entry/instrument/detector/detectorSpecific/pixel_mask"));
}

TEST_F(ScanFactsTest, UnitsAreThoseOfTheAttribute) {
  SurveyFile(file_)
      .numbers("/entry/mono/energy", {}, {17000.0}, "eV")
      .numbers("/entry/detector/distance", {1}, {165.0}, "mm");
  EXPECT_THAT(facts().energy_keV->value, DoubleNear(17.0, 1e-12));
  EXPECT_THAT(facts().distance_m->value, DoubleNear(0.165, 1e-12));
}

TEST_F(ScanFactsTest, WithoutAUnitTheNumberHasToBePlausible) {
  SurveyFile(file_)
      .numbers("/entry/mono/energy", {}, {61332.0})
      .numbers("/entry/mono/wavelength", {}, {5000.0})
      .numbers("/entry/detector/distance", {}, {0.7});
  EXPECT_THAT(facts().energy_keV->value, DoubleNear(61.332, 1e-12));
  EXPECT_FALSE(facts().wavelength_A);
  EXPECT_EQ(facts().distance_m->value, 0.7);
}

TEST_F(ScanFactsTest, TheNearestToTheFramesCounts) {
  SurveyFile(file_)
      .numbers("/1.1/instrument/eiger/acq_parameters/acq_expo_time", {}, {0.02})
      .numbers("/1.1/instrument/pilatus/acq_parameters/acq_expo_time", {}, {0.5})
      .numbers("/1.1/instrument/pilatus/mask", {4, 6}, {})
      .text("/1.1/title", "fscan2d dty 0 0.1 31 rot 0 5.6 32 0.01")
      .text("/1.1/end_reason", "SUCCESS");
  EXPECT_EQ(facts("/1.1/instrument/pilatus/data").exposure_s->value, 0.5);
  EXPECT_EQ(facts("/1.1/instrument/eiger/data").exposure_s->value, 0.02);
  EXPECT_EQ(facts("/1.1/measurement/eiger").title, "fscan2d dty 0 0.1 31 rot 0 5.6 32 0.01");
  EXPECT_EQ(facts("/1.1/measurement/eiger").end_reason, "SUCCESS");
}

TEST_F(ScanFactsTest, NothingIsMadeUp) {
  SurveyFile(file_).numbers("/entry/other", {3}, {1, 2, 3});
  auto const found = facts();
  EXPECT_FALSE(found.energy() || found.wavelength() || found.distance_m || found.exposure_s);
  EXPECT_THAT(found.masks, IsEmpty());
  EXPECT_EQ(found.title, "");
}

}  // namespace
}  // namespace xrdct::io::test
