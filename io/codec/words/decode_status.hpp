#pragma once
#include <string_view>

#include "core/words/words.hpp"

namespace xrdct::codec {

/// Why stored bytes could not be decoded.
enum class DecodeStatus {
  ok,
  truncated,    //!< fewer bytes than the stream says
  bad_header,   //!< sizes that cannot be
  bad_stream,   //!< the compressed data are broken
  beyond_type,  //!< a value that the type of the pixels cannot hold
  wrong_size,   //!< decodes to another number of bytes than the frame has
  unsupported   //!< the library for this filter is not in this build
};

std::string_view name_of(DecodeStatus status);

/// Whether this build can decode a filter: lz4 always, zstd and deflate where their libraries are.
bool supports(core::Filter filter);

}  // namespace xrdct::codec
