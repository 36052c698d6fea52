#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/scan/stages.hpp"
#include "pipeline/batch_plan.hpp"

namespace xrdct::pipeline {

/// Where a batch is on its way.
enum class BatchState {
  free,      //!< waits for places
  locating,  //!< its frames are being looked up
  located,
  reading,  //!< until all of its parts are read
  read,
  reducing,  //!< until its patterns are finished
  given_up   //!< comes after a failure; for good
};

struct Batch;

/// Some consecutive frames of a batch, which one thread reads.
struct BatchPart {
  Batch* batch = nullptr;
  std::size_t number = 0;  //!< in its batch
  FrameRange range;        //!< of the frames of its batch
  core::FrameBuffer buffer;
};

/// The frames of some consecutive places, and their stored bytes.
struct Batch {
  std::size_t number = 0;            //!< in the order of the scan
  std::vector<PlacedFrame> places;   //!< [frame]
  std::vector<std::int64_t> frames;  //!< [frame] −1: the place has none
  std::vector<BatchPart> parts;      //!< as many as threads read ahead; the last may be empty
  core::EncodedBatch encoded;        //!< all of its frames, where its parts have them
  std::chrono::steady_clock::time_point reducing_since;

  BatchState state() const noexcept { return state_; }
  /// Shares out `frames`, at least one, to the parts.
  void divide();
  /// What its reader said of a frame that is bad.
  std::string const& failure_of(std::size_t frame) const;

 private:
  friend class BatchPool;
  BatchState state_ = BatchState::free;
  std::size_t since_ = 0;       //!< number of the step that brought it here
  std::size_t call_ = 0;        //!< number of its call of `locate`
  std::size_t parts_left_ = 0;  //!< that nobody has begun to read: the last ones
  std::size_t readers_ = 0;     //!< that are at its parts

  std::size_t used_parts() const noexcept { return std::min(parts.size(), frames.size()); }
};

/// Reads the frames of a part, and enters them into its batch. Any thread, several at once.
void read_part(core::FrameReader& reader, BatchPart& part);

/*!
 * The batches of a rank. Each is in one state, and the functions below are all ways from one to
 * the next:
 *
 *     free → locating → located → reading → read → reducing → free
 *
 * `begin_…` hands out the batch that has waited longest (nullptr: none waits), `end_…` takes it
 * back. Reading is begun and ended by parts, those of one batch before those of the next. Has no
 * lock of its own: one call at a time. What a batch holds belongs to whom it was handed out to.
 * Throws nothing in the right order. Memory: the stored bytes of all batches, which are kept for
 * the next frames.
 * \throws core::AssertionError a batch ends what it did not begin
 */
class BatchPool {
 public:
  /// \param parts of a batch, which are read by a thread each
  /// \param memory of their stored bytes, which outlives this; nullptr: that of the system
  explicit BatchPool(std::size_t batches, std::size_t parts = 1,
                     core::ByteMemory* memory = nullptr);
  BatchPool(BatchPool const&) = delete;
  BatchPool& operator=(BatchPool const&) = delete;

  std::size_t size() const noexcept { return batches_.size(); }
  std::size_t count(BatchState state) const noexcept;
  bool any(BatchState state) const noexcept { return count(state) > 0; }
  std::size_t readers() const noexcept;  //!< parts that were begun and are not ended
  /// The batch with these frames.
  Batch& of(core::EncodedBatch const& batch);
  /// All that wait to be reduced, in the order in which they will be.
  std::vector<Batch const*> waiting_to_be_reduced() const;

  /// Whether a batch is free, and a reader that keeps what the last `size()` calls of `locate`
  /// found still has what every other batch needs: some may be read and reduced many times while
  /// one is still being read.
  bool can_locate() const noexcept;
  /// The batch that was freed last: its memory is in the cache. Only while `can_locate()`.
  Batch& begin_locating();
  void end_locating(Batch& batch) { end(batch, BatchState::locating, BatchState::located); }
  BatchPart* begin_reading() noexcept;
  /// The batch is read when its last part is.
  void end_reading(BatchPart& part);
  Batch* begin_reducing() noexcept { return begin(BatchState::read, BatchState::reducing); }
  void end_reducing(Batch& batch) { end(batch, BatchState::reducing, BatchState::free); }

  /// Gives up all batches from this number on: those that wait at once, the others when they come
  /// back, with the parts that somebody has.
  void give_up_from(std::size_t number) noexcept;

 private:
  Batch* first(BatchState state, bool with_parts_left = false) noexcept;
  Batch* begin(BatchState from, BatchState to) noexcept;
  void end(Batch& batch, BatchState from, BatchState to);
  void move(Batch& batch, BatchState to) noexcept;

  std::vector<Batch> batches_;  //!< of fixed size: batches stay where they are
  std::size_t steps_ = 0;
  std::size_t calls_ = 0;  //!< of `locate`
  std::size_t given_up_from_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace xrdct::pipeline
