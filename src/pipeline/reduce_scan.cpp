#include "pipeline/reduce_scan.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "core/patterns.hpp"

namespace xrdct::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Consecutive places that are reduced together.
struct BatchOfPlaces {
  std::size_t first_place = 0;
  std::size_t places = 0;
};

/// The places of a rank, batch by batch. The blocks of a rank are consecutive, and so are its places: a batch may reach into the next block.
class BatchCut {
 public:
  BatchCut(std::size_t first_place, std::size_t end, std::size_t frames_per_batch) : next_(first_place), end_(end), size_(frames_per_batch) {}
  std::optional<BatchOfPlaces> next() {
    if (next_ == end_) return std::nullopt;
    BatchOfPlaces const batch{next_, std::min(size_, end_ - next_)};
    next_ += batch.places;
    return batch;
  }

 private:
  std::size_t next_, end_, size_;
};

/// Reads one batch ahead on a helper thread. Looking up frames (HDF5) stays on the thread that owns this object.
class ReadAhead {
 public:
  ReadAhead(ScanDescription const& scan, core::FrameReader& reader) : scan_(scan), reader_(reader) {}
  ~ReadAhead() {
    if (pending_.valid()) pending_.wait();
  }
  ReadAhead(ReadAhead const&) = delete;
  ReadAhead& operator=(ReadAhead const&) = delete;

  void start(BatchOfPlaces const& batch) {
    frames_.clear();
    for (std::size_t p = 0; p < batch.places; ++p) frames_.push_back(scan_.places.frame_of(batch.first_place + p));
    reader_.locate(frames_);
    slot_ = 1 - slot_;
    pending_ = std::async(std::launch::async, [this, &out = buffers_[slot_]] {
      auto const begin = Clock::now();
      reader_.read(frames_, out);
      return seconds_since(begin);
    });
  }
  /// The batch that was started; valid until the call of `start` after the next.
  core::FrameBuffer const& finish(double& read_s) {
    read_s += pending_.get();
    return buffers_[slot_];
  }

 private:
  ScanDescription const& scan_;
  core::FrameReader& reader_;
  std::vector<std::int64_t> frames_;
  core::FrameBuffer buffers_[2];
  int slot_ = 0;
  std::future<double> pending_;
};

/// Patterns of the block that is being filled.
class BlockAssembly {
 public:
  explicit BlockAssembly(ScanDescription const& scan) : scan_(scan) { block_.reductions.resize(scan.reductions.size()); }

  void begin(std::size_t block) {
    block_.block = block;
    auto const [first, places] = scan_.blocks.places_of(block);
    first_place_ = first;
    block_.status.assign(places, core::FrameStatus::good);
    block_.index.assign(places, -1);
    block_.monitor.assign(places, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
      auto& patterns = block_.reductions[r];
      std::size_t const values = places * scan_.reductions[r].bins;
      patterns.intensity.resize(values);
      patterns.error.resize(scan_.reductions[r].rule.error_model == core::ErrorModel::none ? 0 : values);
      patterns.count.resize(values);
      patterns.deviation.resize(scan_.reductions[r].deviation ? values : 0);
      patterns.tally.assign(places, {});
    }
  }

  /// Adds frame `f` of a batch at its place. True when the block is full.
  bool add(std::size_t place, std::size_t f, core::ReducedBatch const& reduced, FrameCounts& counts) {
    add_frame(place, f, reduced, counts);
    return place + 1 == first_place_ + block_.status.size();
  }

  core::BlockResult const& result() const { return block_; }

 private:
  void add_frame(std::size_t place, std::size_t f, core::ReducedBatch const& reduced, FrameCounts& counts) {
    std::size_t const p = place - first_place_;
    std::int64_t const frame = scan_.places.frame_of(place);
    double factor = 1.0;
    core::FrameStatus status = reduced.status[f];
    block_.index[p] = frame;
    if (frame >= 0 && !scan_.monitor.empty()) {
      double const monitor = scan_.monitor.at(static_cast<std::size_t>(frame));
      block_.monitor[p] = monitor;
      factor = monitor / scan_.monitor_reference;
      if (status == core::FrameStatus::good && !(monitor > 0.0 && std::isfinite(monitor))) status = core::FrameStatus::monitor_low;
    }
    block_.status[p] = status;
    counts.good += status == core::FrameStatus::good;
    counts.missing += status == core::FrameStatus::missing;
    counts.monitor_low += status == core::FrameStatus::monitor_low;
    for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
      auto& patterns = block_.reductions[r];
      patterns.tally[p] = reduced.tally[r][f];
      auto const out = place_of(patterns, scan_.reductions[r].bins, p);
      if (status == core::FrameStatus::good) {
        core::finish_pattern(reduced.sums[r], f, factor, scan_.reductions[r].rule, out);
      } else {
        core::fill_empty_pattern(out);
      }
    }
  }

  static core::FinishedPattern place_of(core::BlockPatterns& patterns, std::size_t bins, std::size_t p) {
    auto const part = [&](std::vector<float>& values) {
      return values.empty() ? std::span<float>() : std::span<float>(values).subspan(p * bins, bins);
    };
    return {part(patterns.intensity), part(patterns.error), part(patterns.deviation), part(patterns.count)};
  }

  ScanDescription const& scan_;
  std::size_t first_place_ = 0;
  core::BlockResult block_;
};

void refuse_bad_frames(core::ReducedBatch const& reduced, BatchOfPlaces const& batch, ScanDescription const& scan, Stages const& stages,
                       core::FrameBuffer const& buffer) {
  for (std::size_t f = 0; f < batch.places; ++f) {
    core::FrameStatus const status = reduced.status[f];
    if (status != core::FrameStatus::corrupt && status != core::FrameStatus::unreadable) continue;
    std::string text = status == core::FrameStatus::corrupt ? "cannot decode " : "cannot read ";
    text += stages.reader.describe(scan.places.frame_of(batch.first_place + f)) + ": expected a whole frame, found one that is " +
            std::string(core::name_of(status));
    for (auto const& failure : buffer.failures) text += "; " + failure;
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

/// The loop of one rank: batches in, blocks out.
class RankLoop {
 public:
  RankLoop(ScanDescription const& scan, Stages const& stages, Progress const& progress)
      : scan_(scan), stages_(stages), progress_(progress), ahead_(scan, stages.reader), assembly_(scan), tree_(scan.blocks.blocks()) {
    auto const [first, last] = core::blocks_of_rank(scan.blocks.blocks(), stages.peers.rank(), stages.peers.size());
    block_ = first;
    blocks_left_ = last - first;
    if (blocks_left_ == 0) return;
    first_place_ = scan.blocks.places_of(first).first;
    auto const [last_place, last_size] = scan.blocks.places_of(last - 1);
    end_place_ = last_place + last_size;
  }

  void run(ScanReport& report) {
    std::size_t const rounds = core::rounds(scan_.blocks.blocks(), stages_.peers.size());
    std::size_t const idle_rounds = rounds - blocks_left_;
    BatchCut cut(first_place_, end_place_, stages_.reducer.frames_per_batch());
    auto batch = cut.next();
    if (batch) {
      ahead_.start(*batch);
      assembly_.begin(block_);
    }
    while (batch) {
      auto const next = cut.next();
      reduce(*batch, next, report);
      batch = next;
    }
    for (std::size_t round = 0; round < idle_rounds; ++round) write(nullptr, report);
  }

  std::vector<std::byte> packed_preview() const { return tree_.packed(); }

 private:
  void reduce(BatchOfPlaces const& batch, std::optional<BatchOfPlaces> const& next, ScanReport& report) {
    auto begin = Clock::now();
    core::FrameBuffer const& buffer = ahead_.finish(report.times.read_s);
    report.times.wait_s += seconds_since(begin);
    if (next) ahead_.start(*next);
    if (batch.first_place == first_place_) measure_decoding(buffer.batch, report);
    for (auto const& frame : buffer.batch.frames) {
      report.times.stored_bytes += static_cast<std::int64_t>(frame.bytes.size());
      report.times.frames += frame.status == core::FrameStatus::good;
    }

    begin = Clock::now();
    stages_.reducer.reduce(buffer.batch, reduced_);
    report.times.reduce_s += seconds_since(begin);
    refuse_bad_frames(reduced_, batch, scan_, stages_, buffer);
    for (std::size_t f = 0; f < batch.places; ++f) finish_frame(batch.first_place + f, f, report);
    auto const done = static_cast<std::int64_t>(batch.first_place + batch.places - first_place_);
    progress_(done, static_cast<std::int64_t>(end_place_ - first_place_));
  }

  void measure_decoding(core::EncodedBatch const& batch, ScanReport& report) {
    auto const begin = Clock::now();
    report.times.decode_s_per_frame = stages_.reducer.seconds_to_decode(batch) / static_cast<double>(batch.frames.size());
    report.times.measuring_s = seconds_since(begin);
  }

  void finish_frame(std::size_t place, std::size_t f, ScanReport& report) {
    auto const begin = Clock::now();
    bool const full = assembly_.add(place, f, reduced_, report.frames);
    report.times.finish_s += seconds_since(begin);
    if (!full) return;
    tree_.add(block_, sums_of(assembly_.result(), scan_));
    write(&assembly_.result(), report);
    ++block_;
    if (--blocks_left_ > 0) assembly_.begin(block_);
  }

  void write(core::BlockResult const* block, ScanReport& report) {
    auto const begin = Clock::now();
    stages_.writer.write(block);
    report.times.write_s += seconds_since(begin);
  }

  ScanDescription const& scan_;
  Stages const& stages_;
  Progress const& progress_;
  ReadAhead ahead_;
  BlockAssembly assembly_;
  BlockTree tree_;
  core::ReducedBatch reduced_;
  std::size_t block_ = 0, blocks_left_ = 0;
  std::size_t first_place_ = 0, end_place_ = 0;
};

}  // namespace

ScanReport reduce_scan(ScanDescription const& scan, Stages stages, Progress const& progress) {
  auto const begin = Clock::now();
  ScanReport report;
  RankLoop loop(scan, stages, progress);
  loop.run(report);
  report.frames.good = stages.peers.sum(report.frames.good);
  report.frames.missing = stages.peers.sum(report.frames.missing);
  report.frames.monitor_low = stages.peers.sum(report.frames.monitor_low);
  auto const trees = stages.peers.gather(loop.packed_preview());
  if (stages.peers.rank() == 0) report.preview = BlockTree::combined(scan.blocks.blocks(), trees);
  report.times.wall_s = seconds_since(begin) - report.times.measuring_s;
  return report;
}

}  // namespace xrdct::pipeline
