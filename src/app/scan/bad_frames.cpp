// Tells which frames of a scan are not in its result, and why.
#include "app/scan/bad_frames.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

using core::FrameStatus;
using pipeline::FrameCounts;

/// How a frame that has a status is called, and how those of it are counted.
struct StatusWords {
  FrameStatus status;
  std::int64_t FrameCounts::*count;
  char const* in_table;
  char const* in_warning;
};
constexpr std::array<StatusWords, 5> status_words{
    {{FrameStatus::good, &FrameCounts::good, "good", ""},
     {FrameStatus::missing, &FrameCounts::missing, "missing", "are missing"},
     {FrameStatus::unreadable, &FrameCounts::unreadable, "unreadable", "cannot be read"},
     {FrameStatus::corrupt, &FrameCounts::corrupt, "corrupt", "cannot be decoded"},
     {FrameStatus::monitor_low, &FrameCounts::monitor_low,
      "with a monitor that is 0, negative or not a number",
      "have a monitor that is 0, negative or not a number"}}};

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

std::vector<std::string> frames_bad_at_sight(Inputs& inputs) {
  auto const& scan = inputs.job.scan;
  std::int64_t frames = 0, count = 0;
  std::string first;
  std::vector<std::int64_t> line(scan.shape.fast);
  for (std::size_t begin = 0; begin < scan.shape.places(); begin += line.size()) {
    for (std::size_t p = 0; p < line.size(); ++p) line[p] = inputs.places.frame_of(begin + p);
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
  return counts.missing + counts.unreadable + counts.corrupt + counts.monitor_low +
         counts.without_pixels;
}

std::vector<std::string> lost_frames(FrameCounts const& counts, std::int64_t places,
                                     pipeline::BadPlaceList const& bad) {
  std::vector<std::string> texts;
  for (auto const& words : status_words) {
    std::int64_t const count = counts.*words.count;
    if (words.status == FrameStatus::good || count == 0) continue;
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
