#include <gtest/gtest.h>

#include <numbers>

#include "core/matrix/pixel_shares.hpp"

namespace xrdct::core {
namespace {

BinAxis const axis{10.0, 2.0, 5};  // 10 … 20

void expect_shares(PixelShares const& shares, std::ptrdiff_t first,
                   std::vector<double> const& expected, double tolerance = 1e-12) {
  ASSERT_EQ(shares.share.size(), expected.size());
  if (expected.empty()) return;
  EXPECT_EQ(shares.first_bin, first);
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_NEAR(shares.share[k], expected[k], tolerance) << k;
}

TEST(SharePoint, HalfOpenBins) {
  PixelShares shares;
  share_point(axis, 12.0, shares);
  expect_shares(shares, 1, {1.0});
  share_point(axis, 19.999, shares);
  expect_shares(shares, 4, {1.0});
  for (double outside : {9.999, 20.0, 1e300}) {
    share_point(axis, outside, shares);
    expect_shares(shares, 0, {});
  }
}

TEST(ShareInterval, ByLength) {
  PixelShares shares;
  share_interval(axis, 12.5, 13.5, shares);
  expect_shares(shares, 1, {1.0});
  share_interval(axis, 11.0, 15.0, shares);
  expect_shares(shares, 0, {0.25, 0.5, 0.25});
}

TEST(ShareInterval, DropsWhatIsOutside) {
  PixelShares shares;
  share_interval(axis, 8.0, 12.0, shares);
  expect_shares(shares, 0, {0.5, 0.0});
  share_interval(axis, 9.0, 11.0, shares);
  expect_shares(shares, 0, {0.5});
  share_interval(axis, 18.0, 22.0, shares);
  expect_shares(shares, 4, {0.5});
  share_interval(axis, 0.0, 40.0, shares);
  expect_shares(shares, 0, {0.05, 0.05, 0.05, 0.05, 0.05});
  share_interval(axis, 4.0, 9.0, shares);
  expect_shares(shares, 0, {});
}

TEST(ShareInterval, NothingIsBelowZero) {
  PixelShares shares;
  share_interval({0.0, 1.0, 5}, -1.0, 3.0, shares);
  expect_shares(shares, 0, {0.5, 0.25, 0.25, 0.0});
  share_interval({0.0, 1.0, 5}, -0.5, 0.5, shares);
  expect_shares(shares, 0, {1.0});
}

TEST(ShareInterval, ValuesWithASignAreCutAtZero) {
  PixelShares shares;
  share_interval({0.0, 1.0, 5, false}, -1.0, 3.0, shares);
  expect_shares(shares, 0, {0.25, 0.25, 0.25, 0.0});
}

TEST(ShareQuadrilateral, ARectangleIsAnInterval) {
  PixelShares shares;
  share_quadrilateral(axis, {11.0, 15.0, 15.0, 11.0}, {0.1, 0.1, 0.2, 0.2}, shares);
  expect_shares(shares, 0, {0.25, 0.5, 0.25}, 1e-6);
  share_quadrilateral(axis, {11.0, 11.0, 15.0, 15.0}, {0.1, 0.2, 0.2, 0.1}, shares);
  expect_shares(shares, 0, {0.25, 0.5, 0.25}, 1e-6);
}

TEST(ShareQuadrilateral, ARhombusByArea) {
  PixelShares shares;
  share_quadrilateral(axis, {12.0, 14.0, 16.0, 14.0}, {0.0, 0.1, 0.0, -0.1}, shares);
  expect_shares(shares, 1, {0.5, 0.5, 0.0}, 1e-6);
  share_quadrilateral(axis, {13.0, 15.0, 17.0, 15.0}, {0.0, 0.1, 0.0, -0.1}, shares);
  expect_shares(shares, 1, {0.125, 0.75, 0.125}, 1e-6);
}

TEST(ShareQuadrilateral, DropsWhatIsOutside) {
  PixelShares shares;
  share_quadrilateral(axis, {8.0, 10.0, 12.0, 10.0}, {0.0, 0.1, 0.0, -0.1}, shares);
  expect_shares(shares, 0, {0.5, 0.0}, 1e-6);
  share_quadrilateral(axis, {18.0, 20.0, 22.0, 20.0}, {0.0, 0.1, 0.0, -0.1}, shares);
  expect_shares(shares, 4, {0.5}, 1e-6);
}

TEST(ShareQuadrilateral, TheJumpOfChiDoesNotMatter) {
  constexpr double pi = std::numbers::pi;
  PixelShares plain, across;
  share_quadrilateral(axis, {13.0, 15.0, 17.0, 16.0}, {0.0, 0.1, 0.02, -0.1}, plain);
  share_quadrilateral(axis, {13.0, 15.0, 17.0, 16.0}, {pi, 0.1 - pi, 0.02 - pi, pi - 0.1}, across);
  expect_shares(across, plain.first_bin, plain.share, 1e-4);
}

TEST(ShareQuadrilateral, NoShareIsBelowZero) {
  // Corners that cross over have parts of both senses; rounding has, too, where a corner just
  // reaches into a bin.
  PixelShares shares;
  share_quadrilateral({0.0, 1.0, 9}, {0.5, 4.5, 6.5, 2.5}, {1.0, 1.3, 0.9, 1.2}, shares);
  double sum = 0.0;
  for (double share : shares.share) {
    EXPECT_GE(share, 0.0);
    sum += share;
  }
  EXPECT_NEAR(sum, 1.0, 1e-12);
}

TEST(ShareQuadrilateral, TheBeamInsideAPixelIsSharedByRadius) {
  PixelShares shares;
  share_quadrilateral({0.0, 1.0, 5}, {0.5, 1.5, 2.5, 1.0}, {-2.0, 2.0, 1.0, -1.0}, shares);
  expect_shares(shares, 0, {0.25, 0.5, 0.25}, 1e-6);
}

}  // namespace
}  // namespace xrdct::core
