#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "core/words/frames.hpp"
#include "io/codec/decode.hpp"
#include "kokkos/space/card_memory.hpp"
#include "kokkos/space/pinned_memory.hpp"
#include "kokkos/teams/count_codes.hpp"

namespace xrdct::kernels {

/// Where frames of bitshuffle-LZ4 are decoded.
enum class DecodeOn { space, host };

/// How a decoder works.
struct DeviceDecoding {
  int threads = 1;  //!< of the team that decodes a block
  DecodeOn where = DecodeOn::space;

  /// What suits the default execution space.
  static DeviceDecoding of_space();
};

/// Decoded frames, in the memory of the execution space. Columns begin at multiples of 8 pixels.
struct DecodedFrames {
  /// [column][pixel] 0 … 253: the count; 255: all bits of the pixel are set; 254: it lies in the
  /// image
  unsigned char const* codes;
  std::byte const* images;  //!< [column][image_bytes] as stored, where codes say so
  std::size_t image_bytes;  //!< of a column
};

/*!
 * Decodes stored frames in the memory of the default execution space (a GPU where there is one),
 * from the compressed bytes: a byte per pixel, and images where a byte is not enough.
 *
 * The host looks up where the blocks of some frames begin, and sends this and their bytes, from
 * where they lie if they are pinned, else packed into one of two buffers of pinned memory; a team
 * then decodes a block: LZ4 into its fast memory, bit planes to codes and pixels. While it does,
 * the host sends the next ones. Blocks of bitshuffle-LZ4 of 1024 to 8192 bytes are decoded there;
 * all other encodings on the host, into the buffer, and lie in the images alone. The pixels are
 * those of `codec::FrameDecoder`, byte for byte, and so are the verdicts. Never reads beyond the
 * stored bytes nor writes beyond an image, whatever they hold. Memory: `width` images, and 1 B per
 * pixel of them; two buffers, each of a quarter of as many images, but at least one, pinned and in
 * the execution space.
 */
class DeviceDecoder {
 public:
  /// \param width most frames at once
  /// \param known what of the pixels is clear from a byte
  /// \param memory stored bytes that lie there are sent from there; outlives this
  DeviceDecoder(core::FrameShape shape, core::FrameEncoding encoding, std::size_t width,
                CountCodes known, PinnedMemory const& memory,
                DeviceDecoding const& decoding = DeviceDecoding::of_space());
  ~DeviceDecoder();
  DeviceDecoder(DeviceDecoder const&) = delete;
  DeviceDecoder& operator=(DeviceDecoder const&) = delete;

  /*!
   * Begins to send frames; their stored bytes are used until `decode`. What was taken before the
   * last time has to be done with.
   * \param frames places in the batch; their status is good
   * \return how many of them were taken: as many as fit, at least one
   */
  std::size_t take(core::EncodedBatch const& batch, std::span<std::size_t const> frames);
  /// Begins to decode what was taken last; its frames replace those before.
  void decode();
  /// Waits for all that was begun with `decode`, and tells what became of it.
  /// \return [column] frames in the order taken
  std::span<codec::DecodeStatus const> wait();

  /// Undefined where the status is not ok.
  DecodedFrames frames() const noexcept;
  EngineMemory memory() const noexcept;
  std::size_t sent_bytes() const noexcept;  //!< to the execution space since the start

  /// What a decoder takes for each frame of its width. [bytes]
  static std::size_t bytes_per_frame(core::FrameShape shape, core::FrameEncoding encoding);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
