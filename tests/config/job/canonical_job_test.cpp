#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <limits>

#include "config/json/json_text.hpp"
#include "tests/config/job_text.hpp"

namespace xrdct::config {
namespace {

Job example(std::string const& name) { return read_job(source_file("config/examples/" + name)); }

TEST(CanonicalJob, IsThisText) {
  EXPECT_EQ(
      canonical_job(example("minimal.json"), "CPU"),
      R"({"calibration":{"absorption":null,"dark":null,"dark_variance":null,"detector_mask":true,"flat":null,"mask":[],)"
      R"("orientation_convention":"2026.9","poni":"calib.poni","sample":null,"variance":null},)"
      R"("corrections":{"polarization":null,"sensor_transmission":null,"solid_angle":true},)"
      R"("reductions":[{"azimuth_range_deg":null,"bins":1000,"empty":null,"error_model":"poisson","method":"mean","name":"mean","pattern":"radial",)"
      R"("radial_range":null,"splitting":"bounding_box","std":false,"unit":"q_nm^-1"}],)"
      R"("run":{"backend":"CPU","engine":"fused"},)"
      R"("scan":{"bad_frames":"mark","dataset":null,"fast":{"name":"translation","start":0,"step":null,"unit":""},"files":["scan_master.h5"],"first_frame":0,)"
      R"("height":{"name":"height","start":0,"step":null,"unit":""},"incomplete":"error","invalid":"default","monitor":null,"saturated_above":null,)"
      R"("shape":{"fast":61,"height":1,"slow":96},"slow":{"name":"rotation","start":0,"step":null,"unit":""},"snake":false}})");
}

TEST(CanonicalJob, AReductionHasTheKeysOfItsMethodAndItsPattern) {
  auto job = example("minimal.json");
  job.reductions[0].method = core::Method::sigma_clip;
  job.reductions[0].binning.kind = core::PatternKind::azimuthal;
  EXPECT_THAT(
      canonical_job(job, "CPU"),
      testing::HasSubstr(
          R"("reductions":[{"azimuth_range_deg":null,"azimuthal_bins":360,"cycles":5,"empty":null,)"
          R"("error_model":"poisson","method":"sigma_clip","name":"mean","pattern":"azimuthal",)"
          R"("radial_range":null,"splitting":"bounding_box","std":false,"threshold":5,)"));
  EXPECT_THAT(canonical_job(example("full.json"), "CPU"),
              testing::HasSubstr(R"("invalid":[4294967295,[-2,-1]])"));
}

TEST(CanonicalJob, TheMedianHasOneForm) {
  auto const with_reduction = [](char const* reduction) {
    auto text = text_of(source_file("config/examples/minimal.json"));
    text.replace(text.find("[{}]"), 4, "[" + std::string(reduction) + "]");
    return canonical_job(parse_job(text, "job.json", ""), "CPU");
  };
  auto const median = with_reduction(R"({"method": "median"})");
  EXPECT_EQ(median, with_reduction(R"({"method": "quantile_mean", "quantiles": [0.5, 0.5]})"));
  EXPECT_THAT(median, testing::HasSubstr(R"("method":"quantile_mean")"));
}

TEST(CanonicalJob, TellsVeryManyFilesByPatternNumberAndHash) {
  auto job = example("minimal.json");
  auto const with_files = [&](std::size_t count) {
    job.scan.files.clear();
    for (std::size_t i = 0; i < count; ++i) {
      auto const number = std::to_string(i);
      job.scan.files.push_back("img_" + std::string(6 - number.size(), '0') + number + ".cbf");
    }
    return canonical_job(job, "CPU");
  };
  EXPECT_THAT(with_files(100'000),
              testing::HasSubstr("\"files\":[\"img_000000.cbf\",\"img_000001"));
  auto const many = with_files(100'001);
  EXPECT_LT(many.size(), 2000u);
  EXPECT_THAT(many, testing::ContainsRegex("\"files\":\\{\"count\":100001,\"hash\":\"[0-9a-f]+\","
                                           "\"pattern\":\"img_%06d.cbf\"\\}"));
  job.scan.files[7] = "img_900000.cbf";
  EXPECT_NE(canonical_job(job, "CPU"), many);
}

TEST(CanonicalJob, DoesNotKnowWhereAndHowFast) {
  auto const job = example("full.json");
  auto other = job;
  other.folder = "/elsewhere";
  other.output = {.file = "another.h5", .overwrite = true};
  other.run.writer = core::Writer::direct;
  other.run.threads = 7;
  EXPECT_EQ(canonical_job(job, "CPU"), canonical_job(other, "CPU"));
}

TEST(CanonicalJob, KnowsWhatDecidesTheNumbers) {
  auto const job = example("full.json");
  auto const text = canonical_job(job, "CPU");
  EXPECT_NE(text, canonical_job(job, "GPU"));
  auto other = job;
  other.run.engine = core::Engine::spmm;
  EXPECT_NE(text, canonical_job(other, "CPU"));
  other = job;
  other.reductions[0].binning.bins = 999;
  EXPECT_NE(text, canonical_job(other, "CPU"));
}

TEST(CanonicalJob, IsReadAsTheSameJob) {
  for (auto const* name : {"minimal.json", "full.json", "eiger_master.json", "raster_map.json",
                           "several_reductions.json", "everything.json"}) {
    auto const text = canonical_job(example(name), "CPU");
    auto again = boost::json::parse(text).as_object();
    again["output"] = {{"file", "x.h5"}};
    again["run"].as_object().erase("backend");
    EXPECT_EQ(canonical_job(parse_job(std::string(boost::json::serialize(again)), "again.json", ""),
                            "CPU"),
              text)
        << name;
  }
}

TEST(CanonicalJob, TheMonitorIsInTheFirstFileUnlessSaid) {
  auto job = example("full.json");
  job.scan.monitor->file.clear();
  auto const silent = canonical_job(job, "CPU");
  job.scan.monitor->file = job.scan.files[0];
  EXPECT_EQ(silent, canonical_job(job, "CPU"));
}

TEST(CanonicalJob, AValueWithoutAFileOfSeveralIsInAllOfThem) {
  auto job = example("full.json");
  job.scan.monitor->file.clear();
  job.scan.files.emplace_back("scan_0002_master.h5");
  EXPECT_THAT(canonical_job(job, "CPU"),
              testing::HasSubstr(
                  R"("monitor":{"dataset":"/1.1/measurement/ic1","first":1,"reference":"mean"})"));
  job.scan.files = {"scan_*.h5"};
  EXPECT_THAT(canonical_job(job, "CPU"), testing::HasSubstr(R"("monitor":{"dataset")"));
}

TEST(CanonicalJob, HasPositionsWhereTheyAreGiven) {
  auto const text = canonical_job(example("full.json"), "CPU");
  EXPECT_THAT(
      text,
      testing::HasSubstr(
          R"("positions":{"fast":{"dataset":"/1.1/measurement/dty","file":"scan_0001.h5","first":1},)"
          R"("height":{"header":"Sample_z"},"slow":{"column":"rot","file":"positions.csv"},)"
          R"("taken":"start","tolerance":0.3},"repeated":"last",)"));
  auto found = example("full.json");
  found.scan.fast.start.reset();
  EXPECT_THAT(canonical_job(found, "CPU"),
              testing::HasSubstr(R"("fast":{"name":"translation","start":null,)"))
      << "0 would be another grid";
}

TEST(CanonicalText, SortsKeysAndKeepsLists) {
  EXPECT_EQ(canonical_text(boost::json::parse(R"({"b": [3, 1, {}], "a": {"d": [], "c": "x\"y"}})")),
            R"({"a":{"c":"x\"y","d":[]},"b":[3,1,{}]})");
}

TEST(IndentedText, BreaksWhatDoesNotFitOnALine) {
  std::string const short_list = R"([1, 0.5, {"a": null}])", word(60, 'x');
  EXPECT_EQ(indented_text(boost::json::parse(short_list)), short_list + "\n");
  boost::json::object const object{{"b", boost::json::array{word, word}},
                                   {"a", boost::json::array{}}};
  EXPECT_EQ(indented_text(object),
            "{\n  \"b\": [\n    \"" + word + "\",\n    \"" + word + "\"\n  ],\n  \"a\": []\n}\n");
}

TEST(CanonicalText, NumbersAreShortAndReadBackTheSame) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1.0), "1");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(4.066e-11), "4.066e-11");
  for (double const value : {1.0 / 3.0, 1e300, -2.2250738585072014e-308, 5e-324,
                             123456789.123456789, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(std::strtod(number_text(value).c_str(), nullptr), value);
  }
}

}  // namespace
}  // namespace xrdct::config
