#include "pipeline/reduce_scan.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/patterns.hpp"
#include "pipeline/open_blocks.hpp"

namespace xrdct::pipeline {
namespace {

using Clock = std::chrono::steady_clock;
using Lock = std::unique_lock<std::mutex>;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A batch on its way: some consecutive places, and the stored bytes of their frames.
struct Slot {
  std::size_t first_place = 0;
  std::vector<std::int64_t> frames;  //!< of the places
  core::FrameBuffer buffer;
  std::size_t call = 0;     //!< of `locate`
  bool unread = false;      //!< located, and not read yet
  Clock::time_point taken;  //!< by a thread that reduces it
};

/// \throws core::IoError a frame cannot become a pattern
void expect_whole_frames(core::ReducedBatch const& reduced, Slot const& slot,
                         core::FrameReader const& reader) {
  for (std::size_t f = 0; f < slot.frames.size(); ++f) {
    core::FrameStatus const status = reduced.status[f];
    if (status != core::FrameStatus::corrupt && status != core::FrameStatus::unreadable) continue;
    std::string text = status == core::FrameStatus::corrupt ? "cannot decode " : "cannot read ";
    text += reader.describe(slot.frames[f]) + ": expected a whole frame, found one that is " +
            std::string(core::name_of(status));
    for (auto const& failure : slot.buffer.failures) text += "; " + failure;
    throw core::IoError(text + "; copy the file again from its source");
  }
}

std::vector<BinSums> sums_of(core::BlockResult const& block, ScanDescription const& scan) {
  std::vector<BinSums> sums;
  for (std::size_t r = 0; r < scan.reductions.size(); ++r) {
    sums.emplace_back(scan.reductions[r].bins).add(block.reductions[r].intensity);
  }
  return sums;
}

/*!
 * The loop of one rank. A batch is located, read, reduced and finished by whoever is free, and
 * nobody waits for a batch but for bytes.
 *
 * The main thread is one of those that reduce: before each of its batches it looks up the frames of
 * others and writes the blocks that are full. A helper thread reads ahead; threads that find
 * nothing to reduce read, too.
 *
 * After a failure nothing more is located or written, and only the batches before the failed one go
 * on: one of them may fail as well, and the first in the order of the scan is the one that is told,
 * whatever came first in time.
 */
class RankLoop final : public core::BatchQueue {
 public:
  RankLoop(ScanDescription const& scan, Stages const& stages, Progress const& progress)
      : scan_(scan),
        stages_(stages),
        progress_(progress),
        workers_(stages.reducer.batches_at_once()),
        batch_places_(stages.reducer.frames_per_batch() / workers_),
        range_(
            core::blocks_of_rank(scan.blocks.blocks(), stages.peers.rank(), stages.peers.size())),
        slots_(batches_in_memory(stages.reducer)),
        blocks_(scan, range_.first, range_.second,
                blocks_in_memory(scan.blocks, stages.reducer.frames_per_batch())),
        tree_(scan.blocks.blocks()) {
    stages.reader.keep_located(slots_.size());
    for (auto& slot : slots_) idle_.push_back(&slot);
    if (range_.first == range_.second) return;
    next_place_ = scan.blocks.places_of(range_.first).first;
    auto const [place, places] = scan.blocks.places_of(range_.second - 1);
    end_place_ = place + places;
    places_left_ = end_place_ - next_place_;
  }
  ~RankLoop() override { stop_reading(); }
  RankLoop(RankLoop const&) = delete;
  RankLoop& operator=(RankLoop const&) = delete;

  ScanReport run() {
    if (places_left_ > 0) {
      reading_ahead_ = std::thread([this] { read_ahead(); });
      measure_decoding();
      stages_.reducer.reduce_all(*this);
      stop_reading();
      if (failure_) std::rethrow_exception(failure_);
    }
    std::size_t const idle_rounds =
        core::rounds(scan_.blocks.blocks(), stages_.peers.size()) - (range_.second - range_.first);
    for (std::size_t round = 0; round < idle_rounds; ++round) write(nullptr);
    for (double* seconds :
         {&report_.times.wait_s, &report_.times.reduce_s, &report_.times.finish_s})
      *seconds /= static_cast<double>(workers_);
    return report_;
  }

  std::vector<std::byte> packed_preview() const { return tree_.packed(); }

  core::EncodedBatch const* next() noexcept override {
    Lock lock(mutex_);
    core::EncodedBatch const* batch = nullptr;
    guarded(lock, [&] { batch = next_batch(lock); });
    return batch;
  }

  void done(core::EncodedBatch const& batch, core::ReducedBatch const& reduced) noexcept override {
    try {
      finish(slot_of(batch), reduced);
    } catch (...) {
      failed(batch, std::current_exception());
    }
  }

  void failed(core::EncodedBatch const& batch, std::exception_ptr failure) noexcept override {
    Lock const lock(mutex_);
    fail(std::move(failure), slot_of(batch).first_place);
  }

 private:
  core::EncodedBatch const* next_batch(Lock& lock) {
    bool const is_main = std::this_thread::get_id() == main_;
    for (;;) {
      if (is_main) attend(lock);
      if (!read_.empty()) {
        Slot& slot = *read_.front();
        read_.pop_front();
        slot.taken = Clock::now();
        return &slot.buffer.batch;
      }
      bool const all_located = failure_ || next_place_ == end_place_;
      if (!located_.empty()) {
        report_.times.wait_s += read_one(lock);
      } else if (is_main && !failure_ ? blocks_.all_written() : all_located && being_read_ == 0) {
        return nullptr;
      } else {
        bool const for_bytes = being_read_ > 0;
        auto const begin = Clock::now();
        changed_.wait(lock);
        if (for_bytes) report_.times.wait_s += seconds_since(begin);
      }
    }
  }

  Slot& slot_of(core::EncodedBatch const& batch) {
    return *std::find_if(slots_.begin(), slots_.end(),
                         [&](Slot const& slot) { return &slot.buffer.batch == &batch; });
  }

  void finish(Slot& slot, core::ReducedBatch const& reduced) {
    auto const begin = Clock::now();
    FrameCounts counts;
    std::int64_t stored_bytes = 0, frames = 0;
    for (auto const& frame : slot.buffer.batch.frames) {
      stored_bytes += static_cast<std::int64_t>(frame.bytes.size());
      frames += frame.status == core::FrameStatus::good;
    }
    expect_whole_frames(reduced, slot, stages_.reader);
    blocks_.add(slot.first_place, reduced, counts);

    Lock const lock(mutex_);
    report_.times.reduce_s += std::chrono::duration<double>(begin - slot.taken).count();
    report_.times.finish_s += seconds_since(begin);
    report_.times.stored_bytes += stored_bytes;
    report_.times.frames += frames;
    report_.frames.good += counts.good;
    report_.frames.missing += counts.missing;
    report_.frames.monitor_low += counts.monitor_low;
    report_.frames.without_pixels += counts.without_pixels;
    blocks_.count(slot.first_place, slot.frames.size());
    places_left_ -= slot.frames.size();
    idle_.push_back(&slot);
    changed_.notify_all();
  }

  // What only the main thread may do: HDF5, MPI, and telling how far it is.
  void attend(Lock& lock) {
    guarded(lock, [&] {
      tell_progress(lock);
      while (!failure_ && (locate_next(lock) || write_first(lock)))
        continue;  // last, so that nothing new escapes who then waits
    });
  }

  void tell_progress(Lock& lock) {
    auto const left = static_cast<std::int64_t>(places_left_);
    if (left == told_left_) return;
    told_left_ = left;
    auto const total =
        static_cast<std::int64_t>(end_place_ - scan_.blocks.places_of(range_.first).first);
    lock.unlock();
    progress_(total - left, total);
    lock.lock();
  }

  bool locate_next(Lock& lock) {
    std::size_t const end = std::min(end_place_, next_place_ + batch_places_);
    if (idle_.empty() || next_place_ == end_place_ || end > blocks_.end_place() || !may_locate())
      return false;
    Slot& slot = *idle_.back();
    idle_.pop_back();
    slot.call = ++calls_;
    slot.unread = true;
    lock.unlock();
    slot.first_place = next_place_;
    slot.frames.clear();
    for (std::size_t place = next_place_; place < end; ++place)
      slot.frames.push_back(scan_.places.frame_of(place));
    std::exception_ptr failure;
    try {
      stages_.reader.locate(slot.frames);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure) {
      fail(failure, slot.first_place);
      return false;
    }
    next_place_ = end;
    if (slot.first_place < failed_place_) located_.push_back(&slot);
    changed_.notify_all();
    return true;
  }

  // The reader keeps what as many calls found as there are slots. Others may be read and reduced
  // many times while one is still being read.
  bool may_locate() const {
    return std::none_of(slots_.begin(), slots_.end(), [&](Slot const& slot) {
      return slot.unread && calls_ + 1 - slot.call >= slots_.size();
    });
  }

  bool write_first(Lock& lock) {
    if (!blocks_.first_is_full()) return false;
    lock.unlock();
    tree_.add(blocks_.first().block, sums_of(blocks_.first(), scan_));
    write(&blocks_.first());
    lock.lock();
    blocks_.close_first();
    return true;
  }

  void write(core::BlockResult const* block) {
    auto const begin = Clock::now();
    stages_.writer.write(block);
    report_.times.write_s += seconds_since(begin);
  }

  // Reads the batch that was located first, and tells how long that took.
  double read_one(Lock& lock) {
    Slot& slot = *located_.front();
    located_.pop_front();
    auto const begin = Clock::now();
    if (being_read_++ == 0) reading_since_ = begin;
    lock.unlock();
    std::exception_ptr failure;
    try {
      stages_.reader.read(slot.frames, slot.buffer);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (--being_read_ == 0) report_.times.read_s += seconds_since(reading_since_);
    slot.unread = false;
    if (failure) fail(failure, slot.first_place);
    if (slot.first_place < failed_place_) read_.push_back(&slot);
    changed_.notify_all();
    return seconds_since(begin);
  }

  void read_ahead() {
    Lock lock(mutex_);
    guarded(lock, [&] {
      while (!stop_reading_) {
        if (located_.empty()) {
          changed_.wait(lock);
        } else {
          read_one(lock);
        }
      }
    });
  }

  void stop_reading() {
    if (!reading_ahead_.joinable()) return;
    {
      Lock const lock(mutex_);
      stop_reading_ = true;
      changed_.notify_all();
    }
    reading_ahead_.join();
  }

  // Of all failures the one at the first place is kept. What comes after it is given up.
  void fail(std::exception_ptr failure, std::size_t place) noexcept {
    if (place >= failed_place_) return;
    failed_place_ = place;
    failure_ = std::move(failure);
    auto const is_later = [&](Slot const* slot) { return slot->first_place >= place; };
    std::erase_if(located_, is_later);
    std::erase_if(read_, is_later);
    changed_.notify_all();
  }

  // A failure of something else than a batch ends the run at once. Locked before and after.
  template <class Work>
  void guarded(Lock& lock, Work const& work) noexcept {
    try {
      work();
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      fail(std::current_exception(), 0);
    }
  }

  // Decodes what all threads start with.
  void measure_decoding() {
    Lock lock(mutex_);
    attend(lock);
    auto const waiting = Clock::now();
    while (!failure_ && read_.size() < workers_ && (!located_.empty() || being_read_ > 0)) {
      if (located_.empty()) {
        changed_.wait(lock);
      } else {
        read_one(lock);
      }
    }
    report_.times.wait_s += seconds_since(waiting) * static_cast<double>(workers_);
    if (failure_) return;
    core::EncodedBatch all = read_.front()->buffer.batch;
    for (std::size_t i = 1; i < read_.size(); ++i)
      all.frames.insert(all.frames.end(), read_[i]->buffer.batch.frames.begin(),
                        read_[i]->buffer.batch.frames.end());
    lock.unlock();
    auto const begin = Clock::now();
    report_.times.decode_s_per_frame =
        stages_.reducer.seconds_to_decode(all) / static_cast<double>(all.frames.size());
    report_.times.measuring_s = seconds_since(begin);
  }

  ScanDescription const& scan_;
  Stages const& stages_;
  Progress const& progress_;
  std::thread::id const main_ = std::this_thread::get_id();
  std::size_t workers_;
  std::size_t batch_places_;
  std::pair<std::size_t, std::size_t> range_;  //!< blocks of the rank
  std::vector<Slot> slots_;

  std::mutex mutex_;  //!< of all below, but `tree_` and `write_s`, which are the main thread's
  std::condition_variable changed_;
  std::vector<Slot*> idle_;
  std::deque<Slot*> located_, read_;
  std::size_t being_read_ = 0;
  Clock::time_point reading_since_;             //!< when something is being read
  std::size_t calls_ = 0;                       //!< of `locate`
  std::size_t next_place_ = 0, end_place_ = 0;  //!< to be located
  std::size_t places_left_ = 0;
  OpenBlocks blocks_;
  BlockTree tree_;
  ScanReport report_;
  std::exception_ptr failure_;
  std::size_t failed_place_ = std::numeric_limits<std::size_t>::max();  //!< of `failure_`
  bool stop_reading_ = false;
  std::int64_t told_left_ = -1;
  std::thread reading_ahead_;
};

}  // namespace

std::size_t batches_in_memory(core::BatchReducer const& reducer) {
  return 2 * reducer.batches_at_once();
}

std::size_t blocks_in_memory(core::BlockPlan const& blocks, std::size_t frames_per_batch) {
  return most_blocks_met(blocks, 2 * frames_per_batch);
}

ScanReport reduce_scan(ScanDescription const& scan, Stages stages, Progress const& progress) {
  auto const begin = Clock::now();
  RankLoop loop(scan, stages, progress);
  ScanReport report = loop.run();
  report.frames.good = stages.peers.sum(report.frames.good);
  report.frames.missing = stages.peers.sum(report.frames.missing);
  report.frames.monitor_low = stages.peers.sum(report.frames.monitor_low);
  report.frames.without_pixels = stages.peers.sum(report.frames.without_pixels);
  auto const trees = stages.peers.gather(loop.packed_preview());
  if (stages.peers.rank() == 0) report.preview = BlockTree::combined(scan.blocks.blocks(), trees);
  report.times.wall_s = seconds_since(begin) - report.times.measuring_s;
  return report;
}

}  // namespace xrdct::pipeline
