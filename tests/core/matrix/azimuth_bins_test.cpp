#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

#include "core/matrix/azimuth_bins.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
double rad(double degrees) { return degrees / 180.0 * pi; }

/// Bin of an angle [deg], −1 where it has none.
int bin_of(AzimuthBins const& bins, double degrees) {
  PixelShares shares;
  bins.share_point(rad(degrees), shares);
  return shares.share.empty() ? -1 : static_cast<int>(shares.first_bin);
}

/// Shares of the angles [low, high] [deg] in all bins.
std::vector<double> shares_of(AzimuthBins const& bins, double low, double high) {
  PixelShares shares;
  bins.share_interval(bins.interval(rad(low), rad(high - low)), shares);
  std::vector<double> all(bins.size(), 0.0);
  for (std::size_t k = 0; k < shares.share.size(); ++k)
    all.at(static_cast<std::size_t>(shares.first_bin) + k) = shares.share[k];
  return all;
}

TEST(CanonicalAzimuth, HasOneValuePerDirection) {
  EXPECT_EQ(canonical_azimuth(0.0), 0.0);
  EXPECT_EQ(canonical_azimuth(90.0), pi / 2.0);
  EXPECT_EQ(canonical_azimuth(-90.0), -pi / 2.0);
  for (double degrees : {-540.0, -180.0, 180.0, 540.0})
    EXPECT_EQ(canonical_azimuth(degrees), -pi) << degrees;
  for (double degrees : {17.25, -170.5, 123.0, -77.7, 0.1, 51.42857142857143}) {
    for (double turns : {-720.0, -360.0, 360.0, 1080.0})
      EXPECT_EQ(canonical_azimuth(degrees + turns), canonical_azimuth(degrees)) << degrees;
  }
}

TEST(AzimuthBins, AreHalfOpen) {
  AzimuthBins const sector({-90.0, 45.0}, 1);
  EXPECT_EQ(bin_of(sector, -90.0), 0);
  EXPECT_EQ(bin_of(sector, 0.0), 0);
  EXPECT_EQ(bin_of(sector, 45.0), -1);
  EXPECT_EQ(bin_of(sector, std::nextafter(45.0, 0.0)), 0);
  for (double outside : {-90.001, 45.001, 179.0, 180.0, -180.0, -135.0})
    EXPECT_EQ(bin_of(sector, outside), -1) << outside;
}

TEST(AzimuthBins, GoOnAcross180Degrees) {
  for (double turn : {-360.0, 0.0, 360.0}) {
    AzimuthBins const bins({170.0 + turn, 190.0 + turn}, 2);
    EXPECT_EQ(bin_of(bins, 169.999), -1);
    EXPECT_EQ(bin_of(bins, 170.0), 0);
    EXPECT_EQ(bin_of(bins, 179.999), 0);
    EXPECT_EQ(bin_of(bins, 180.0), 1) << "pi is -pi";
    EXPECT_EQ(bin_of(bins, -180.0), 1);
    EXPECT_EQ(bin_of(bins, -170.001), 1);
    EXPECT_EQ(bin_of(bins, -170.0), -1);
    EXPECT_EQ(bin_of(bins, 0.0), -1);
  }
}

TEST(AzimuthBins, TheRingTakesAllAngles) {
  for (double lower : {-180.0, 0.0, 33.3, 180.0, -1000.0}) {
    AzimuthBins const ring({lower, lower + 360.0}, 12);
    EXPECT_TRUE(ring.is_ring());
    for (double degrees = -180.0; degrees <= 180.0; degrees += 0.37)
      EXPECT_GE(bin_of(ring, degrees), 0) << lower << ": " << degrees;
    EXPECT_EQ(bin_of(ring, 180.0), bin_of(ring, -180.0));
  }
  EXPECT_EQ(bin_of(AzimuthBins({0.0, 360.0}, 360), -0.5), 359);
  EXPECT_EQ(bin_of(AzimuthBins({-180.0, 180.0}, 360), -0.5), 179);
}

TEST(AzimuthBins, CentresAreInDegreesOfTheRange) {
  EXPECT_EQ(AzimuthBins({-180.0, 180.0}, 4).centers_deg(),
            (std::vector<double>{-135.0, -45.0, 45.0, 135.0}));
  EXPECT_EQ(AzimuthBins({170.0, 190.0}, 2).centers_deg(), (std::vector<double>{175.0, 185.0}));
}

/// Borders of sectors that tile the circle: equal ones, and random ones anywhere.
std::vector<std::vector<double>> tilings() {
  std::vector<std::vector<double>> all{{-180.0, 180.0}, {0.0, 360.0}};
  for (int n : {2, 3, 7, 8, 360}) {
    for (double lower : {-180.0, 0.0, -77.7}) {
      std::vector<double> borders;
      for (int k = 0; k < n; ++k) borders.push_back(lower + 360.0 * k / n);
      borders.push_back(lower + 360.0);
      all.push_back(borders);
    }
  }
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> angle(0.0, 360.0);
  for (int n : {2, 3, 7, 20}) {
    double const lower = 3.0 * angle(random) - 700.0;
    std::vector<double> borders{lower, lower + 360.0};
    for (int k = 1; k < n; ++k) borders.push_back(lower + angle(random));
    std::sort(borders.begin(), borders.end());
    all.push_back(borders);
  }
  return all;
}

TEST(AzimuthBins, SectorsThatTileTheCircleTakeEveryAngleOnce) {
  for (auto const& borders : tilings()) {
    std::vector<double> angles;  // [rad] the borders and their neighbours, and others
    for (double border : borders) {
      double const chi = canonical_azimuth(border);
      for (double value : {std::nextafter(chi, -4.0), chi, std::nextafter(chi, 4.0)})
        if (std::abs(value) <= pi) angles.push_back(value);
    }
    for (int k = -50; k <= 50; ++k) angles.push_back(pi * k / 50.0);
    for (double chi : angles) {
      std::size_t taken = 0;
      PixelShares shares;
      for (std::size_t k = 0; k + 1 < borders.size(); ++k) {
        AzimuthBins({borders[k], borders[k + 1]}, 1).share_point(chi, shares);
        taken += shares.share.size();
      }
      EXPECT_EQ(taken, 1u) << borders.size() - 1 << " sectors from " << borders.front() << ", chi "
                           << chi;
    }
  }
}

TEST(AzimuthBins, SharesOfTheIntervalsAddUpToOne) {
  for (auto const& borders : tilings()) {
    for (auto const& [low, width] : {std::pair{-180.0, 1e-3},
                                     {179.9, 0.2},
                                     {-3.0, 50.0},
                                     {100.0, 359.9},
                                     {17.0, 360.0},
                                     {90.0, 0.0}}) {
      double sum = 0.0;
      for (std::size_t k = 0; k + 1 < borders.size(); ++k) {
        auto const shares =
            shares_of(AzimuthBins({borders[k], borders[k + 1]}, 3), low, low + width);
        sum = std::accumulate(shares.begin(), shares.end(), sum);
      }
      EXPECT_NEAR(sum, 1.0, 1e-9) << borders.size() - 1 << " sectors from " << borders.front()
                                  << ", " << low << " + " << width;
    }
  }
}

TEST(AzimuthBins, IntervalsAreWrapped) {
  using testing::DoubleNear;
  using testing::ElementsAre;
  AzimuthBins const ring({-180.0, 180.0}, 4), sector({90.0, 270.0}, 2), narrow({-10.0, 10.0}, 1);
  EXPECT_THAT(shares_of(ring, 170.0, 200.0),
              ElementsAre(DoubleNear(2.0 / 3.0, 1e-12), 0.0, 0.0, DoubleNear(1.0 / 3.0, 1e-12)));
  EXPECT_THAT(shares_of(ring, -200.0, -170.0),
              ElementsAre(DoubleNear(1.0 / 3.0, 1e-12), 0.0, 0.0, DoubleNear(2.0 / 3.0, 1e-12)));
  EXPECT_THAT(shares_of(ring, -100.0, 20.0),
              ElementsAre(DoubleNear(1.0 / 12.0, 1e-12), DoubleNear(0.75, 1e-12),
                          DoubleNear(1.0 / 6.0, 1e-12), 0.0));
  EXPECT_THAT(shares_of(sector, 60.0, 120.0), ElementsAre(DoubleNear(0.5, 1e-12), 0.0));
  EXPECT_THAT(shares_of(sector, -150.0, -30.0), ElementsAre(0.0, DoubleNear(0.5, 1e-12)));
  EXPECT_THAT(shares_of(sector, -80.0, 80.0), ElementsAre(0.0, 0.0));
  EXPECT_THAT(shares_of(narrow, -20.0, 340.0), ElementsAre(DoubleNear(20.0 / 360.0, 1e-12)));
  EXPECT_THAT(shares_of(AzimuthBins({0.0, 350.0}, 1), 340.0, 380.0),
              ElementsAre(DoubleNear(0.75, 1e-12)))
      << "both ends of the sector";
}

TEST(AzimuthBins, TakeTheRingOfPyFai) {
  AzimuthBins const bins({-180.00000500895632, 180.00002646662904}, 6);
  EXPECT_TRUE(bins.is_ring());
  EXPECT_NEAR(bins.bins_per_turn(), 6.0, 1e-6);
  EXPECT_LT(bins.bins_per_turn(), 6.0);
  EXPECT_THROW(AzimuthBins({-180.001, 180.0}, 6), InputError);
}

TEST(AzimuthBins, IntervalsBeginAtTheBorderThatWasGiven) {
  AzimuthBins const bins({10.0000000004, 70.0000000004}, 60);
  double const radian = std::numbers::pi / 180.0;
  EXPECT_NEAR(bins.interval(10.5 * radian, 0.1).begin, 0.4999999996, 1e-13)
      << "not rounded to 1e-9 deg";
}

TEST(AzimuthBins, SayWhatIsWrong) {
  for (auto const& range :
       {std::pair{10.0, 10.0}, {20.0, 10.0}, {0.0, 360.1}, {0.0, INFINITY}, {NAN, 1.0}})
    EXPECT_THROW(AzimuthBins(range, 1), InputError);
  try {
    AzimuthBins({170.0, -170.0}, 1);
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("found 170 to -170 deg"));
  }
}

}  // namespace
}  // namespace xrdct::core
