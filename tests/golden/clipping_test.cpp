#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/phantom/random_poisson.hpp"
#include "tests/golden/comparison.hpp"
#include "tests/golden/integrators.hpp"

namespace xrdct::golden {
namespace {

constexpr std::size_t bins = 40, pixels_per_bin = 150;

/// Forty bins of 150 pixels each, pixels of all bins in turn, norms from 0.5 to 1.
core::ReductionPlan plan_of(core::ErrorModel model, double threshold) {
  core::ReductionPlan plan;
  plan.shape = {pixels_per_bin, bins};
  plan.encoding = {.type = core::PixelType::i32};
  plan.valid = core::ValidValues::of(core::PixelType::i32);
  std::size_t const pixels = plan.shape.pixels();
  plan.corrections.mask.assign(pixels, 0);
  core::Reduction reduction;
  reduction.matrix.bins = bins;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    plan.corrections.normalization.push_back(0.5f + 0.5f * static_cast<float>(pixel * 7919 % 1000) /
                                                        1000.0f);
    reduction.matrix.entry_begin.push_back(static_cast<std::uint32_t>(pixel + 1));
    reduction.matrix.bin.push_back(static_cast<std::uint32_t>(pixel % bins));
    reduction.matrix.coefficient.push_back(1.0f);
  }
  for (std::size_t bin = 0; bin < bins; ++bin)
    reduction.matrix.radial_axis.push_back(static_cast<double>(bin));
  reduction.error_model = model;
  reduction.method = core::Method::sigma_clip;
  reduction.clip = {threshold, 5};
  plan.reductions.push_back(reduction);
  return plan;
}

/// Poisson counts of a background times the norm, and spots of 1e6 in up to a tenth of the pixels
/// of a bin.
std::vector<double> frame_with_spots(core::ReductionPlan const& plan, double background,
                                     std::uint32_t number) {
  core::RandomFrame const random(20260921, number);
  std::vector<double> frame;
  for (std::size_t pixel = 0; pixel < plan.shape.pixels(); ++pixel) {
    auto const index = static_cast<std::uint32_t>(pixel);
    frame.push_back(
        static_cast<double>(core::poisson(background * plan.corrections.normalization[pixel],
                                          random, core::RandomUse::pixel_inversion, index)));
    std::size_t const spots = pixel % bins % 16;
    if (pixel / bins * 31 % pixels_per_bin < spots) frame.back() = 1e6;
  }
  return frame;
}

struct Direct {
  long double signal = 0, variance = 0, normalization = 0, normalization2 = 0;
  std::int32_t pixels = 0;
};

struct Pixel {
  long double signal, norm;
};

/// The sums of some pixels of one bin, term by term as the definition writes them.
Direct evaluate(std::vector<Pixel> const& kept, bool azimuthal) {
  Direct sums;
  for (auto const& pixel : kept) {
    long double const x = pixel.signal / pixel.norm;
    if (azimuthal && sums.pixels > 0) {
      long double const before = sums.signal / sums.normalization,
                        after = (sums.signal + pixel.signal) / (sums.normalization + pixel.norm);
      sums.variance += pixel.norm * pixel.norm * (before - x) * (after - x);
    }
    if (!azimuthal) sums.variance += std::max(pixel.signal, 1.0L);
    sums.signal += pixel.signal;
    sums.normalization += pixel.norm;
    sums.normalization2 += pixel.norm * pixel.norm;
    ++sums.pixels;
  }
  return sums;
}

Direct clip_directly(std::vector<Pixel> kept, core::ErrorModel model, double threshold) {
  for (int cycle = 0; cycle < 5 && !kept.empty(); ++cycle) {
    Direct const sums = evaluate(kept, model != core::ErrorModel::poisson);
    long double const mean = sums.signal / sums.normalization,
                      deviation = std::sqrt(sums.variance / sums.normalization2);
    long double const chauvenet =
        std::sqrt(2.0L * std::log(std::max<long double>(sums.pixels, 3.0L) /
                                  std::sqrt(2.0L * std::numbers::pi_v<long double>)));
    long double const cut = std::max<long double>(threshold, chauvenet) * deviation;
    std::size_t const before = kept.size();
    std::erase_if(
        kept, [&](Pixel const& pixel) { return std::abs(pixel.signal / pixel.norm - mean) > cut; });
    if (kept.size() == before) break;
  }
  return evaluate(kept, model == core::ErrorModel::azimuthal);
}

class Clipping : public testing::TestWithParam<std::string> {
 protected:
  void expect(double background) const {
    for (auto model :
         {core::ErrorModel::azimuthal, core::ErrorModel::poisson, core::ErrorModel::hybrid}) {
      for (double threshold : {3.0, 5.0}) {
        auto const plan = plan_of(model, threshold);
        auto const frame =
            frame_with_spots(plan, background, model == core::ErrorModel::hybrid ? 1 : 2);
        auto const result = integrate(GetParam(), plan, {frame});
        compare(plan, frame, result);
        EXPECT_EQ(result.tally.at(0).at(0).total(), static_cast<std::int64_t>(frame.size()));
        EXPECT_TRUE(model == core::ErrorModel::poisson || result.tally.at(0).at(0).rejected > 20)
            << "spots";
      }
    }
  }

 private:
  void compare(core::ReductionPlan const& plan, std::vector<double> const& frame,
               core::ReducedBatch const& result) const {
    auto const& reduction = plan.reductions[0];
    auto const& sums = result.sums.at(0);
    Comparison comparison(GetParam() + " against direct evaluation", Comparison::Report::nothing);
    std::vector<double> signal, variance, normalization, normalization2;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      std::vector<Pixel> inside;
      for (std::size_t pixel = bin; pixel < frame.size(); pixel += bins)
        inside.push_back({frame[pixel], plan.corrections.normalization[pixel]});
      Direct const direct = clip_directly(inside, reduction.error_model, reduction.clip.threshold);
      EXPECT_EQ(sums.pixels[bin], direct.pixels) << "bin " << bin;
      signal.push_back(static_cast<double>(direct.signal));
      variance.push_back(static_cast<double>(direct.variance));
      normalization.push_back(static_cast<double>(direct.normalization));
      normalization2.push_back(static_cast<double>(direct.normalization2));
    }
    comparison.equal("signal", sums.signal, signal, 1e-10);
    comparison.equal("variance", sums.variance, variance, 1e-10);
    comparison.equal("normalization", sums.normalization, normalization, 1e-10);
    comparison.equal("normalization2", sums.normalization2, normalization2, 1e-10);
  }
};

TEST_P(Clipping, SpotsOnABackgroundOfTen) { expect(10.0); }
TEST_P(Clipping, SpotsOnABackgroundOfATenth) { expect(0.1); }

TEST_P(Clipping, ABinThatLosesAllPixelsIsEmpty) {
  auto const plan = plan_of(core::ErrorModel::poisson, 3.0);
  std::vector<double> frame(plan.shape.pixels(), 10.0);
  for (std::size_t pixel = 5; pixel < frame.size(); pixel += 2 * bins)
    frame[pixel] = 1e6;  // bin 5: half of the pixels, none near their mean
  auto const result = integrate(GetParam(), plan, {frame});
  auto const& sums = result.sums.at(0);
  EXPECT_EQ(sums.pixels[5], 0);
  for (auto const* field :
       {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count})
    EXPECT_EQ((*field)[5], 0.0);
  std::vector<float> intensity(bins), error(bins), deviation(bins), count(bins);
  core::finish_pattern(sums, 0, 1.0, {.method = core::Method::sigma_clip},
                       {intensity, error, deviation, count});
  EXPECT_TRUE(std::isnan(intensity[5]) && std::isnan(error[5]) && std::isnan(deviation[5]));
  EXPECT_EQ(count[5], 0.0f);
  EXPECT_TRUE(std::isfinite(intensity[4]));
  EXPECT_EQ(result.tally.at(0).at(0).rejected, static_cast<std::int64_t>(pixels_per_bin));
}

INSTANTIATE_TEST_SUITE_P(Golden, Clipping, testing::ValuesIn(integrators()),
                         [](auto const& name) { return name.param; });

}  // namespace
}  // namespace xrdct::golden
