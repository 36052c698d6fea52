// All corrections one after another, on a scan with drift of the gain and zingers.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/centre/rotation_centre.hpp"
#include "core/conditioning/air.hpp"
#include "core/conditioning/intensity_drift.hpp"
#include "core/conditioning/missing_samples.hpp"
#include "core/conditioning/zingers.hpp"
#include "core/tomography/reference_slices.hpp"
#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::size_t translations = 121, projections = 192;
constexpr double centre = 62.4, air_level = 30.0;

using Values = std::vector<double>;

Values slice_of(SummedSinogram const& sinogram, double c) {
  return filtered_back_projection(test::geometry_of(sinogram, c),
                                  measured_angle_weights(sinogram).weight, FilterWindow::none,
                                  sinogram.value);
}

double rms(Values const& a, Values const& b) {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i])) continue;
    sum += (a[i] - b[i]) * (a[i] - b[i]);
    count += 1.0;
  }
  return std::sqrt(sum / count);
}

/// Zingers, air, drift, centre, missing samples, in this order.
Values conditioned(SummedSinogram sinogram, std::size_t zingers) {
  auto const found = find_zingers(sinogram, usual_zinger_limit);
  EXPECT_GE(found.size() + 2, zingers);
  EXPECT_LE(found.size(), zingers + 2);
  sinogram = without_zingers(sinogram, found);
  auto const air = estimate_air(sinogram, usual_air_columns(translations), AirScope::projection);
  EXPECT_TRUE(air.sample_inside());
  sinogram = without_air(sinogram, air);
  auto const drift = estimate_drift(sinogram, air);
  EXPECT_TRUE(drift.usable()) << drift.refusal;
  sinogram = without_drift(sinogram, drift);
  auto const turned = find_rotation_centre(sinogram, air);
  EXPECT_EQ(turned.method, CentreMethod::centre_of_mass);
  EXPECT_NEAR(turned.centre, centre, 0.1);
  EXPECT_FALSE(turned.disagree()) << turned.disagreement;
  auto const full = filled(sinogram, Values(projections, turned.centre));
  return slice_of(full, turned.centre);
}

TEST(ConditionedScan, drift_and_zingers_leave_little_behind) {
  auto const angles = test::even_angles(projections, pi);
  auto const truth = test::scaled(
      test::chords(test::many_discs(50.0), angles, translations, centre), 1000.0 / 125.0);
  auto const expected = slice_of(summed_sinogram(angles, translations, truth), centre);

  auto const quiet = test::drawn(test::scaled(truth, 1.0, air_level), 21);
  auto const error = rms(
      slice_of(summed_sinogram(angles, translations, test::scaled(quiet, 1.0, -air_level)), centre),
      expected);

  auto means = test::scaled(truth, 1.0, air_level);
  for (std::size_t i = 0; i < means.size(); ++i)
    means[i] *= 1.0 + 0.1 * std::sin(2.0 * pi * static_cast<double>(i / translations) / 64.0);
  auto counts = test::drawn(means, 21);
  std::size_t zingers = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (test::uniform(33, i) >= 1e-3) continue;
    ++zingers;
    counts[i] += 500.0 + 4000.0 * test::uniform(34, i);
  }
  ASSERT_GT(zingers, 12U);
  auto const dirty = summed_sinogram(angles, translations, counts, counts);
  auto const untreated =
      rms(slice_of(summed_sinogram(angles, translations, test::scaled(counts, 1.0, -air_level)),
                   centre),
          expected);
  auto const after = rms(conditioned(dirty, zingers), expected);
  EXPECT_LE(after, 1.2 * error);
  EXPECT_GT(untreated, 2.0 * error);
  RecordProperty("clean", std::to_string(error));
  RecordProperty("conditioned", std::to_string(after));
  RecordProperty("untreated", std::to_string(untreated));
}

}  // namespace
}  // namespace xrdct::core
