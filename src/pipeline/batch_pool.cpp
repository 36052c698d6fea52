// The ways of a batch from one state to the next.
#include "pipeline/batch_pool.hpp"

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::pipeline {

BatchPool::BatchPool(std::size_t batches, core::ByteMemory* memory) : batches_(batches) {
  for (auto& batch : batches_) {
    batch.buffer.bytes = core::LargeBytes(core::LargeAllocator<std::byte>(memory));
    move(batch, BatchState::free);
  }
}

std::size_t BatchPool::count(BatchState state) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      batches_.begin(), batches_.end(), [&](Batch const& batch) { return batch.state_ == state; }));
}

Batch& BatchPool::of(core::EncodedBatch const& encoded) {
  auto const found = std::find_if(batches_.begin(), batches_.end(), [&](Batch const& batch) {
    return &batch.buffer.batch == &encoded;
  });
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

void BatchPool::give_up_from(std::size_t number) noexcept {
  given_up_from_ = std::min(given_up_from_, number);
  for (auto& batch : batches_) {
    bool const waits = batch.state_ == BatchState::located || batch.state_ == BatchState::read;
    if (waits && batch.number >= given_up_from_) move(batch, BatchState::given_up);
  }
}

Batch* BatchPool::begin(BatchState from, BatchState to) noexcept {
  Batch* first = nullptr;
  for (auto& batch : batches_) {
    if (batch.state_ == from && (first == nullptr || batch.since_ < first->since_)) first = &batch;
  }
  if (first != nullptr) move(*first, to);
  return first;
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
