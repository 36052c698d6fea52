// The six invariants of the numbers, for every method × error model × splitting × kind of pattern
// that there is.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "tests/golden/all_settings.hpp"
#include "tests/golden/comparison.hpp"
#include "tests/golden/integrators.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::golden {
namespace {

using core::ErrorModel;
using core::Method;

/// The formula image, its mirror image, and one with values that are no numbers.
std::vector<std::vector<double>> three_frames() {
  std::vector<std::vector<double>> frames(3, test::formula_image().image);
  std::reverse(frames[1].begin(), frames[1].end());
  for (std::size_t pixel = 0; pixel < frames[2].size(); ++pixel)
    frames[2][pixel] = static_cast<double>((pixel * 48271) % 3001);
  frames[2][5] = std::numeric_limits<double>::quiet_NaN();
  frames[2][600] = std::numeric_limits<double>::infinity();
  return frames;
}

class Invariants : public testing::TestWithParam<std::string> {
 protected:
  core::ReducedBatch reduce(core::ReductionPlan const& plan,
                            std::vector<std::vector<double>> const& frames) const {
    return integrate(GetParam(), plan, frames);
  }

  /// \param parts sums that are to add up to those of `whole`, bin by bin
  void expect_sum(core::PatternSums const& whole, std::vector<core::PatternSums> const& parts,
                  bool split, bool variances) const {
    auto const total = [&](std::vector<double> core::PatternSums::*field) {
      std::vector<double> sum(whole.bins, 0.0);
      for (auto const& part : parts) {
        for (std::size_t bin = 0; bin < part.bins; ++bin)
          sum[bin % whole.bins] += (part.*field)[bin];
      }
      return sum;
    };
    Comparison comparison(GetParam(), Comparison::Report::nothing);
    double const tolerance = split ? 1e-6 : 1e-12;
    comparison.equal("signal", total(&core::PatternSums::signal), whole.signal, tolerance);
    comparison.equal("normalization", total(&core::PatternSums::normalization), whole.normalization,
                     tolerance);
    comparison.equal("count", total(&core::PatternSums::count), whole.count, tolerance);
    if (split || !variances) return;
    comparison.equal("variance", total(&core::PatternSums::variance), whole.variance, tolerance);
    comparison.equal("normalization2", total(&core::PatternSums::normalization2),
                     whole.normalization2, tolerance);
  }
};

TEST_P(Invariants, AnImageEqualToItsNormalizationIntegratesToOne) {
  for (auto const& bins : all_bins()) {
    for (bool dark : {false, true}) {
      auto const plan = plan_of_all_methods(bins, dark);
      std::vector<double> frame(plan.corrections.normalization.begin(),
                                plan.corrections.normalization.end());
      for (std::size_t pixel = 0; pixel < frame.size() && dark; ++pixel)
        frame[pixel] += plan.corrections.dark[pixel];
      auto const result = reduce(plan, {frame});
      for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
        auto const& reduction = plan.reductions[r];
        if (reduction.method == Method::sum) continue;  // not divided
        SCOPED_TRACE(bins.name() + " " + name_of(reduction));
        auto const& sums = result.sums.at(r);
        std::vector<float> intensity(sums.bins), error(sums.bins), deviation(sums.bins),
            count(sums.bins);
        core::finish_pattern(sums, 0, 1.0,
                             {.method = reduction.method, .error_model = reduction.error_model},
                             {intensity, error, deviation, count});
        std::size_t filled = 0;
        for (std::size_t bin = 0; bin < sums.bins; ++bin) {
          if (sums.pixels[bin] == 0) {
            EXPECT_TRUE(std::isnan(intensity[bin]) && count[bin] == 0.0f &&
                        sums.normalization[bin] == 0.0);
            continue;
          }
          ++filled;
          EXPECT_NEAR(intensity[bin], 1.0, dark ? 1e-6 : 1e-7)
              << "bin " << bin;  // with a dark the frame itself is rounded to float32
          EXPECT_GT(count[bin], 0.0f);
        }
        EXPECT_GT(filled, sums.bins / 3);
      }
    }
  }
}

TEST_P(Invariants, EveryPixelIsCountedOnce) {
  auto const frames = three_frames();
  for (auto const& bins : all_bins()) {
    auto plan = plan_of_all_methods(bins, true);
    plan.valid.highest = 4000.0;
    plan.valid.invalid = {{7.0, 7.0}};
    auto const result =
        reduce(plan, {frames[0], frames[1], frames[2], std::vector<double>(64 * 80, 7.0)});
    for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
      SCOPED_TRACE(bins.name() + " " + name_of(plan.reductions[r]));
      auto const& sums = result.sums.at(r);
      for (std::size_t f = 0; f < 4; ++f) {
        auto const& tally = result.tally.at(r).at(f);
        EXPECT_EQ(tally.used + tally.masked + tally.invalid + tally.out_of_range + tally.rejected,
                  64 * 80);
        EXPECT_EQ(tally.masked, 53);
        EXPECT_EQ(tally.used > 0, f < 3);
        EXPECT_TRUE(f == 3 || (tally.out_of_range > 0) == (bins.radial_range || bins.sector));
        bool const may_reject = plan.reductions[r].method == Method::sigma_clip ||
                                plan.reductions[r].method == Method::quantile_mean;
        EXPECT_TRUE(may_reject || tally.rejected == 0);
        EXPECT_TRUE(plan.reductions[r].method != Method::quantile_mean || f == 3 ||
                    tally.rejected > 100);
      }
      for (std::size_t bin = 3 * sums.bins; bin < 4 * sums.bins; ++bin) {
        EXPECT_EQ(sums.pixels[bin], 0);
        EXPECT_EQ(sums.count[bin] + sums.normalization2[bin] + sums.variance[bin], 0.0)
            << "a bin without a pixel has sums of exactly 0";
      }
    }
  }
}

/// Error models whose variances are those of the pixels, so that bins add up.
constexpr ErrorModel additive[] = {ErrorModel::variance, ErrorModel::poisson, ErrorModel::hybrid};

TEST_P(Invariants, ACakeOverTheWholeAzimuthAddsUpToTheRing) {
  auto const frames = three_frames();
  for (auto splitting :
       {core::Splitting::none, core::Splitting::bounding_box, core::Splitting::full}) {
    for (auto method : {Method::mean, Method::sum}) {
      for (auto model : additive) {
        for (bool range : {false, true}) {
          core::Binning binning{.unit = core::Unit::q_nm, .bins = 40, .splitting = splitting};
          if (range) binning.radial_range = std::pair{0.5, 2.5};
          auto const ring = plan_of_one(binning, method, model, true);
          binning.kind = core::PatternKind::cake;
          binning.azimuthal_bins = 17;
          auto const cake = plan_of_one(binning, method, model, true);
          SCOPED_TRACE(name_of(ring.reductions[0]) + " splitting " +
                       std::to_string(static_cast<int>(splitting)));
          expect_sum(reduce(ring, {frames[0]}).sums.at(0), {reduce(cake, {frames[0]}).sums.at(0)},
                     splitting != core::Splitting::none, true);
        }
      }
    }
  }
}

TEST_P(Invariants, SectorsThatTileTheCircleAddUpToTheRing) {
  auto const frames = three_frames();
  for (auto splitting :
       {core::Splitting::none, core::Splitting::bounding_box, core::Splitting::full}) {
    for (auto method : {Method::mean, Method::sum}) {
      for (auto model : additive) {
        core::Binning binning{.unit = core::Unit::q_nm, .bins = 40, .splitting = splitting};
        auto const ring = reduce(plan_of_one(binning, method, model, true), {frames[0]}).sums.at(0);
        std::vector<core::PatternSums> sectors;
        for (auto range :
             {std::pair{-77.7, 12.0}, std::pair{12.0, 150.3}, std::pair{150.3, 282.3}}) {
          binning.azimuth_range_deg = range;
          sectors.push_back(
              reduce(plan_of_one(binning, method, model, true), {frames[0]}).sums.at(0));
        }
        SCOPED_TRACE("splitting " + std::to_string(static_cast<int>(splitting)));
        expect_sum(ring, sectors, splitting != core::Splitting::none, true);
      }
    }
  }
}

/// The bytes of all sums and counts of one frame.
std::string bytes_of(core::ReducedBatch const& batch, std::size_t frame) {
  std::string bytes;
  auto const add = [&](auto const& values, std::size_t bins) {
    using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
    std::string part(bins * sizeof(Value), '\0');
    std::memcpy(part.data(), values.data() + frame * bins, part.size());
    bytes += part;
  };
  for (std::size_t r = 0; r < batch.sums.size(); ++r) {
    auto const& sums = batch.sums[r];
    for (auto const* field :
         {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count})
      add(*field, sums.bins);
    add(sums.pixels, sums.bins);
    auto const& tally = batch.tally.at(r).at(frame);
    add(std::vector<std::int64_t>(frame + 1, tally.used), 1);
    add(std::vector<std::int64_t>(frame + 1, tally.rejected), 1);
  }
  return bytes;
}

TEST_P(Invariants, PermutedFramesAndOtherBatchesGiveTheSameBits) {
  auto const frames = three_frames();
  for (auto const& bins : all_bins()) {
    SCOPED_TRACE(bins.name());
    auto const plan = plan_of_all_methods(bins, true);
    auto const together = reduce(plan, frames),
               permuted = reduce(plan, {frames[2], frames[0], frames[1]});
    auto const repeated =
        reduce(plan, {frames[1], frames[1], frames[1], frames[1], frames[1], frames[1], frames[1],
                      frames[1], frames[1], frames[1], frames[1], frames[1], frames[1], frames[1],
                      frames[1], frames[1], frames[1], frames[0], frames[2]});
    std::size_t const place_permuted[] = {1, 2, 0}, place_repeated[] = {17, 16, 18};
    for (std::size_t f = 0; f < 3; ++f) {
      std::string const expected = bytes_of(together, f);
      EXPECT_EQ(bytes_of(reduce(plan, {frames[f]}), 0), expected) << "frame " << f << " alone";
      EXPECT_EQ(bytes_of(permuted, place_permuted[f]), expected) << "frame " << f << " permuted";
      EXPECT_EQ(bytes_of(repeated, place_repeated[f]), expected) << "frame " << f << " among 19";
    }
  }
}

// FNV-1a. Source: Fowler, Noll, Vo, http://www.isthe.com/chongo/tech/comp/fnv.
std::uint64_t checksum(std::string const& bytes, std::uint64_t hash) {
  for (char const byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash;
}

/// Prints the checksum of all settings: what the test below runs in processes with other
/// instruction sets and numbers of threads.
TEST_P(Invariants, ChecksumOfAllSettings) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (auto const& bins : all_bins()) {
    auto const result = reduce(plan_of_all_methods(bins, true), three_frames());
    for (std::size_t f = 0; f < 3; ++f) hash = checksum(bytes_of(result, f), hash);
  }
  std::printf("checksum %016llx\n", static_cast<unsigned long long>(hash));
  EXPECT_NE(hash, 0xcbf29ce484222325u);
}

/// The checksum of another process; empty when the instruction set is not there.
std::string checksum_with(std::string const& integrator, std::string const& simd, int threads) {
  std::string const command =
      "XRDCT_SIMD=" + simd + " XRDCT_TEST_THREADS=" + std::to_string(threads) +
      " OMP_NUM_THREADS=" + std::to_string(threads) + " /proc/" + std::to_string(getpid()) +
      "/exe --gtest_filter='*Invariants.ChecksumOfAllSettings/" + integrator + "' 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start";
  std::string output;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  int const status = pclose(pipe);
  if (output.find("cannot use XRDCT_SIMD=") != std::string::npos) return "";
  auto const place = output.find("checksum ");
  return status == 0 && place != std::string::npos ? output.substr(place + 9, 16) : output;
}

TEST_P(Invariants, InstructionSetsAndThreadsGiveTheSameBits) {
  std::string const expected = checksum_with(GetParam(), "portable", 1);
  ASSERT_EQ(expected.size(), 16u) << expected;
  std::size_t compared = 0;
  for (std::string const simd : {"portable", "avx2", "avx512"}) {
    for (int threads : {1, 3}) {
      std::string const found = checksum_with(GetParam(), simd, threads);
      if (found.empty()) continue;
      EXPECT_EQ(found, expected) << simd << " with " << threads << " threads";
      ++compared;
    }
  }
  EXPECT_GE(compared, 2u);
}

TEST_P(Invariants, WhatFloat32CannotHoldIsInvalid) {
  for (auto const& bins : all_bins()) {
    auto plan = plan_of_all_methods(bins, false);
    plan.encoding.type = core::PixelType::f64;
    plan.valid = core::ValidValues::of(core::PixelType::f64);
    std::vector<double> frame = test::formula_image().image;
    frame[1000] = 1e300;
    frame[2000] = -1e300;
    frame[3000] = 1e-300;
    auto const found = reduce(plan, {frame}), loops = integrate("loops", plan, {frame});
    for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
      SCOPED_TRACE(bins.name() + " " + name_of(plan.reductions[r]));
      EXPECT_EQ(found.tally.at(r), loops.tally.at(r));
      EXPECT_EQ(found.sums.at(r).pixels, loops.sums.at(r).pixels);
      EXPECT_EQ(found.tally.at(r).at(0).invalid, 2);
      for (double signal : found.sums.at(r).signal) EXPECT_TRUE(std::isfinite(signal));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Invariants, testing::ValuesIn(integrators()),
                         [](auto const& setting) { return setting.param; });

}  // namespace
}  // namespace xrdct::golden
