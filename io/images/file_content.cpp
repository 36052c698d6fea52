// Reads files, and expands those that are compressed as a whole; Boost.Iostreams knows the formats.
#include "io/images/file_content.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/codec/entropy_decoders.hpp"
#include "io/files/file_kind.hpp"

namespace xrdct::io {
namespace {

namespace streams = boost::iostreams;
using Chain = streams::filtering_streambuf<streams::input>;

constexpr std::size_t at_once = std::size_t{1} << 16;
constexpr std::size_t most_reserved = std::size_t{1} << 28;  // the rest as it comes
constexpr std::size_t most_own_zeros = 16;                   // at the end of a member
constexpr std::size_t most_stored = std::size_t{1} << 30;    // of a compressed file

[[noreturn]] void throw_unreadable(std::filesystem::path const& file, std::string const& reason) {
  throw core::IoError({.what = "read " + file.string(),
                       .expected = "a readable file",
                       .found = fmt::format("\"{}\"", reason),
                       .attempt = "check path and permissions"});
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
void expect_whole_zstd(std::span<std::byte const> bytes, std::filesystem::path const& file) {
  auto const status = codec::check_zstd_frames(bytes);
  if (status == codec::DecodeStatus::unsupported) {
    throw core::InputError(
        {.what = "expand " + file.string(),
         .expected = "a build with zstd",
         .found = "one without",
         .attempt = "expand it with unzstd, or configure with -DXRDCT_WITH_ZSTD=ON"});
  }
  if (status != codec::DecodeStatus::ok) throw std::ios_base::failure("no whole frames of zstd");
}

/// Expands what is stored; errors are std::ios_base::failure (gzip_error, bzip2_error …).
class Expansion {
 public:
  Expansion(std::span<std::byte const> stored, std::string_view kind,
            std::filesystem::path const& file) {
    if (kind == "a zstd file") expect_whole_zstd(stored, file);
    push_decoder(chain_, kind);
    chain_.push(streams::array_source(reinterpret_cast<char const*>(stored.data()), stored.size()));
  }
  /// \returns how many bytes came; 0: the end
  std::size_t read(std::span<std::byte> out) {
    auto const count =
        chain_.sgetn(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    return static_cast<std::size_t>(std::max<std::streamsize>(count, 0));
  }
  bool at_end() { return chain_.sgetc() == Chain::traits_type::eof(); }
  /// Whether all of it can be read, and that is at most so much.
  bool ends_before(std::size_t most) {
    std::vector<std::byte> unused(at_once);
    std::size_t total = 0;
    for (std::size_t count = 1; count > 0 && total <= most; total += count) count = read(unused);
    return total <= most;
  }

 private:
  Chain chain_;
};

}  // namespace

struct FileContent::State {
  explicit State(std::filesystem::path const& name) : file(name), stream(name, std::ios::binary) {
    int const reason = errno;
    std::error_code failure;
    size = std::filesystem::file_size(file, failure);
    if (failure) throw_unreadable(file, failure.message());
    if (!stream) throw_unreadable(file, std::strerror(reason));
    kind = kind_at_start();
    Chain chain;
    if (!push_decoder(chain, kind)) return;
    if (size > most_stored)
      throw core::IoError({.what = "expand " + file.string(),
                           .expected = fmt::format("at most {} MiB", most_stored >> 20),
                           .found = fmt::format("{} MiB", size >> 20),
                           .attempt = "name a file that holds one image"});
    read_stored(stored, size);
    end = false;  // of what it expands to
    try {
      expansion.emplace(stored, kind, file);
    } catch (std::ios_base::failure const&) {
      if (!cut_zeros({})) throw_damaged();
    }
  }

  std::string_view kind_at_start() {
    std::array<char, 64> start{};
    stream.read(start.data(), start.size());
    auto const count = static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0));
    stream.clear();
    stream.seekg(0);
    return file_kind({start.data(), count});
  }

  void read_stored(core::LargeBytes& content, std::size_t bytes) {
    auto const used = content.size();
    content.reserve(std::min(size, most_reserved));
    content.resize(bytes);
    errno = 0;
    if (!stream.read(reinterpret_cast<char*>(content.data() + used),
                     static_cast<std::streamsize>(bytes - used)))
      throw_unreadable(file, std::strerror(errno == 0 ? EIO : errno));
    end = bytes == size;
  }

  void expand(core::LargeBytes& content, std::size_t bytes) {
    content.reserve(std::min(bytes, most_reserved));
    for (std::size_t count = 1; count > 0 && content.size() < bytes;) {
      std::size_t const used = content.size(), wanted = std::min(at_once, bytes - used);
      content.resize(used + wanted);
      try {
        count = expansion->read(std::span(content).subspan(used, wanted));
      } catch (std::ios_base::failure const&) {
        content.resize(used);
        throw;
      }
      content.resize(used + count);
    }
    end = expansion->at_end();
  }

  // Tapes and file systems leave zeros behind the end of a file, and gunzip lets them pass. How
  // many of them belong to the last member is tried: its checksum and size alone have eight bytes.
  // Goes on behind byte `used` of the expanded content; nothing: it has not begun, and what is
  // stored is seen to be whole without expanding it.
  bool cut_zeros(std::optional<std::size_t> used) {
    if (std::exchange(cut, true)) return false;
    auto const last = std::find_if(stored.rbegin(), stored.rend(),
                                   [](std::byte byte) { return byte != std::byte{}; });
    auto const filled = static_cast<std::size_t>(stored.rend() - last);
    for (std::size_t zeros = 0; zeros <= most_own_zeros && filled + zeros < stored.size();
         ++zeros) {
      try {
        auto const part = std::span(stored).first(filled + zeros);
        if (used && !Expansion(part, kind, file).ends_before(*used + at_once)) continue;
        expansion.emplace(part, kind, file);
        core::LargeBytes again;
        if (used) expand(again, *used);
        return true;
      } catch (std::ios_base::failure const&) {
        continue;
      }
    }
    return false;
  }

  [[noreturn]] void throw_damaged() const {
    throw core::IoError({.what = "expand " + file.string(),
                         .expected = fmt::format("{} that is whole", kind),
                         .found = "one that is truncated or damaged, or has more behind its end",
                         .attempt = "copy it again"});
  }

  std::filesystem::path file;
  std::ifstream stream;
  std::size_t size = 0;  // of the file
  bool end = false;
  std::string_view kind;
  core::LargeBytes stored;  // of a compressed file
  bool cut = false;         // zeros behind its end were looked for
  std::optional<Expansion> expansion;
};

FileContent::FileContent(std::filesystem::path const& file)
    : state_(std::make_unique<State>(file)) {}

FileContent::~FileContent() = default;

void FileContent::append(core::LargeBytes& content, std::size_t bytes) {
  auto& state = *state_;
  if (state.end || content.size() >= bytes) return;
  if (!state.expansion) return state.read_stored(content, std::min(bytes, state.size));
  try {
    state.expand(content, bytes);
  } catch (std::ios_base::failure const&) {
    if (!state.cut_zeros(content.size())) state.throw_damaged();
    append(content, bytes);
  }
}

bool FileContent::at_end() const { return state_->end; }

}  // namespace xrdct::io
