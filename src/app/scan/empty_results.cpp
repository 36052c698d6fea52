// Finds results that would hold no number, and frames that are in no result, and says why.
#include "app/scan/empty_results.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {
namespace {

/// As it was asked for, to all digits that matter.
std::string long_number(double value) { return core::number_text(value, 12); }

bool is_masked(std::span<std::uint8_t const> mask, std::size_t pixel) {
  return !mask.empty() && mask[pixel] != 0;
}

/// Start and end of the shortest arc that holds all of these azimuths [rad]: what lies beside their
/// largest gap.
std::pair<double, double> arc_of(std::vector<double> chi) {
  std::sort(chi.begin(), chi.end());
  double largest = chi.front() + 2.0 * std::numbers::pi - chi.back();
  std::pair<double, double> arc{chi.front(), chi.back()};
  for (std::size_t i = 1; i < chi.size(); ++i) {
    if (chi[i] - chi[i - 1] <= largest) continue;
    largest = chi[i] - chi[i - 1];
    arc = {chi[i], chi[i - 1] + 2.0 * std::numbers::pi};
  }
  return arc;
}

std::string ranges_text(config::ReductionJob const& reduction) {
  auto const& binning = reduction.binning;
  std::string text;
  if (binning.azimuth_range_deg)
    text += "azimuth " + long_number(binning.azimuth_range_deg->first) + " to " +
            long_number(binning.azimuth_range_deg->second) + " deg";
  if (binning.radial_range)
    text += (text.empty() ? "" : ", ") + std::string(core::name_of(binning.unit)) + " " +
            long_number(binning.radial_range->first) + " to " +
            long_number(binning.radial_range->second);
  return text.empty() ? "no range" : text;
}

using core::FrameStatus;
using pipeline::FrameCounts;

/// How a frame that has a status is called, and how those of it are counted.
struct StatusWords {
  FrameStatus status;
  std::int64_t FrameCounts::*count;
  char const* in_table;
  char const* in_warning;
};
constexpr std::array<StatusWords, 6> status_words{
    {{FrameStatus::good, &FrameCounts::good, "good", ""},
     {FrameStatus::missing, &FrameCounts::missing, "missing", "are missing"},
     {FrameStatus::unreadable, &FrameCounts::unreadable, "unreadable", "cannot be read"},
     {FrameStatus::corrupt, &FrameCounts::corrupt, "corrupt", "cannot be decoded"},
     {FrameStatus::monitor_low, &FrameCounts::monitor_low,
      "with a monitor that is 0, negative or not a number",
      "have a monitor that is 0, negative or not a number"},
     {FrameStatus::partial, &FrameCounts::partial, "without some of their frames", ""}}};

/// " (the first: …)", where that is known.
std::string first_of(pipeline::BadPlaceList const& bad, FrameStatus status) {
  for (auto const& [place, run] : bad.runs())
    if (run.status == status && !run.reason.empty()) return " (the first: " + run.reason + ")";
  return {};
}

core::IoError no_frame(config::Scan const& scan, std::string const& found) {
  return core::IoError({.what = "reduce the frames of " + scan.files.front(),
                        .expected = "at least one that can be read and decoded",
                        .found = found,
                        .attempt = "look at the files of the scan and at their file system"});
}

std::array<std::int64_t, 3> indices_of(std::size_t place, core::ScanShape const& shape) {
  return {static_cast<std::int64_t>(place / shape.fast / shape.slow),
          static_cast<std::int64_t>(place / shape.fast % shape.slow),
          static_cast<std::int64_t>(place % shape.fast)};
}

}  // namespace

PixelUse pixel_use(core::BinMatrix const& matrix, std::span<std::uint8_t const> mask) {
  PixelUse use{.pixels = matrix.pixels(), .bins = matrix.bins};
  for (std::size_t p = 0; p < use.pixels; ++p) {
    use.masked += is_masked(mask, p);
    use.used += matrix.has_entry(p);
  }
  use.outside = use.pixels - use.masked - use.used;
  std::vector<std::uint8_t> filled(matrix.bins, 0);
  for (auto const bin : matrix.bin) filled[bin] = 1;
  use.empty_bins = static_cast<std::size_t>(std::count(filled.begin(), filled.end(), 0));
  return use;
}

std::vector<PixelUse> pixel_uses(core::ReductionPlan const& plan) {
  std::vector<PixelUse> uses;
  for (auto const& reduction : plan.reductions)
    uses.push_back(pixel_use(reduction.matrix, plan.corrections.mask));
  return uses;
}

std::string empty_bins_text(std::string const& name, PixelUse const& use) {
  if (use.empty_bins == 0) return {};
  return fmt::format("reduction {}: {} of {} bins have no pixel", name, use.empty_bins, use.bins);
}

std::string reach_text(core::Geometry const& geometry, std::span<std::uint8_t const> mask,
                       core::Unit unit) {
  auto const chi = geometry.chi_centers();
  auto const radial = geometry.radial_centers(unit);
  std::vector<double> azimuths;
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t p = 0; p < chi.size(); ++p) {
    if (is_masked(mask, p) || !std::isfinite(chi[p]) || !std::isfinite(radial[p])) continue;
    azimuths.push_back(chi[p]);
    lowest = std::min(lowest, radial[p]);
    highest = std::max(highest, radial[p]);
  }
  if (azimuths.empty()) return "nothing: all are masked";
  auto [from, to] = arc_of(std::move(azimuths));
  constexpr double degrees = 180.0 / std::numbers::pi, nearly_a_ring = 350.0 / degrees;
  if (to - from > nearly_a_ring) {
    from = -std::numbers::pi;
    to = std::numbers::pi;
  }
  double const scale = core::scale_of(unit);
  return "azimuth " + core::number_text(from * degrees) + " to " + core::number_text(to * degrees) +
         " deg, " + std::string(core::name_of(unit)) + " " + core::number_text(lowest * scale) +
         " to " + core::number_text(highest * scale);
}

void expect_pixels(core::BinMatrix const& matrix, core::Geometry const& geometry,
                   std::span<std::uint8_t const> mask, config::ReductionJob const& reduction) {
  if (matrix.entries() > 0) return;
  auto const use = pixel_use(matrix, mask);
  throw core::InputError(
      {.what = "make the reduction " + reduction.name,
       .expected = "pixels in " + ranges_text(reduction),
       .found =
           fmt::format("none of {} ({} masked, {} outside)", use.pixels, use.masked, use.outside),
       .attempt = fmt::format(
           "the unmasked pixels have {}: choose a range in there, or look at masks and calibration",
           reach_text(geometry, mask, reduction.binning.unit))});
}

void expect_usable_value(core::FrameValues& monitor, std::int64_t first, std::int64_t count,
                         std::string const& name) {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::int64_t frame = first; frame < first + count; ++frame) {
    double const value = monitor.at(frame);
    if (value > 0.0 && std::isfinite(value)) return;
    if (std::isnan(value)) continue;
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  if (count <= 0) return;
  bool const numbers = lowest <= highest;
  std::string const found =
      numbers ? core::number_text(lowest) + " to " + core::number_text(highest) : "NaN";
  throw core::InputError(
      {.what = fmt::format("use {} as monitor", name),
       .expected = "values above 0",
       .found =
           fmt::format("{} for all {} frames, which would make every pattern NaN", found, count),
       .attempt =
           numbers && highest < 0.0
               ? "store its absolute values when the polarity is reversed, or name another counter"
               : "name another counter, or leave monitor out"});
}

std::vector<std::string> frames_bad_at_sight(Inputs& inputs) {
  auto const& scan = inputs.job.scan;
  std::int64_t frames = 0, count = 0;
  std::string first;
  std::vector<std::int64_t> line;
  auto const& places = inputs.places;
  std::size_t const fast = places.shape().fast;
  for (std::size_t begin = 0; begin < places.shape().places(); begin += fast) {
    line.clear();
    for (std::size_t place = begin; place < begin + fast; ++place) {
      if (places.most_frames() == 1) line.push_back(places.frame_of(place));
      for (std::size_t n = 0; places.most_frames() > 1 && n < places.frames_at(place); ++n)
        line.push_back(places.frame_of(place, n));
    }
    frames += std::ranges::count_if(line, [](auto frame) { return frame >= 0; });
    for (auto const& problem : inputs.source->problems_at_sight(line)) {
      if (problem.empty()) continue;
      if (scan.bad_frames == core::BadFrames::error) throw core::IoError(problem);
      if (count++ == 0) first = problem;
    }
  }
  if (count == 0) return {};
  if (count == frames)
    throw no_frame(scan, fmt::format("none of {}; the first: {}", frames, first));
  return {
      fmt::format("{} of {} frames cannot be read (the first: {}); they become NaN, and the exit "
                  "status 4",
                  count, frames, first)};
}

void expect_a_good_frame(FrameCounts const& counts, pipeline::BadPlaceList const& bad,
                         config::Scan const& scan) {
  if (counts.good > 0 || counts.unreadable + counts.corrupt == 0) return;
  auto const status = counts.unreadable > 0 ? FrameStatus::unreadable : FrameStatus::corrupt;
  throw no_frame(scan, counts_text(counts) + first_of(bad, status));
}

std::int64_t lost(FrameCounts const& counts) {
  return counts.missing + counts.unreadable + counts.corrupt + counts.monitor_low + counts.partial +
         counts.without_pixels;
}

std::vector<std::string> lost_frames(FrameCounts const& counts, std::int64_t places,
                                     pipeline::BadPlaceList const& bad) {
  std::vector<std::string> texts;
  for (auto const& words : status_words) {
    std::int64_t const count = counts.*words.count;
    if (words.status == FrameStatus::good || count == 0) continue;
    if (words.status == FrameStatus::partial) {
      texts.push_back(
          fmt::format("at {} of {} places some of several frames are not good, and left "
                      "out of the sum: {} in /entry/frames/status{}",
                      count, places, static_cast<int>(words.status), first_of(bad, words.status)));
      continue;
    }
    texts.push_back(fmt::format(
        "{} of {} frames {}: NaN in the output, {} in /entry/frames/status{}", count, places,
        words.in_warning, static_cast<int>(words.status), first_of(bad, words.status)));
  }
  if (counts.without_pixels > 0)
    texts.push_back(
        fmt::format("{} of {} frames have no valid pixel in the range of a reduction, so that its "
                    "pattern is empty: see invalid and saturated_above in the job, and "
                    "/entry/frames/<reduction>/used",
                    counts.without_pixels, places));
  if (lost(counts) >= places)
    texts.emplace_back(
        "not one frame is whole: at each place at least one reduction holds no number");
  return texts;
}

std::string counts_text(FrameCounts const& counts) {
  std::string text;
  for (auto const& words : status_words) {
    std::int64_t const count = counts.*words.count;
    if (words.status == FrameStatus::good || count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words.in_table);
  }
  return text;
}

std::int64_t not_listed(FrameCounts const& counts, pipeline::BadPlaceList const& bad) {
  std::int64_t places = -static_cast<std::int64_t>(bad.places());
  for (auto const& words : status_words)
    if (words.status != FrameStatus::good) places += counts.*words.count;
  return places;
}

std::vector<config::BadFramesOfLog> bad_frames_of_log(pipeline::BadPlaceList const& bad,
                                                      core::ScanShape const& shape) {
  std::vector<config::BadFramesOfLog> list;
  for (auto const& [place, run] : bad.runs())
    list.push_back({.status = std::string(core::name_of(run.status)),
                    .places = static_cast<std::int64_t>(run.places()),
                    .first_place = indices_of(run.first, shape),
                    .last_place = indices_of(run.last, shape),
                    .first_frame = run.first_frame,
                    .last_frame = run.last_frame,
                    .reason = run.reason});
  return list;
}

}  // namespace xrdct::app
