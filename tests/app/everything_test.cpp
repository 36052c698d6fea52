#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include "command.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "io/values/value_reader.hpp"

/// The example with every method and pattern, on a small scan.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t places = 48, pixels = 64 * 80;

std::string example_reductions() {
  auto const text = read_text(std::filesystem::path(XRDCT_TEST_SOURCE_DIR).parent_path() /
                              "config/examples/everything.json");
  auto const first = text.find("\"reductions\""), last = text.find("\"output\"");
  return text.substr(first, text.rfind(']', last) + 1 - first);
}

class Everything : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    auto const job = simulated_scan(folder_, "--spots 1");
    auto text = read_text(job);
    auto const first = text.find("\"reductions\""), last = text.find("\"output\"");
    ASSERT_NE(first, std::string::npos);
    write_text(job, text.replace(first, text.rfind(']', last) + 1 - first, example_reductions()));
  }

  void reduce(std::string const& options, int ranks = 1) {
    auto const run =
        xrdct(folder_, "reduce scan/job.json --overwrite --output out.h5 " + options, ranks);
    ASSERT_EQ(run.status, 0) << run.errors;
  }

  std::vector<double> tally(std::string const& reduction, std::string const& field) {
    return io::read_values(folder_ / "out.h5", "/entry/frames/" + reduction + "/" + field);
  }

  std::filesystem::path folder_;
};

TEST_F(Everything, IsTheSameFileOnAnyNumberOfRanksWithEveryWriter) {
  reduce("");
  std::string const expected = read_text(folder_ / "out.h5");
  ASSERT_GT(expected.size(), places * 72 * 500 * 3 * 4);
  for (int const ranks : {1, 2, 4}) {
    for (char const* writer : {"collective", "independent", "direct"}) {
      reduce(std::string("--threads 2 --writer ") + writer, ranks);
      EXPECT_TRUE(read_text(folder_ / "out.h5") == expected) << ranks << " ranks, " << writer;
    }
  }
}

TEST_F(Everything, HasAPlaceForEachReduction) {
  reduce("");
  io::SinogramReader const reader(folder_ / "out.h5");
  ASSERT_EQ(reader.reductions().size(), 16u);
  EXPECT_TRUE(reader.has("mean", "std"));
  EXPECT_FALSE(reader.has("maximum", "I_errors"));
  EXPECT_EQ(reader.pattern_shape("cake"), (core::PatternShape{72, 500}));
  EXPECT_EQ(reader.pattern_shape("azimuthal"), (core::PatternShape{1, 360}));
  EXPECT_NEAR(reader.azimuthal("cake").positions.front(), -177.5, 1e-9);
  EXPECT_EQ(reader.radial("sector_1").positions.size(), 500u);
}

TEST_F(Everything, EveryPixelIsCountedOnceInEveryReduction) {
  for (std::string const engine : {"fused", "spmm"}) {
    reduce("--engine " + engine);
    for (auto const& name : io::SinogramReader(folder_ / "out.h5").reductions()) {
      std::vector<double> total(places, 0.0);
      for (std::string const field : {"used", "masked", "invalid", "out_of_range", "rejected"}) {
        auto const counts = tally(name, field);
        ASSERT_EQ(counts.size(), places);
        for (std::size_t place = 0; place < places; ++place) total[place] += counts[place];
      }
      for (std::size_t place = 0; place < places; ++place)
        EXPECT_EQ(total[place], pixels) << engine << ", " << name << ", place " << place;
    }
    for (std::string const name : {"median", "trimmed", "clipped"}) {
      auto const rejected = tally(name, "rejected");
      EXPECT_GT(*std::max_element(rejected.begin(), rejected.end()), 0.0) << engine << ", " << name;
    }
  }
}

TEST_F(Everything, TheNumbersFitTogether) {
  reduce("");
  io::SinogramReader const reader(folder_ / "out.h5");
  auto const of = [&](std::string const& reduction, std::string const& field) {
    return reader.pattern(reduction, field, 0, 4, 3);
  };
  auto const cake = of("cake", "count");
  double of_cake = 0.0, of_sectors = 0.0, of_ring = 0.0;
  for (float const count : cake) of_cake += count;
  for (float const count : of("mean", "count")) of_ring += count;
  for (int sector = 1; sector <= 8; ++sector)
    for (float const count : of("sector_" + std::to_string(sector), "count")) of_sectors += count;
  EXPECT_GT(of_ring, 1000.0);
  EXPECT_NEAR(of_sectors / of_ring, 1.0, 1e-3);
  EXPECT_NEAR(of_cake / of_ring, 1.0, 1e-3);
  auto const maximum = of("maximum", "I"), median = of("median", "I"), trimmed = of("trimmed", "I"),
             sum = of("sum", "I");
  std::size_t compared = 0;
  for (std::size_t bin = 0; bin < maximum.size(); ++bin) {
    if (std::isnan(maximum[bin]) || std::isnan(median[bin])) continue;
    ++compared;
    EXPECT_LE(median[bin], maximum[bin]) << bin;
    EXPECT_LE(trimmed[bin], maximum[bin]) << bin;
    EXPECT_GE(sum[bin], 0.0f) << bin;
  }
  EXPECT_GT(compared, 100u);
}

TEST_F(Everything, IsListedByCheck) {
  auto const run = xrdct(folder_, "check scan/job.json --output out.h5");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("mean: radial, mean, errors poisson, splitting bounding_box"),
                    HasSubstr("clipped: radial, sigma_clip 5 sigma, 5 cycles, errors azimuthal"),
                    HasSubstr("median: radial, quantile_mean 0.5 to 0.5"),
                    HasSubstr("azimuth -180 to -135 deg"),
                    HasSubstr("72 bins of deg from -177.5 to 177.5 x 500 bins of q_nm^-1 from"),
                    HasSubstr("q_nm^-1 19.8 to 20.4"),
                    HasSubstr("pixels lost at the ends of ranges"), HasSubstr("memory: matrix ")));
  EXPECT_THAT(run.errors, testing::Not(HasSubstr("warning")));
}

TEST_F(Everything, IsShownByView) {
  reduce("");
  auto const view = [&](std::string const& arguments) {
    return xrdct(folder_, "view out.h5 --output a.png --reduction " + arguments);
  };
  EXPECT_THAT(view("cake").out, HasSubstr("72 x 500 bins, mean of all places"));
  EXPECT_THAT(view("cake --pattern 3,2").out, HasSubstr("72 x 500 bins, place 0,3,2"));
  EXPECT_THAT(view("cake --azimuth 177 --channel q=20").out,
              AllOf(HasSubstr("chi = 177.5 deg"), HasSubstr("8 x 6 places")));
  EXPECT_THAT(view("cake --azimuth chi=-542.6").out, HasSubstr("chi = 177.5 deg")) << "a turn more";
  EXPECT_THAT(view("azimuthal --azimuth bin=12").out, HasSubstr("chi = -167.5 deg"));
  EXPECT_THAT(view("azimuthal").out, HasSubstr("8 x 6 places"));
  EXPECT_THAT(view("azimuthal --pattern 3,2").out, HasSubstr("place 0,3,2"));
  EXPECT_THAT(view("mean --field std --channel q=20").out, HasSubstr("8 x 6 places"));
  auto const row =
      xrdct(folder_, "view out.h5 --output row.xye --reduction cake --pattern 3,2 --azimuth -90");
  EXPECT_EQ(row.status, 0) << row.errors;
  EXPECT_THAT(read_text(folder_ / "row.xye"), HasSubstr("chi = -"));
}

TEST_F(Everything, MistakesOfViewSayWhatIsThere) {
  reduce("");
  auto const errors = [&](std::string const& arguments) {
    auto const run = xrdct(folder_, "view out.h5 --reduction " + arguments);
    EXPECT_EQ(run.status, 2) << arguments;
    return run.errors;
  };
  EXPECT_THAT(errors("cake --channel q=20"), AllOf(HasSubstr("expected --azimuth with --channel"),
                                                   HasSubstr("-177.5 to 177.5 deg")));
  EXPECT_THAT(errors("cake --pattern 3,2 --output a.xy"), HasSubstr("choose one with --azimuth"));
  EXPECT_THAT(errors("mean --azimuth 3"), HasSubstr("found radial patterns"));
  EXPECT_THAT(errors("azimuthal --channel q=20"), HasSubstr("choose with --azimuth"));
  EXPECT_THAT(errors("azimuthal --azimuth q=20"),
              HasSubstr("expected chi=VALUE [deg] or bin=NUMBER"));
  EXPECT_THAT(errors("cake --field std --azimuth 0"),
              HasSubstr("expected one of I, I_errors, count"));
  EXPECT_THAT(errors("mean --field intensity"),
              HasSubstr("expected one of I, I_errors, std, count"));
  EXPECT_THAT(errors("maximum --pattern 1,1 --output a.xye"),
              HasSubstr("error_model none in maximum"));
}

TEST_F(Everything, TwinsAreWarnedOf) {
  replace_in(folder_ / "scan" / "job.json",
             "{\"name\": \"maximum\", \"method\": \"maximum\", \"splitting\": \"none\", "
             "\"error_model\": \"none\"}",
             "{\"name\": \"twin\", \"method\": \"quantile_mean\", \"quantiles\": [0.5, 0.5], "
             "\"splitting\": \"none\"}");
  auto const run = xrdct(folder_, "check scan/job.json --output out.h5");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(
      run.errors,
      HasSubstr("warning: the reductions median and twin are the same but for their names"));
}

TEST_F(Everything, ImagesOfVarianceAreAskedFor) {
  replace_in(folder_ / "scan" / "job.json", "{\"name\": \"mean\", \"std\": true}",
             "{\"name\": \"mean\", \"error_model\": \"variance\"}");
  auto const run = xrdct(folder_, "check scan/job.json --output out.h5");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(
      run.errors,
      HasSubstr("$.reductions[0].error_model: expected an image in $.calibration.variance"));
}

}  // namespace
}  // namespace xrdct::test
