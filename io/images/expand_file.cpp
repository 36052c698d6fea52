#include "io/images/expand_file.hpp"

#include <algorithm>
#include <climits>
#include <new>
#include <span>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

#if XRDCT_HAVE_ZLIB
#include <zlib.h>
#endif
#if XRDCT_HAVE_BZIP2
#include <bzlib.h>
#endif

namespace xrdct::io {
namespace {

using Bytes = std::vector<std::byte>;
using namespace std::string_view_literals;

/// No image is larger: 64-bit pixels and a header.
constexpr std::size_t most_bytes = most_image_pixels * 8 + (std::size_t{1} << 24);

/// What a step of a library did.
enum class Step { more, end_of_member, damaged };

/// Output that doubles until all fits.
class Output {
 public:
  explicit Output(std::size_t guess) : bytes_(std::clamp<std::size_t>(guess, 4096, most_bytes)) {}
  std::span<std::byte> free() {
    if (used_ == bytes_.size()) bytes_.resize(std::min(2 * bytes_.size(), most_bytes));
    return std::span(bytes_).subspan(used_, std::min<std::size_t>(bytes_.size() - used_, INT_MAX));
  }
  void take(std::size_t count) { used_ += count; }
  std::size_t used() const { return used_; }
  Bytes finish() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  std::size_t used_ = 0;
};

core::IoError damaged(std::filesystem::path const& file, std::string const& format,
                      std::string const& found) {
  return core::IoError("cannot expand " + file.string() + ": expected a whole " + format +
                       " file, found " + found + "; copy it again");
}

#if XRDCT_HAVE_ZLIB
class Gunzip {
 public:
  static constexpr auto name = "gzip";
  Gunzip() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();  // 16: gzip alone
  }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(Gunzip const&) = delete;
  Gunzip& operator=(Gunzip const&) = delete;
  void restart() { inflateReset(&stream_); }
  Step step(std::span<std::byte const>& in, Output& output) {
    auto const out = output.free();
    stream_.next_in =
        reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));  // zlib only reads through it
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(in.size(), INT_MAX));
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    uInt const offered = stream_.avail_in;
    int const result = inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(offered - stream_.avail_in);
    output.take(out.size() - stream_.avail_out);
    if (result == Z_STREAM_END) return Step::end_of_member;
    return result == Z_OK || result == Z_BUF_ERROR ? Step::more : Step::damaged;
  }

 private:
  z_stream stream_{};
};
#endif

#if XRDCT_HAVE_BZIP2
class Bunzip {
 public:
  static constexpr auto name = "bzip2";
  Bunzip() { start(); }
  ~Bunzip() { BZ2_bzDecompressEnd(&stream_); }
  Bunzip(Bunzip const&) = delete;
  Bunzip& operator=(Bunzip const&) = delete;
  void restart() {
    BZ2_bzDecompressEnd(&stream_);
    start();
  }
  Step step(std::span<std::byte const>& in, Output& output) {
    auto const out = output.free();
    stream_.next_in =
        reinterpret_cast<char*>(const_cast<std::byte*>(in.data()));  // bzip2 only reads through it
    stream_.avail_in = static_cast<unsigned>(std::min<std::size_t>(in.size(), INT_MAX));
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(out.size());
    unsigned const offered = stream_.avail_in;
    int const result = BZ2_bzDecompress(&stream_);
    in = in.subspan(offered - stream_.avail_in);
    output.take(out.size() - stream_.avail_out);
    if (result == BZ_STREAM_END) return Step::end_of_member;
    return result == BZ_OK ? Step::more : Step::damaged;
  }

 private:
  void start() {
    stream_ = {};
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }
  bz_stream stream_{};
};
#endif

#if XRDCT_HAVE_ZLIB || XRDCT_HAVE_BZIP2
template <class Decoder>
Bytes expand(std::filesystem::path const& file, std::span<std::byte const> in,
             std::string_view magic) {
  Decoder decoder;
  Output output(4 * in.size());
  while (true) {
    bool const all_read = in.empty();
    std::size_t const used = output.used();
    if (output.free().empty())
      throw damaged(file, Decoder::name,
                    "more than " + std::to_string(most_bytes >> 20) + " MiB in it");
    auto const step = decoder.step(in, output);
    if (step == Step::damaged) throw damaged(file, Decoder::name, "damaged data");
    if (step == Step::more && all_read && output.used() == used)
      throw damaged(file, Decoder::name, "a truncated one");
    if (step == Step::end_of_member) {
      // Another member may follow; anything else behind the end is padding, as gunzip and bunzip2
      // take it.
      std::string_view const rest(reinterpret_cast<char const*>(in.data()), in.size());
      if (!rest.starts_with(magic)) return output.finish();
      decoder.restart();
    }
  }
}
#endif

[[noreturn, maybe_unused]] void missing_library(std::filesystem::path const& file,
                                                std::string const& format,
                                                std::string const& tool) {
  throw core::InputError("cannot expand " + file.string() +
                         ": expected an image that is not compressed, found a " + format +
                         " file, and this build has no " + format + "; expand it with " + tool +
                         ", or build with the library");
}

}  // namespace

Bytes expanded_content(std::filesystem::path const& file) {
  Bytes content = file_content(file);
  std::string_view const start(reinterpret_cast<char const*>(content.data()),
                               std::min<std::size_t>(content.size(), 16));
  if (start.starts_with("\x1f\x8b"sv)) {
#if XRDCT_HAVE_ZLIB
    return expand<Gunzip>(file, content, "\x1f\x8b"sv);
#else
    missing_library(file, "gzip", "gunzip");
#endif
  }
  if (start.starts_with("BZh"sv)) {
#if XRDCT_HAVE_BZIP2
    return expand<Bunzip>(file, content, "BZh"sv);
#else
    missing_library(file, "bzip2", "bunzip2");
#endif
  }
  return content;
}

}  // namespace xrdct::io
