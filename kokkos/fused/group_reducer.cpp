#include "kokkos/fused/group_reducer.hpp"

#include <algorithm>
#include <cstring>

#include "core/words/errors.hpp"
#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {
namespace {

LaneKernels kernels_of(codec::Simd simd) {
  switch (simd) {
    case codec::Simd::portable:
      return portable_kernels();
    case codec::Simd::avx2:
      return avx2_kernels();
    case codec::Simd::avx512:
      return avx512_kernels();
  }
  return portable_kernels();
}

CountKernels count_kernels_of(codec::Simd simd) {
  switch (simd) {
    case codec::Simd::portable:
      return portable_count_kernels();
    case codec::Simd::avx2:
    case codec::Simd::avx512:
      return avx2_count_kernels();
  }
  return portable_count_kernels();
}

BinKernels bin_kernels_of(codec::Simd simd) {
  switch (simd) {
    case codec::Simd::portable:
      return portable_bin_kernels();
    case codec::Simd::avx2:
    case codec::Simd::avx512:
      return avx2_bin_kernels();
  }
  return portable_bin_kernels();
}

RunKernels run_kernels_of(codec::Simd simd) {
  return simd == codec::Simd::portable ? portable_run_kernels() : avx2_run_kernels();
}

// Whether sums over all valid pixels are of any use.
bool is_added_up(core::Method method) {
  switch (method) {
    case core::Method::mean:
    case core::Method::sum:
    case core::Method::sigma_clip:
      return true;
    case core::Method::quantile_mean:
    case core::Method::maximum:
      return false;
  }
  return true;
}

// Whether V is formed tile by tile, entry after entry.
bool is_spread(core::Reduction const& reduction) {
  return reduction.error_model == core::ErrorModel::azimuthal && is_added_up(reduction.method) &&
         !is_joint(reduction);
}

std::size_t most_runs(TileMatrix const& matrix) {
  std::size_t most = 0;
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile)
    most = std::max(most, matrix.tile(tile).singles.runs.size());
  return most;
}

// Whether the variance of the counts is of any use.
bool needs_variance(core::ErrorModel model) {
  return model == core::ErrorModel::poisson || model == core::ErrorModel::hybrid;
}

// Plain sums may be formed in any order; the rest goes through the entries of a bin, pixels
// ascending.
TileOrder order_of(core::Reduction const& reduction) {
  bool const plain = is_added_up(reduction.method) && !is_spread(reduction) && !is_joint(reduction);
  return plain ? TileOrder::by_first_bin : TileOrder::by_bin;
}

std::vector<TileMatrix> tile_matrices(core::ReductionPlan const& plan, std::size_t tile_pixels) {
  std::vector<TileMatrix> matrices;
  for (core::Reduction const& reduction : plan.reductions)
    matrices.emplace_back(reduction.matrix, plan.corrections.mask, tile_pixels,
                          order_of(reduction));
  return matrices;
}

// Pixels of a tile: enough that a bin meets several of them and its sums stay in registers, few
// enough for the cache.
constexpr std::size_t most_tile_pixels = 8192;

// Of a tile of all frames; with more, it is kept wide.
constexpr std::size_t most_bright = 512;

// From lane to lane. Not a power of two: the same pixel of all lanes then lies in different sets of
// the cache.
std::size_t row_bytes(FusedPlan const& plan) { return plan.tile_pixels * sizeof(float) + 64; }

}  // namespace

FusedPlan::FusedPlan(core::ReductionPlan const& plan_)
    : plan(plan_),
      block_pixels(kernels::block_pixels(plan_.encoding.type)),
      tile_pixels(std::max(most_tile_pixels, block_pixels)),
      unmasked((plan_.shape.pixels() + 63) / 64),
      wanted((plan_.shape.pixels() + block_pixels - 1) / block_pixels),
      stager(plan_.encoding.type, plan_.valid),
      matrices(tile_matrices(plan_, tile_pixels)),
      kernels(kernels_of(codec::simd())),
      run_kernels(run_kernels_of(codec::simd())),
      joint(plan_, matrices, tile_pixels, bin_kernels_of(codec::simd()),
            count_kernels_of(codec::simd())) {
  auto const& mask = plan.corrections.mask;
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p) {
    if (mask[p] != 0) continue;
    wanted[p / block_pixels] = 1;
    unmasked[p / 64] |= std::uint64_t{1} << (p % 64);
  }
  marks_bright = core::is_integer(plan.encoding.type) && !core::is_signed(plan.encoding.type) &&
                 plan.corrections.dark.empty();
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    core::Reduction const& reduction = plan.reductions[r];
    bool const adds_counts = !is_joint(reduction) && is_added_up(reduction.method) &&
                             !is_spread(reduction) && matrices[r].adds_pixels();
    marks_bright &= joint.counts[r].has_value() || !is_added_up(reduction.method) || adds_counts;
  }
  for (core::Reduction const& reduction : plan.reductions) {
    static_sums.emplace_back(plan, reduction);
    smallest_norms.push_back(reduction.method == core::Method::maximum
                                 ? kernels::smallest_norms(plan, reduction)
                                 : std::vector<float>());
  }
}

std::size_t FusedPlan::memory_bytes() const {
  std::size_t bytes =
      unmasked.capacity() * sizeof(std::uint64_t) + wanted.capacity() + joint.memory_bytes();
  for (TileMatrix const& matrix : matrices) bytes += matrix.memory_bytes();
  for (StaticSums const& sums : static_sums) bytes += sums.memory_bytes();
  for (auto const& norms : smallest_norms) bytes += norms.capacity() * sizeof(float);
  return bytes;
}

void NormMemory::clear() noexcept {
  std::fill(shared_.begin(), shared_.end(), 0.0);
  std::fill(differs_.begin(), differs_.end(), std::uint8_t{0});
}

GroupReducer::GroupReducer(FusedPlan const& plan)
    : plan_(plan),
      scratch_(plan.plan.shape, plan.plan.encoding),
      rows_(lanes * row_bytes(plan)),
      staged_(plan.tile_pixels / plan.block_pixels * lanes),
      turned_(plan.joint.any() ? 0 : plan.tile_pixels * lanes),
      dropped_(lanes * plan.unmasked.size()) {
  keeps_wide_.resize((plan.plan.shape.pixels() + plan.tile_pixels - 1) / plan.tile_pixels);
  bright_.reserve(plan.marks_bright ? most_bright : 0);
  for (std::size_t lane = 0; lane < lanes; ++lane)
    walks_.emplace_back(plan.plan.shape, plan.plan.encoding);
  for (std::size_t r = 0; r < plan.static_sums.size(); ++r) {
    StaticSums const& sums = plan.static_sums[r];
    sums_.emplace_back(is_added_up(plan.plan.reductions[r].method) ? sums.bins() * 2 * lanes : 0);
    static_scratch_.emplace_back(sums.bins(), sums.has_variance());
    core::Reduction const& reduction = plan.plan.reductions[r];
    largest_.emplace_back();
    if (reduction.method == core::Method::maximum)
      largest_.back().emplace(plan.plan, reduction, plan.smallest_norms[r],
                              most_runs(plan.matrices[r]));
    norms_.emplace_back();
    if (is_spread(reduction)) norms_.back().emplace(sums.bins());
  }
  if (!plan.joint.any()) return;
  image_.emplace(plan.plan.shape.pixels(), plan.tile_pixels);
  joint_.emplace(plan.joint, plan.matrices);
}

std::size_t GroupReducer::memory_bytes() const {
  std::size_t bytes = scratch_.planes.capacity() + scratch_.pixels.capacity() +
                      scratch_.narrow_decoder.memory_bytes() + rows_.capacity() +
                      turned_.capacity() * sizeof(float) +
                      bright_.capacity() * sizeof(BrightCount) + keeps_wide_.capacity() +
                      dropped_.capacity() * sizeof(std::uint64_t);
  for (FrameWalk const& walk : walks_) bytes += walk.memory_bytes();
  for (auto const& sums : sums_) bytes += sums.capacity() * sizeof(double);
  for (auto const& bins : static_scratch_) bytes += bins.memory_bytes();
  for (auto const& largest : largest_) bytes += largest ? largest->memory_bytes() : 0;
  for (auto const& norms : norms_) bytes += norms ? norms->memory_bytes() : 0;
  if (image_) bytes += image_->memory_bytes() + joint_->memory_bytes();
  return bytes;
}

void GroupReducer::reduce(core::EncodedBatch const& batch, std::span<std::size_t const> frames,
                          core::ReducedBatch& out) {
  XRDCT_ASSERT(frames.size() <= lanes);
  open(batch, frames);
  if (image_) image_->clear();
  if (joint_) joint_->clear();
  for (std::size_t first = 0; first < plan_.plan.shape.pixels(); first += plan_.tile_pixels)
    reduce_tile(first);
  for (std::size_t lane = 0; lane < frames.size(); ++lane)
    out.status[frames[lane]] = alive_[lane] ? core::FrameStatus::good : core::FrameStatus::corrupt;
  for (std::size_t r = 0; r < sums_.size(); ++r) write(r, frames, out);
  if (joint_) reduce_joint(frames, out);
}

void GroupReducer::reduce_joint(std::span<std::size_t const> frames, core::ReducedBatch& out) {
  for (std::size_t r = 0; r < sums_.size(); ++r)
    if (is_joint(plan_.plan.reductions[r]))
      joint_->reduce(r, plan_.matrices[r], *image_, frames, good_lanes(), sums_[r], out);
}

void GroupReducer::open(core::EncodedBatch const& batch, std::span<std::size_t const> frames) {
  drops_.fill(false);
  for (std::size_t lane = 0; lane < lanes; ++lane)
    alive_[lane] = lane < frames.size() && walks_[lane].open(batch.frames[frames[lane]],
                                                             scratch_) == codec::DecodeStatus::ok;
}

PixelBlock GroupReducer::block_at(std::size_t pixel) const {
  auto const& dark = plan_.plan.corrections.dark;
  std::size_t const pixels = std::min(plan_.block_pixels, plan_.plan.shape.pixels() - pixel);
  return {pixels, plan_.unmasked.data() + pixel / 64, dark.empty() ? nullptr : dark.data() + pixel};
}

// Decodes a tile of all lanes, turns it, and adds it to the sums.
void GroupReducer::reduce_tile(std::size_t first) {
  std::size_t const last = std::min(first + plan_.tile_pixels, plan_.plan.shape.pixels());
  std::size_t const tile = first / plan_.tile_pixels;
  bool wanted = false;
  bright_.clear();
  TilePixels turned{nullptr, Storage::u8, false, block_at(first).dark, true};
  for (std::size_t pixel = first; pixel < last; pixel += plan_.block_pixels) {
    wanted |= plan_.wanted[pixel / plan_.block_pixels] != 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      Staged const staged = stage_block(lane, pixel, pixel - first);
      turned.storage = std::max(turned.storage, staged.storage);
      turned.has_invalid |= staged.has_invalid;
      turned.small &= staged.small;
    }
  }
  if (!wanted) return;
  bool const marked = mark_bright(tile, turned);
  std::byte* const values = image_ ? image_->add(tile, last - first, turned)
                                   : reinterpret_cast<std::byte*>(turned_.data());
  turn_tile(first, last, turned.storage, values);
  if (!marked) restore_bright(turned.storage, values);
  turned.values = values;
  for (std::size_t r = 0; r < sums_.size(); ++r) add_tile(r, tile, turned);
}

void GroupReducer::add_tile(std::size_t r, std::size_t tile, TilePixels const& turned) {
  std::size_t const first = tile * plan_.tile_pixels;
  TileEntries const entries = plan_.matrices[r].tile(tile);
  if (largest_[r]) return largest_[r]->add(entries.singles, turned, first, plan_.run_kernels);
  if (norms_[r])
    return plan_.run_kernels.add_running_variance(
        entries.singles, turned, plan_.plan.corrections.normalization.data() + first,
        norms_[r]->norms(), sums_[r].data());
  if (joint_ && joint_->add_tile(r, tile, turned, sums_[r])) return;
  if (sums_[r].empty()) return;
  core::Reduction const& reduction = plan_.plan.reductions[r];
  bool const with_variance = needs_variance(reduction.error_model);
  plan_.kernels.multiply(entries, turned, with_variance, sums_[r].data());
  add_bright(reduction.matrix, entries.singles, turned, first, with_variance, sums_[r].data());
}

Staged GroupReducer::stage_block(std::size_t lane, std::size_t pixel, std::size_t in_tile) {
  Staged& staged = staged_[in_tile / plan_.block_pixels * lanes + lane];
  staged = {};
  PixelBlock const block = block_at(pixel);
  bool const wanted = plan_.wanted[pixel / plan_.block_pixels] != 0;
  if (alive_[lane] && !wanted)
    alive_[lane] = walks_[lane].skip(block.pixels) == codec::DecodeStatus::ok;
  std::span const row = row_of(lane, in_tile).first(block.pixels * sizeof(float));
  WalkedBlock walked;
  bool const marks = plan_.marks_bright && keeps_wide_[pixel / plan_.tile_pixels] == 0;
  std::size_t const most_upper = marks ? block.pixels / 4 : 0;  // masked ones count
  if (alive_[lane] && wanted)
    alive_[lane] = walks_[lane].next(block.pixels, row, scratch_, walked, most_upper) ==
                   codec::DecodeStatus::ok;
  if (!alive_[lane] || !wanted) {
    std::fill(row.begin(), row.end(), std::byte{0});
    return staged;
  }
  std::uint64_t* dropped = dropped_.data() + lane * plan_.unmasked.size() + pixel / 64;
  std::size_t const brights = bright_.size();
  staged = walked.raw != nullptr
               ? plan_.stager.stage(walked.raw, block, row.data(), dropped)
               : plan_.stager.stage_narrow(walked.narrow, block, row.data(), scratch_.pixels.data(),
                                           dropped, marks ? &bright_ : nullptr);
  for (std::size_t k = brights; k < bright_.size(); ++k)
    bright_[k].place = static_cast<std::uint32_t>((in_tile + bright_[k].place) * lanes + lane);
  drops_[lane] |= staged.has_invalid;
  return staged;
}

std::span<std::byte> GroupReducer::row_of(std::size_t lane, std::size_t in_tile) {
  return std::span(rows_).subspan(lane * row_bytes(plan_) + in_tile * sizeof(float));
}

// Where few counts of a tile need more than 8 bits, they are kept beside it: a Bragg spot of one
// frame would widen the tile of all.
bool GroupReducer::mark_bright(std::size_t tile, TilePixels& turned) {
  if (bright_.empty()) return false;
  bool const few = turned.storage == Storage::u8 && bright_.size() <= most_bright;
  if (few) {
    std::sort(bright_.begin(), bright_.end(),
              [](BrightCount const& a, BrightCount const& b) { return a.place < b.place; });
    turned.bright = bright_;
    return true;
  }
  keeps_wide_[tile] = turned.storage == Storage::u8;
  bool const most = std::any_of(bright_.begin(), bright_.end(),
                                [](BrightCount const& b) { return b.counts > 65535.0f; });
  turned.storage = std::max(turned.storage, most ? Storage::f32 : Storage::u16);
  return false;
}

// Puts bright counts into a tile that is wide enough for them.
void GroupReducer::restore_bright(Storage storage, std::byte* values) const {
  for (auto const& [place, counts] : bright_) {
    auto const narrow = static_cast<std::uint16_t>(std::min(counts, 65535.0f));
    if (storage == Storage::u16)
      std::memcpy(values + place * sizeof(narrow), &narrow, sizeof(narrow));
    else
      std::memcpy(values + place * sizeof(counts), &counts, sizeof(counts));
  }
}

void GroupReducer::turn_tile(std::size_t first, std::size_t last, Storage storage,
                             std::byte* values) {
  for (std::size_t pixel = first; pixel < last; pixel += plan_.block_pixels) {
    std::size_t const in_tile = pixel - first, pixels = std::min(plan_.block_pixels, last - pixel);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      widen(row_of(lane, in_tile).data(), pixels,
            staged_[in_tile / plan_.block_pixels * lanes + lane].storage, storage);
    plan_.kernels.turn(row_of(0, in_tile).data(), row_bytes(plan_), pixels, storage,
                       values + in_tile * lanes * size_of(storage));
  }
}

// Block by block, so that the sums of all frames are read, and cleared for the next group, while
// they are in cache.
void GroupReducer::write(std::size_t r, std::span<std::size_t const> frames,
                         core::ReducedBatch& out) {
  core::PatternSums& sums = out.sums[r];
  std::array<std::size_t, lanes> good{};
  std::size_t number = 0;
  for (std::size_t lane = 0; lane < frames.size(); ++lane)
    if (alive_[lane]) good[number++] = frames[lane];
  for (std::size_t first = 0; first < sums.bins; first += block_bins) {
    std::size_t const last = std::min(first + block_bins, sums.bins);
    for (std::size_t lane = 0; lane < frames.size(); ++lane)
      if (alive_[lane]) write_block(r, first, last, lane, frames[lane], sums);
    if (!sums_[r].empty())
      std::fill_n(sums_[r].data() + first * 2 * lanes, (last - first) * 2 * lanes, 0.0);
    plan_.static_sums[r].fill(first, last, std::span(good).first(number), sums);
  }
  for (std::size_t lane = 0; lane < frames.size(); ++lane) {
    if (!alive_[lane]) continue;
    std::span const dropped = std::span(dropped_).subspan(lane * plan_.unmasked.size(),
                                                          drops_[lane] ? plan_.unmasked.size() : 0);
    plan_.static_sums[r].finish(dropped, static_scratch_[r], sums, frames[lane],
                                out.tally[r][frames[lane]]);
  }
  if (largest_[r]) largest_[r]->write(frames, good_lanes(), sums);
  if (norms_[r]) norms_[r]->clear();
}

LaneMask GroupReducer::good_lanes() const noexcept {
  LaneMask good = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane)
    if (alive_[lane]) good = static_cast<LaneMask>(good | 1u << lane);
  return good;
}

void GroupReducer::write_block(std::size_t r, std::size_t first, std::size_t last, std::size_t lane,
                               std::size_t frame, core::PatternSums& sums) {
  double* const signal = sums.signal.data() + frame * sums.bins;
  double* const variance = sums.variance.data() + frame * sums.bins;
  core::ErrorModel const model = plan_.plan.reductions[r].error_model;
  bool const added_up = !sums_[r].empty();
  bool const has_variance = added_up && (model == core::ErrorModel::poisson ||
                                         model == core::ErrorModel::hybrid || norms_[r]);
  double const* const of_lane = sums_[r].data() + lane;
  if (!added_up) std::fill(signal + first, signal + last, 0.0);
  if (!has_variance) std::fill(variance + first, variance + last, 0.0);
  for (std::size_t bin = first; bin < last && added_up; ++bin)
    signal[bin] = of_lane[bin * 2 * lanes];
  for (std::size_t bin = first; bin < last && has_variance; ++bin)
    variance[bin] = of_lane[(bin * 2 + 1) * lanes];
}

}  // namespace xrdct::kernels
