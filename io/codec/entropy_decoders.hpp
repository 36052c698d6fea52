#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "io/codec/words/decode_status.hpp"

namespace xrdct::codec {

/// zlib's inflate, with its state allocated once. `unsupported` in a build without zlib.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;
  /// Decodes one zlib stream that has to fill `out` exactly.
  DecodeStatus decode(std::span<std::byte const> compressed, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// zstd's decoder, with its state allocated once. `unsupported` in a build without zstd.
class ZstdDecoder {
 public:
  ZstdDecoder();
  ~ZstdDecoder();
  ZstdDecoder(ZstdDecoder&&) noexcept;
  ZstdDecoder& operator=(ZstdDecoder&&) noexcept;
  /// Decodes zstd frames that have to fill `out` exactly.
  DecodeStatus decode(std::span<std::byte const> compressed, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether some bytes are whole zstd frames, one after another: ok, truncated, or bad_stream. What
/// the frames hold is not looked at. `unsupported` in a build without zstd.
DecodeStatus check_zstd_frames(std::span<std::byte const> bytes);

}  // namespace xrdct::codec
