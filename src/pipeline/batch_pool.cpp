// The ways of a batch from one state to the next, and its parts.
#include "pipeline/batch_pool.hpp"

#include <algorithm>

#include "core/words/errors.hpp"
#include "pipeline/bad_places.hpp"

namespace xrdct::pipeline {

void Batch::divide() {
  encoded.frames.resize(frames.size());
  for (auto& part : parts) part.range = {};
  for (std::size_t p = 0; p < used_parts(); ++p)
    parts[p].range = frames_of_part(frames.size(), p, used_parts());
}

std::string const& Batch::failure_of(std::size_t frame) const {
  auto const part =
      std::ranges::find_if(parts, [&](BatchPart const& each) { return frame < each.range.end; });
  XRDCT_ASSERT(part != parts.end());
  auto const& read = part->buffer.batch.frames;
  auto const end = read.begin() + static_cast<std::ptrdiff_t>(frame - part->range.first);
  auto const before =
      std::count_if(read.begin(), end, [](auto const& f) { return is_bad(f.status); });
  return part->buffer.failures.at(static_cast<std::size_t>(before));
}

void read_part(core::FrameReader& reader, BatchPart& part) {
  auto& batch = *part.batch;
  reader.read(std::span(batch.frames).subspan(part.range.first, part.range.size()), part.buffer);
  auto const& read = part.buffer.batch;
  std::ranges::copy(read.frames,
                    batch.encoded.frames.begin() + static_cast<std::ptrdiff_t>(part.range.first));
  if (part.number > 0) return;
  batch.encoded.shape = read.shape;
  batch.encoded.encoding = read.encoding;
}

BatchPool::BatchPool(std::size_t batches, std::size_t parts, core::ByteMemory* memory)
    : batches_(batches) {
  for (auto& batch : batches_) {
    batch.parts.resize(parts);
    for (std::size_t p = 0; p < parts; ++p) {
      batch.parts[p].batch = &batch;
      batch.parts[p].number = p;
      batch.parts[p].buffer.bytes = core::LargeBytes(core::LargeAllocator<std::byte>(memory));
    }
    move(batch, BatchState::free);
  }
}

std::size_t BatchPool::count(BatchState state) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      batches_.begin(), batches_.end(), [&](Batch const& batch) { return batch.state_ == state; }));
}

std::size_t BatchPool::readers() const noexcept {
  std::size_t readers = 0;
  for (auto const& batch : batches_) readers += batch.readers_;
  return readers;
}

Batch& BatchPool::of(core::EncodedBatch const& encoded) {
  auto const found = std::find_if(batches_.begin(), batches_.end(),
                                  [&](Batch const& batch) { return &batch.encoded == &encoded; });
  XRDCT_ASSERT(found != batches_.end());
  return *found;
}

std::vector<Batch const*> BatchPool::waiting_to_be_reduced() const {
  std::vector<Batch const*> waiting;
  for (auto const& batch : batches_)
    if (batch.state_ == BatchState::read) waiting.push_back(&batch);
  std::sort(waiting.begin(), waiting.end(),
            [](Batch const* a, Batch const* b) { return a->since_ < b->since_; });
  return waiting;
}

bool BatchPool::can_locate() const noexcept {
  auto const is_unread = [](BatchState state) {
    return state == BatchState::locating || state == BatchState::located ||
           state == BatchState::reading;
  };
  auto const would_be_forgotten = [&](Batch const& batch) {
    return is_unread(batch.state_) && calls_ + 1 - batch.call_ >= size();
  };
  return any(BatchState::free) &&
         std::none_of(batches_.begin(), batches_.end(), would_be_forgotten);
}

Batch& BatchPool::begin_locating() {
  XRDCT_ASSERT(can_locate());
  Batch* last = nullptr;
  for (auto& batch : batches_) {
    if (batch.state_ == BatchState::free && (last == nullptr || batch.since_ > last->since_))
      last = &batch;
  }
  last->call_ = ++calls_;
  move(*last, BatchState::locating);
  return *last;
}

BatchPart* BatchPool::begin_reading() noexcept {
  Batch* batch = first(BatchState::reading, true);
  if (batch == nullptr) {
    batch = begin(BatchState::located, BatchState::reading);
    if (batch == nullptr) return nullptr;
    batch->parts_left_ = batch->used_parts();
  }
  ++batch->readers_;
  return &batch->parts[batch->used_parts() - batch->parts_left_--];
}

void BatchPool::end_reading(BatchPart& part) {
  Batch& batch = *part.batch;
  XRDCT_ASSERT(batch.state_ == BatchState::reading && batch.readers_ > 0);
  --batch.readers_;
  if (batch.readers_ == 0 && batch.parts_left_ == 0)
    end(batch, BatchState::reading, BatchState::read);
}

void BatchPool::give_up_from(std::size_t number) noexcept {
  given_up_from_ = std::min(given_up_from_, number);
  for (auto& batch : batches_) {
    bool const reading = batch.state_ == BatchState::reading,
               waits = batch.state_ == BatchState::located || batch.state_ == BatchState::read;
    if (!(reading || waits) || batch.number < given_up_from_) continue;
    batch.parts_left_ = 0;
    if (waits || batch.readers_ == 0) move(batch, BatchState::given_up);
  }
}

Batch* BatchPool::first(BatchState state, bool with_parts_left) noexcept {
  Batch* first = nullptr;
  for (auto& batch : batches_) {
    if (batch.state_ != state || (with_parts_left && batch.parts_left_ == 0)) continue;
    if (first == nullptr || batch.since_ < first->since_) first = &batch;
  }
  return first;
}

Batch* BatchPool::begin(BatchState from, BatchState to) noexcept {
  Batch* const batch = first(from);
  if (batch != nullptr) move(*batch, to);
  return batch;
}

void BatchPool::end(Batch& batch, BatchState from, BatchState to) {
  XRDCT_ASSERT(batch.state_ == from);
  move(batch, batch.number >= given_up_from_ ? BatchState::given_up : to);
}

void BatchPool::move(Batch& batch, BatchState to) noexcept {
  batch.state_ = to;
  batch.since_ = ++steps_;
}

}  // namespace xrdct::pipeline
