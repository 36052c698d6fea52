#include "io/codec/words/decode_status.hpp"

namespace xrdct::codec {

std::string_view name_of(DecodeStatus status) {
  switch (status) {
    case DecodeStatus::ok:
      return "ok";
    case DecodeStatus::truncated:
      return "truncated";
    case DecodeStatus::bad_header:
      return "bad header";
    case DecodeStatus::bad_stream:
      return "broken compressed data";
    case DecodeStatus::beyond_type:
      return "a value beyond the type of its pixels";
    case DecodeStatus::wrong_size:
      return "wrong size";
    case DecodeStatus::unsupported:
      return "filter not in this build";
  }
  return "?";
}

bool supports(core::Filter filter) {
  switch (filter) {
    case core::Filter::none:
    case core::Filter::lz4:
    case core::Filter::bitshuffle:
    case core::Filter::bitshuffle_lz4:
    case core::Filter::byte_offset:
      return true;
    case core::Filter::deflate:
      return XRDCT_HAVE_ZLIB != 0;
    case core::Filter::bitshuffle_zstd:
      return XRDCT_HAVE_ZSTD != 0;
  }
  return false;
}

}  // namespace xrdct::codec
