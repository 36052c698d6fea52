#include "core/lines/line_evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/core/lines/made_lines.hpp"

namespace xrdct::core {
namespace {

using enum LineEvidence::Finding;
constexpr std::uint64_t seeds = 500;

struct Counts {
  int scans = 0, zigzags = 0, found = 0, alarms = 0, not_there = 0, seen = 0;
};

Counts count(bool structure) {
  Counts counts;
  for (std::uint64_t seed = 10'000; seed < 10'000 + seeds; ++seed) {
    auto const made = test::make_lines(seed, structure);
    auto const undeclared = look_at_lines(made.values, made.shape, false);
    auto const declared = look_at_lines(made.values, made.shape, true);
    ++counts.scans;
    counts.zigzags += made.zigzag;
    counts.found += made.zigzag && undeclared.finding == zigzag;
    counts.not_there += !made.zigzag && declared.finding == no_zigzag;
    counts.seen += !made.zigzag && undeclared.finding == as_declared;
    counts.alarms += (made.zigzag ? declared : undeclared).is_fault();
    EXPECT_GE(undeclared.confidence, 0.0);
    EXPECT_LE(undeclared.confidence, 1.0);
  }
  return counts;
}

TEST(LineEvidence, finds_undeclared_zigzags_and_gives_no_false_alarms) {
  auto const counts = count(true);
  EXPECT_GE(counts.found, 0.99 * counts.zigzags);
  EXPECT_LE(counts.alarms, 0.01 * counts.scans);
  EXPECT_GE(counts.seen, 0.95 * (counts.scans - counts.zigzags));
  EXPECT_GE(counts.not_there, 0.95 * (counts.scans - counts.zigzags));
}

TEST(LineEvidence, says_nothing_of_lines_that_are_their_own_mirror_image) {
  auto const counts = count(false);
  EXPECT_LE(counts.alarms, 0.01 * counts.scans);
  EXPECT_LE(counts.found, 0.02 * counts.zigzags);
}

/// A body off the axis, translation fast; the point of frame i of a line is point(line, i).
template <class Point>
std::vector<double> body(std::size_t lines, std::size_t frames, Point point) {
  std::vector<double> values;
  for (std::size_t l = 0; l < lines; ++l)
    for (std::size_t i = 0; i < frames; ++i) {
      double const angle = 3.14159265 * static_cast<double>(l) / static_cast<double>(lines);
      double const at =
          2.0 * (static_cast<double>(point(l, i)) + 0.5) / static_cast<double>(frames) - 1.0;
      double const off = at - 0.3 * std::cos(angle + 0.4);
      values.push_back(0.2 + (std::abs(off) < 0.5 ? std::sqrt(0.25 - off * off) : 0.0) +
                       (std::abs(off - 0.2) < 0.15 ? 0.5 : 0.0));
    }
  return values;
}

std::size_t forth(std::size_t, std::size_t i) { return i; }

TEST(LineEvidence, sees_lines_as_they_were_declared) {
  auto const evidence = look_at_lines(body(40, 31, forth), {1, 40, 31}, false);
  EXPECT_EQ(evidence.finding, as_declared);
  EXPECT_GT(evidence.confidence, 0.999);
  EXPECT_EQ(evidence_text(evidence, {1, 40, 31}), "");
}

TEST(LineEvidence, sees_slow_and_fast_exchanged) {
  auto const evidence = look_at_lines(body(32, 31, forth), {1, 31, 32}, false);
  EXPECT_EQ(evidence.finding, other_length);
  EXPECT_EQ(evidence.fast, 31u);
  EXPECT_GT(evidence.confidence, 0.99);
  EXPECT_NE(evidence_text(evidence, {1, 31, 32}).find("repeat after 31, not after the 32"),
            std::string::npos);
}

TEST(LineEvidence, sees_the_line_at_which_a_zigzag_breaks) {
  auto const values = body(40, 31, [](std::size_t l, std::size_t i) {
    bool const back = (l + (l >= 17 ? 1 : 0)) % 2 == 1;
    return back ? 30 - i : i;
  });
  auto const evidence = look_at_lines(values, {1, 40, 31}, true);
  EXPECT_EQ(evidence.finding, broken_zigzag);
  EXPECT_EQ(evidence.line, 17u);
  EXPECT_NE(evidence_text(evidence, {1, 40, 31}).find("lines 17 and 18"), std::string::npos);
}

TEST(LineEvidence, cannot_tell_without_lines_or_values) {
  EXPECT_EQ(look_at_lines({}, {1, 40, 31}, false).finding, cannot_tell);
  EXPECT_EQ(look_at_lines(body(3, 31, forth), {1, 3, 31}, false).finding, cannot_tell);
  EXPECT_EQ(look_at_lines(std::vector<double>(1240, 5.0), {1, 40, 31}, true).finding, cannot_tell);
  std::vector<double> const unknown(1240, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(look_at_lines(unknown, {1, 40, 31}, false).finding, cannot_tell);
  EXPECT_EQ(look_at_lines(body(40, 31, forth), {1, 1240, 1}, false).finding, cannot_tell);
}

TEST(LineEvidence, goes_on_over_unknown_values) {
  auto values = body(40, 31, forth);
  for (std::size_t i = 3; i < values.size(); i += 50)
    values[i] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(look_at_lines(values, {1, 40, 31}, true).finding, no_zigzag);
}

}  // namespace
}  // namespace xrdct::core
