// Decodes zstd streams by libzstd.
#include <new>

#include "io/codec/entropy_decoders.hpp"

#if XRDCT_HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

namespace xrdct::codec {

#if XRDCT_HAVE_ZSTD
struct ZstdDecoder::State {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  State() {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~State() { ZSTD_freeDCtx(context); }
  State(State const&) = delete;
  State& operator=(State const&) = delete;
};

DecodeStatus ZstdDecoder::decode(std::span<std::byte const> compressed, std::span<std::byte> out) {
  if (!state_) state_ = std::make_unique<State>();
  std::size_t const decoded = ZSTD_decompressDCtx(state_->context, out.data(), out.size(),
                                                  compressed.data(), compressed.size());
  if (ZSTD_getErrorCode(decoded) == ZSTD_error_memory_allocation)
    throw std::bad_alloc();  // that says nothing of the stream
  if (ZSTD_isError(decoded) == 0)
    return decoded == out.size() ? DecodeStatus::ok : DecodeStatus::wrong_size;
  switch (ZSTD_getErrorCode(decoded)) {
    case ZSTD_error_dstSize_tooSmall:
      return DecodeStatus::wrong_size;
    case ZSTD_error_srcSize_wrong:
      return DecodeStatus::truncated;
    default:
      return DecodeStatus::bad_stream;
  }
}
DecodeStatus check_zstd_frames(std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    std::size_t const frame = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
    if (ZSTD_isError(frame) != 0) {
      return ZSTD_getErrorCode(frame) == ZSTD_error_srcSize_wrong ? DecodeStatus::truncated
                                                                  : DecodeStatus::bad_stream;
    }
    bytes = bytes.subspan(frame);
  }
  return DecodeStatus::ok;
}
#else
DecodeStatus check_zstd_frames(std::span<std::byte const>) { return DecodeStatus::unsupported; }
struct ZstdDecoder::State {};
DecodeStatus ZstdDecoder::decode(std::span<std::byte const>, std::span<std::byte>) {
  return DecodeStatus::unsupported;
}
#endif

ZstdDecoder::ZstdDecoder() = default;
ZstdDecoder::~ZstdDecoder() = default;
ZstdDecoder::ZstdDecoder(ZstdDecoder&&) noexcept = default;
ZstdDecoder& ZstdDecoder::operator=(ZstdDecoder&&) noexcept = default;

}  // namespace xrdct::codec
