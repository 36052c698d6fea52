#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/frames.hpp"
#include "core/words/large_bytes.hpp"
#include "core/words/patterns.hpp"

/// The stages that the pipeline connects. `io` and `kernels` implement them; tests bring sources
/// and sinks in memory.
namespace xrdct::core {

/// Memory for the stored bytes of one batch; grows to the largest batch and is used again.
struct FrameBuffer {
  LargeBytes bytes;    //!< who reads keeps its allocator
  EncodedBatch batch;  //!< its spans point into `bytes`
  /// why frames of this batch are unreadable or corrupt already, one text for each of them in their
  /// order, naming file and frame
  std::vector<std::string> failures;
};

/// Where stored frames come from.
class FrameReader {
 public:
  virtual ~FrameReader() = default;
  /// Looks up where these frames are stored. Main thread. \throws IoError
  virtual void locate(std::span<std::int64_t const> frames) = 0;
  /// What the last `calls` calls of `locate` found is kept for `read`; 2 before this is called.
  /// Main thread.
  virtual void keep_located(std::size_t calls) = 0;
  /*!
   * Reads the stored bytes of frames that were located, in the order given; −1 stands for "no
   * frame" (status missing). Any thread, several at once. A frame that cannot be read, or that is
   * decoded here in vain, gets its status, and `out.failures` tells what was wrong.
   */
  virtual void read(std::span<std::int64_t const> frames, FrameBuffer& out) = 0;
  /// A frame for people: "frame 17 (scan_data_000001.h5:/entry/data/data[17])". Any thread.
  virtual std::string describe(std::int64_t frame) const = 0;
};

/// Hands out batches to the threads that reduce them, and takes their results.
class BatchQueue {
 public:
  virtual ~BatchQueue() = default;
  /// The next batch, valid until `done`; waits for it. nullptr: there are no more. Any thread that
  /// has none.
  virtual EncodedBatch const* next() noexcept = 0;
  /// The next batch for a thread that has one already, which the reader may need back before there
  /// is another: nullptr when none has been read. Does not wait. Main thread.
  virtual EncodedBatch const* next_ready() noexcept = 0;
  /// Takes the result of a batch, on the thread that got it; `reduced` may be used again
  /// afterwards.
  virtual void done(EncodedBatch const& batch, ReducedBatch const& reduced) noexcept = 0;
  /// Takes what was thrown instead of a result, on the thread that got the batch, which then asks
  /// for no more. A thread that has two batches tells it of both.
  virtual void failed(EncodedBatch const& batch, std::exception_ptr failure) noexcept = 0;
};

/// One number per frame, read as needed. Main thread.
class FrameValues {
 public:
  virtual ~FrameValues() = default;
  /// \throws IoError
  virtual double at(std::int64_t frame) = 0;
};

/// Reduces stored frames to sums. Main thread. The result is a function of the frame alone.
class BatchReducer {
 public:
  virtual ~BatchReducer() = default;
  /// Reduces what `queue` hands out, until it has no more: `threads()` threads, the calling one
  /// among them, each take a batch when they are done with the one before, and wait for nobody.
  /// Where there are more `batches_at_once()`, the calling thread, the only one then, begins a
  /// batch before it is done with the one before. Nothing is thrown for a batch: the queue is
  /// reported of it.
  virtual void reduce_all(BatchQueue& queue) = 0;
  virtual std::size_t frames_per_batch()
      const = 0;  //!< the number of frames that keeps all threads busy: that of a batch times
                  //!< `batches_at_once()`
  virtual std::size_t batches_at_once() const = 0;  //!< of `reduce_all`
  virtual std::size_t threads() const = 0;          //!< of `reduce_all`
  /// Threads of the rank that have nothing to do in `reduce_all` but for short shares of it, and
  /// may read ahead; 0: all are busy.
  virtual std::size_t free_threads() const = 0;
  /// Where the bytes of its batches lie best, as long as this lives; nullptr: anywhere.
  virtual ByteMemory* batch_memory() = 0;
};

/// One output block of one reduction: `places` × `bins`, bin fastest, places in scan order.
struct BlockPatterns {
  /// [place][bin]; error is empty without an error model
  std::vector<float> intensity, error, count;
  std::vector<float> deviation;   //!< [place][bin]; empty: not wanted
  std::vector<PixelTally> tally;  //!< [place]
};

/// All that is written for one output block.
struct BlockResult {
  std::size_t block = 0;
  std::vector<BlockPatterns> reductions;
  std::vector<FrameStatus> status;  //!< [place]
  std::vector<std::int64_t> index;  //!< [place] frame index, of several frames the last; −1: none
  std::vector<double> monitor;      //!< [place] of several frames the mean of those that are good
  /// Of scans with positions alone: frames that lie at a place, those that do not count, too
  std::vector<std::int64_t> number;
  std::vector<std::vector<double>> positions;  //!< [motor][place] the mean over its frames
};

/// Where output blocks go. Main thread. Every rank calls `write` once per round; nullptr: no block
/// in this round. Where ranks do not meet, a rank may leave rounds out.
class BlockWriter {
 public:
  virtual ~BlockWriter() = default;
  virtual void write(BlockResult const* block) = 0;
  /// Whether a rank may have to wait for the others in `write`, so that all have to take part in
  /// every round.
  virtual bool meets() const = 0;
};

/// Blocks that an earlier run of the same job has written. Main thread.
class FinishedBlocks {
 public:
  virtual ~FinishedBlocks() = default;
  /// Their numbers in ascending order; the same on every rank.
  virtual std::vector<std::size_t> blocks() const = 0;
  /// Intensity, tally, status and index of one of them; nothing: it is not as it was written.
  /// \throws IoError
  virtual std::optional<BlockResult> read(std::size_t block) = 0;
};

/// The other ranks, as far as the pipeline needs them.
class Peers {
 public:
  virtual ~Peers() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// True on all ranks when it is true on one. Collective.
  virtual bool any(bool mine) = 0;
  /// `any` in two steps, between which this rank may work, but calls nothing else here but
  /// `stop_asked`. `end_any` gives nothing until all ranks have begun.
  virtual void begin_any(bool mine) = 0;
  virtual std::optional<bool> end_any() = 0;
  /// Whether this rank was asked to stop, or has heard that another one was: it is on its way.
  /// Cheap, and not collective.
  virtual bool stop_asked() = 0;
  virtual std::int64_t sum(std::int64_t mine) = 0;  //!< collective
  virtual double maximum(double mine) = 0;          //!< collective
  /// The bytes of every rank, on rank 0, in rank order; empty elsewhere. Collective. Each rank at
  /// most 1 GiB.
  virtual std::vector<std::vector<std::byte>> gather(std::span<std::byte const> mine) = 0;
  /// Rank 0's text on all ranks, whatever its length. Collective.
  virtual std::string broadcast(std::string const& text) = 0;
};

}  // namespace xrdct::core
