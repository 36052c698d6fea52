// Adds the sums of several frames that lie at one place.
#include "pipeline/place_sums.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

// Of many large frames there are more: then the number says only that the bin is not empty.
constexpr std::int64_t most_pixels = std::numeric_limits<std::int32_t>::max();

/// The results of `count` frames of a batch, from `first` on.
core::ReducedBatch part_of(core::ReducedBatch const& batch, std::size_t first, std::size_t count) {
  core::ReducedBatch part;
  auto const cut = [&](auto const& values, std::size_t each) {
    auto const begin = values.begin() + static_cast<std::ptrdiff_t>(first * each);
    return std::decay_t<decltype(values)>(begin, begin + static_cast<std::ptrdiff_t>(count * each));
  };
  for (auto const& sums : batch.sums) {
    auto& of = part.sums.emplace_back(count, sums.bins);
    core::each_field([&](auto& to, auto const& from) { to = cut(from, sums.bins); }, of, sums);
    of.pixels = cut(sums.pixels, sums.bins);
  }
  for (auto const& tally : batch.tally) part.tally.push_back(cut(tally, 1));
  part.status = cut(batch.status, 1);
  return part;
}

void add(core::PatternSums const& frames, std::size_t f, double factor, core::PatternSums& sums) {
  for (std::size_t bin = 0; bin < sums.bins; ++bin) {
    std::size_t const k = f * sums.bins + bin;
    sums.signal[bin] += frames.signal[k];
    sums.variance[bin] += frames.variance[k];
    sums.normalization[bin] += frames.normalization[k] * factor;
    sums.normalization2[bin] += frames.normalization2[k] * factor * factor;
    sums.count[bin] += frames.count[k];
    sums.pixels[bin] = static_cast<std::int32_t>(
        std::min(std::int64_t{sums.pixels[bin]} + frames.pixels[k], most_pixels));
  }
}

void add(core::PixelTally const& frame, core::PixelTally& sum) {
  sum.used += frame.used;
  sum.masked += frame.masked;
  sum.invalid += frame.invalid;
  sum.out_of_range += frame.out_of_range;
  sum.rejected += frame.rejected;
}

}  // namespace

PlaceSums::PlaceSums(std::vector<ReductionShape> const& reductions) : tally_(reductions.size()) {
  for (auto const& reduction : reductions) sums_.emplace_back(1, reduction.bins);
}

void PlaceSums::add(core::ReducedBatch const& reduced, std::size_t f, FrameFacts const& facts) {
  ++frames_;
  all_monitor_ += facts.monitor;
  for (std::size_t r = 0; r < tally_.size(); ++r) pipeline::add(reduced.tally[r][f], tally_[r]);
  if (facts.status != core::FrameStatus::good) {
    if (first_bad_ == core::FrameStatus::good) {
      first_bad_ = facts.status;
      reason_ = facts.reason;
    }
    return;
  }
  ++good_;
  good_monitor_ += facts.monitor;
  for (std::size_t r = 0; r < sums_.size(); ++r)
    pipeline::add(reduced.sums[r], f, facts.factor, sums_[r]);
}

core::FrameStatus PlaceSums::status() const noexcept {
  if (good_ == frames_) return core::FrameStatus::good;
  return good_ > 0 ? core::FrameStatus::partial : first_bad_;
}

double PlaceSums::monitor() const noexcept {
  return good_ > 0 ? good_monitor_ / static_cast<double>(good_)
                   : all_monitor_ / static_cast<double>(frames_);
}

std::optional<PlaceSums> RepeatedFrames::add(PlacedFrame const& first,
                                             core::ReducedBatch const& reduced, std::size_t f,
                                             std::span<FrameFacts const> facts) {
  auto const add_to = [](PlaceSums& sums, core::ReducedBatch const& batch, std::size_t begin,
                         std::span<FrameFacts const> of) {
    for (std::size_t i = 0; i < of.size(); ++i) sums.add(batch, begin + i, of[i]);
  };
  if (facts.size() == first.of) {
    PlaceSums sums(reductions_);
    add_to(sums, reduced, f, facts);
    return sums;
  }
  std::lock_guard const lock(mutex_);
  auto const found = places_.try_emplace(first.place, Place{PlaceSums(reductions_), 0, {}}).first;
  auto& place = found->second;
  if (first.n != place.next) {
    place.waiting.emplace(first.n,
                          Waiting{part_of(reduced, f, facts.size()), {facts.begin(), facts.end()}});
    return {};
  }
  add_to(place.sums, reduced, f, facts);
  place.next += facts.size();
  for (auto next = place.waiting.begin(); next != place.waiting.end() && next->first == place.next;
       next = place.waiting.begin()) {
    add_to(place.sums, next->second.reduced, 0, next->second.facts);
    place.next += next->second.facts.size();
    place.waiting.erase(next);
  }
  if (place.next < first.of) return {};
  auto sums = std::move(place.sums);
  places_.erase(found);
  return sums;
}

}  // namespace xrdct::pipeline
