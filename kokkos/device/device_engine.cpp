// Reduces batches on a device: decode, gather, count, clip.
#include "kokkos/device/device_engine.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "kokkos/device/device_frames.hpp"
#include "kokkos/device/device_product.hpp"
#include "kokkos/space/host_work.hpp"
#include "kokkos/teams/bin_reducer.hpp"
#include "kokkos/teams/kept_range.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t most_at_once =
    32;  // enough to fill a large device with the blocks of small frames
// Of frames at once: the last of a batch is left at the device until the first of the next batch
// has been sent.
constexpr std::size_t groups_per_batch = 2;

// Memory of the kernels that a plan takes. [bytes]
struct Needs {
  std::size_t fixed = 0;  // matrices and images of the detector
  std::size_t frame = 0;  // each that is worked on at once
};

Needs needs_of(core::ReductionPlan const& plan) {
  std::size_t const pixels = plan.shape.pixels();
  bool const any_whole = std::ranges::any_of(plan.reductions, needs_whole_bins);
  bool const any_quantiles = std::ranges::any_of(plan.reductions, has_quantiles);
  auto const& images = plan.corrections;
  Needs needs;
  needs.frame =
      DeviceDecoder::bytes_per_frame(plan.shape, plan.encoding) + pixels * (any_whole ? 2 : 1);
  needs.fixed =
      (any_whole ? 2 : 1) * pixels * (frames_of_group - 1) +  // the last group may be incomplete
      (images.dark.size() + (any_whole ? 2 : 1) * (images.dark.size() + images.variance.size() +
                                                   images.dark_variance.size())) *
          sizeof(float);
  if (any_quantiles) needs.fixed += TeamSettings::of_space().workspace_bytes;
  for (core::Reduction const& reduction : plan.reductions) {
    std::size_t const bins = reduction.matrix.bins;
    needs.frame += 2 * bins * sizeof(KeptSums);
    if (has_quantiles(reduction)) needs.frame += bins * sizeof(KeptByKeys);
    needs.fixed += pixels + reduction.matrix.entries() * (sizeof(int) + 2 * sizeof(float)) +
                   (bins + 1) * sizeof(int);
  }
  return needs;
}

std::string gigabytes(std::size_t bytes) { return core::bytes_text(static_cast<double>(bytes)); }

std::size_t frames_at_once(core::ReductionPlan const& plan, DeviceSettings const& settings) {
  Needs const needs = needs_of(plan);
  std::size_t bytes = settings.memory_bytes;
  if (settings.free_bytes) {
    std::size_t const usable = *settings.free_bytes / 10 * 9;  // the driver and Kokkos take some
    if (usable < needs.fixed + needs.frame)
      throw core::InputError(
          {.what = "reduce on the card",
           .expected = gigabytes(needs.fixed + needs.frame) +
                       " of its memory: " + gigabytes(needs.fixed) +
                       " for matrices and corrections, " + gigabytes(needs.frame) + " for a frame",
           .found = gigabytes(usable) + " that can be used",
           .attempt = "start one rank for each card, reduce in several runs, or use fewer bins, "
                      "a card with more memory, or a program that is built for CPUs"});
    bytes = std::min(bytes, usable - needs.fixed);
  }
  return std::clamp<std::size_t>(bytes / needs.frame, 1, most_at_once);
}

}  // namespace

struct DeviceEngine::State {
  // Frames of a batch that are at the device.
  struct Group {
    std::span<std::size_t const> places = {};
    core::ReducedBatch* out = nullptr;
  };

  core::ReductionPlan const& plan;
  std::size_t width;
  PinnedMemory memory;  // of batches
  DeviceDecoder decoder;
  DeviceFrames frames;
  DeviceCorrections corrections;
  std::vector<std::optional<DeviceProduct>> products;  // [reduction] none: by `bins`
  std::unique_ptr<BinReducer> bins;                    // none: no reduction needs it
  std::size_t next_set = 0;                            // of results
  Group started;
  CardPlan card;

  State(core::ReductionPlan const& of, DeviceSettings const& settings)
      : plan(of),
        width(frames_at_once(of, settings)),
        decoder(of.shape, of.encoding, width, CountCodes::of(of.encoding.type, of.valid), memory,
                settings.decoding),
        frames(of, width, settings.threads),
        corrections(copy_corrections(of.corrections)) {
    for (core::Reduction const& reduction : plan.reductions) {
      products.emplace_back();
      if (!needs_whole_bins(reduction))
        products.back().emplace(plan, reduction, width, settings.threads);
    }
    if (std::ranges::any_of(plan.reductions, needs_whole_bins))
      bins = std::make_unique<BinReducer>(plan, width);
  }

  // Begins with frames that were taken, once those before are done, which are then finished.
  void pass(Group const& taken) {
    Group const before = std::exchange(started, {});  // whatever is thrown
    std::size_t const set = before.out != nullptr ? collect(before.places, *before.out) : 0;
    if (taken.out != nullptr) start(taken.places.size());
    started = taken;
    if (before.out != nullptr) write(set, before.places, *before.out);
  }

  // Everything that the host need not wait for, into the next set of results.
  void start(std::size_t columns) {
    next_set = 1 - next_set;
    decoder.decode();
    frames.read(decoder.frames(), columns);
    for (auto& product : products)
      if (product) product->multiply(frames.coded(), columns, corrections, next_set);
    if (!bins) return;
    bins->use(frames.coded());
    bins->reduce(columns, next_set);
  }

  // Waits for what was started, and takes the verdicts and tallies: the next start replaces them.
  // \return the set of the other results
  std::size_t collect(std::span<std::size_t const> places, core::ReducedBatch& out) {
    auto const verdicts = decoder.wait();
    for (std::size_t column = 0; column < places.size(); ++column) {
      std::size_t const frame = places[column];
      if (verdicts[column] != codec::DecodeStatus::ok) {
        out.status[frame] = core::FrameStatus::corrupt;
        continue;
      }
      for (std::size_t r = 0; r < products.size(); ++r)
        out.tally[r][frame] = frames.tally(r, column);
    }
    return next_set;
  }

  // While the device is at the next ones.
  void write(std::size_t set, std::span<std::size_t const> places, core::ReducedBatch& out) const {
    share_on_host("xrdct::write_frames", places.size(), [&](std::size_t column) {
      std::size_t const frame = places[column];
      if (out.status[frame] != core::FrameStatus::good) return;
      for (std::size_t r = 0; r < products.size(); ++r)
        if (products[r]) products[r]->write(set, column, frame, out.sums[r]);
      if (bins) bins->write(set, column, frame, out);
    });
  }
};

DeviceEngine::DeviceEngine(core::ReductionPlan const& plan, DeviceSettings const& settings)
    : state_(std::make_unique<State>(plan, settings)) {
  Needs const needs = needs_of(plan);
  state_->card = {settings.free_bytes, needs.fixed, needs.frame, state_->width};
}

DeviceEngine::~DeviceEngine() = default;

void DeviceEngine::begin(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
                         core::ReducedBatch& out) {
  State& s = *state_;
  if (frames.empty()) return finish();
  for (std::span<std::size_t const> rest(frames); !rest.empty();) {
    std::size_t const taken = s.decoder.take(batch, rest);  // while the device is at those before
    s.pass({rest.first(taken), &out});
    rest = rest.subspan(taken);
  }
}

void DeviceEngine::finish() { state_->pass({}); }

PinnedMemory& DeviceEngine::batch_memory() noexcept { return state_->memory; }

std::size_t DeviceEngine::frames_per_batch() const noexcept {
  return batches_at_once * groups_per_batch * state_->width;
}

CardPlan const& DeviceEngine::card_plan() const noexcept { return state_->card; }

EngineMemory DeviceEngine::memory() const noexcept {
  State const& s = *state_;
  EngineMemory memory = s.decoder.memory() + s.frames.memory() + s.corrections.memory();
  if (s.bins) memory += s.bins->memory();
  for (auto const& product : s.products)
    if (product) memory += product->memory();
  return memory;
}

std::size_t DeviceEngine::sent_bytes() const noexcept { return state_->decoder.sent_bytes(); }

}  // namespace xrdct::kernels
