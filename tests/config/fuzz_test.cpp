#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "config/calibration/poni.hpp"
#include "core/words/errors.hpp"
#include "job_text.hpp"

/// Damaged files are read or refused with an InputError; nothing else may leave the parsers.
namespace xrdct::config {
namespace {

constexpr char const* poni =
    "# Nota\nponi_version: 2.1\nDetector: Eiger4M\nDetector_config: {\"pixel1\": 7.5e-05, "
    "\"max_shape\": [2167, 2070], \"orientation\": 3}\n"
    "Distance: 0.2\nPoni1: 0.1\nPoni2: 0.1\nRot1: 0\nRot2: 0\nRot3: 0\nWavelength: "
    "1e-10\nSplineFile: None\nParallax: False\n";

/// One to eight changes: a byte replaced, a piece removed, a piece repeated, a piece of structure
/// put in.
std::string damaged(std::string text, std::mt19937_64& random) {
  static std::vector<std::string> const pieces{
      "{",  "}",     "[",       "]",    ":",
      ",",  "\"",    "\\u0000", "null", "true",
      "-1", "1e999", "1e-999",  "NaN",  "18446744073709551616",
      "\n", "#",     "\xff",    "\\"};
  auto const below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (auto changes = 1 + below(8); changes > 0; --changes) {
    auto const at = below(text.size());
    auto const length = std::min(below(12), text.size() - at);
    switch (below(4)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(at, pieces[below(pieces.size())]);
        break;
    }
  }
  return text;
}

void expect_read_or_refused(std::string const& text,
                            std::function<void(std::string const&)> const& parse) {
  try {
    parse(text);
  } catch (core::InputError const& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    EXPECT_FALSE(error.problems().empty());
  }
}

TEST(Fuzz, DamagedJobs) {
  std::mt19937_64 random(20260901);
  for (auto const* name : {"minimal.json", "full.json", "several_reductions.json"}) {
    auto const text = text_of(source_file(std::string("config/examples/") + name));
    for (int i = 0; i < 3000; ++i) {
      expect_read_or_refused(damaged(text, random), [](std::string const& job) {
        canonical_job(parse_job(job, "job.json", "/"), "CPU");
      });
    }
  }
}

TEST(Fuzz, CutJobs) {
  auto const text = text_of(source_file("config/examples/full.json"));
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    EXPECT_THROW(parse_job(text.substr(0, length), "job.json", "/"), core::InputError) << length;
  }
}

TEST(Fuzz, DamagedPonis) {
  std::mt19937_64 random(20260902);
  for (int i = 0; i < 10000; ++i) {
    expect_read_or_refused(damaged(poni, random), [](std::string const& text) {
      auto const calibration = parse_poni(text, "a.poni").calibration;
      EXPECT_EQ(poni_text(parse_poni(poni_text(calibration), "b.poni").calibration),
                poni_text(calibration));
    });
  }
}

}  // namespace
}  // namespace xrdct::config
