// Resolves the frames of HDF5 files to bytes in files, and reads those beside HDF5.
#include "io/frames/hdf5_frames.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <mutex>
#include <utility>

#include "core/words/errors.hpp"
#include "io/chunks/batch_memory.hpp"
#include "io/chunks/chunk_index.hpp"
#include "io/chunks/data_files.hpp"
#include "io/chunks/frame_composer.hpp"
#include "io/chunks/known_places.hpp"
#include "io/frames/found_frames.hpp"
#include "io/frames/frame_table.hpp"
#include "io/frames/pixel_sum.hpp"
#include "io/frames/scan_parts.hpp"

namespace xrdct::io {
namespace {

std::string layout_text(StoredDataset const& set) {
  if (set.frame_per_chunk()) return "one frame per chunk";
  if (set.chunk.empty()) return set.compact.empty() ? "contiguous" : "compact";
  std::string text = "chunks of ";
  for (std::size_t d = 0; d < set.chunk.size(); ++d)
    text += fmt::format("{}{}", d == 0 ? "" : " × ", set.chunk[d]);
  return text + ", put together while reading";
}

// One of no frames has a type and a filter of its own: nothing was written there yet.
void check_agreement(std::vector<StoredDataset> const& sets, StoredDataset const& first) {
  for (auto const& set : sets) {
    if (set.frames() == 0 || set.delivered() == first.delivered()) continue;
    throw core::InputError(
        {.what = fmt::format("read {} together with {}", set.name(), first.name()),
         .expected = encoding_text(first.delivered()) + " as there",
         .found = encoding_text(set.delivered()),
         .attempt = "name only files of one detector setting"});
  }
}

std::string const without_source =
                      "expected a source, found that no mapping of the virtual dataset covers it",
                  never_written =
                      "expected stored values, found none: the dataset was never written";

bool was_never_written(StoredDataset const& set) {
  return set.chunk.empty() && set.compact.empty() && set.address < 0;
}

}  // namespace

struct Hdf5Frames::State {
  /// What `read` needs to know of one frame, copied under the lock.
  struct Request {
    StoredDataset const* set = nullptr;
    std::size_t dataset = 0;
    std::int64_t dataset_frame = 0;
    std::vector<ChunkPlace> places;
    std::string problem;
    std::size_t bytes = 0;
  };

  DataFiles data_files;
  KnownPlaces known_places;  // of datasets with few chunks
  FrameResolver resolver{[this](hid_t dataset, StoredDataset const& set, std::size_t number) {
    learn(dataset, set, number);
  }};
  FrameTable table;
  ScanParts scan;
  // of all below: `locate` may run beside `read`, and `read` several times at once
  std::mutex lock;
  // one for each call of `read` at a time
  std::vector<std::unique_ptr<FrameComposer>> idle_composers;
  std::deque<ChunkPlaces> located;  // by the last calls of `locate`, the last one first
  std::size_t kept_calls = 2;

  std::size_t first_dataset = 0;  // with frames

  std::vector<StoredDataset>::const_iterator find_first() const {
    auto const& sets = resolver.datasets();
    return std::find_if(sets.begin(), sets.end(),
                        [](StoredDataset const& set) { return set.frames() > 0; });
  }
  StoredDataset const& first() const { return resolver.datasets()[first_dataset]; }
  std::vector<std::int64_t> chunks_of(StoredDataset const& set, std::int64_t dataset_frame) const {
    return set.chunk.empty() ? std::vector<std::int64_t>{} : chunks_of_frame(set, dataset_frame);
  }
  void learn(hid_t dataset, StoredDataset const& set, std::size_t number);
  Request request(std::int64_t frame);
  ChunkPlace place_of(ChunkKey const& key) const;
  std::unique_ptr<FrameComposer> take_composer();
  void give_back(std::unique_ptr<FrameComposer> composer);
  FrameOutcome fill(Request const& wanted, FrameComposer& composer, std::span<std::byte> out);
  double brightness(Request const& wanted);
  std::vector<std::string> problems_at_sight(std::size_t dataset,
                                             std::vector<std::int64_t> const& frames);
};

// All that reading will need, so that few files of a long series are opened again.
void Hdf5Frames::State::learn(hid_t dataset, StoredDataset const& set, std::size_t number) {
  known_places.add(number, places_of_all_chunks(dataset, set));
  if (!set.compact.empty() || was_never_written(set)) return;
  Hdf5File const file(H5Iget_file_id(dataset), "read the file of " + set.name());
  data_files.keep(set.where.file, descriptor_of(file.get()));
}

ChunkPlace Hdf5Frames::State::place_of(ChunkKey const& key) const {
  if (auto known = known_places.find(key)) return *std::move(known);
  for (auto const& places : located)
    if (auto const found = places.find(key); found != places.end()) return found->second;
  XRDCT_ASSERT(false);
  return located.front().begin()->second;
}

std::unique_ptr<FrameComposer> Hdf5Frames::State::take_composer() {
  std::lock_guard const hold(lock);
  if (idle_composers.empty()) return std::make_unique<FrameComposer>();
  auto composer = std::move(idle_composers.back());
  idle_composers.pop_back();
  return composer;
}

void Hdf5Frames::State::give_back(std::unique_ptr<FrameComposer> composer) {
  std::lock_guard const hold(lock);
  idle_composers.push_back(std::move(composer));
}

// Copies the places of a frame's chunks; they may be dropped by `locate` meanwhile.
Hdf5Frames::State::Request Hdf5Frames::State::request(std::int64_t frame) {
  Request wanted;
  auto const stored = table.find(frame);
  if (!stored) {
    wanted.problem = without_source;
    return wanted;
  }
  wanted.dataset = stored->dataset;
  wanted.set = &resolver.datasets()[stored->dataset];
  wanted.dataset_frame = stored->frame;
  wanted.bytes = static_cast<std::size_t>(wanted.set->frame_bytes());
  if (was_never_written(*wanted.set)) wanted.problem = never_written;
  std::lock_guard const hold(lock);
  for (auto const chunk : chunks_of(*wanted.set, wanted.dataset_frame)) {
    wanted.places.push_back(place_of({stored->dataset, chunk}));
    if (!wanted.places.back().problem.empty()) wanted.problem = wanted.places.back().problem;
  }
  if (wanted.set->frame_per_chunk())
    wanted.bytes = static_cast<std::size_t>(wanted.places[0].bytes);
  if (!wanted.problem.empty()) wanted.bytes = 0;
  return wanted;
}

// Fills the stored bytes of a frame.
FrameOutcome Hdf5Frames::State::fill(Request const& wanted, FrameComposer& composer,
                                     std::span<std::byte> out) {
  auto const& set = *wanted.set;
  if (set.must_decode())
    return composer.compose(data_files, set, wanted.dataset, wanted.dataset_frame, wanted.places,
                            out);
  if (!set.chunk.empty()) {
    auto const& place = wanted.places[0];
    if (place.held.empty())
      return FrameOutcome::reading(data_files.read(set.where.file, place.address, out));
    std::memcpy(out.data(), place.held.data(), out.size());
    return {};
  }
  std::int64_t const offset = wanted.dataset_frame * set.frame_bytes();
  if (!set.compact.empty()) {
    std::memcpy(out.data(), set.compact.data() + offset, out.size());
    return {};
  }
  return FrameOutcome::reading(data_files.read(set.where.file, set.address + offset, out));
}

// The pixels in the middle of a frame are one piece of the file, whose reading costs what the
// smallest one does.
double Hdf5Frames::State::brightness(Request const& wanted) {
  auto const& set = *wanted.set;
  if (set.stored.filter != core::Filter::none || set.must_decode()) {
    double bytes = 0.0;
    for (auto const& place : wanted.places) bytes += static_cast<double>(place.bytes);
    return bytes;
  }
  constexpr std::int64_t most_bytes = std::int64_t{1} << 16;
  auto const pixel = static_cast<std::int64_t>(core::size_of(set.stored.type)),
             pixels = set.frame_bytes() / pixel, count = std::min(pixels, most_bytes / pixel),
             first = (pixels - count) / 2 * pixel;
  std::vector<std::byte> bytes(static_cast<std::size_t>(count * pixel));
  std::byte const* held = nullptr;
  std::int64_t address = set.address + wanted.dataset_frame * set.frame_bytes();
  if (!set.compact.empty()) held = set.compact.data() + wanted.dataset_frame * set.frame_bytes();
  if (!wanted.places.empty()) {
    address = wanted.places[0].address;
    if (!wanted.places[0].held.empty()) held = wanted.places[0].held.data();
  }
  if (held != nullptr)
    std::memcpy(bytes.data(), held + first, bytes.size());
  else if (!data_files.read(set.where.file, address + first, bytes).empty())
    return std::numeric_limits<double>::quiet_NaN();
  return sum_of_pixels(bytes, set.stored);
}

Hdf5Frames::Hdf5Frames(FileNames const& files, std::string const& dataset,
                       WithoutFrames const& without_frames)
    : state_(std::make_unique<State>()) {
  if (files.empty())
    throw core::InputError({.what = "read frames",
                            .expected = "at least one file",
                            .found = "none",
                            .attempt = "name the files of the scan"});
  state_->scan = append_parts(state_->table, state_->resolver, files, dataset, without_frames);
  state_->table.close();
  auto const& sets = state_->resolver.datasets();
  auto const first = state_->find_first();
  if (first == sets.end() || state_->table.frames == 0) {
    throw core::InputError({.what = fmt::format("read {} in {}", dataset, files[0]),
                            .expected = "frames",
                            .found = "none",
                            .attempt = "name another dataset, or wait until the scan is written"});
  }
  state_->first_dataset = static_cast<std::size_t>(first - sets.begin());
  check_agreement(sets, *first);
}

Hdf5Frames::Hdf5Frames(std::string const& found) : state_(std::make_unique<State>()) {
  FoundFrames::take_over(found, state_->resolver, state_->table, state_->scan,
                         state_->known_places);
  state_->first_dataset =
      static_cast<std::size_t>(state_->find_first() - state_->resolver.datasets().begin());
}

std::string Hdf5Frames::found() const {
  return FoundFrames::text(state_->resolver, state_->table, state_->scan, state_->known_places);
}

Hdf5Frames::~Hdf5Frames() = default;

core::FrameShape Hdf5Frames::shape() const { return state_->table.shape; }
core::FrameEncoding Hdf5Frames::encoding() const { return state_->first().delivered(); }
std::int64_t Hdf5Frames::frames() const { return state_->table.frames; }
std::size_t Hdf5Frames::table_bytes() const {
  std::size_t bytes = state_->table.memory_bytes() + state_->resolver.memory_bytes() +
                      state_->known_places.memory_bytes();
  for (auto const& part : state_->scan.parts)
    bytes += sizeof(part) + part.file.capacity() + part.dataset.capacity();
  return bytes;
}
std::vector<FramePart> Hdf5Frames::parts() const { return state_->scan.parts; }
std::vector<std::string> Hdf5Frames::remarks() const { return state_->scan.remarks; }
std::vector<InputFile> Hdf5Frames::files() const { return state_->resolver.files(); }

std::vector<std::filesystem::path> Hdf5Frames::opened_files() const {
  auto const& opened = state_->resolver.open_files().opened();
  return {opened.begin(), opened.end()};
}

std::string Hdf5Frames::layout() const {
  auto const& set = state_->first();
  std::size_t const count = files().size();
  return fmt::format("{}, {}, {} {}", encoding_text(set.stored), layout_text(set), count,
                     count == 1 ? "file" : "files");
}

bool Hdf5Frames::keeps_stored_bytes() const {
  auto const& sets = state_->resolver.datasets();
  return std::any_of(sets.begin(), sets.end(), [](StoredDataset const& set) {
    return !set.chunk.empty() && !located_by_address(set);
  });
}

void Hdf5Frames::locate(std::span<std::int64_t const> frames) {
  auto& state = *state_;
  std::map<std::size_t, std::vector<std::int64_t>> wanted;  // chunks of each dataset
  for (auto const frame : frames) {
    if (frame < 0) continue;
    XRDCT_ASSERT(frame < state.table.frames);
    auto const stored = state.table.find(frame);
    if (!stored || state.known_places.has(stored->dataset)) continue;
    auto const chunks = state.chunks_of(state.resolver.datasets()[stored->dataset], stored->frame);
    wanted[stored->dataset].insert(wanted[stored->dataset].end(), chunks.begin(), chunks.end());
  }
  ChunkPlaces places;
  for (auto const& [dataset, chunks] : wanted) {
    auto const& set = state.resolver.datasets()[dataset];
    if (set.chunk.empty()) continue;
    auto& open = state.resolver.open_files();
    look_up_chunks(open, set, dataset, chunks, places);
    if (located_by_address(set))
      state.data_files.add(set.where.file, open.descriptor(set.where.file));
  }
  std::lock_guard const hold(state.lock);
  state.located.push_front(std::move(places));
  while (state.located.size() > state.kept_calls) state.located.pop_back();
}

std::size_t Hdf5Frames::stored_bytes(std::span<std::int64_t const> frames) {
  locate(frames);
  std::size_t total = 0;
  for (auto const frame : frames) total += frame < 0 ? 0 : aligned(state_->request(frame).bytes);
  return total;
}

std::vector<double> Hdf5Frames::brightness(std::span<std::int64_t const> frames) {
  auto& state = *state_;
  std::vector<double> values;
  for (auto const frame : frames) {
    locate(std::span(&frame, 1));
    auto const wanted = state.request(frame);
    values.push_back(wanted.problem.empty() ? state.brightness(wanted)
                                            : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

std::vector<std::string> Hdf5Frames::State::problems_at_sight(
    std::size_t dataset, std::vector<std::int64_t> const& frames) {
  auto const& set = resolver.datasets()[dataset];
  if (!known_places.has(dataset)) return io::problems_at_sight(resolver.open_files(), set, frames);
  std::vector<std::string> problems;
  for (auto const frame : frames) {
    auto& problem = problems.emplace_back();
    for (auto const chunk : chunks_of_frame(set, frame))
      if (auto const place = place_of({dataset, chunk}); !place.problem.empty())
        problem = place.problem;
  }
  return problems;
}

std::vector<std::string> Hdf5Frames::problems_at_sight(std::span<std::int64_t const> frames) {
  auto& state = *state_;
  std::vector<std::string> problems(frames.size());
  std::map<std::size_t, std::vector<std::size_t>> chunked;   // by dataset: positions in `frames`
  std::map<std::size_t, std::vector<std::int64_t>> numbers;  // there
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i] < 0) continue;
    auto const stored = state.table.find(frames[i]);
    if (!stored) {
      problems[i] = without_source;
    } else if (auto const& set = state.resolver.datasets()[stored->dataset]; !set.chunk.empty()) {
      chunked[stored->dataset].push_back(i);
      numbers[stored->dataset].push_back(stored->frame);
    } else if (was_never_written(set)) {
      problems[i] = never_written;
    }
  }
  for (auto const& [dataset, positions] : chunked) {
    auto const found = state.problems_at_sight(dataset, numbers.at(dataset));
    for (std::size_t k = 0; k < positions.size(); ++k) problems[positions[k]] = found[k];
  }
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (!problems[i].empty())
      problems[i] = "cannot read " + describe(frames[i]) + ": " + problems[i];
  return problems;
}

std::size_t Hdf5Frames::composing_bytes() const {
  std::size_t most = 0;
  for (auto const& set : state_->resolver.datasets())
    if (set.must_decode() && set.frames() > 0)
      most = std::max(most,
                      chunks_of_frame(set, 0).size() * static_cast<std::size_t>(set.chunk_bytes()));
  return most;
}

void Hdf5Frames::keep_located(std::size_t calls) { state_->kept_calls = calls; }

void Hdf5Frames::read(std::span<std::int64_t const> frames, core::FrameBuffer& out) {
  auto& state = *state_;
  auto composer = state.take_composer();
  std::vector<State::Request> requests;
  std::size_t total = 0;
  for (auto const frame : frames) {
    requests.push_back(frame < 0 ? State::Request{} : state.request(frame));
    total += aligned(requests.back().bytes);
  }
  make_room(out.bytes, total);
  out.batch.shape = shape();
  out.batch.encoding = encoding();
  out.batch.frames.assign(frames.size(), {});
  out.failures.clear();
  std::size_t position = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    auto& frame = out.batch.frames[i];
    auto const& wanted = requests[i];
    if (frames[i] < 0) {
      frame.status = core::FrameStatus::missing;
      continue;
    }
    std::span<std::byte> const bytes(out.bytes.data() + position, wanted.bytes);
    position += aligned(wanted.bytes);
    auto const outcome = wanted.problem.empty() ? state.fill(wanted, *composer, bytes)
                                                : FrameOutcome::reading(wanted.problem);
    if (outcome.good()) {
      frame.bytes = bytes;
      frame.filtered =
          wanted.set->must_decode() || wanted.places.empty() || wanted.places[0].filtered;
    } else {
      frame.status = outcome.status;
      bool const corrupt = outcome.status == core::FrameStatus::corrupt;
      out.failures.push_back((corrupt ? "cannot decode " : "cannot read ") + describe(frames[i]) +
                             ": " + outcome.problem);
    }
  }
  state.give_back(std::move(composer));
}

std::string Hdf5Frames::describe(std::int64_t frame) const {
  auto const text = fmt::format("frame {}", frame);
  auto const stored = state_->table.find(frame);
  if (!stored) return text;
  auto const& where = state_->resolver.datasets()[stored->dataset].where;
  return fmt::format("{} ({}:{}[{}])", text, where.file, where.path, stored->frame);
}

}  // namespace xrdct::io
