// Inflates deflate streams by zlib.
#include <climits>
#include <new>

#include "io/codec/entropy_decoders.hpp"

#if XRDCT_HAVE_ZLIB
#include <zlib.h>
#endif

namespace xrdct::codec {

#if XRDCT_HAVE_ZLIB
struct Inflater::State {
  z_stream stream{};
  State() {
    if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&stream); }
  State(State const&) = delete;
  State& operator=(State const&) = delete;
};

DecodeStatus Inflater::decode(std::span<std::byte const> compressed, std::span<std::byte> out) {
  if (compressed.size() > UINT_MAX || out.size() > UINT_MAX) return DecodeStatus::bad_header;
  if (!state_) state_ = std::make_unique<State>();
  z_stream& stream = state_->stream;
  if (inflateReset(&stream) != Z_OK) return DecodeStatus::bad_stream;
  // zlib only reads through next_in; its type is not const by default.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int const result = inflate(&stream, Z_FINISH);
  if (result == Z_MEM_ERROR) throw std::bad_alloc();  // that says nothing of the stream
  if (result == Z_STREAM_END)
    return stream.avail_out == 0 ? DecodeStatus::ok : DecodeStatus::wrong_size;
  if (result != Z_BUF_ERROR && result != Z_OK) return DecodeStatus::bad_stream;
  return stream.avail_in == 0 ? DecodeStatus::truncated : DecodeStatus::wrong_size;
}
#else
struct Inflater::State {};
DecodeStatus Inflater::decode(std::span<std::byte const>, std::span<std::byte>) {
  return DecodeStatus::unsupported;
}
#endif

Inflater::Inflater() = default;
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

}  // namespace xrdct::codec
