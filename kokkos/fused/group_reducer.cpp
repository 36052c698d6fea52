// Decodes and turns a group of frames tile by tile; the methods do the rest.
#include "kokkos/fused/group_reducer.hpp"

#include <algorithm>
#include <cstring>
#include <variant>

#include "core/words/errors.hpp"
#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

// Pixels of a tile: enough that a bin meets several of them and its sums stay in registers, few
// enough for the cache.
constexpr std::size_t most_tile_pixels = 8192;

// Of a tile of all frames; with more, it is kept wide.
constexpr std::size_t most_bright = 512;

// From lane to lane. Not a power of two: the same pixel of all lanes then lies in different sets of
// the cache.
std::size_t row_bytes(FusedPlan const& plan) { return plan.tile_pixels * sizeof(float) + 64; }

// Bright counts are distinguished by the decoder, and stand for themselves where no dark is taken
// off.
bool may_list_bright(core::ReductionPlan const& plan) {
  return core::is_unsigned(plan.encoding.type) && plan.corrections.dark.empty();
}

}  // namespace

FusedPlan::FusedPlan(core::ReductionPlan const& plan_)
    : plan(plan_),
      block_pixels(kernels::block_pixels(plan_.encoding.type)),
      tile_pixels(std::max(most_tile_pixels, block_pixels)),
      unmasked((plan_.shape.pixels() + 63) / 64),
      wanted((plan_.shape.pixels() + block_pixels - 1) / block_pixels),
      stager(plan_.encoding.type, plan_.valid),
      setup(plan_, tile_pixels),
      uses_placeholders(may_list_bright(plan_)) {
  auto const& mask = plan.corrections.mask;
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p) {
    if (mask[p] != 0) continue;
    wanted[p / block_pixels] = 1;
    unmasked[p / 64] |= std::uint64_t{1} << (p % 64);
  }
  for (core::Reduction const& reduction : plan.reductions) {
    methods.push_back(plan_method(setup, reduction));
    static_sums.emplace_back(plan, reduction);
  }
  for (FusedMethods::Plan const& any : methods)
    std::visit(
        [&](auto const& method) {
          needs.include(method.needs());
          uses_placeholders &= method.takes_placeholders();
        },
        any);
}

std::size_t FusedPlan::memory_bytes() const {
  std::size_t bytes = unmasked.capacity() * sizeof(std::uint64_t) + wanted.capacity();
  for (FusedMethods::Plan const& any : methods)
    bytes += std::visit([](auto const& method) { return method.memory_bytes(); }, any);
  for (StaticSums const& sums : static_sums) bytes += sums.memory_bytes();
  return bytes;
}

GroupReducer::GroupReducer(FusedPlan const& plan)
    : plan_(plan),
      scratch_(plan.plan.shape, plan.plan.encoding),
      rows_(lanes * row_bytes(plan)),
      staged_(plan.tile_pixels / plan.block_pixels * lanes),
      turned_(plan.needs.image ? 0 : plan.tile_pixels * lanes),
      invalid_((plan.block_pixels + 63) / 64),
      dropped_(lanes * plan.unmasked.size()),
      drops_some_(lanes * plan.wanted.size()),
      shared_(plan.setup, plan.needs) {
  keeps_wide_.resize((plan.plan.shape.pixels() + plan.tile_pixels - 1) / plan.tile_pixels);
  bright_.reserve(plan.uses_placeholders ? most_bright : 0);
  for (std::size_t lane = 0; lane < lanes; ++lane)
    walks_.emplace_back(plan.plan.shape, plan.plan.encoding);
  methods_.reserve(plan.methods.size());
  for (FusedMethods::Plan const& method : plan.methods)
    methods_.push_back(FusedMethods::make(method));
  for (StaticSums const& sums : plan.static_sums)
    static_scratch_.emplace_back(sums.bins(), sums.has_variance());
  if (plan.needs.image) image_.emplace(plan.plan.shape.pixels(), plan.tile_pixels);
}

std::size_t GroupReducer::memory_bytes() const {
  std::size_t bytes = scratch_.planes.capacity() + scratch_.pixels.capacity() +
                      scratch_.narrow_decoder.memory_bytes() + rows_.capacity() +
                      turned_.capacity() * sizeof(float) +
                      bright_.capacity() * sizeof(BrightCount) + keeps_wide_.capacity() +
                      (invalid_.capacity() + dropped_.capacity()) * sizeof(std::uint64_t) +
                      drops_some_.capacity() + shared_.memory_bytes();
  for (FrameWalk const& walk : walks_) bytes += walk.memory_bytes();
  for (FusedMethods::Method const& any : methods_)
    bytes += std::visit([](auto const& method) { return method.memory_bytes(); }, any);
  for (auto const& bins : static_scratch_) bytes += bins.memory_bytes();
  if (image_) bytes += image_->memory_bytes();
  return bytes;
}

void GroupReducer::reduce(core::EncodedBatch const& batch, std::span<std::size_t const> frames,
                          core::ReducedBatch& out) {
  XRDCT_ASSERT(frames.size() <= lanes);
  open(batch, frames);
  if (image_) image_->clear();
  for (std::size_t first = 0; first < plan_.plan.shape.pixels(); first += plan_.tile_pixels)
    reduce_tile(first);
  for (std::size_t lane = 0; lane < frames.size(); ++lane)
    out.status[frames[lane]] = alive_[lane] ? core::FrameStatus::good : core::FrameStatus::corrupt;
  Group const group{frames, good_lanes(), image_ ? &*image_ : nullptr, shared_};
  for (std::size_t r = 0; r < methods_.size(); ++r) write(r, group, out);
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

// Decodes a tile of all lanes, turns it, and hands it to the methods.
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
  bool const listed = list_bright(tile, turned);
  std::byte* const values = image_ ? image_->add(tile, last - first, turned)
                                   : reinterpret_cast<std::byte*>(turned_.data());
  turn_tile(first, last, turned.storage, values);
  if (!listed) restore_bright(turned.storage, values);
  turned.values = values;
  for (FusedMethods::Method& any : methods_)
    std::visit([&](auto& method) { method.add_tile(tile, turned); }, any);
}

Staged GroupReducer::stage_block(std::size_t lane, std::size_t pixel, std::size_t in_tile) {
  Staged& staged = staged_[in_tile / plan_.block_pixels * lanes + lane];
  staged = {};
  PixelBlock const block = block_at(pixel);
  bool const wanted = plan_.wanted[pixel / plan_.block_pixels] != 0;
  if (alive_[lane] && !wanted)
    alive_[lane] = walks_[lane].skip(block.pixels, scratch_) == codec::DecodeStatus::ok;
  std::span const row = row_of(lane, in_tile).first(block.pixels * sizeof(float));
  WalkedBlock walked;
  bool const placeholders = plan_.uses_placeholders && keeps_wide_[pixel / plan_.tile_pixels] == 0;
  std::size_t const most_upper = placeholders ? block.pixels / 4 : 0;  // masked ones count
  if (alive_[lane] && wanted)
    alive_[lane] = walks_[lane].next(block.pixels, row, scratch_, walked, most_upper) ==
                   codec::DecodeStatus::ok;
  if (!alive_[lane] || !wanted) {
    std::fill(row.begin(), row.end(), std::byte{0});
    return staged;
  }
  std::size_t const brights = bright_.size();
  staged = walked.raw != nullptr
               ? plan_.stager.stage(walked.raw, block, row.data(), invalid_.data())
               : plan_.stager.stage_narrow(walked.narrow, block, row.data(), scratch_.pixels.data(),
                                           invalid_.data(), placeholders ? &bright_ : nullptr);
  for (std::size_t k = brights; k < bright_.size(); ++k)
    bright_[k].place = static_cast<std::uint32_t>((in_tile + bright_[k].place) * lanes + lane);
  keep_dropped(lane, pixel, block.pixels, staged.has_invalid);
  return staged;
}

// Most blocks drop nothing, now as in the group before: then memory of a bit per pixel is left as
// it is.
void GroupReducer::keep_dropped(std::size_t lane, std::size_t pixel, std::size_t pixels, bool any) {
  std::uint8_t& some = drops_some_[lane * plan_.wanted.size() + pixel / plan_.block_pixels];
  if (any || some != 0) {
    auto* const dropped = dropped_.data() + lane * plan_.unmasked.size() + pixel / 64;
    std::copy_n(invalid_.data(), (pixels + 63) / 64, dropped);
  }
  some = any ? 1 : 0;
  drops_[lane] |= any;
}

std::span<std::byte> GroupReducer::row_of(std::size_t lane, std::size_t in_tile) {
  return std::span(rows_).subspan(lane * row_bytes(plan_) + in_tile * sizeof(float));
}

// Where few counts of a tile need more than 8 bits, they are kept beside it: a Bragg spot of one
// frame would widen the tile of all.
bool GroupReducer::list_bright(std::size_t tile, TilePixels& turned) {
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
    plan_.setup.kernels.lane.turn(row_of(0, in_tile).data(), row_bytes(plan_), pixels, storage,
                                  values + in_tile * lanes * size_of(storage));
  }
}

LaneMask GroupReducer::good_lanes() const noexcept {
  LaneMask good = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane)
    if (alive_[lane]) good = static_cast<LaneMask>(good | 1u << lane);
  return good;
}

// Block by block, so that the sums of all frames are read, and cleared for the next group, while
// they are in cache.
void GroupReducer::write(std::size_t r, Group const& group, core::ReducedBatch& out) {
  core::PatternSums& sums = out.sums[r];
  std::array<std::size_t, lanes> good{};
  std::size_t number = 0;
  each_lane(group.good, [&](std::size_t lane) { good[number++] = group.frames[lane]; });
  for (std::size_t first = 0; first < sums.bins; first += block_bins) {
    std::size_t const last = std::min(first + block_bins, sums.bins);
    std::visit([&](auto& method) { method.write(first, last, group, sums); }, methods_[r]);
    plan_.static_sums[r].fill(first, last, std::span(good).first(number), sums);
  }
  each_lane(group.good, [&](std::size_t lane) {
    std::span const dropped = std::span(dropped_).subspan(lane * plan_.unmasked.size(),
                                                          drops_[lane] ? plan_.unmasked.size() : 0);
    plan_.static_sums[r].finish(dropped, static_scratch_[r], sums, group.frames[lane],
                                out.tally[r][group.frames[lane]]);
  });
  std::visit([&](auto& method) { method.finish(group, sums, out.tally[r]); }, methods_[r]);
}

}  // namespace xrdct::kernels
