// Asks frames without positions whether their lines are as declared.
#include "app/axes/line_order.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "core/lines/line_evidence.hpp"

namespace xrdct::app {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Some lines of a scan, from the first on.
core::ScanShape first_lines(core::ScanShape const& shape, std::size_t most_frames) {
  std::size_t const lines = std::max<std::size_t>(1, most_frames / shape.fast);
  if (lines >= shape.height * shape.slow) return shape;
  return {1, lines, shape.fast};
}

}  // namespace

std::string SeenLines::warning() const {
  return evidence.is_fault() ? by + ": " + core::evidence_text(evidence, shape) : std::string();
}

SeenLines seen_lines(io::FrameSource& source, DeclaredLines const& declared) {
  constexpr std::size_t most_frames = 20'000;
  auto const shape = first_lines(declared.places.shape(), most_frames);
  std::int64_t const first = declared.places.frame_of(0),
                     count = std::min(static_cast<std::int64_t>(shape.places()),
                                      source.frames() - std::max<std::int64_t>(0, first));
  if (first < 0) return {};
  std::vector<std::int64_t> frames(static_cast<std::size_t>(count));
  std::iota(frames.begin(), frames.end(), first);
  auto const compressed = source.encoding().filter != core::Filter::none;
  return {.evidence = core::look_at_lines(source.brightness(frames), shape, declared.snake),
          .shape = shape,
          .by = compressed ? "by the stored sizes of the frames"
                           : "by pixels in the middle of the frames"};
}

SeenLines lines_by_size(io::FrameSource& source, DeclaredLines const& declared) {
  bool const is_known = source.encoding().filter != core::Filter::none;
  return is_known ? seen_lines(source, declared) : SeenLines();
}

SeenLines seen_lines(io::SinogramReader const& output, DeclaredLines const& declared) {
  constexpr std::size_t most_places = 2'000'000;
  auto shape = declared.places.shape();
  if (shape.slow * shape.fast > most_places) return {};
  shape.height = std::min(shape.height, most_places / (shape.slow * shape.fast));
  std::int64_t const first = declared.places.frame_of(0);
  if (first < 0) return {};
  std::vector<double> totals(shape.places(), unknown);  // in the order of the frames
  for (std::size_t height = 0, place = 0; height < shape.height; ++height)
    for (float const total : output.total_intensity(height)) {
      auto const frame = declared.places.frame_of(place++);
      if (frame >= 0) totals[static_cast<std::size_t>(frame - first)] = total;
    }
  return {.evidence = core::look_at_lines(totals, shape, declared.snake),
          .shape = shape,
          .by = "by the total intensity of the frames"};
}

}  // namespace xrdct::app
