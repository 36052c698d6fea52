// Says before a run how much memory a rank will need, and for what.
#include "app/scan/memory_plan.hpp"

#include <algorithm>
#include <vector>

#include "io/nexus/output_layout.hpp"
#include "kokkos/runtime.hpp"
#include "pipeline/batch_plan.hpp"

namespace xrdct::app {
namespace {

// Buffers of HDF5 and MPI-IO while blocks are written. Measured: Open MPI 4.1, HDF5 1.10, 1 and 2
// ranks, collective.
constexpr std::size_t library_buffers = 2000000;
constexpr std::size_t place_bytes =
    1 + 8 + 8 + sizeof(core::PixelTally);  // status, index, monitor, tally
constexpr std::size_t samples = 8;         // batches whose stored size is looked up
constexpr std::size_t tried_frames = 16;   // a group of a thread

/// The packed copy of one dataset of a block, with its padding.
std::size_t packed_bytes(io::OutputDescription const& output) {
  io::OutputLayout const layout(output);
  std::size_t largest = 0;
  for (auto const& dataset : layout.datasets)
    if (!dataset.chunk.empty())
      largest = std::max(largest, dataset.stored_bytes() / output.blocks().blocks());
  return largest;
}

/// Reduces some frames that are spread over the scan, so that the reducer knows how wide decoded
/// pixels are; not at equal distances, which could meet the same ones of repeated frames. Those
/// that cannot be read are left out.
void try_frames(Inputs& inputs, kernels::FrameReducer& reducer) {
  std::size_t const places = inputs.places.shape().places(), count = std::min(tried_frames, places);
  std::vector<std::int64_t> frames;
  for (std::size_t i = 0; i < count; ++i)
    frames.push_back(inputs.places.frame_of((places * i / count + i) % places));
  core::FrameBuffer buffer;
  core::ReducedBatch reduced;
  inputs.source->locate(frames);
  inputs.source->read(frames, buffer);
  reducer.reduce(buffer.batch, reduced);
}

/// Stored bytes of a batch whose parts are each as large as the largest of some: each keeps memory
/// for its own largest.
std::size_t largest_batch(Inputs& inputs, std::size_t frames_per_batch, std::size_t readers) {
  std::size_t const places = inputs.places.shape().places(),
                    length = std::min(frames_per_batch, places), parts = std::min(length, readers);
  std::size_t largest = 0;
  for (std::size_t sample = 0; sample < samples; ++sample) {
    std::size_t const first = (places - length) * sample / (samples - 1);
    for (std::size_t part = 0; part < parts; ++part) {
      auto const range = pipeline::frames_of_part(length, part, parts);
      std::vector<std::int64_t> frames;
      for (std::size_t n = range.first; n < range.end; ++n)
        frames.push_back(inputs.places.frame_of(first + n));
      largest = std::max(largest, inputs.source->stored_bytes(frames));
    }
  }
  return parts * largest;
}

/// Frames and places whose sums are in memory: those of the batches at hand; of places with several
/// frames one for each thread; and where these come in several batches, what waits for its turn.
std::size_t sums_in_memory(core::PlaceMap const& places, std::size_t frames, std::size_t threads) {
  if (places.most_frames() == 1) return frames;
  bool const divided = places.most_frames() > frames / threads;
  return frames + threads + (divided ? frames + threads : 0);
}

/// Patterns of the blocks that a rank keeps.
std::size_t patterns_bytes(Inputs const& inputs, std::size_t frames, std::size_t ranks) {
  std::size_t const of_rank = (inputs.blocks.blocks() + ranks - 1) / ranks;
  std::size_t const of_motors =
      inputs.motors ? (1 + inputs.motors->measured.size()) * sizeof(double) : 0;
  std::size_t each = inputs.blocks.places_of(0).second * (place_bytes + of_motors);
  for (std::size_t r = 0; r < inputs.job.reductions.size(); ++r) each += block_bytes(inputs, r);
  return std::min(of_rank, pipeline::blocks_in_memory(inputs.blocks, frames)) * each;
}

/// Sums over blocks.
std::size_t preview_bytes(Inputs const& inputs, int ranks) {
  std::size_t bins = 0;
  for (auto const& reduction : inputs.job.reductions) bins += reduction.bins();
  return pipeline::most_nodes(inputs.blocks.blocks(), ranks) * bins * 24;
}

}  // namespace

std::size_t MemoryPlan::total() const {
  return std::max(setup_peak,
                  built + untouched + batches + decoding + sums + blocks + writer + preview);
}

MemoryPlan plan_memory(Inputs& inputs, core::ReductionPlan const& plan,
                       kernels::FrameReducer& reducer, io::OutputDescription const& output,
                       std::size_t before_reducer, int ranks, MemoryWatch& watch) {
  std::size_t const frames = reducer.frames_per_batch();
  if (reducer.keeps_decoded_pixels()) try_frames(inputs, reducer);
  return_free_memory();
  std::size_t const touched = std::max(own_memory(), before_reducer) - before_reducer;
  MemoryPlan memory;
  std::size_t const reserved = reducer.memory().host;
  memory.untouched = reserved - std::min(reserved, touched);
  std::size_t const readers = pipeline::readers_ahead(reducer),
                    batch = largest_batch(inputs, frames / reducer.batches_at_once(), readers),
                    batches = pipeline::batches_in_memory(reducer);
  memory.batches = batches * batch;
  if (reducer.batch_memory() != nullptr)
    memory.batches += memory.batches / 16;  // what `io::make_room` takes more is there when pinned
  if (inputs.source->keeps_stored_bytes())
    memory.batches += (batches + reducer.batches_at_once() + 1) *
                      batch;  // as located, and copies while they are read
  memory.batches += (reducer.threads() + readers) * inputs.source->composing_bytes();
  memory.decoding = static_cast<std::size_t>(kernels::threads()) * plan.shape.pixels() *
                    core::size_of(plan.encoding.type);
  memory.writer = packed_bytes(output) + library_buffers;
  memory.preview = preview_bytes(inputs, ranks);
  memory.blocks = patterns_bytes(inputs, frames, static_cast<std::size_t>(ranks));
  std::size_t const sums = sums_in_memory(inputs.places, frames, reducer.batches_at_once());
  for (auto const& reduction : plan.reductions) memory.sums += sums * bytes_per_frame(reduction);
  memory.setup_peak = watch.peak();
  return_free_memory();
  memory.built = own_memory();
  return memory;
}

std::size_t fields_of(config::ReductionJob const& reduction) {
  return 2 + (reduction.error_model != core::ErrorModel::none ? 1 : 0) +
         (reduction.deviation ? 1 : 0);
}

std::size_t bytes_per_frame(core::Reduction const& reduction) { return reduction.matrix.bins * 44; }

std::size_t bytes_of(core::BinMatrix const& matrix) {
  return matrix.entry_begin.size() * sizeof(matrix.entry_begin[0]) +
         matrix.entries() * (sizeof(matrix.bin[0]) + sizeof(matrix.coefficient[0]));
}

std::size_t block_bytes(Inputs const& inputs, std::size_t reduction) {
  auto const& job = inputs.job.reductions[reduction];
  return inputs.blocks.places_of(0).second * job.bins() * fields_of(job) * sizeof(float);
}

}  // namespace xrdct::app
