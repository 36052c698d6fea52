// Commands of BLISS and SPEC.
#include "io/survey/scan_command.hpp"

#include <gtest/gtest.h>

namespace xrdct::io {
namespace {

void expect_axis(CommandedAxis const& axis, std::string const& motor, double start, double step,
                 std::size_t points) {
  EXPECT_EQ(axis.motor, motor);
  EXPECT_DOUBLE_EQ(axis.start, start);
  EXPECT_DOUBLE_EQ(axis.step, step);
  EXPECT_EQ(axis.points, points);
}

TEST(ScanCommand, OfBliss) {
  auto const command = read_scan_command("fscan2d dty -1.5 0.1 31 rot 0 5.625 32 0.01");
  ASSERT_TRUE(command);
  ASSERT_EQ(command->axes.size(), 2u);
  expect_axis(command->axes[0], "rot", 0, 5.625, 32);
  expect_axis(command->axes[1], "dty", -1.5, 0.1, 31);
  EXPECT_EQ(command->points(), 992u);
  auto const line = read_scan_command("fscan(dty, -1.5, 0.1, 31, 0.01)");
  ASSERT_TRUE(line);
  ASSERT_EQ(line->axes.size(), 1u);
  expect_axis(line->axes[0], "dty", -1.5, 0.1, 31);
}

TEST(ScanCommand, OfSpec) {
  auto const command = read_scan_command("flymesh samz 140.5 142.5 5 0.5 samx 141 141.7 7");
  ASSERT_TRUE(command);
  ASSERT_EQ(command->axes.size(), 2u);
  expect_axis(command->axes[0], "samz", 140.5, 0.4, 6);
  EXPECT_EQ(command->axes[1].motor, "samx");
  EXPECT_EQ(command->axes[1].points, 8u);
  auto const scan = read_scan_command("ascan  samx 0 1 10 0.5");
  ASSERT_TRUE(scan);
  expect_axis(scan->axes[0], "samx", 0, 0.1, 11);
}

TEST(ScanCommand, OthersSayNothing) {
  EXPECT_FALSE(read_scan_command(""));
  EXPECT_FALSE(read_scan_command("loopscan 100 0.1"));
  EXPECT_FALSE(read_scan_command("XRD-CT of a catalyst"));
  EXPECT_FALSE(read_scan_command("fscan2d dty 0 0.1 31"));
  EXPECT_FALSE(read_scan_command("ascan samx 0 1 -3 0.5"));
}

}  // namespace
}  // namespace xrdct::io
