// The loop of one rank: who does what next, under one lock.
#include "pipeline/rank_loop.hpp"

#include <string>
#include <utility>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "core/words/patterns.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::pipeline {
namespace {

// How often the main thread looks for what others tell while it has nothing to do: shorter where
// they wait for it.
constexpr std::chrono::milliseconds next_look{20}, next_look_in_round{1};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Why frame number `f` of a batch is bad: as its reader said, else it could not be decoded.
std::string reason_of(Batch const& batch, std::size_t f, core::FrameReader const& reader) {
  if (is_bad(batch.encoded.frames[f].status)) return batch.failure_of(f);
  return "cannot decode " + reader.describe(batch.frames[f]) +
         ": expected the stored bytes of a whole frame, found corrupt ones";
}

/// \throws core::IoError a frame cannot become a pattern
void expect_whole_frames(core::ReducedBatch const& reduced, Batch const& batch,
                         core::FrameReader const& reader) {
  for (std::size_t f = 0; f < batch.frames.size(); ++f) {
    if (!is_bad(reduced.status[f])) continue;
    throw core::IoError(reason_of(batch, f, reader) +
                        "; copy the file again from its source, or leave such frames out by "
                        "\"bad_frames\": \"mark\"");
  }
}

template <class Work>
std::exception_ptr failure_of(Work const& work) noexcept {
  try {
    work();
    return {};
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

RankLoop::RankLoop(ScanDescription const& scan, Stages const& stages,
                   DecodingTime const& decoding_time, Progress const& progress)
    : scan_(scan),
      stages_(stages),
      decoding_time_(decoding_time),
      progress_(progress),
      workers_(stages.reducer.threads()),
      plan_(scan, stages.reducer.frames_per_batch() / stages.reducer.batches_at_once(),
            stages.peers.rank(), stages.peers.size()),
      pool_(batches_in_memory(stages.reducer), readers_ahead(stages.reducer),
            stages.reducer.batch_memory()),
      blocks_(scan, plan_.blocks().first, plan_.blocks().second,
              blocks_in_memory(scan.blocks, stages.reducer.frames_per_batch())),
      tree_(scan.blocks.of_scan().blocks()),
      next_frame_{plan_.places().first},
      frames_left_(plan_.frames()) {
  stages.reader.keep_located(pool_.size());
}

ScanReport RankLoop::run() {
  if (frames_left_ > 0) {
    for (std::size_t reader = 0; reader < readers_ahead(stages_.reducer); ++reader)
      reading_ahead_.emplace_back([this] { read_ahead(); });
    if (decoding_time_) measure_decoding();
    stages_.reducer.reduce_all(*this);
    stop_reading();
    if (failure_) std::rethrow_exception(failure_);
  }
  if (stages_.writer.meets()) write_last_rounds();
  for (double* seconds : {&report_.times.wait_s, &report_.times.reduce_s, &report_.times.finish_s})
    *seconds /= static_cast<double>(workers_);
  return report_;
}

core::EncodedBatch const* RankLoop::next() noexcept {
  Lock lock(mutex_);
  core::EncodedBatch const* batch = nullptr;
  guarded(lock, [&] { batch = next_batch(lock); });
  return batch;
}

core::EncodedBatch const* RankLoop::next_ready() noexcept {
  Lock lock(mutex_);
  ahead_ = nullptr;
  guarded(lock, [&] {
    attend(lock);
    ahead_ = begin_reducing();
  });
  return ahead_ == nullptr ? nullptr : &ahead_->encoded;
}

void RankLoop::done(core::EncodedBatch const& batch, core::ReducedBatch const& reduced) noexcept {
  if (auto failure = failure_of([&] { finish(pool_.of(batch), reduced); }))
    failed(batch, std::move(failure));
}

void RankLoop::failed(core::EncodedBatch const& batch, std::exception_ptr failure) noexcept {
  Lock const lock(mutex_);
  Batch& of = pool_.of(batch);
  fail(std::move(failure), of.number);
  pool_.end_reducing(of);
}

core::EncodedBatch const* RankLoop::next_batch(Lock& lock) {
  bool const is_main = std::this_thread::get_id() == main_;
  for (;;) {
    if (is_main) attend(lock);
    if (Batch* batch = begin_reducing()) return &batch->encoded;
    if (BatchPart* part = pool_.begin_reading()) {
      report_.times.wait_s += read_one(lock, *part);
    } else if (nothing_to_come(is_main)) {
      return nullptr;
    } else {
      wait(lock);
    }
  }
}

Batch* RankLoop::begin_reducing() {
  Batch* batch = pool_.begin_reducing();
  if (batch != nullptr) batch->reducing_since = Clock::now();
  return batch;
}

// The main thread stays for the writing of all blocks; what another thread reads, any thread may
// have to reduce.
bool RankLoop::nothing_to_come(bool is_main) const {
  if (is_main && !failure_ && !stopping_) return blocks_.all_written();
  if (is_main && pool_.any(BatchState::reducing) && !failure_) return false;
  bool const all_located = failure_ || stopping_ || next_frame_.place == plan_.places().end;
  return all_located && !pool_.any(BatchState::reading);
}

void RankLoop::wait(Lock& lock) {
  bool const for_bytes = pool_.any(BatchState::reading);
  auto const begin = Clock::now();
  if (std::this_thread::get_id() == main_)
    changed_.wait_for(lock, round_begun_ ? next_look_in_round : next_look);
  else
    changed_.wait(lock);
  if (for_bytes) report_.times.wait_s += seconds_since(begin);
}

// Without the lock until the patterns of the batch are made.
void RankLoop::finish(Batch& batch, core::ReducedBatch const& reduced) {
  auto const begin = Clock::now();
  std::int64_t stored_bytes = 0, frames = 0;
  for (auto const& frame : batch.encoded.frames) {
    stored_bytes += static_cast<std::int64_t>(frame.bytes.size());
    frames += frame.status == core::FrameStatus::good;
  }
  if (scan_.bad_frames == core::BadFrames::error)
    expect_whole_frames(reduced, batch, stages_.reader);
  auto bad = blocks_.add(batch.places, reduced,
                         [&](std::size_t f) { return reason_of(batch, f, stages_.reader); });
  for (auto& place : bad) place.first = place.last = scan_.blocks.place_of_scan(place.first);

  Lock const lock(mutex_);
  report_.times.reduce_s += std::chrono::duration<double>(begin - batch.reducing_since).count();
  report_.times.finish_s += seconds_since(begin);
  report_.times.stored_bytes += stored_bytes;
  report_.times.frames += frames;
  for (auto& place : bad) report_.bad.add(std::move(place));
  blocks_.count(batch.places);
  frames_left_ -= batch.frames.size();
  pool_.end_reducing(batch);
  if (ahead_ != nullptr) ahead_->reducing_since = Clock::now();  // no second counts twice
  changed_.notify_all();
  core::note_progress();
}

// As after a failure of the first batch, but that nothing went wrong.
void RankLoop::stop() noexcept {
  stopping_ = true;
  pool_.give_up_from(0);
  changed_.notify_all();
}

// What only the main thread may do: HDF5, MPI, and reporting progress.
void RankLoop::attend(Lock& lock) {
  guarded(lock, [&] {
    report_progress(lock);
    if (!stopping_ && stages_.peers.stop_asked()) stop();
    while (!failure_ && (locate_next(lock) || write_first(lock)))
      continue;  // last, so that nothing new escapes who then waits
  });
}

void RankLoop::report_progress(Lock& lock) {
  if (frames_left_ == reported_left_) return;
  reported_left_ = frames_left_;
  auto const total = static_cast<std::int64_t>(plan_.frames()),
             left = static_cast<std::int64_t>(frames_left_);
  lock.unlock();
  progress_(total - left, total);
  lock.lock();
}

bool RankLoop::locate_next(Lock& lock) {
  if (stopping_) return false;
  if (!pool_.can_locate() || !plan_.batch_from(next_frame_, blocks_.end_place(), next_batch_))
    return false;
  Batch& batch = pool_.begin_locating();
  lock.unlock();
  batch.number = next_number_;
  batch.places.swap(next_batch_);
  batch.frames.clear();
  for (auto const& frame : batch.places)
    batch.frames.push_back(frame.of > 1 ? scan_.frame_of(frame.place, frame.n)
                                        : scan_.frame_of(frame.place));
  batch.divide();
  auto failure = failure_of([&] { stages_.reader.locate(batch.frames); });
  lock.lock();
  bool const found = !failure;
  if (found) {
    next_frame_ = batch.places.back().next();
    ++next_number_;
  } else {
    fail(std::move(failure), batch.number);
  }
  pool_.end_locating(batch);
  changed_.notify_all();
  return found;
}

bool RankLoop::write_first(Lock& lock) {
  if (!blocks_.first_is_full() || !may_write()) return false;
  lock.unlock();
  write_first();
  lock.lock();
  blocks_.close_first();
  if (last_rounds_ && !stopping_) stop();
  return true;
}

// Where ranks meet in a write, none begins with it before all have come, so that what stops one of
// them does not keep the others in there. Until then there may be something to reduce.
bool RankLoop::may_write() {
  if (!stages_.writer.meets()) return true;
  if (last_rounds_) return false;  // see write_last_rounds
  if (!round_begun_) stages_.peers.begin_any(stopping_);
  round_begun_ = true;
  auto const stops = stages_.peers.end_any();
  if (!stops) return false;
  round_begun_ = false;
  last_rounds_ = *stops;
  return true;
}

void RankLoop::write_first() {
  tree_.add(blocks_.first().block, sums_of(blocks_.first(), scan_.reductions));
  add(counts_of(blocks_.first()), report_.frames);
  write(&blocks_.first());
  ++report_.blocks;
}

void RankLoop::write(core::BlockResult const* block) {
  auto const begin = Clock::now();
  stages_.writer.write(block);
  report_.times.write_s += seconds_since(begin);
  ++rounds_;
  core::note_progress();
}

// Rounds in which this rank has no block, or leaves it: on the main thread alone, when nothing is
// reduced any more. After the round in which all ranks learn that they stop there are as many as
// are needed for the blocks that are full.
void RankLoop::write_last_rounds() {
  std::size_t const rounds = core::rounds(scan_.blocks.blocks(), stages_.peers.size());
  auto const take_part = [&] {
    if (!blocks_.first_is_full()) return write(nullptr);
    write_first();
    blocks_.close_first();
  };
  while (!last_rounds_ && rounds_ < rounds) {
    if (!round_begun_) stages_.peers.begin_any(stopping_ || stages_.peers.stop_asked());
    last_rounds_ = others_stop();
    round_begun_ = false;
    take_part();
  }
  while (last_rounds_ && stages_.peers.any(blocks_.first_is_full())) take_part();
}

// Waits until all ranks have come to the round.
bool RankLoop::others_stop() {
  for (;;) {
    if (auto const stops = stages_.peers.end_any()) return *stops;
    stages_.peers.stop_asked();  // tells the others that this rank is there
    std::this_thread::sleep_for(next_look_in_round);
  }
}

// Reads a part of a batch, and returns how long that took [s].
double RankLoop::read_one(Lock& lock, BatchPart& part) {
  auto const begin = Clock::now();
  if (pool_.readers() == 1) reading_since_ = begin;
  lock.unlock();
  auto failure = failure_of([&] { read_part(stages_.reader, part); });
  lock.lock();
  if (failure) fail(std::move(failure), part.batch->number, part.number);
  pool_.end_reading(part);
  core::note_progress();
  if (pool_.readers() == 0) report_.times.read_s += seconds_since(reading_since_);
  if (part.batch->state() != BatchState::reading) changed_.notify_all();
  return seconds_since(begin);
}

void RankLoop::read_ahead() {
  Lock lock(mutex_);
  guarded(lock, [&] {
    while (!stop_reading_) {
      if (BatchPart* part = pool_.begin_reading()) {
        read_one(lock, *part);
      } else {
        changed_.wait(lock);
      }
    }
  });
}

void RankLoop::stop_reading() {
  if (reading_ahead_.empty()) return;
  {
    Lock const lock(mutex_);
    stop_reading_ = true;
    changed_.notify_all();
  }
  for (auto& thread : reading_ahead_) thread.join();
  reading_ahead_.clear();
}

// Of all failures that of the first batch is kept, and there of the first part. What comes after it
// is given up.
void RankLoop::fail(std::exception_ptr failure, std::size_t batch, std::size_t part) noexcept {
  if (std::pair(batch, part) >= failed_) return;
  failed_ = {batch, part};
  failure_ = std::move(failure);
  pool_.give_up_from(batch);
  changed_.notify_all();
}

// A failure of something else than a batch ends the run at once. Locked before and after.
template <class Work>
void RankLoop::guarded(Lock& lock, Work const& work) noexcept {
  if (auto failure = failure_of(work)) {
    if (!lock.owns_lock()) lock.lock();
    fail(std::move(failure), 0);
  }
}

// What threads begin with, as far as the scan has it.
void RankLoop::read_first_batches(Lock& lock) {
  attend(lock);
  auto const begin = Clock::now();
  while (!failure_ && pool_.count(BatchState::read) < stages_.reducer.batches_at_once()) {
    if (BatchPart* part = pool_.begin_reading()) {
      read_one(lock, *part);
    } else if (pool_.any(BatchState::reading)) {
      changed_.wait(lock);
    } else {
      break;
    }
  }
  report_.times.wait_s += seconds_since(begin) * static_cast<double>(workers_);
}

// Decodes what all threads start with, before they start.
void RankLoop::measure_decoding() {
  core::EncodedBatch all;
  {
    Lock lock(mutex_);
    read_first_batches(lock);
    if (failure_ || stopping_) return;
    for (Batch const* batch : pool_.waiting_to_be_reduced()) {
      auto const& one = batch->encoded;
      if (all.frames.empty())
        all = one;
      else
        all.frames.insert(all.frames.end(), one.frames.begin(), one.frames.end());
    }
  }
  auto const begin = Clock::now();
  report_.times.decode_s_per_frame = decoding_time_(all) / static_cast<double>(all.frames.size());
  report_.times.measuring_s = seconds_since(begin);
}

}  // namespace xrdct::pipeline
