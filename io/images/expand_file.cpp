// Expands files that are compressed as a whole; Boost.Iostreams knows the formats.
#include "io/images/expand_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/codec/entropy_decoders.hpp"
#include "io/files/file_kind.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

namespace streams = boost::iostreams;
using Chain = streams::filtering_streambuf<streams::input>;

/// No image is larger: 64-bit pixels and a header.
constexpr std::size_t most_bytes = most_image_pixels * 8 + (std::size_t{1} << 24);
constexpr std::size_t most_at_once = std::size_t{1} << 16;

core::IoError damaged(std::filesystem::path const& file, std::string_view kind,
                      std::string const& found) {
  return core::IoError({.what = "expand " + file.string(),
                        .expected = fmt::format("{} that is whole", kind),
                        .found = found,
                        .attempt = "copy it again"});
}

/// \returns false: not compressed
bool push_decoder(Chain& chain, std::string_view kind) {
  if (kind == "a gzip file") chain.push(streams::gzip_decompressor());
  if (kind == "a bzip2 file") chain.push(streams::bzip2_decompressor());
  if (kind == "an xz file") chain.push(streams::lzma_decompressor());
  if (kind == "a zstd file") chain.push(streams::zstd_decompressor());
  return !chain.empty();
}

/// Boost's decoder of zstd, unlike the others, takes the end of the bytes for the end of a frame.
void expect_whole_zstd(std::span<std::byte const> bytes, std::filesystem::path const& file,
                       std::string_view kind) {
  auto const status = codec::check_zstd_frames(bytes);
  if (status == codec::DecodeStatus::unsupported) {
    throw core::InputError(
        {.what = "expand " + file.string(),
         .expected = "a build with zstd",
         .found = "one without",
         .attempt = "expand it with unzstd, or configure with -DXRDCT_WITH_ZSTD=ON"});
  }
  if (status != codec::DecodeStatus::ok)
    throw damaged(file, kind, "one that is truncated or damaged");
}

}  // namespace

core::LargeBytes expanded_content(std::filesystem::path const& file) {
  auto content = file_content(file);
  auto const* const first = reinterpret_cast<char const*>(content.data());
  auto const kind = file_kind({first, std::min<std::size_t>(content.size(), 64)});
  Chain chain;
  if (!push_decoder(chain, kind)) return content;
  if (kind == "a zstd file") expect_whole_zstd(content, file, kind);
  chain.push(streams::array_source(first, content.size()));
  core::LargeBytes expanded;
  expanded.reserve(4 * content.size());
  try {
    for (std::streamsize count = 1; count > 0;) {
      std::size_t const used = expanded.size();
      if (used > most_bytes)
        throw damaged(file, kind, fmt::format("more than {} MiB in it", most_bytes >> 20));
      expanded.resize(used + most_at_once);
      count = chain.sgetn(reinterpret_cast<char*>(expanded.data() + used), most_at_once);
      expanded.resize(used + static_cast<std::size_t>(std::max<std::streamsize>(count, 0)));
    }
  } catch (std::ios_base::failure const&) {  // gzip_error, bzip2_error …
    throw damaged(file, kind,
                  "one that is truncated or damaged, or has more behind its end (zeros, too)");
  }
  return expanded;
}

}  // namespace xrdct::io
