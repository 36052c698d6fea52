// Hundreds of scans that went wrong in every way, as beamlines write them: with the positions of
// the motors every frame comes to its place, or a question is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "app/axes/frame_places.hpp"
#include "config/job/job.hpp"
#include "core/words/errors.hpp"
#include "drawn_scan.hpp"
#include "io/codec/decode.hpp"
#include "io/files/file_patterns.hpp"
#include "io/values/open_values.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using Index = std::int64_t;

/// A place of the simulation by its index along each axis; beyond the ends of lines, too.
struct TruePlace {
  Index height, slow, fast;
  auto operator<=>(TruePlace const&) const = default;
};

/// An axis of the simulation.
struct TrueAxis {
  core::SimulatedAxis axis;
  std::size_t points;
  Index turn = 0;  //!< steps of a whole turn, of an angle whose steps divide it

  /// The index nearest to a position, in the first turn that has it; nothing between two places.
  std::optional<Index> index_of(double position) const {
    double const steps = (position - axis.start) / axis.step, nearest = std::round(steps);
    if (std::abs(steps - nearest) > 0.35) return {};
    auto const index = static_cast<Index>(nearest);
    bool const as_it_is = index >= -1 && index <= static_cast<Index>(points);
    return turn == 0 || as_it_is ? index : folded(index);
  }
  Index folded(Index index) const { return turn == 0 ? index : ((index % turn) + turn) % turn; }
};

struct TrueAxes {
  TrueAxis height, slow, fast;
  TruePlace folded(TruePlace const& at) const {
    return {at.height, slow.folded(at.slow), fast.folded(at.fast)};
  }
};

TrueAxes axes_of(core::SimulationSettings const& s) {
  double const turn = std::abs(360.0 / s.rotation_deg.step);
  bool const divides = std::abs(turn - std::round(turn)) < 1e-6;
  TrueAxis const rotation{s.rotation_deg, s.rotations(),
                          divides ? static_cast<Index>(std::round(turn)) : 0},
      translation{s.translation_mm, s.translations()};
  bool const turns = s.course.rotation_fast;
  return {
      {s.height_mm, s.scan.height}, turns ? translation : rotation, turns ? rotation : translation};
}

// Where a frame was; those beyond the end of a line, too.
TruePlace true_place(core::SimulatedScan const& scan, std::size_t frame, TrueAxes const& axes) {
  auto const shape = scan.settings().scan;
  auto const& taken = scan.course()[frame];
  auto const height = static_cast<Index>(taken.line / shape.slow),
             slow = static_cast<Index>(taken.line % shape.slow);
  if (taken.place >= 0) return {height, slow, taken.place % static_cast<Index>(shape.fast)};
  bool const backwards =
      frame > 0 && scan.course()[frame - 1].place % static_cast<Index>(shape.fast) == 0;
  return {height, slow, backwards ? -1 : static_cast<Index>(axes.fast.points)};
}

/// The last frame at each place.
std::map<TruePlace, Index> last_frames(core::SimulatedScan const& scan, TrueAxes const& axes) {
  std::map<TruePlace, Index> frames;
  for (std::size_t n = 0; n < scan.course().size(); ++n)
    if (scan.course()[n].place >= 0) frames[true_place(scan, n, axes)] = static_cast<Index>(n);
  return frames;
}

std::vector<std::optional<Index>> indices(core::GridAxis const& found, TrueAxis const& axis) {
  std::vector<std::optional<Index>> all;
  for (double const position : found.positions) all.push_back(axis.index_of(position));
  return all;
}

std::string text_of(TruePlace const& at) {
  return "height " + std::to_string(at.height) + ", line " + std::to_string(at.slow) + ", point " +
         std::to_string(at.fast);
}

struct Compared {
  std::string misplaced;  //!< "" or a frame that lies where its motors were not
  std::string left_out;   //!< "" or a frame that has no place and should have one
};

/*!
 * Whether every frame lies where its motors were, and the last frame of each place is there. A
 * frame beyond the end of its line may have a place, where the grid goes so far; after a whole turn
 * it is at the first place again.
 */
Compared compared(DrawnScan const& drawn, app::MotorPlaces const& places) {
  auto const& scan = *drawn.scan;
  auto const axes = axes_of(scan.settings());
  auto const height = scan.settings().scan.height > 1 ? indices(places.scan.height, axes.height)
                                                      : std::vector<std::optional<Index>>{0};
  auto const slow = indices(places.scan.slow, axes.slow),
             fast = indices(places.scan.fast, axes.fast);
  auto wanted = last_frames(scan, axes);
  std::map<TruePlace, Index> beyond;  // by folded place
  auto const shape = places.map.shape();
  for (std::size_t place = 0; place < shape.places(); ++place) {
    auto const frame = places.map.frame_of(place);
    if (frame < 0) continue;
    auto const h = height[place / shape.fast / shape.slow],
               l = slow[place / shape.fast % shape.slow], f = fast[place % shape.fast];
    if (!h || !l || !f)
      return {"a place of the grid is none of the scan: " + std::to_string(place), ""};
    TruePlace const at{*h, *l, *f};
    auto const was = true_place(scan, static_cast<std::size_t>(frame), axes);
    if (axes.folded(at) != axes.folded(was))
      return {"frame " + std::to_string(frame) + " lies at " + text_of(at) + ", it was at " +
                  text_of(was),
              ""};
    auto const found = wanted.find(was);
    if (found != wanted.end() && found->second == frame)
      wanted.erase(found);
    else if (scan.course()[static_cast<std::size_t>(frame)].place < 0)
      beyond[axes.folded(was)] = frame;
    else
      return {"frame " + std::to_string(frame) + " is not the last one at " + text_of(was), ""};
  }
  for (auto const& [at, frame] : wanted) {
    auto const later = beyond.find(axes.folded(at));
    if (later == beyond.end() || later->second < frame)
      return {"", "frame " + std::to_string(frame) + " has no place, it was at " + text_of(at)};
  }
  return {};
}

// Bytes, monitor and order of some frames, as they come through files and entries.
std::string read_back(DrawnScan const& drawn, config::Job const& job, io::FrameSource& source) {
  auto const frames = drawn.scan->frames();
  if (source.frames() != frames) return std::to_string(source.frames()) + " frames";
  auto const monitor = io::open_values(job.resolve(*job.scan.monitor), source);
  for (Index n = 0; n < frames; ++n)
    if (std::abs(monitor->at(n) - drawn.files->content().monitor[static_cast<std::size_t>(n)]) >
        1e-6)
      return "monitor of frame " + std::to_string(n);
  std::vector<Index> const some{0, frames / 3, frames - 1};
  source.locate(some);
  core::FrameBuffer buffer;
  source.read(some, buffer);
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  std::vector<std::byte> decoded(decoder.frame_bytes()), made(decoder.frame_bytes());
  for (std::size_t i = 0; i < some.size(); ++i) {
    drawn.scan->draw(some[i], made);
    if (decoder.decode(buffer.batch.frames[i], decoded) != codec::DecodeStatus::ok ||
        decoded != made)
      return "pixels of frame " + std::to_string(some[i]);
  }
  return "";
}

std::unique_ptr<io::FrameSource> open_source(config::Job const& job) {
  auto const dataset = job.scan.dataset.value_or("");
  return io::open_frames(io::find_files(job.scan.files, job.folder,
                                        dataset.empty() ? io::SeriesOf::images : io::SeriesOf::hdf5)
                             .names,
                         dataset);
}

/// How many scans ended how.
struct Tally {
  int right = 0, asked = 0, incomplete = 0, misplaced = 0;
};

void place(std::uint64_t seed, fs::path const& folder, Tally& tally) {
  auto const drawn = drawn_scan(seed);
  fs::remove_all(folder);
  write_drawn(drawn, folder);
  auto const job = config::parse_job(drawn.job, "job.json", folder);
  auto const source = open_source(job);
  EXPECT_EQ(read_back(drawn, job, *source), "") << seed << ": " << drawn.course();
  try {
    auto const places = app::place_by_motors(job, *source);
    auto const found = compared(drawn, places);
    bool const right = found.misplaced.empty() && found.left_out.empty();
    tally.right += right ? 1 : 0;
    tally.misplaced += found.misplaced.empty() ? 0 : 1;
    tally.incomplete += found.left_out.empty() ? 0 : 1;
    EXPECT_EQ(found.misplaced, "") << "seed " << seed << ": " << drawn.course() << "\n"
                                   << core::course_text(places.scan);
    if (!found.left_out.empty()) {
      EXPECT_GT(places.without_place(), 0U) << "it is not told";
      std::cout << "seed " << seed << ": " << drawn.course() << "\n  " << found.left_out << "; "
                << core::course_text(places.scan) << "\n";
    }
  } catch (core::InputError const& question) {
    ++tally.asked;
    EXPECT_THAT(std::string(question.what()), testing::HasSubstr("cannot place the frames"));
    std::cout << "seed " << seed << ": " << drawn.course() << "\n  " << question.what() << "\n";
  }
}

class Courses : public testing::TestWithParam<int> {};

TEST_P(Courses, EveryFrameComesToItsPlaceOrAQuestionIsAsked) {
  constexpr int scans = 60;
  auto const folder = fs::path(testing::TempDir()) / ("courses_" + std::to_string(GetParam()));
  Tally tally;
  for (int k = 0; k < scans; ++k)
    place(static_cast<std::uint64_t>(GetParam() * scans + k), folder, tally);
  fs::remove_all(folder);
  std::cout << "of " << scans << " scans right " << tally.right << ", with a question "
            << tally.asked << ", with frames left out " << tally.incomplete << ", misplaced "
            << tally.misplaced << "\n";
  EXPECT_EQ(tally.misplaced, 0);
  EXPECT_LE(tally.asked + tally.incomplete, 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Courses, testing::Range(0, 4));

}  // namespace
}  // namespace xrdct::test
