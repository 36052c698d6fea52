// The order of frames over several files and datasets, and their numbers in each.
#include "io/hdf5/frame_sequence.hpp"

#include <algorithm>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::io {

std::int64_t FrameBlocks::find(std::int64_t frame) const noexcept {
  std::int64_t const from_first = frame - first;
  if (from_first < 0) return -1;
  std::int64_t const number = from_first / stride, inside = from_first % stride;
  return number < count && inside < block ? number * block + inside : -1;
}

std::int64_t FrameBlocks::next(std::int64_t frame) const noexcept {
  if (frame <= first) return first;
  std::int64_t const number = (frame - first) / stride, inside = (frame - first) % stride;
  if (number < count && inside < block) return frame;
  return number + 1 < count ? first + (number + 1) * stride : -1;
}

std::int64_t common_frame(FrameBlocks const& a, FrameBlocks const& b) {
  if (a.end() <= b.first || b.end() <= a.first) return -1;
  if (a.stride == b.stride && a.count > 1 && b.count > 1) {
    std::int64_t const phase = ((b.first - a.first) % a.stride + a.stride) % a.stride;
    if (phase >= a.block && phase + b.block <= a.stride) return -1;
  }
  auto const& [few, many] = a.count <= b.count
                                ? std::pair<FrameBlocks const&, FrameBlocks const&>(a, b)
                                : std::pair<FrameBlocks const&, FrameBlocks const&>(b, a);
  for (std::int64_t c = 0; c < few.count; ++c) {
    std::int64_t const begin = few.first + c * few.stride, found = many.next(begin);
    if (found >= 0 && found < begin + few.block) return found;
  }
  return -1;
}

void FrameSequence::append(FrameBlocks frames) {
  if (frames.size() <= 0) return;
  if (frames.count == 1 || frames.stride == frames.block)
    frames = FrameBlocks::run(frames.first, frames.size());
  if (!pieces_.empty()) {
    auto& last = pieces_.back().frames;
    bool const runs = last.count == 1 && frames.count == 1;
    if (runs && frames.first == last.end()) {
      last = FrameBlocks::run(last.first, last.size() + frames.size());
      size_ += frames.size();
      return;
    }
    std::int64_t const stride = last.count > 1     ? last.stride
                                : frames.count > 1 ? frames.stride
                                                   : frames.first - last.first;
    bool const same_rule = frames.block == last.block && stride > last.block &&
                           (frames.count == 1 || frames.stride == stride);
    if (same_rule && frames.first == last.first + last.count * stride) {
      last.stride = stride;
      last.count += frames.count;
      size_ += frames.size();
      return;
    }
  }
  pieces_.push_back({frames, size_});
  size_ += frames.size();
}

void FrameSequence::append(FrameSequence const& other) {
  for (auto const& piece : other.pieces_) append(piece.frames);
}

void FrameSequence::cut(std::int64_t size) {
  auto const whole = std::exchange(pieces_, {});
  size_ = 0;
  for (auto const& [frames, position] : whole) {
    std::int64_t const left = std::min(size - position, frames.size());
    if (left <= 0) return;
    std::int64_t const blocks = left / frames.block, rest = left % frames.block;
    append({frames.first, frames.stride, blocks, frames.block});
    append(FrameBlocks::run(frames.first + blocks * frames.stride, rest));
  }
}

std::int64_t FrameSequence::at(std::int64_t position) const {
  XRDCT_ASSERT(position >= 0 && position < size_);
  auto const after =
      std::upper_bound(pieces_.begin(), pieces_.end(), position,
                       [](std::int64_t p, Piece const& piece) { return p < piece.position; });
  auto const& piece = *std::prev(after);
  return piece.frames.at(position - piece.position);
}

}  // namespace xrdct::io
