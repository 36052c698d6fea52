#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/words/frames.hpp"
#include "io/codec/words/decode_status.hpp"
#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/*!
 * Decodes stored frames block by block. One decoder per thread; holds its scratch memory: a block,
 * with byte shuffle a frame.
 *
 * Bitshuffle without compression: blocks of 8192 bytes, the only size that the filter's options
 * leave unsaid. Never reads beyond the stored bytes nor writes beyond `out`, whatever they hold.
 */
class FrameDecoder {
 public:
  FrameDecoder(core::FrameShape shape, core::FrameEncoding encoding);
  ~FrameDecoder();
  FrameDecoder(FrameDecoder&&) noexcept;
  FrameDecoder& operator=(FrameDecoder&&) noexcept;

  std::size_t frame_bytes() const noexcept;  //!< size of a decoded frame

  /// Decodes the whole frame.
  /// \param frame its status is good
  /// \param out exactly `frame_bytes()` bytes, native byte order; after an error its content is
  /// undefined. Bytes after the end of a stream are not looked at.
  DecodeStatus decode(core::EncodedFrame const& frame, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::codec
