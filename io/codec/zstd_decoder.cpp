// Decodes zstd streams by libzstd.
#include <new>

#include "io/codec/entropy_decoders.hpp"

#if XRDCT_HAVE_ZSTD
#include <zstd.h>
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
  return ZSTD_isError(decoded) == 0 && decoded == out.size() ? DecodeStatus::ok
                                                             : DecodeStatus::bad_stream;
}
#else
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
