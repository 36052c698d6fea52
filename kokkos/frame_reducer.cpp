// Chooses the engine of a reducer, and checks what it is given.
#include "kokkos/frame_reducer.hpp"

#include <algorithm>
#include <exception>
#include <vector>

#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "kokkos/device/device_engine.hpp"
#include "kokkos/fused/fused_engine.hpp"
#include "kokkos/space/host_work.hpp"
#include "kokkos/spmm/spmm_engine.hpp"

namespace xrdct::kernels {
namespace {

void check(core::ReductionPlan const& plan) {
  if (!codec::supports(plan.encoding.filter))
    throw core::InputError({.what = "decode the frames",
                            .expected = "a filter of this build",
                            .found = std::string(core::name_of(plan.encoding.filter)),
                            .attempt = "build with the library for it"});
  std::size_t const pixels = plan.shape.pixels();
  auto const& corrections = plan.corrections;
  XRDCT_ASSERT(corrections.normalization.size() == pixels);
  XRDCT_ASSERT(corrections.dark.empty() || corrections.dark.size() == pixels);
  XRDCT_ASSERT(corrections.mask.size() == pixels);
  XRDCT_ASSERT(corrections.dark_variance.empty() || corrections.dark_variance.size() == pixels);
  for (core::Reduction const& reduction : plan.reductions) {
    XRDCT_ASSERT(reduction.matrix.pixels() == pixels &&
                 reduction.matrix.entry_begin.size() == pixels + 1);
    XRDCT_ASSERT(reduction.error_model != core::ErrorModel::variance ||
                 corrections.variance.size() == pixels);
  }
}

// Brings the result to the size of a batch; keeps its memory, and what it holds.
void resize(core::ReductionPlan const& plan, std::size_t frames, core::ReducedBatch& out) {
  out.sums.resize(plan.reductions.size());
  out.tally.resize(plan.reductions.size());
  out.status.resize(frames);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    core::PatternSums& sums = out.sums[r];
    sums.frames = frames;
    sums.bins = plan.reductions[r].matrix.bins;
    core::each_field([&](auto& field) { field.resize(frames * sums.bins); }, sums);
    sums.pixels.resize(frames * sums.bins);
    out.tally[r].resize(frames);
  }
}

void clear_frame(std::size_t frame, core::ReducedBatch& out) {
  for (std::size_t r = 0; r < out.sums.size(); ++r) {
    core::PatternSums& sums = out.sums[r];
    core::each_field(
        [&](auto& field) { std::fill_n(field.data() + frame * sums.bins, sums.bins, 0.0); }, sums);
    std::fill_n(sums.pixels.data() + frame * sums.bins, sums.bins, 0);
    out.tally[r][frame] = {};
  }
}

void clear_bad_frames(core::ReducedBatch& out) {
  for (std::size_t frame = 0; frame < out.status.size(); ++frame)
    if (out.status[frame] != core::FrameStatus::good) clear_frame(frame, out);
}

// Reduces batches of a queue until there are no more; after a failure none, since what the thread
// keeps may be half made.
template <class Reduce>
void reduce_batches(core::BatchQueue& queue, core::ReducedBatch const& reduced,
                    Reduce const& reduce_batch) {
  while (auto const* batch = queue.next()) {
    try {
      reduce_batch(*batch);
    } catch (...) {
      queue.failed(*batch, std::current_exception());
      return;
    }
    queue.done(*batch, reduced);
  }
}

}  // namespace

struct FrameReducer::State {
  core::ReductionPlan const& plan;
  std::unique_ptr<FusedEngine> fused;  // one of the three
  std::unique_ptr<SpmmEngine> spmm;
  std::unique_ptr<DeviceEngine> device;

  // What the batch at hand of a thread needs. A line of the cache apart, since all are used at
  // once.
  struct alignas(64) AtHand {
    std::vector<std::size_t> good;  // frames of the batch
    core::ReducedBatch reduced;     // of `reduce_all`
  };
  std::vector<AtHand> at_hand;  // [batch at once]

  void reduce_ahead(core::BatchQueue& queue);

  template <class Visit>
  auto visit(Visit visit_engine) {
    return fused ? visit_engine(*fused) : spmm ? visit_engine(*spmm) : visit_engine(*device);
  }
  void begin(core::EncodedBatch const& batch, std::vector<std::size_t>& good,
             core::ReducedBatch& out) const;
};

FrameReducer::FrameReducer(core::ReductionPlan const& plan, Engine engine)
    : state_(new State{plan, {}, {}, {}, {}}) {
  check(plan);
  if (engine == Engine::fused && !kernels_run_on_host()) engine = Engine::device;
  switch (engine) {
    case Engine::fused:
      state_->fused = std::make_unique<FusedEngine>(plan);
      break;
    case Engine::device:
      state_->device = std::make_unique<DeviceEngine>(plan);
      break;
    case Engine::spmm:
      state_->spmm = std::make_unique<SpmmEngine>(plan);
      break;
  }
  state_->at_hand.resize(batches_at_once());
}

FrameReducer::~FrameReducer() = default;

// Brings the result to the size of the batch, and finds the frames that there is something to do
// for.
void FrameReducer::State::begin(core::EncodedBatch const& batch, std::vector<std::size_t>& good,
                                core::ReducedBatch& out) const {
  XRDCT_ASSERT(batch.shape == plan.shape && batch.encoding == plan.encoding);
  resize(plan, batch.frames.size(), out);
  good.clear();
  for (std::size_t frame = 0; frame < batch.frames.size(); ++frame) {
    out.status[frame] = batch.frames[frame].status;
    if (batch.frames[frame].status == core::FrameStatus::good) good.push_back(frame);
  }
}

void FrameReducer::reduce(core::EncodedBatch const& batch, core::ReducedBatch& out) {
  auto& good = state_->at_hand.front().good;
  state_->begin(batch, good, out);
  if (state_->spmm)
    for (std::size_t frame : good) clear_frame(frame, out);
  if (state_->fused) state_->fused->reduce(batch, good, out);
  if (state_->spmm) state_->spmm->reduce(batch, good, out);
  if (state_->device) {
    state_->device->begin(batch, good, out);
    state_->device->finish();
  }
  clear_bad_frames(out);
}

// Hands a batch to the device before it asks for the results of the one before, so that the device
// has work while these are made into patterns, written, and while the next frames are sent.
void FrameReducer::State::reduce_ahead(core::BatchQueue& queue) {
  core::EncodedBatch const* begun = nullptr;
  for (std::size_t hand = 0;; hand = 1 - hand) {
    auto const* batch = begun != nullptr ? queue.next_ready() : queue.next();
    if (batch == nullptr && begun == nullptr) return;
    AtHand &own = at_hand[hand], &before = at_hand[1 - hand];
    try {
      if (batch != nullptr) {
        begin(*batch, own.good, own.reduced);
        device->begin(*batch, own.good, own.reduced);
      } else {
        device->finish();
      }
    } catch (...) {
      for (auto const* lost : {begun, batch})
        if (lost != nullptr) queue.failed(*lost, std::current_exception());
      return;
    }
    if (begun != nullptr) {
      clear_bad_frames(before.reduced);
      queue.done(*begun, before.reduced);
    }
    begun = batch;
  }
}

void FrameReducer::reduce_all(core::BatchQueue& queue) {
  if (state_->fused) {
    run_on_host("xrdct::reduce_groups", [&](std::size_t worker) {
      auto& own = state_->at_hand[worker];
      reduce_batches(queue, own.reduced, [&](core::EncodedBatch const& batch) {
        state_->begin(batch, own.good, own.reduced);
        state_->fused->reduce_group(worker, batch, own.good, own.reduced);
        clear_bad_frames(own.reduced);
      });
    });
    return;
  }
  if (state_->device) return state_->reduce_ahead(queue);
  auto& reduced = state_->at_hand.front().reduced;
  reduce_batches(queue, reduced, [&](core::EncodedBatch const& batch) { reduce(batch, reduced); });
}

std::size_t FrameReducer::frames_per_batch() const {
  return state_->visit([](auto const& engine) { return engine.frames_per_batch(); });
}

std::size_t FrameReducer::batches_at_once() const {
  return state_->device ? DeviceEngine::batches_at_once : threads();
}

std::size_t FrameReducer::threads() const { return state_->fused ? host_workers() : 1; }

std::size_t FrameReducer::free_threads() const {
  return state_->device && !kernels_run_on_host() ? host_workers() - 1 : 0;
}

core::ByteMemory* FrameReducer::batch_memory() {
  return state_->device ? &state_->device->batch_memory() : nullptr;
}

bool FrameReducer::keeps_decoded_pixels() const {
  return state_->fused && state_->fused->keeps_decoded_pixels();
}

std::optional<CardPlan> FrameReducer::card_plan() const {
  if (!state_->device || kernels_run_on_host()) return {};
  return state_->device->card_plan();
}

EngineMemory FrameReducer::memory() const {
  return state_->visit([](auto const& engine) { return engine.memory(); });
}

}  // namespace xrdct::kernels
