#include "app/view/view_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/words/errors.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

/// The scan with a mean and a cake, reduced once for all tests here.
class WindowMaps : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
    replace_in(folder_ / "scan/job.json", "\"reductions\": [",
               "\"reductions\": [{\"name\": \"cake\", \"pattern\": \"cake\", \"bins\": 60, "
               "\"azimuthal_bins\": 12}, {\"name\": \"around\", \"pattern\": \"azimuthal\"}, ");
    ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --output out.h5").status, 0);
  }

  static app::ViewOptions options(std::string const& roi,
                                  std::vector<std::string> const& background = {}) {
    app::ViewOptions options;
    options.file = "out.h5";
    options.roi = roi;
    options.background = background;
    return options;
  }

  /// Mean of the values of a pattern whose centres lie in a window, by plain loops.
  static double mean(std::vector<float> const& values, std::vector<double> const& centres,
                     double low, double high) {
    double sum = 0.0;
    int number = 0;
    for (std::size_t bin = 0; bin < centres.size(); ++bin) {
      if (centres[bin] < low || centres[bin] > high || !std::isfinite(values[bin])) continue;
      sum += values[bin];
      ++number;
    }
    return sum / number;
  }

  std::string refusal(app::ViewOptions const& options, std::string const& reduction) const {
    try {
      app::window_map(io::SinogramReader(folder_ / "out.h5"), options, reduction);
    } catch (core::InputError const& error) {
      return error.what();
    }
    return "";
  }

  std::filesystem::path folder_;
};

TEST_F(WindowMaps, AreMeansLessThoseOfTheBackground) {
  io::SinogramReader const reader(folder_ / "out.h5");
  auto const name = reader.reductions().back();
  auto const centres = reader.radial(name).positions;
  auto const plain = app::window_map(reader, options("19:21"), name);
  auto const one = app::window_map(reader, options("19:21", {"15:18"}), name);
  auto const two = app::window_map(reader, options("19:21", {"15:18", "23:23.8"}), name);
  EXPECT_EQ(plain.name, "q = 19 to 21 nm^-1");
  EXPECT_EQ(two.name, "q = 19 to 21 nm^-1, less 15 to 18 and 23 to 23.8");
  auto const shape = reader.shape();
  for (std::size_t place = 0; place < shape.slow * shape.fast; ++place) {
    auto const values = reader.pattern(name, "I", 0, place / shape.fast, place % shape.fast);
    double const roi = mean(values, centres, 19, 21), left = mean(values, centres, 15, 18),
                 right = mean(values, centres, 23, 23.8);
    EXPECT_NEAR(plain.values[place], roi, 1e-9 * std::abs(roi));
    EXPECT_NEAR(one.values[place], roi - left, 1e-9 * std::abs(roi));
    EXPECT_NEAR(two.values[place], roi - 0.5 * (left + right), 1e-9 * std::abs(roi));
  }
}

TEST_F(WindowMaps, AreInTheUnitThatIsAskedFor) {
  io::SinogramReader const reader(folder_ / "out.h5");
  auto const name = reader.reductions().back();
  auto asked = options("0.3:0.33");  // d = 2π / q, and so from right to left
  asked.unit = "d_nm";
  auto const here = app::window_map(reader, asked, name).values;
  auto const stored = app::window_map(reader, options("19.04:20.943"), name).values;
  for (std::size_t place = 0; place < here.size(); ++place)
    EXPECT_NEAR(here[place], stored[place], 1e-9 * std::abs(stored[place]));
}

TEST_F(WindowMaps, OfACakeAreOfOneAzimuth) {
  io::SinogramReader const reader(folder_ / "out.h5");
  auto chosen = options("19:21");
  EXPECT_THAT(refusal(chosen, "cake"), HasSubstr("expected --azimuth with --roi"));
  chosen.azimuth = "bin=4";
  auto const map = app::window_map(reader, chosen, "cake");
  auto const centres = reader.radial("cake").positions;
  auto const shape = reader.shape();
  for (std::size_t place = 0; place < shape.slow * shape.fast; ++place) {
    auto const cake = reader.pattern("cake", "I", 0, place / shape.fast, place % shape.fast);
    auto const row = cake.begin() + static_cast<std::ptrdiff_t>(4 * centres.size());
    std::vector<float> const values(row, row + static_cast<std::ptrdiff_t>(centres.size()));
    EXPECT_NEAR(map.values[place], mean(values, centres, 19, 21), 1e-4);
  }
}

TEST_F(WindowMaps, NeedBinsInTheirWindows) {
  auto const name = io::SinogramReader(folder_ / "out.h5").reductions().back();
  EXPECT_THAT(refusal(options("900:1000"), name), HasSubstr("found none of"));
  EXPECT_THAT(refusal(options("19:21", {"20:20.0001"}), name),
              HasSubstr("--background 20:20.0001"));
  EXPECT_THAT(refusal(options("19:21", {"1:2", "3:4", "5:6"}), name),
              HasSubstr("one or two windows, found 3"));
  EXPECT_THAT(refusal(options("19:21"), "around"), HasSubstr("found azimuthal patterns"));
  auto errors = options("19:21");
  errors.field = "count";
  EXPECT_THAT(refusal(errors, name), HasSubstr("found count"));
  auto turned = options("19:21");
  turned.azimuth = "3";
  EXPECT_THAT(refusal(turned, name), HasSubstr("found radial patterns"));
}

}  // namespace
}  // namespace xrdct::test
