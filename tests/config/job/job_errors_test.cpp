#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/config/job_text.hpp"

namespace xrdct::config {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Problems of the full example with one value replaced.
std::vector<std::string> with(Keys const& keys, json::value const& value) {
  auto job = json_of("config/examples/full.json");
  Keys const above(keys.begin(), keys.end() - 1);
  auto& parent = at(job, above);
  if (keys.back() == "[]") {
    parent.as_array().at(0) = value;
  } else {
    parent.as_object()[keys.back()] = value;
  }
  return problems_of(job);
}

TEST(JobErrors, AWrongUnitIsToldWithTheNearestOne) {
  EXPECT_THAT(
      with({"reductions", "[]", "unit"}, "q_nm-1"),
      ElementsAre(AllOf(HasSubstr("job.json: $.reductions[0].unit: expected one of \"q_nm^-1\", "),
                        HasSubstr(", found \"q_nm-1\"; did you mean \"q_nm^-1\"?"))));
}

TEST(JobErrors, AnAzimuthIsNoRadialUnit) {
  for (auto const* unit : {"chi_deg", "chi_rad", "chigi_deg", "chigi_rad"}) {
    EXPECT_THAT(with({"reductions", "[]", "unit"}, unit),
                ElementsAre(AllOf(HasSubstr("$.reductions[0].unit: expected a radial unit"),
                                  HasSubstr("\"pattern\": \"azimuthal\""))));
  }
}

TEST(JobErrors, AnUnknownKeyIsToldWithTheNearestOne) {
  EXPECT_THAT(
      with({"scan", "datset"}, "/entry/data"),
      ElementsAre(AllOf(HasSubstr("$.scan.datset: "), HasSubstr("did you mean \"dataset\"?"))));
  EXPECT_THAT(with({"a\nb"}, 1), ElementsAre(HasSubstr("$[\"a\\nb\"]: expected one of the keys")));
  EXPECT_THAT(
      with({"azimuth"}, 1),
      ElementsAre(AllOf(HasSubstr("$.azimuth: expected one of the keys $schema, calibration, "),
                        HasSubstr("an unknown key"))));
}

/// Problems of the smallest job with this reduction.
std::vector<std::string> of_reduction(std::string const& reduction) {
  auto text = text_of(source_file("config/examples/minimal.json"));
  text.replace(text.find("[{}]"), 4, "[" + reduction + "]");
  return problems_of(text);
}

TEST(JobErrors, AMisspeltMethodIsOneProblem) {
  EXPECT_THAT(
      of_reduction(
          R"({"method": "sigma-clip", "threshold": 4, "cycles": 2, "quantiles": [0.1, 0.9], "error_model": "hybrid"})"),
      ElementsAre("job.json: $.reductions[0].method: expected one of \"mean\", \"sigma_clip\", "
                  "\"quantile_mean\", \"median\", \"maximum\", "
                  "\"sum\", found \"sigma-clip\"; did you mean \"sigma_clip\"?"));
  EXPECT_THAT(of_reduction(R"({"pattern": "cakes", "bins": 4, "azimuthal_bins": 5})"),
              ElementsAre(AllOf(HasSubstr("$.reductions[0].pattern: expected one of \"radial\", "),
                                HasSubstr("did you mean \"cake\"?"))));
}

TEST(JobErrors, AKeyThatIsMissingIsListedOnce) {
  EXPECT_THAT(of_reduction(R"({"method": "quantile_mean", "bims": 1})"),
              ElementsAre(HasSubstr("$.reductions[0].quantiles: expected two numbers"),
                          HasSubstr(", pattern, quantiles, radial_range, ")));
}

TEST(JobErrors, KeysWithoutUseAreErrors) {
  EXPECT_THAT(of_reduction(R"({"threshold": 5})"),
              ElementsAre("job.json: $.reductions[0].threshold: expected no such key here, found "
                          "5; threshold belongs to the method sigma_clip"));
  EXPECT_THAT(of_reduction(R"({"method": "median", "cycles": 3, "quantiles": [0.1, 0.9]})"),
              ElementsAre(HasSubstr("cycles belongs to the method sigma_clip"),
                          HasSubstr("quantiles belongs to the method quantile_mean")));
  EXPECT_THAT(of_reduction(R"({"azimuthal_bins": 36})"),
              ElementsAre(HasSubstr("azimuthal_bins belongs to the patterns azimuthal and cake")));
  EXPECT_THAT(of_reduction(R"({"pattern": "azimuthal", "bins": 36})"),
              ElementsAre(AllOf(HasSubstr("$.reductions[0].bins: "),
                                HasSubstr("an azimuthal pattern has azimuthal_bins"))));
  EXPECT_THAT(of_reduction(R"({"pattern": "cake", "bins": 36, "azimuthal_bins": 36})"), IsEmpty());
}

TEST(JobErrors, SettingsOfMethodsHaveBounds) {
  EXPECT_THAT(of_reduction(R"({"method": "sigma_clip", "threshold": 0})"), IsEmpty())
      << "Chauvenet's criterion alone";
  EXPECT_THAT(
      of_reduction(R"({"method": "sigma_clip", "threshold": -1, "cycles": 0})"),
      ElementsAre(
          HasSubstr("$.reductions[0].threshold: expected a number of at least 0, found -1"),
          HasSubstr("$.reductions[0].cycles: expected a whole number from 1 to 1000, found 0")));
  EXPECT_THAT(of_reduction(R"({"method": "quantile_mean"})"),
              ElementsAre("job.json: $.reductions[0].quantiles: expected two numbers from 0 to 1, "
                          "such as [0.1, 0.9], found nothing"));
  EXPECT_THAT(
      of_reduction(R"({"method": "quantile_mean", "quantiles": [0.9, 0.1]})"),
      ElementsAre(HasSubstr("$.reductions[0].quantiles: expected a list of two numbers from 0 to "
                            "1, lower and upper with lower ≤ upper, found 0.9 and 0.1")));
  EXPECT_THAT(of_reduction(R"({"method": "quantile_mean", "quantiles": [10, 90]})"),
              ElementsAre(HasSubstr("quantiles[0]: expected a number from 0 to 1, found 10"),
                          HasSubstr("quantiles[1]")));
  EXPECT_THAT(of_reduction(R"({"method": "quantile_mean", "quantiles": 0.5})"),
              ElementsAre(HasSubstr("$.reductions[0].quantiles: expected a list")));
  EXPECT_THAT(
      of_reduction(R"({"pattern": "cake", "bins": 100000, "azimuthal_bins": 3600})"),
      ElementsAre(HasSubstr(
          "$.reductions[0]: expected at most 2000000 bins of a cake, found 3600 × 100000")));
  EXPECT_THAT(
      of_reduction(R"({"empty": "zero", "std": 1})"),
      ElementsAre(HasSubstr("$.reductions[0].std: "), HasSubstr("$.reductions[0].empty: ")));
}

TEST(JobErrors, ErrorModelsFitTheMethod) {
  EXPECT_THAT(of_reduction(R"({"method": "sigma_clip", "error_model": "none"})"),
              ElementsAre(AllOf(
                  HasSubstr("$.reductions[0].error_model: expected an error model for sigma_clip, "
                            "which rejects what lies many standard"),
                  HasSubstr("\"azimuthal\" takes the deviation from the pixels themselves"))));
  for (std::string const method : {"maximum", "sum"}) {
    for (std::string const model : {"azimuthal", "hybrid"}) {
      EXPECT_THAT(
          of_reduction(R"({"method": ")" + method + R"(", "error_model": ")" + model + "\"}"),
          ElementsAre(
              HasSubstr("expected one of \"none\", \"variance\", \"poisson\" for the method " +
                        method + ", found \"" + model)));
    }
    EXPECT_THAT(of_reduction(R"({"method": ")" + method + R"(", "error_model": "poisson"})"),
                IsEmpty());
  }
  EXPECT_THAT(
      of_reduction(R"({"error_model": "variance"})"),
      ElementsAre(HasSubstr("$.reductions[0].error_model: expected an image in "
                            "$.calibration.variance for the model \"variance\", found none")));
  EXPECT_THAT(of_reduction(R"({"error_model": "none", "std": true})"),
              ElementsAre(HasSubstr("$.reductions[0].std: expected false without errors")));
}

TEST(JobErrors, UnitsOfGrazingIncidenceNeedTheSample) {
  EXPECT_THAT(of_reduction(R"({"unit": "qip_nm^-1"})"),
              ElementsAre(HasSubstr("$.reductions[0].unit: expected $.calibration.sample for the "
                                    "unit \"qip_nm^-1\", found none; say how the sample")));
  EXPECT_THAT(with({"reductions", "[]", "unit"}, "qip_nm^-1"), IsEmpty());
}

TEST(JobErrors, AnAzimuthRangeIsAtMostATurn) {
  Keys const range{"reductions", "[]", "azimuth_range_deg"};
  EXPECT_THAT(with(range, json::array{-180, 180}), IsEmpty());
  EXPECT_THAT(with(range, json::array{170, 190}), IsEmpty());
  EXPECT_THAT(with(range, json::array{-720, -360}), IsEmpty());
  EXPECT_THAT(
      with(range, json::array{-180, 181}),
      ElementsAre(HasSubstr("expected a range of at most 360 degrees, found -180 and 181")));
  EXPECT_THAT(with(range, json::array{90, -90}),
              ElementsAre(HasSubstr("with lower < upper, found 90 and -90")));
  EXPECT_THAT(with(range, json::array{700, 721}),
              ElementsAre(HasSubstr(
                  "azimuth_range_deg[1]: expected a number from -720 to 720, found 721")));
}

TEST(JobErrors, TheTransmissionOfASensorIsAShare) {
  for (double const value : {0.0, 1.0, -0.5, 30.0}) {
    EXPECT_THAT(with({"corrections", "sensor_transmission"}, value),
                ElementsAre(HasSubstr(
                    "$.corrections.sensor_transmission: expected a number between 0 and 1")));
  }
}

std::vector<std::string> with_sum_of(std::string const& method) {
  return problems_of(R"({"scan": {"files": ["a.h5"], "repeated": "sum",
    "positions": {"fast": {"dataset": "/f"}, "slow": {"dataset": "/s"}}},
    "calibration": {"poni": "c.poni"}, "reductions": [{"method": ")" +
                     method + R"("}], "output": {"file": "o.h5"}})");
}

TEST(JobErrors, OtherFormsAreToldWithTheRightOne) {
  EXPECT_THAT(with({"corrections", "polarization"}, 0.99),
              ElementsAre("job.json: $.corrections.polarization: expected an object such as "
                          "{\"factor\": 0.99}, found 0.99; write {\"factor\": 0.99}"));
  EXPECT_THAT(with({"calibration", "mask"}, "m.edf"),
              ElementsAre("job.json: $.calibration.mask: expected a list of mask files such as "
                          "[\"mask.edf\"], found \"m.edf\"; write [\"m.edf\"]"));
  EXPECT_THAT(with({"scan", "files"}, "a.h5"),
              ElementsAre(HasSubstr("found \"a.h5\"; write [\"a.h5\"]")));
  EXPECT_THAT(with({"scan", "shape"}, json::array{32, 31}),
              ElementsAre("job.json: $.scan.shape: expected an object such as {\"slow\": 96, "
                          "\"fast\": 61}, found a list of 2; write {\"slow\": 32, "
                          "\"fast\": 31}"));
  EXPECT_THAT(with({"scan", "shape"}, json::array{2, 32, 31}),
              ElementsAre(HasSubstr("write {\"height\": 2, \"slow\": 32, \"fast\": 31}")));
  EXPECT_THAT(
      with({"scan", "shape"}, json::array{"a"}),
      ElementsAre(HasSubstr("an object such as {\"slow\": 96, \"fast\": 61}, found a list of 1")));
  EXPECT_THAT(with({"reductions", "[]"}, "mean"),
              ElementsAre(HasSubstr(
                  "$.reductions[0]: expected an object such as {\"method\": \"mean\"}, found "
                  "\"mean\"; write {\"method\": \"mean\"}")));
  EXPECT_THAT(with({"reductions"}, json::object{{"method", "mean"}}),
              ElementsAre(HasSubstr("found an object; write [{\"method\":\"mean\"}]")));
  EXPECT_THAT(with({"scan", "monitor"}, "/ic1"),
              ElementsAre(HasSubstr("found \"/ic1\"; write {\"dataset\": \"/ic1\"}")));
  EXPECT_THAT(with({"scan", "slow"}, "omega"),
              ElementsAre(HasSubstr("write {\"name\": \"omega\"}")));
  EXPECT_THAT(with({"scan", "slow"}, 0.5), ElementsAre(HasSubstr("write {\"step\": 0.5}")));
  EXPECT_THAT(with({"output"}, "out.h5"), ElementsAre(HasSubstr("write {\"file\": \"out.h5\"}")));
  EXPECT_THAT(with({"calibration", "poni"}, json::array{"c.poni"}),
              ElementsAre(HasSubstr("write \"c.poni\" without brackets")));
  EXPECT_THAT(with({"reductions", "[]", "bins"}, "100"),
              ElementsAre(HasSubstr("found \"100\"; write 100 without quotes")));
  EXPECT_THAT(with({"scan", "snake"}, "true"), ElementsAre(HasSubstr("write true without quotes")));
  EXPECT_THAT(with({"reductions", "[]", "bins"}, "many"),
              ElementsAre(testing::Not(HasSubstr("without quotes"))));
}

TEST(JobErrors, UnitsOfOtherProgramsAreGuessed) {
  auto const guess = [](std::string const& word) {
    auto const problems = with({"reductions", "[]", "unit"}, json::value(word));
    return problems.empty() ? std::string() : problems.front();
  };
  EXPECT_EQ(guess("q_A-1"),
            "job.json: $.reductions[0].unit: expected one of \"q_nm^-1\", \"q_A^-1\", \"2th_deg\", "
            "\"2th_rad\", \"r_mm\", \"d_A\", …, "
            "found \"q_A-1\"; did you mean \"q_A^-1\"?");
  for (std::string const word : {"q_A-1", "Q_A^-1", "q [A^-1]", "q(Å⁻¹)", "1/A", "A^-1", "qA"})
    EXPECT_THAT(guess(word), HasSubstr("did you mean \"q_A^-1\"?")) << word;
  for (std::string const word : {"2theta", "2Theta", "two_theta", "2θ", "tth", "2th", "2theta_deg"})
    EXPECT_THAT(guess(word), HasSubstr("did you mean \"2th_deg\"?")) << word;
  for (std::string const word : {"q", "1/nm", "nm^-1", "q_nm"})
    EXPECT_THAT(guess(word), HasSubstr("did you mean \"q_nm^-1\"?")) << word;
  EXPECT_THAT(guess("2theta_rad"), HasSubstr("did you mean \"2th_rad\"?"));
  EXPECT_THAT(guess("furlongs per fortnight"),
              testing::AllOf(HasSubstr("\"scattering_angle_horz_rad\", found"),
                             testing::Not(HasSubstr("did you mean"))));
}

TEST(JobErrors, NumbersThatEndAtInfinityAreTold) {
  EXPECT_THAT(with({"scan", "slow", "step"}, 1e300),
              ElementsAre(HasSubstr(
                  "$.scan.slow: expected positions from -1e+12 to 1e+12, found 0 to 9.5e+301")));
  EXPECT_THAT(with({"scan", "fast", "start"}, -1e13),
              ElementsAre(HasSubstr("$.scan.fast: expected positions")));
  EXPECT_THAT(
      with({"reductions", "[]", "empty"}, 1e39),
      ElementsAre(HasSubstr("expected a number or null from -3.4028234e+38 to 3.4028234e+38")));
  EXPECT_THAT(with({"scan", "monitor", "reference"}, 1e31),
              ElementsAre(HasSubstr("expected \"mean\" or a number from 1e-30 to 1e30")));
  EXPECT_THAT(with({"scan", "monitor", "reference"}, 1e-31),
              ElementsAre(HasSubstr("expected \"mean\" or a number from 1e-30 to 1e30")));
}

TEST(JobErrors, TheSchemaThatEditorsReadIsNotKept) {
  EXPECT_THAT(with({"$schema"}, "https://example.org/job.schema.json"), IsEmpty());
  EXPECT_THAT(with({"$schema"}, 3),
              ElementsAre(HasSubstr("$.$schema: expected the path or URL of the schema, found 3")));
  auto job = json_of("config/examples/full.json");
  auto const text = [&] {
    return canonical_job(parse_job(std::string(json::serialize(job)), "job.json", "/folder"),
                         "CPU");
  };
  auto const with_schema = text();
  job.as_object().erase("$schema");
  EXPECT_EQ(with_schema, text());
}

TEST(JobErrors, AJobIsReadAsFarAsItGoes) {
  auto const reading = parse_whole_job(
      R"({"scan": {"files": ["a.h5"], "shape": [2, 3]}, "calibration": {"poni": "c.poni"},
    "reductions": [{"unit": "q_A-1"}], "output": {"file": "o.h5"}})",
      "job.json", "/folder");
  EXPECT_THAT(reading.problems,
              ElementsAre(HasSubstr("$.scan.shape"), HasSubstr("$.reductions[0].unit")));
  EXPECT_THAT(reading.job.scan.files, ElementsAre("a.h5"));
  EXPECT_EQ(reading.job.calibration.poni, "c.poni");
}

TEST(JobErrors, AllProblemsComeAtOnce) {
  auto const problems = problems_of(
      std::string(R"({"scan": {"files": [], "shape": {"slow": 0, "fast": 2.5}, "snake": 1},
    "calibration": {"ponni": "a.poni"}, "reductions": [{"bins": 0}, {"unit": 3}], "output": {}, "runn": {}})"));
  EXPECT_THAT(
      problems,
      testing::UnorderedElementsAre(
          HasSubstr("$.scan.files: expected at least one file"), HasSubstr("$.scan.shape.slow: "),
          HasSubstr("$.scan.shape.fast: expected a whole number of at least 1, found 2.5"),
          HasSubstr("$.scan.snake: expected true or false, found 1"),
          HasSubstr("$.calibration.ponni"),
          HasSubstr("$.calibration.poni: expected a PONI file, found nothing"),
          HasSubstr("$.reductions[0].bins"), HasSubstr("$.reductions[1].unit"),
          HasSubstr("$.reductions[1].name: expected a name of its own"), HasSubstr("$.output.file"),
          HasSubstr("$.runn")));
}

TEST(JobErrors, NumbersHaveBounds) {
  EXPECT_THAT(with({"corrections", "polarization", "factor"}, 1.5),
              ElementsAre(HasSubstr("expected a number from -1 to 1, found 1.5")));
  EXPECT_THAT(with({"reductions", "[]", "bins"}, 2'000'000),
              ElementsAre(HasSubstr("from 1 to 1000000")));
  EXPECT_THAT(with({"scan", "first_frame"}, -1),
              ElementsAre(HasSubstr("expected a whole number of at least 0, found -1")));
  EXPECT_THAT(with({"run", "threads"}, -2), ElementsAre(HasSubstr("$.run.threads")));
  EXPECT_THAT(with({"scan", "monitor", "reference"}, 0),
              ElementsAre(HasSubstr("expected \"mean\" or a number above 0, found 0")));
  EXPECT_THAT(with({"scan", "monitor", "reference"}, "median"),
              ElementsAre(HasSubstr("expected \"mean\" or a number above 0, found \"median\"")));
  EXPECT_THAT(with({"scan", "shape", "slow"}, 18446744073709551615u),
              ElementsAre(HasSubstr("$.scan.shape.slow")));
  EXPECT_THAT(with({"scan", "shape", "slow"}, 1e3), IsEmpty()) << "1e3 is a whole number";
}

TEST(JobErrors, FramesLieByShapeOrByPositions) {
  auto const scan = [](std::string const& keys) {
    return problems_of(R"({"scan": {"files": ["a.h5"], )" + keys +
                       R"(}, "calibration": {"poni": "c.poni"}, "reductions": [{}],
                       "output": {"file": "o.h5"}})");
  };
  std::string const shape = R"("shape": {"slow": 2, "fast": 3})",
                    positions =
                        R"("positions": {"fast": {"dataset": "/f"}, "slow": {"dataset": "/s"}})";
  EXPECT_THAT(scan(shape), IsEmpty());
  EXPECT_THAT(scan(positions), IsEmpty());
  EXPECT_THAT(scan(positions + ", " + shape), IsEmpty());
  EXPECT_THAT(scan(R"("dataset": "")"),
              ElementsAre("job.json: $.scan.shape: expected an object with height, slow and fast, "
                          "found nothing"));
  EXPECT_THAT(scan(positions + R"(, "snake": true)"),
              ElementsAre(HasSubstr("$.scan.snake: expected false beside scan.positions")));
  EXPECT_THAT(scan(shape + R"(, "repeated": "sum")"),
              ElementsAre(HasSubstr("$.scan.repeated: expected \"error\" without scan.positions")));
  EXPECT_THAT(scan(positions + R"(, "fast": {"step": 0})"),
              ElementsAre(HasSubstr("$.scan.fast.step: expected a step other than 0")));
  EXPECT_THAT(scan(positions + R"(, "fast": {"name": "number"}, "slow": {"name": "mean"})"),
              ElementsAre(HasSubstr("$.scan.slow.name: expected a name that no reduction"),
                          HasSubstr("$.scan.fast.name: expected a name that no reduction")));
  EXPECT_THAT(scan(shape + R"(, "fast": {"name": "number"}, "slow": {"name": "mean"})"), IsEmpty())
      << "nothing is written of positions";
}

TEST(JobErrors, AValueHasOneName) {
  auto const fast = [](std::string const& value) {
    return problems_of(R"({"scan": {"files": ["a.h5"], "positions": {"fast": )" + value +
                       R"(, "slow": {"dataset": "/s"}}}, "calibration": {"poni": "c.poni"},
                       "reductions": [{}], "output": {"file": "o.h5"}})");
  };
  std::string const path = "job.json: $.scan.positions.fast";
  EXPECT_THAT(fast(R"("/1.1/measurement/dty")"),
              ElementsAre(path + ": expected an object such as {\"dataset\": "
                                 "\"/1.1/measurement/rot\"}, found \"/1.1/measurement/dty\"; write "
                                 "{\"dataset\": \"/1.1/measurement/dty\"}"));
  EXPECT_THAT(fast("{}"), ElementsAre(path + ": expected exactly one of the keys dataset, column "
                                             "and header, found none of them"));
  EXPECT_THAT(fast(R"({"dataset": "/a", "header": "b"})"),
              ElementsAre(HasSubstr("found dataset and header")));
  EXPECT_THAT(
      fast(R"({"column": "dty"})"),
      ElementsAre(HasSubstr(".file: expected the table with the column dty, found nothing")));
  EXPECT_THAT(fast(R"({"header": "Angle", "file": "a.cbf"})"),
              ElementsAre(HasSubstr(".file: expected no file beside header")));
  EXPECT_THAT(fast(R"({"header": "Angle"})"), IsEmpty());
  EXPECT_THAT(fast(R"({"column": "dty", "file": "a.csv", "first": 2})"), IsEmpty());
}

TEST(JobErrors, SumsOfFramesNeedAMethodWhoseSumsAddUp) {
  for (auto const* method : {"mean", "sigma_clip", "sum"})
    EXPECT_THAT(with_sum_of(method), IsEmpty()) << method;
  for (auto const* method : {"maximum", "median"})
    EXPECT_THAT(
        with_sum_of(method),
        ElementsAre(HasSubstr("$.reductions[0].method: expected a method whose sums can be "
                              "added beside \"repeated\": \"sum\": mean, sigma_clip or sum")))
        << method;
}

TEST(JobErrors, PlacesCanBeCounted) {
  EXPECT_THAT(with({"scan", "shape"}, {{"slow", 4'000'000'000}, {"fast", 4'000'000'000}}),
              ElementsAre(HasSubstr("$.scan.shape: expected height")));
  EXPECT_THAT(with({"scan", "first_frame"}, 9223372036854775807),
              ElementsAre(HasSubstr("$.scan.first_frame: expected first_frame + ")));
}

TEST(JobErrors, RangesGoUp) {
  Keys const range{"reductions", "[]", "radial_range"};
  EXPECT_THAT(with(range, json::array{50, 2}),
              ElementsAre(HasSubstr("with lower < upper, found 50 and 2")));
  EXPECT_THAT(with(range, json::array{2, 2}), ElementsAre(HasSubstr("with lower < upper")));
  EXPECT_THAT(
      with(range, json::array{1, 2, 3}),
      ElementsAre(HasSubstr("$.reductions[0].radial_range: expected a list of two numbers")));
  EXPECT_THAT(with(range, json::array{-1, 2}),
              ElementsAre(HasSubstr(
                  "$.reductions[0].radial_range[0]: expected a number of at least 0, found -1")));
  EXPECT_THAT(of_reduction(R"({"unit": "qx_nm^-1", "radial_range": [-1, 2]})"), IsEmpty())
      << "this unit has values below 0";
  EXPECT_THAT(with(range, "2-50"), ElementsAre(HasSubstr("expected a list of two numbers")));
  EXPECT_THAT(with(range, nullptr), IsEmpty());
}

TEST(JobErrors, NamesFitTheOutput) {
  EXPECT_THAT(with({"scan", "slow", "name"}, "rot/z"),
              ElementsAre(HasSubstr("$.scan.slow.name: expected letters, digits and '_'")));
  EXPECT_THAT(with({"scan", "slow", "name"}, "translation"),
              ElementsAre(HasSubstr("expected a name of its own for each axis")));
  EXPECT_THAT(with({"scan", "slow", "name"}, "height"),
              ElementsAre(HasSubstr("\"height\" as in $.scan.height.name")));
  EXPECT_THAT(with({"scan", "fast", "name"}, "I_errors"),
              ElementsAre(HasSubstr("a name that the output does not use itself")));
  EXPECT_THAT(with({"reductions", "[]", "name"}, "frames"),
              ElementsAre(HasSubstr("$.reductions[0].name: ")));
  EXPECT_THAT(with({"reductions", "[]", "name"}, "1st"),
              ElementsAre(HasSubstr("not a digit first, found \"1st\"")));
  EXPECT_THAT(with({"reductions", "[]", "name"}, ""),
              ElementsAre(HasSubstr("expected a name, found \"\"")));
}

TEST(JobErrors, InvalidValuesAreWordsOrNumbers) {
  EXPECT_THAT(
      with({"scan", "invalid"}, "never"),
      ElementsAre(HasSubstr(
          "expected \"default\", \"none\" or a list of 1 to 16 numbers and ranges [low, high]")));
  EXPECT_THAT(with({"scan", "invalid"}, json::array{}), ElementsAre(HasSubstr("$.scan.invalid")));
  EXPECT_THAT(with({"scan", "invalid"}, {json::array{2, 1}}),
              ElementsAre(HasSubstr(
                  "$.scan.invalid[0]: expected a list of two numbers, lower and upper with")));
  EXPECT_THAT(with({"scan", "invalid"}, json::array{json::array{-2.5, -1}, 7}), IsEmpty());
  EXPECT_THAT(with({"scan", "invalid"}, json::array{"65535"}),
              ElementsAre(HasSubstr("$.scan.invalid[0]: expected a number")));
  EXPECT_THAT(with({"scan", "invalid"}, "none"), IsEmpty());
}

TEST(JobErrors, ATextThatIsNoJsonIsToldWithLineAndColumn) {
  EXPECT_THAT(problems_of(std::string("{\n  \"scan\": {},\n  // frames\n}")),
              ElementsAre(HasSubstr("cannot read job.json, line 3, column 3: ")));
  EXPECT_THAT(problems_of(std::string("{\"scan\": NaN}")),
              ElementsAre(HasSubstr("line 1, column 10: expected JSON, found 'N'")));
  EXPECT_THAT(problems_of(std::string("{\"scan\": {}")),
              ElementsAre(HasSubstr("found the end of the text")));
  EXPECT_THAT(problems_of(std::string("{} {}")),
              ElementsAre(HasSubstr("line 1, column 4: expected JSON, found '{'")));
  EXPECT_THAT(problems_of(std::string()), ElementsAre(HasSubstr("found the end of the text")));
  EXPECT_THAT(problems_of(std::string("[]")),
              testing::Contains("job.json: $: expected an object, found a list of 0"));
}

TEST(JobErrors, AKeyThatStandsTwiceIsAnError) {
  auto text = text_of(source_file("config/examples/minimal.json"));
  text.replace(text.find("[{}]"), 4, R"([{"bins": 5}, {"name": "b", "bins": 5, "b\u0069ns": 6}])");
  EXPECT_THAT(
      problems_of(text),
      ElementsAre(
          "job.json: $.reductions[1].bins: expected each key once, found it a second time"));
}

TEST(JobErrors, DeepNestingIsRefused) {
  EXPECT_THAT(problems_of(std::string(100'000, '[')),
              ElementsAre(HasSubstr("cannot read job.json, line 1")));
}

}  // namespace
}  // namespace xrdct::config
