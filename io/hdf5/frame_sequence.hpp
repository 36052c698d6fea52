#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace xrdct::io {

/*!
 * Frames in blocks at equal distances, as HDF5 selects them. Internal to io/.
 *
 *     frame(i) = first + (i / block)·stride + i % block          i < count·block;   stride ≥ block
 */
struct FrameBlocks {
  std::int64_t first = 0;
  std::int64_t stride = 1;  //!< from block to block
  std::int64_t count = 1;   //!< blocks
  std::int64_t block = 1;   //!< frames of one

  static FrameBlocks run(std::int64_t first, std::int64_t frames) {
    return {first, frames, 1, frames};
  }
  std::int64_t size() const noexcept { return count * block; }
  std::int64_t end() const noexcept { return first + (count - 1) * stride + block; }
  std::int64_t at(std::int64_t index) const noexcept {
    return first + index / block * stride + index % block;
  }
  /// The index of a frame, or −1.
  std::int64_t find(std::int64_t frame) const noexcept;
  /// The first of its frames that is not before `frame`, or −1.
  std::int64_t next(std::int64_t frame) const noexcept;
};

/// The smallest frame that both hold, or −1. Time: O(1) for equal strides without a common frame,
/// else O(blocks of the one that has fewer).
std::int64_t common_frame(FrameBlocks const& a, FrameBlocks const& b);

/*!
 * A list of frames, kept as pieces: what has a rule takes memory by its rules, not by its frames.
 * Internal to io/.
 *
 * Memory: 40 B per piece. One piece for consecutive frames, for every n-th frame, or for blocks of
 * them, however they were appended.
 */
class FrameSequence {
 public:
  struct Piece {
    FrameBlocks frames;
    std::int64_t position = 0;  //!< of its first frame in the list
  };

  /// Appends the frames; joins them to the last piece where they continue its rule.
  void append(FrameBlocks frames);
  void append(FrameSequence const& other);
  /// Drops all frames from position `size` on.
  void cut(std::int64_t size);

  std::int64_t size() const noexcept { return size_; }
  /// The frame at a position below `size()`.
  std::int64_t at(std::int64_t position) const;
  std::vector<Piece> const& pieces() const noexcept { return pieces_; }

 private:
  std::vector<Piece> pieces_;
  std::int64_t size_ = 0;
};

}  // namespace xrdct::io
