#pragma once
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

/// Whether this build can decode a filter: lz4 always, zstd and deflate where their libraries are.
bool supports(core::Filter filter);

using core::name_of;

}  // namespace xrdct::codec

namespace xrdct::core {

template <>
inline constexpr auto words_of<codec::DecodeStatus> = std::to_array<Word<codec::DecodeStatus>>(
    {{"ok", codec::DecodeStatus::ok},
     {"truncated", codec::DecodeStatus::truncated},
     {"bad header", codec::DecodeStatus::bad_header},
     {"broken compressed data", codec::DecodeStatus::bad_stream},
     {"a value beyond the type of its pixels", codec::DecodeStatus::beyond_type},
     {"wrong size", codec::DecodeStatus::wrong_size},
     {"filter not in this build", codec::DecodeStatus::unsupported}});

}  // namespace xrdct::core
