#include "kokkos/methods/joint_reducer.hpp"

#include <algorithm>
#include <utility>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

void load(core::PatternSums const& from, std::size_t bin, std::span<std::size_t const> frames,
          LaneMask lanes_used, BinMoments& sums) {
  each_lane(lanes_used, [&](std::size_t lane) {
    std::size_t const k = frames[lane] * from.bins + bin;
    core::each_field([&](auto& here, auto const& there) { here[lane] = there[k]; }, sums, from);
    sums.pixels[lane] = from.pixels[k];
  });
}

void store(BinMoments const& sums, std::size_t bin, std::span<std::size_t const> frames,
           LaneMask lanes_used, core::PatternSums& to) {
  each_lane(lanes_used, [&](std::size_t lane) {
    std::size_t const k = frames[lane] * to.bins + bin;
    core::each_field([&](auto const& here, auto& there) { there[k] = here[lane]; }, sums, to);
    to.pixels[k] = sums.pixels[lane];
  });
}

void move_to_rejected(core::PixelTally& tally, std::int64_t pixels) {
  tally.used -= pixels;
  tally.rejected += pixels;
}

bool splits_pixels(core::BinMatrix const& matrix) {
  for (std::size_t p = 0; p < matrix.pixels(); ++p)
    if (matrix.entry_begin[p + 1] - matrix.entry_begin[p] > 1) return true;
  return false;
}

bool has_quantiles(core::ReductionPlan const& plan) {
  return std::any_of(plan.reductions.begin(), plan.reductions.end(),
                     [](auto const& r) { return r.method == core::Method::quantile_mean; });
}

}  // namespace

bool is_joint(core::Reduction const& reduction) {
  return reduction.method == core::Method::sigma_clip ||
         reduction.method == core::Method::quantile_mean;
}

JointPlan::JointPlan(core::ReductionPlan const& plan_, std::vector<TileMatrix> const& matrices,
                     std::size_t tile_pixels_, BinKernels const& kernels_,
                     CountKernels const& count_kernels)
    : plan(plan_),
      tile_pixels(tile_pixels_),
      kernels(kernels_),
      runs(matrices.size()),
      counts(matrices.size()),
      split(matrices.size()) {
  for (std::size_t r = 0; r < matrices.size(); ++r) {
    core::Reduction const& reduction = plan.reductions[r];
    if (!is_joint(reduction)) continue;
    any_ = true;
    runs[r] = BinRuns(matrices[r], reduction.matrix.bins);
    split[r] = splits_pixels(reduction.matrix);
    most_entries = std::max(most_entries, runs[r].most_entries());
  }
  auto const& [normalization, dark, variance, dark_variance, mask] = plan.corrections;
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p)
    norms_are_positive &= mask[p] != 0 || normalization[p] > 0.0f;
  for (std::size_t r = 0; r < matrices.size(); ++r)
    if (is_joint(plan.reductions[r]) && norms_are_positive &&
        CountPlan::applies_to(plan, plan.reductions[r], runs[r]))
      counts[r].emplace(plan, matrices[r], runs[r], tile_pixels,
                        ClipRule(plan.reductions[r], norms_are_positive), count_kernels);
}

std::size_t JointPlan::memory_bytes() const noexcept {
  std::size_t bytes = 0;
  for (BinRuns const& of_reduction : runs) bytes += of_reduction.memory_bytes();
  for (auto const& of_reduction : counts) bytes += of_reduction ? of_reduction->memory_bytes() : 0;
  return bytes;
}

JointReducer::JointReducer(JointPlan const& plan, std::vector<TileMatrix> const& matrices)
    : plan_(plan),
      gatherer_(plan.plan, plan.tile_pixels, plan.most_entries),
      clip_(plan.most_entries),
      clippers_(matrices.size()) {
  for (std::size_t r = 0; r < matrices.size(); ++r)
    if (plan.counts[r])
      clippers_[r].emplace(plan.plan, *plan.counts[r], plan.runs[r], matrices[r],
                           plan.plan.reductions[r].matrix);
  if (!has_quantiles(plan.plan)) return;
  selector_.emplace(plan.most_entries);
  quotients_.resize(plan.most_entries * lanes);
  weights_.resize(plan.most_entries);
  for (std::size_t r = 0; r < plan.runs.size(); ++r)
    if (plan.split[r] != 0 && plan.plan.reductions[r].method == core::Method::quantile_mean)
      kept_pixels_.resize(plan.plan.shape.pixels());
}

std::size_t JointReducer::memory_bytes() const noexcept {
  std::size_t bytes = 0;
  for (auto const& clipper : clippers_) bytes += clipper ? clipper->memory_bytes() : 0;
  return bytes + gatherer_.memory_bytes() + clip_.memory_bytes() +
         (selector_ ? selector_->memory_bytes() : 0) +
         (quotients_.capacity() + weights_.capacity()) * sizeof(float) +
         rejected_.capacity() * sizeof(Rejected) + kept_pixels_.capacity() * sizeof(LaneMask);
}

void JointReducer::clear() {
  for (auto& clipper : clippers_)
    if (clipper) clipper->clear();
}

bool JointReducer::add_tile(std::size_t reduction, std::size_t tile, TilePixels const& pixels,
                            std::span<double> sums) {
  if (!clippers_[reduction]) return false;
  clippers_[reduction]->add_tile(tile, pixels, sums.data());
  return true;
}

// Pixels are brought together only for lanes with invalid ones, and for those whose limits are not
// known well enough.
void JointReducer::reduce_counts(std::size_t r, TileMatrix const& matrix, TurnedImage const& image,
                                 std::span<std::size_t const> frames, LaneMask lanes_used,
                                 std::span<double> scratch, core::ReducedBatch& out) {
  core::Reduction const& reduction = plan_.plan.reductions[r];
  ClipRule const rule(reduction, plan_.norms_are_positive);
  CountClipper& clipper = *clippers_[r];
  PerLane<std::int64_t> rejected{};
  for (std::size_t bin = 0; bin < plan_.runs[r].bins(); ++bin) {
    auto const runs = plan_.runs[r].of(bin);
    if (runs.empty()) continue;
    BinMoments sums;
    load(out.sums[r], bin, frames, lanes_used, sums);
    LaneMask valid = 0;
    each_lane(lanes_used, [&](std::size_t lane) {
      valid |= static_cast<LaneMask>((sums.pixels[lane] == plan_.counts[r]->pixels[bin]) << lane);
    });
    ClippedBin clipped = clipper.clip(bin, rule, image, valid, sums);
    if (auto const left = static_cast<LaneMask>(clipped.undecided | (lanes_used & ~valid));
        left != 0) {
      BinEntries const& entries = gatherer_.gather(reduction, matrix, runs, image, plan_.kernels);
      clip_bin(entries, rule, plan_.kernels, left, clipped.sums, clip_);
    }
    PerLane<std::int32_t> const before = sums.pixels;
    sums = clipper.finish(std::move(clipped), clip_.rejected);
    store(sums, bin, frames, lanes_used, out.sums[r]);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      rejected[lane] += before[lane] - sums.pixels[lane];
  }
  if (rule.azimuthal_remains)
    clipper.form_azimuthal_variance(image, frames, scratch.data(), out.sums[r]);
  each_lane(lanes_used, [&](std::size_t lane) {
    move_to_rejected(out.tally[r][frames[lane]], rejected[lane]);
  });
}

void JointReducer::reduce(std::size_t r, TileMatrix const& matrix, TurnedImage const& image,
                          std::span<std::size_t const> frames, LaneMask lanes_used,
                          std::span<double> scratch, core::ReducedBatch& out) {
  if (clippers_[r]) return reduce_counts(r, matrix, image, frames, lanes_used, scratch, out);
  core::Reduction const& reduction = plan_.plan.reductions[r];
  ClipRule const rule(reduction, plan_.norms_are_positive);
  bool const quantiles = reduction.method == core::Method::quantile_mean,
             by_pixel = plan_.split[r] != 0;
  rejected_.clear();
  if (quantiles && by_pixel) std::fill(kept_pixels_.begin(), kept_pixels_.end(), LaneMask{0});
  PerLane<std::int64_t> rejected{};
  for (std::size_t bin = 0; bin < plan_.runs[r].bins(); ++bin) {
    auto const runs = plan_.runs[r].of(bin);
    if (runs.empty()) continue;
    BinMoments sums;
    load(out.sums[r], bin, frames, lanes_used, sums);
    PerLane<std::int32_t> const valid = sums.pixels;
    BinEntries const& entries = gatherer_.gather(reduction, matrix, runs, image, plan_.kernels);
    reduce_bin(reduction, rule, entries, lanes_used, sums);
    store(sums, bin, frames, lanes_used, out.sums[r]);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      rejected[lane] += valid[lane] - sums.pixels[lane];
    if (by_pixel && (quantiles || valid != sums.pixels)) note_rejected(reduction, entries);
  }
  if (by_pixel && !quantiles) rejected = count_rejected(reduction);
  PerLane<std::int64_t> kept{};
  if (by_pixel && quantiles) kept = count_kept();
  each_lane(lanes_used, [&](std::size_t lane) {
    core::PixelTally& tally = out.tally[r][frames[lane]];
    if (by_pixel && quantiles) rejected[lane] = tally.used - kept[lane];
    move_to_rejected(tally, rejected[lane]);
  });
}

void JointReducer::reduce_bin(core::Reduction const& reduction, ClipRule const& rule,
                              BinEntries const& bin, LaneMask lanes_used, BinMoments& sums) {
  if (reduction.method == core::Method::quantile_mean)
    return average_between(reduction, bin, lanes_used, sums);
  clip_bin(bin, rule, plan_.kernels, lanes_used, sums, clip_);
}

void JointReducer::average_between(core::Reduction const& reduction, BinEntries const& bin,
                                   LaneMask lanes_used, BinMoments& sums) {
  std::span const rejected = std::span(clip_.rejected).first(bin.entries);
  std::fill(rejected.begin(), rejected.end(), LaneMask{0});
  for (std::size_t e = 0; e < bin.entries; ++e)
    weights_[e] = static_cast<float>(static_cast<double>(bin.coefficient[e]) *
                                     static_cast<double>(bin.norm[e]));
  std::size_t const stride = plan_.most_entries;
  plan_.kernels.divide(bin, stride, quotients_.data());
  each_lane(lanes_used, [&](std::size_t lane) {
    if (sums.pixels[lane] == 0) return;
    selector_->select(std::span(quotients_).subspan(lane * stride, bin.entries),
                      std::span(weights_).first(bin.entries), plan_.norms_are_positive,
                      reduction.quantiles, static_cast<LaneMask>(1u << lane), rejected);
  });
  for (LaneMask& lanes_of_entry : rejected) lanes_of_entry = static_cast<LaneMask>(~lanes_of_entry);
  BinEntries rounded = bin;
  rounded.rounds_weights = true;
  sums = {};
  plan_.kernels.moments(rounded, rejected.data(), lanes_used, sums);
  if (reduction.error_model == core::ErrorModel::azimuthal) sums.variance = sums.azimuthal_variance;
}

// For the tally: a pixel is rejected when all its bins do.
void JointReducer::note_rejected(core::Reduction const& reduction, BinEntries const& bin) {
  std::span const pixels = gatherer_.pixels();
  if (reduction.method == core::Method::quantile_mean) {
    for (std::size_t e = 0; e < bin.entries; ++e)
      kept_pixels_[pixels[e]] |= static_cast<LaneMask>(~clip_.rejected[e]);
    return;
  }
  for (std::size_t e = 0; e < bin.entries; ++e)
    if (clip_.rejected[e] != 0) rejected_.push_back({pixels[e], clip_.rejected[e]});
}

PerLane<std::int64_t> JointReducer::count_rejected(core::Reduction const& reduction) {
  std::sort(rejected_.begin(), rejected_.end(),
            [](Rejected const& a, Rejected const& b) { return a.pixel < b.pixel; });
  PerLane<std::int64_t> count{};
  auto const& begin = reduction.matrix.entry_begin;
  for (std::size_t k = 0; k < rejected_.size();) {
    std::uint32_t const pixel = rejected_[k].pixel;
    std::size_t const bins = begin[pixel + 1] - begin[pixel];
    std::size_t found = 0;
    LaneMask in_all = static_cast<LaneMask>(~0u);
    for (; k < rejected_.size() && rejected_[k].pixel == pixel; ++k, ++found)
      in_all &= rejected_[k].lanes;
    if (found == bins) each_lane(in_all, [&](std::size_t lane) { ++count[lane]; });
  }
  return count;
}

PerLane<std::int64_t> JointReducer::count_kept() const {
  PerLane<std::int64_t> count{};
  for (LaneMask const mask : kept_pixels_) {
    if (mask == 0) continue;
    for (std::size_t lane = 0; lane < lanes; ++lane) count[lane] += mask >> lane & 1;
  }
  return count;
}

}  // namespace xrdct::kernels
