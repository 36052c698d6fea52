// What frames without positions say of their lines, and what their number leaves open.
#include <fmt/core.h>

#include "app/axes/line_order.hpp"
#include "app/inspect/open_scan.hpp"
#include "core/scan/place_map.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

void reject_answers(InspectOptions const& options, Findings const& findings) {
  if (!options.zigzag && !options.stopped_early) return;
  throw core::InputError(
      {.what = std::string("take ") + (options.zigzag ? "--zigzag" : "--stopped-early"),
       .expected = "frames whose places no motor tells",
       .found = "positions of " + findings.fast.name + " and " + findings.slow.name,
       .attempt = "leave it out: the positions say how the lines run and which are missing, or "
                  "give --shape, which takes no positions"});
}

/// Frames beyond or before the last place: which of them has no partner, only their user knows.
void ask_of_number(OpenScan const& scan, Findings& findings) {
  auto const frames = static_cast<std::size_t>(scan.source->frames());
  auto const places = findings.shape->places();
  if (frames == places) return;
  auto const counts = fmt::format("{} frames for {} places", frames, places);
  if (frames > places) {
    findings.questions.push_back(
        {counts + ": does a line have more points, or the scan more lines?", "--shape LINESxPOINTS",
         "scan.shape"});
    return;
  }
  auto const& ended = findings.facts.end_reason;
  findings.stopped_early = scan.options.stopped_early || (!ended.empty() && ended != "SUCCESS");
  if (findings.stopped_early) {
    findings.remarks.push_back(counts + ": the last places stay empty");
    return;
  }
  findings.questions.push_back(
      {counts + ": did the scan stop early, or is something missing within, so that all that "
                "comes later would lie at wrong places?",
       "--stopped-early, or --table FILE with the positions", "scan.incomplete"});
}

/// A cheap look alone: at sizes, not at pixels.
void look_at_lines(OpenScan const& scan, Findings& findings) {
  auto& source = *scan.source;
  if (source.encoding().filter == core::Filter::none && !findings.taken()->path.empty()) return;
  bool const zigzag = scan.options.zigzag.value_or(false);
  core::PlaceMap const places(*findings.shape, zigzag, 0, source.frames());
  auto const seen = seen_lines(source, {.places = places, .snake = zigzag});
  findings.lines = seen.evidence;
  findings.lines_seen_by = seen.by;
  auto const warning = seen.warning();
  if (warning.empty()) return;
  bool const other_length = seen.evidence.finding == core::LineEvidence::Finding::other_length;
  if (scan.options.zigzag || (other_length && scan.options.shape)) {
    findings.remarks.push_back(warning);  // the user has said so
  } else if (other_length) {
    findings.questions.push_back({warning, "--shape LINESxPOINTS", "scan.shape"});
  } else {
    findings.questions.push_back({warning, "--zigzag, or --no-zigzag", "scan.snake"});
  }
}

}  // namespace

void find_lines(OpenScan& scan, Findings& findings) {
  if (!scan.source) return;
  if (findings.placed) return reject_answers(scan.options, findings);
  if (!findings.shape) return;
  findings.zigzag = scan.options.zigzag;
  ask_of_number(scan, findings);
  look_at_lines(scan, findings);
}

}  // namespace xrdct::app
