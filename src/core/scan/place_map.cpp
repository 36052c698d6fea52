// Which frames lie at which place of a scan.
#include "core/scan/place_map.hpp"

#include <algorithm>
#include <limits>

#include "core/words/errors.hpp"

namespace xrdct::core {

PlaceMap::PlaceMap(ScanShape shape, bool snake, std::int64_t first_frame, std::int64_t frames)
    : shape_(shape), snake_(snake), first_frame_(first_frame), frames_(frames) {
  XRDCT_ASSERT(first_frame >= 0 && frames >= 0);
}

// The frames are counted out by place, in their order; then each layer is gone through once.
PlaceMap::PlaceMap(ScanShape shape, std::span<std::int64_t const> places, Repeated repeated)
    : shape_(shape), layers_(1) {
  std::size_t const all = shape.places();
  std::vector<std::size_t> end(all + 1, 0);  // of the frames of a place, among those of all
  for (auto const place : places) {
    XRDCT_ASSERT(place < 0 || static_cast<std::size_t>(place) < all);
    if (place >= 0) ++end[static_cast<std::size_t>(place)];
  }
  std::size_t before = 0, most = 1;
  for (auto& count : end) {
    most = std::max(most, count);
    before += std::exchange(count, before);
  }
  std::vector<std::int64_t> frames(before);
  for (std::size_t frame = 0; frame < places.size(); ++frame)
    if (places[frame] >= 0)
      frames[end[static_cast<std::size_t>(places[frame])]++] = static_cast<std::int64_t>(frame);
  layers_.resize(most);
  for (std::size_t place = 0, begin = 0; place < all; begin = end[place++])
    for (std::size_t k = 0; k < end[place] - begin; ++k)
      append(layers_[k], place, frames[end[place] - 1 - k]);
  for (auto& layer : layers_) layer.shrink_to_fit();
  counted_ = repeated == Repeated::last ? 1 : most;
}

void PlaceMap::append(Layer& layer, std::size_t place, std::int64_t frame) {
  constexpr auto longest = std::numeric_limits<std::uint32_t>::max();
  constexpr std::int64_t widest = std::numeric_limits<std::int32_t>::max();
  if (!layer.empty()) {
    auto& run = layer.back();
    std::int64_t const last = run.frame + std::int64_t{run.step} * (run.places - 1);
    std::int64_t const step = frame - last;
    bool const is_next = run.place + run.places == place && run.places < longest;
    if (is_next && run.places == 1 && step >= -widest && step <= widest)
      run.step = static_cast<std::int32_t>(step);
    if (is_next && step == run.step) return void(++run.places);
  }
  layer.push_back({place, frame, 1, 0});
}

std::int64_t PlaceMap::frame_in(Layer const& layer, std::size_t place) {
  auto const behind =
      std::upper_bound(layer.begin(), layer.end(), place,
                       [](std::size_t wanted, Run const& run) { return wanted < run.place; });
  if (behind == layer.begin()) return -1;
  auto const& run = *std::prev(behind);
  auto const i = place - run.place;
  return i < run.places ? run.frame + static_cast<std::int64_t>(i) * run.step : -1;
}

std::int64_t PlaceMap::frame_of(std::size_t place) const {
  XRDCT_ASSERT(place < shape_.places());
  if (!layers_.empty()) return frame_in(layers_.front(), place);
  std::size_t const line = place / shape_.fast;
  std::size_t const fast = place % shape_.fast;
  bool const reversed = snake_ && line % 2 == 1;
  std::size_t const n = line * shape_.fast + (reversed ? shape_.fast - 1 - fast : fast);
  std::int64_t const frame = first_frame_ + static_cast<std::int64_t>(n);
  return frame < frames_ ? frame : -1;
}

std::size_t PlaceMap::all_at(std::size_t place) const {
  if (layers_.empty()) return frame_of(place) >= 0 ? 1 : 0;
  auto const behind = std::partition_point(  // asked for each frame of a place
      layers_.begin(), layers_.end(), [&](Layer const& of) { return frame_in(of, place) >= 0; });
  return static_cast<std::size_t>(behind - layers_.begin());
}

std::size_t PlaceMap::frames_at(std::size_t place) const {
  if (most_frames() == 1) return frame_of(place) >= 0 ? 1 : 0;
  return all_at(place);
}

std::int64_t PlaceMap::frame_of(std::size_t place, std::size_t n) const {
  if (most_frames() == 1) return frame_of(place);
  std::size_t const frames = all_at(place);
  XRDCT_ASSERT(n < frames);
  return frame_in(layers_[frames - 1 - n], place);
}

std::size_t PlaceMap::memory_bytes() const noexcept {
  std::size_t bytes = 0;
  for (auto const& layer : layers_) bytes += layer.capacity() * sizeof(Run);
  return bytes;
}

}  // namespace xrdct::core
