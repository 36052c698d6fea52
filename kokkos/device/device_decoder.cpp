// Decodes compressed frames on the device, a team per block.
#include "kokkos/device/device_decoder.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"
#include "io/codec/block_walk.hpp"
#include "kokkos/device/device_lz4.hpp"
#include "kokkos/device/device_planes.hpp"
#include "kokkos/space/device_memory.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t most_block_bytes = 8192, least_block_bytes = 1024;
constexpr std::size_t word = sizeof(std::uint64_t);
// Stored bytes of a block that a team keeps in its fast memory beside the planes: most are shorter,
// and with more fewer teams fit at once.
constexpr std::size_t staged_bytes = 1024;

constexpr std::ptrdiff_t most_gap = 64;  // readers begin frames at multiples of it

std::size_t rounded_up(std::size_t bytes) { return (bytes + word - 1) / word * word; }

// Images and codes begin at words: at multiples of 8 pixels.
std::size_t image_bytes_of(core::FrameShape shape, core::PixelType type) {
  return rounded_up(shape.pixels()) * core::size_of(type);
}

// What a stream may take; of what LZ4 cannot compress it is a bit larger than the image.
std::size_t most_stored(std::size_t frame_bytes) {
  return rounded_up(frame_bytes + frame_bytes / 64 + 64);
}

std::size_t most_blocks(std::size_t frame_bytes) { return frame_bytes / least_block_bytes + 3; }

// A part of an image, and where its bytes lie in the buffer.
struct Block {
  std::uint64_t begin;
  std::uint64_t place;  // of its first byte in the images
  std::uint32_t stored;
  std::uint32_t pixels;  // 0: pixels as they are, `stored` bytes
};

// One launch: a team per block.
template <int pixel_bytes>
struct DecodeBlocks {
  Array<Block const*> blocks;
  Array<unsigned char const*> bytes;
  CountCodes known;
  Array<std::uint64_t*> codes, images;
  Array<unsigned char*> broken;  // [block]

  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    Block const block = blocks(team.league_rank());
    bool good = true;
    if (block.pixels == 0) {
      copy(team, block);
    } else {
      int const pixels = static_cast<int>(block.pixels);
      auto* const planes = static_cast<unsigned char*>(
          team.team_scratch(0).get_shmem(static_cast<int>(most_block_bytes + staged_bytes)));
      int const written = decode(team, block, planes, pixels);
      good = written > 0;
      if (good)
        turn_planes<pixel_bytes>(team, planes, written / (pixels / 8), pixels, known,
                                 codes.data() + block.place / pixel_bytes / word,
                                 images.data() + block.place / word);
    }
    Kokkos::single(Kokkos::PerTeam(team), [&] { broken(team.league_rank()) = good ? 0 : 1; });
  }

  KOKKOS_FUNCTION void copy(TeamOfSpace const& team, Block const& block) const {
    int const stored = static_cast<int>(block.stored);
    unsigned char const* const in = bytes.data() + block.begin;
    auto* const out = reinterpret_cast<unsigned char*>(images.data()) + block.place;
    auto* const code = reinterpret_cast<unsigned char*>(codes.data()) + block.place / pixel_bytes;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, stored), [&](int i) { out[i] = in[i]; });
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, stored / pixel_bytes),
                         [&](int i) { code[i] = code_in_image; });
  }

  // First copies the stored bytes of a block by words, where they fit behind the planes. The two
  // calls are compiled each for its memory. \return what `decode_lz4` does
  KOKKOS_FUNCTION int decode(TeamOfSpace const& team, Block const& block, unsigned char* planes,
                             int pixels) const {
    unsigned char const* const in = bytes.data() + block.begin;
    unsigned char* const to = planes + most_block_bytes;
    int const stored = static_cast<int>(block.stored), size = pixels * pixel_bytes;
    std::size_t const before = block.begin % word, all = before + block.stored;
    if (all > staged_bytes) return decode_lz4(team, {in, stored}, planes, size, pixels / 8);
    auto const* const from = reinterpret_cast<std::uint64_t const*>(in - before);
    auto* const words = reinterpret_cast<std::uint64_t*>(to);
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, static_cast<int>((all + word - 1) / word)),
                         [&](int k) { words[k] = from[k]; });
    team.team_barrier();
    return decode_lz4(team, {to + before, stored}, planes, size, pixels / 8);
  }
};

// A frame in a buffer.
struct Column {
  codec::DecodeStatus status = codec::DecodeStatus::ok;
  core::EncodedFrame const* frame = nullptr;
  bool by_blocks = false;  // otherwise decoded by the host
  bool pinned = false;     // sent from where the stored bytes lie
  std::size_t first_byte = 0, bytes = 0, first_block = 0, blocks = 0;
};

// Bytes that are sent together.
struct Piece {
  unsigned char const* from;
  std::size_t to, bytes;  // in the buffer
  bool pinned;            // of a batch
};

struct SendBuffer {
  Pinned<unsigned char*> bytes;
  Pinned<Block*> blocks;
  Array<unsigned char*> bytes_of_space;
  Array<Block*> blocks_of_space;
  std::vector<Column> columns;
  std::vector<Piece> pieces;
  std::size_t used_bytes = 0, used_blocks = 0;
};

}  // namespace

struct DeviceDecoder::State {
  core::FrameShape shape;
  core::FrameEncoding encoding;
  std::size_t width, pixel_bytes, frame_bytes, image_bytes;
  CountCodes known;
  PinnedMemory const* memory;
  DeviceDecoding decoding;
  std::vector<codec::FrameDecoder> decoders;  // [worker]
  SendBuffer buffers[2];
  std::size_t next = 0;
  SendBuffer* taken = nullptr;
  SendBuffer* begun = nullptr;
  Array<std::uint64_t*> codes, images;
  Array<unsigned char*> broken;
  Pinned<unsigned char*> broken_on_host;
  std::vector<codec::DecodeStatus> verdicts;  // [column]
  Space transfers;
  std::size_t sent_bytes = 0;

  bool decodes(core::EncodedFrame const& frame) const {
    return decoding.where == DecodeOn::space && encoding.filter == core::Filter::bitshuffle_lz4 &&
           frame.filtered && !encoding.byte_shuffle && !encoding.big_endian &&
           frame.bytes.size() <= most_stored(frame_bytes) && std::in_range<int>(frame.bytes.size());
  }

  Column plan(core::EncodedFrame const& frame) const {
    Column column{.frame = &frame,
                  .bytes = frame_bytes,
                  .blocks = (frame_bytes + most_block_bytes - 1) / most_block_bytes};
    if (!decodes(frame)) return column;
    codec::BlockWalk walk;
    column.status = walk.open(frame.bytes, shape.pixels(), pixel_bytes);
    if (column.status != codec::DecodeStatus::ok)
      return {.status = column.status, .frame = &frame, .by_blocks = true};
    std::size_t const block_bytes = walk.block_pixels() * pixel_bytes,
                      blocks = frame_bytes / block_bytes + 2;  // with a smaller one, and the rest
    if (block_bytes > most_block_bytes || blocks > most_blocks(frame_bytes)) return column;
    column.by_blocks = true;
    column.bytes = frame.bytes.size();
    column.blocks = blocks;
    column.pinned = memory->holds(frame.bytes);
    return column;
  }

  // Finds a place in the buffer. \return false: there is none
  bool place(SendBuffer& buffer, Column& column) const {
    column.first_byte = buffer.used_bytes;
    column.first_block = buffer.used_blocks;
    Piece piece = piece_of(buffer, column);
    Piece* const before = follows(buffer, piece) ? &buffer.pieces.back() : nullptr;
    if (before != nullptr) {
      column.first_byte = before->to + static_cast<std::size_t>(piece.from - before->from);
      piece = *before;
      piece.bytes = column.first_byte + column.bytes - piece.to;
    }
    if (column.first_byte + column.bytes > buffer.bytes.size()) return false;
    buffer.used_bytes = rounded_up(column.first_byte + column.bytes);
    buffer.used_blocks += column.blocks;
    if (before != nullptr)
      *before = piece;
    else if (column.bytes > 0)
      buffer.pieces.push_back(piece);
    buffer.columns.push_back(column);
    return true;
  }

  Piece piece_of(SendBuffer const& buffer, Column const& column) const {
    auto const* const stored = reinterpret_cast<unsigned char const*>(column.frame->bytes.data());
    return {column.pinned ? stored : buffer.bytes.data() + column.first_byte, column.first_byte,
            column.bytes, column.pinned};
  }

  // Whether bytes lie so shortly behind those before that both are sent at once, with the gap: a
  // copy of its own takes some microseconds to begin.
  bool follows(SendBuffer const& buffer, Piece const& piece) const {
    if (buffer.pieces.empty() || piece.bytes == 0) return false;
    Piece const& before = buffer.pieces.back();
    unsigned char const* const end = before.from + before.bytes;
    bool const near =
        piece.pinned == before.pinned && piece.from >= end && piece.from - end < most_gap;
    return near && (!piece.pinned ||
                    memory->holds(std::as_bytes(std::span(before.from, piece.from + piece.bytes))));
  }

  std::size_t place_of(SendBuffer const& buffer, Column const& column) const {
    return static_cast<std::size_t>(&column - buffer.columns.data()) * image_bytes;
  }

  void fill(SendBuffer& buffer, Column& column, std::size_t worker) {
    std::span const blocks(buffer.blocks.data() + column.first_block, column.blocks);
    std::ranges::fill(blocks, Block{0, 0, 0, 0});
    if (column.status != codec::DecodeStatus::ok) return;
    unsigned char* const to = buffer.bytes.data() + column.first_byte;
    if (column.by_blocks) {
      if (!column.pinned) std::memcpy(to, column.frame->bytes.data(), column.bytes);
      column.status = enter_blocks(buffer, column, blocks);
      return;
    }
    column.status = decoders[worker].decode(
        *column.frame, std::span(reinterpret_cast<std::byte*>(to), frame_bytes));
    std::size_t const place = place_of(buffer, column);
    for (std::size_t k = 0, first = 0; k < blocks.size(); ++k, first += most_block_bytes)
      blocks[k] = {column.first_byte + first, place + first,
                   static_cast<std::uint32_t>(std::min(most_block_bytes, frame_bytes - first)), 0};
  }

  codec::DecodeStatus enter_blocks(SendBuffer const& buffer, Column const& column,
                                   std::span<Block> blocks) const {
    std::byte const* const begin = column.frame->bytes.data();
    std::size_t place = place_of(buffer, column);
    codec::BlockWalk walk;
    std::span<std::byte const> stored;
    auto const enter = [&](Block& block, std::size_t pixels) {
      std::size_t const first =
          stored.empty() ? 0 : static_cast<std::size_t>(stored.data() - begin);
      block = {column.first_byte + first, place, static_cast<std::uint32_t>(stored.size()),
               static_cast<std::uint32_t>(pixels)};
      place += pixels * pixel_bytes;
    };
    auto status = walk.open(column.frame->bytes, shape.pixels(), pixel_bytes);
    for (std::size_t k = 0; status == codec::DecodeStatus::ok; ++k) {
      std::size_t pixels = 0;
      status = walk.next(stored, pixels);
      if (status != codec::DecodeStatus::ok) break;
      if (pixels == 0) {
        status = walk.tail(stored);
        if (status == codec::DecodeStatus::ok) enter(blocks[k], 0);
        break;
      }
      enter(blocks[k], pixels);
    }
    return status;
  }

  template <int bytes>
  void launch(SendBuffer const& buffer) {
    TeamsOfSpace policy(static_cast<int>(buffer.used_blocks), decoding.threads);
    policy.set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(most_block_bytes + staged_bytes)));
    Kokkos::parallel_for("xrdct::decode_blocks", policy,
                         DecodeBlocks<bytes>{buffer.blocks_of_space, buffer.bytes_of_space, known,
                                             codes, images, broken});
  }
};

DeviceDecoding DeviceDecoding::of_space() { return {host_memory ? 1 : threads_of_warp}; }

std::size_t DeviceDecoder::bytes_per_frame(core::FrameShape shape, core::FrameEncoding encoding) {
  std::size_t const bytes = shape.pixels() * core::size_of(encoding.type);
  return image_bytes_of(shape, encoding.type) + rounded_up(shape.pixels()) +
         (most_stored(bytes) + most_blocks(bytes) * sizeof(Block)) / 2;
}

DeviceDecoder::DeviceDecoder(core::FrameShape shape, core::FrameEncoding encoding,
                             std::size_t width, CountCodes known, PinnedMemory const& memory,
                             DeviceDecoding const& decoding)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.shape = shape;
  s.encoding = encoding;
  s.width = width;
  s.pixel_bytes = core::size_of(encoding.type);
  s.frame_bytes = shape.pixels() * s.pixel_bytes;
  s.image_bytes = image_bytes_of(shape, encoding.type);
  s.known = known;
  s.memory = &memory;
  s.decoding = decoding;
  for (std::size_t worker = 0; worker < host_workers(); ++worker)
    s.decoders.emplace_back(shape, encoding);
  auto const label = [](char const* name) {
    return Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(name));
  };
  for (SendBuffer& buffer : s.buffers) {
    buffer.bytes =
        Pinned<unsigned char*>(label("xrdct::decode buffer"),
                               std::max<std::size_t>(width / 4, 1) * most_stored(s.frame_bytes));
    buffer.blocks =
        Pinned<Block*>(label("xrdct::decode blocks"), width * most_blocks(s.frame_bytes));
    buffer.bytes_of_space = array_for(buffer.bytes);
    buffer.blocks_of_space = array_for(buffer.blocks);
    buffer.columns.reserve(width);
    buffer.pieces.reserve(width);
  }
  s.codes = Array<std::uint64_t*>(label("xrdct::decode codes"),
                                  width * rounded_up(shape.pixels()) / word);
  s.images = Array<std::uint64_t*>(label("xrdct::decode images"), width * s.image_bytes / word);
  s.broken_on_host =
      Pinned<unsigned char*>(label("xrdct::decode broken"), width * most_blocks(s.frame_bytes));
  s.broken = array_for(s.broken_on_host);
  s.verdicts.reserve(width);
  s.transfers = transfer_queue();
}

DeviceDecoder::~DeviceDecoder() = default;

std::size_t DeviceDecoder::take(core::EncodedBatch const& batch,
                                std::span<std::size_t const> frames) {
  State& s = *state_;
  SendBuffer& buffer = s.buffers[s.next];
  s.next = 1 - s.next;
  buffer.columns.clear();
  buffer.pieces.clear();
  buffer.used_bytes = buffer.used_blocks = 0;
  for (std::size_t frame : frames.first(std::min(frames.size(), s.width))) {
    Column column = s.plan(batch.frames[frame]);
    if (!s.place(buffer, column)) break;
  }
  std::atomic<std::size_t> next = 0;
  run_on_host("xrdct::take_frames", [&](std::size_t worker) {
    for (std::size_t column; (column = next.fetch_add(1)) < buffer.columns.size();)
      s.fill(buffer, buffer.columns[column], worker);
  });
  for (Piece const& piece : buffer.pieces) {
    send(s.transfers, piece.from, buffer.bytes_of_space.data() + piece.to, piece.bytes);
    s.sent_bytes += piece.bytes;
  }
  send(s.transfers, buffer.blocks, buffer.blocks_of_space, buffer.used_blocks);
  s.sent_bytes += buffer.used_blocks * sizeof(Block);
  s.taken = &buffer;
  return buffer.columns.size();
}

void DeviceDecoder::decode() {
  State& s = *state_;
  XRDCT_ASSERT(s.taken != nullptr);
  SendBuffer const& buffer = *s.taken;
  s.begun = s.taken;
  s.transfers.fence();
  if (buffer.used_blocks == 0) return;
  switch (s.pixel_bytes) {
    case 1:
      s.launch<1>(buffer);
      break;
    case 2:
      s.launch<2>(buffer);
      break;
    case 4:
      s.launch<4>(buffer);
      break;
    case 8:
      s.launch<8>(buffer);
      break;
  }
  fetch(Space(), s.broken, s.broken_on_host, buffer.used_blocks);
}

// A broken block is one that the host's decoder would have met before the end of a truncated
// stream.
std::span<codec::DecodeStatus const> DeviceDecoder::wait() {
  State& s = *state_;
  XRDCT_ASSERT(s.begun != nullptr);
  Space().fence();
  s.verdicts.clear();
  for (Column const& column : s.begun->columns) {
    unsigned char const* const broken = s.broken_on_host.data() + column.first_block;
    bool const any = std::any_of(broken, broken + column.blocks,
                                 [](unsigned char of_block) { return of_block != 0; });
    s.verdicts.push_back(any ? codec::DecodeStatus::bad_stream : column.status);
  }
  return s.verdicts;
}

DecodedFrames DeviceDecoder::frames() const noexcept {
  State const& s = *state_;
  return {reinterpret_cast<unsigned char const*>(s.codes.data()),
          reinterpret_cast<std::byte const*>(s.images.data()), s.image_bytes};
}

std::size_t DeviceDecoder::sent_bytes() const noexcept { return state_->sent_bytes; }

EngineMemory DeviceDecoder::memory() const noexcept {
  State const& s = *state_;
  EngineMemory memory = memory_of(s.codes) + memory_of(s.images) + memory_of_both(s.broken_on_host);
  for (SendBuffer const& buffer : s.buffers)
    memory += memory_of_both(buffer.bytes) + memory_of_both(buffer.blocks);
  return memory;
}

}  // namespace xrdct::kernels
