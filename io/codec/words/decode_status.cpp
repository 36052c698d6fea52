// Names of what can be wrong with stored bytes, and the filters of this build.
#include "io/codec/words/decode_status.hpp"

namespace xrdct::codec {

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
    case core::Filter::zstd:
    case core::Filter::bitshuffle_zstd:
      return XRDCT_HAVE_ZSTD != 0;
  }
  return false;
}

}  // namespace xrdct::codec
