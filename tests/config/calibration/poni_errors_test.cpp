#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/calibration/poni.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problems_of(std::string const& text) {
  try {
    parse_poni(text, "a.poni");
  } catch (core::InputError const& error) {
    return error.problems();
  }
  return {};
}

/// A good file with more lines at its end; they start at line 2.
std::vector<std::string> with(std::string const& lines) {
  return problems_of("Distance: 0.2\n" + lines);
}

TEST(PoniErrors, NumbersAreToldWithTheirLine) {
  EXPECT_THAT(
      with("Rot1: 0.1x\n"),
      ElementsAre(
          "cannot read a.poni, line 2: Rot1: expected a rotation in radian, found \"0.1x\""));
  EXPECT_THAT(
      with("Poni1: nan\n"),
      ElementsAre(HasSubstr("line 2: Poni1: expected a position in metres, found \"nan\"")));
  EXPECT_THAT(with("\n# comment\nPoni2: inf\n"), ElementsAre(HasSubstr("line 4: Poni2")));
  EXPECT_THAT(with("Poni2:\n"), ElementsAre(HasSubstr("found nothing")));
  EXPECT_THAT(with("Poni2: 0,1\n"), ElementsAre(HasSubstr("found \"0,1\"")));
}

TEST(PoniErrors, DistanceAndWavelengthAreAboveZero) {
  EXPECT_THAT(with("Distance: 0\n"),
              ElementsAre(HasSubstr("line 2: Distance: expected a distance in metres above 0")));
  EXPECT_THAT(with("Distance: NaN\n"), ElementsAre(HasSubstr("line 2: Distance")));
  EXPECT_THAT(
      with("Wavelength: 0.0\n"),
      ElementsAre(HasSubstr("line 2: Wavelength: expected a wavelength in metres above 0")));
  EXPECT_THAT(with("Wavelength: -1e-10\n"), ElementsAre(HasSubstr("line 2: Wavelength")));
  EXPECT_THAT(with("Wavelength: 1.54\n"),
              ElementsAre(HasSubstr("expected the wavelength of X-rays in metres")))
      << "in angstrom";
  EXPECT_THAT(problems_of("Poni1: 0\n"),
              ElementsAre(HasSubstr(
                  "cannot read a.poni: Distance: expected a distance in metres, found nothing")));
}

TEST(PoniErrors, AllProblemsComeAtOnce) {
  EXPECT_THAT(
      with("Rot1: a\nRot2: b\nDetector_config: {\"orientation\": 7, \"pixel1\": -1}\n"),
      ElementsAre(HasSubstr("line 4: Detector_config.orientation: expected 1, 2, 3 or 4, found 7"),
                  HasSubstr("line 4: Detector_config.pixel1"), HasSubstr("line 2: Rot1"),
                  HasSubstr("line 3: Rot2")));
}

TEST(PoniErrors, AMisspeltKeyIsNotPassedOver) {
  EXPECT_THAT(
      with("Wavelenght: 1e-10\n"),
      ElementsAre(AllOf(HasSubstr("line 2: expected a key of PONI files, found \"Wavelenght\""),
                        HasSubstr("did you mean \"Wavelength\"?"))));
  EXPECT_THAT(with("Rot1 0.1\n"),
              ElementsAre("cannot read a.poni, line 2: expected `Key: value`, found \"Rot1 0.1\""));
}

TEST(PoniErrors, TheDetectorConfigIsAnObject) {
  EXPECT_THAT(with("Detector_config: {\"pixel1\": 1e-4\n"),
              ElementsAre(HasSubstr("expected a JSON object such as")));
  EXPECT_THAT(with("Detector_config: [1, 2]\n"),
              ElementsAre(HasSubstr("expected a JSON object such as")));
  EXPECT_THAT(with("Detector_config: {\"pixel1\": \"75 um\"}\n"),
              ElementsAre(HasSubstr("Detector_config.pixel1: expected a size in metres above 0")));
  EXPECT_THAT(with("Detector_config: {\"pixel_1\": 1e-4}\n"),
              ElementsAre(HasSubstr("did you mean \"pixel1\"?")));
  EXPECT_THAT(with("Detector_config: {\"max_shape\": [10]}\n"),
              ElementsAre(HasSubstr("expected a list of two whole numbers, rows and columns")));
  EXPECT_THAT(with("Detector_config: {\"pixel1\": 1e-4, \"pixel1\": 2e-4}\n"),
              ElementsAre(HasSubstr("Detector_config.pixel1: expected each key once")));
}

TEST(PoniErrors, WhatIsNotOfferedIsToldSo) {
  EXPECT_THAT(with("Detector_config: {\"x_offset_file\": \"a.cbf\"}\n"),
              ElementsAre(HasSubstr("Detector_config.x_offset_file: expected null")));
  EXPECT_THAT(with("Detector_config: {\"filename\": 3}\n"),
              ElementsAre(HasSubstr("Detector_config.filename: expected the name of a file")));
  EXPECT_THAT(with("Detector_config: {\"sensor\": \"Si\"}\n"),
              ElementsAre(HasSubstr("Detector_config.sensor: expected an object such as")));
  EXPECT_THAT(with("Detector_config: {\"sensor\": {\"material\": \"Si\", \"thickness\": -1}}\n"),
              ElementsAre(HasSubstr(
                  "Detector_config.sensor.thickness: expected a size in metres above 0")));
  EXPECT_THAT(with("Detector_config: {\"binning\": [2, 2]}\n"),
              ElementsAre(HasSubstr("Detector_config.binning: expected 1")));
  EXPECT_THAT(with("Parallax: yes\n"),
              ElementsAre(HasSubstr("line 2: Parallax: expected True or False, found \"yes\"")));
  EXPECT_THAT(
      with("poni_version: 4\n"),
      ElementsAre(HasSubstr("line 2: poni_version: expected version 1, 2, 2.1 or 3, found \"4\"")));
}

TEST(PoniErrors, AnotherFileIsToldInFewWords) {
  auto const problems = problems_of("\x89PNG\r\n\x1a\n" + std::string(5000, 'a'));
  ASSERT_GE(problems.size(), 1u);
  for (auto const& problem : problems) EXPECT_LT(problem.size(), 200u);
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "0.123 45.6\n";
  EXPECT_THAT(problems_of(lines),
              testing::Contains(HasSubstr(
                  "line 5: expected `Key: value`, found \"0.123 45.6\"; is this a PONI file?")));
  EXPECT_LT(problems_of(lines).size(), 10u);
  EXPECT_THAT(problems_of(" {\"dist\": 0.1}"), ElementsAre(HasSubstr("found JSON")));
  EXPECT_THROW(read_poni("/nowhere/a.poni"), core::InputError);
}

}  // namespace
}  // namespace xrdct::config
