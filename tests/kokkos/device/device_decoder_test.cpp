// The decoder of the execution space, byte for byte and verdict for verdict beside that of the
// host.
#include "kokkos/device/device_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "io/codec/block_walk.hpp"
#include "io/codec/encode.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "kokkos/device/device_lz4.hpp"
#include "kokkos/space/device_memory.hpp"
#include "tests/io/codec/test_streams.hpp"

namespace xrdct::kernels::test {
namespace {

using namespace codec::test;
using codec::DecodeStatus;
using Bytes = std::vector<std::byte>;

core::PixelType type_of(std::size_t pixel_bytes) {
  return pixel_bytes == 1   ? core::PixelType::u8
         : pixel_bytes == 2 ? core::PixelType::u16
         : pixel_bytes == 4 ? core::PixelType::u32
                            : core::PixelType::f64;
}

struct Stored {
  std::vector<Bytes> streams;
  core::EncodedBatch batch;

  Stored(core::FrameShape shape, core::FrameEncoding encoding, std::vector<Bytes> of_frames)
      : streams(std::move(of_frames)), batch{shape, encoding, {}} {
    for (Bytes const& stream : streams)
      batch.frames.push_back({stream, true, core::FrameStatus::good});
  }
};

PinnedMemory& pinned_memory() {
  static PinnedMemory memory;
  return memory;
}

// The frames of a batch in memory of which they are sent from there: most closely one behind the
// other, some at odd places and some far apart.
struct PinnedBatch {
  core::LargeBytes bytes{core::LargeAllocator<std::byte>(&pinned_memory())};
  core::EncodedBatch batch;

  explicit PinnedBatch(core::EncodedBatch const& of) : batch(of) {
    std::vector<std::size_t> places;
    std::size_t end = 0;
    for (auto const& frame : of.frames) {
      std::size_t const k = places.size();
      end = (end + 63) / 64 * 64 + (k % 5 == 3 ? 1 : 0) + (k % 7 == 6 ? 128 : 0);
      places.push_back(end);
      end += frame.bytes.size();
    }
    bytes.resize(end + 1);  // one even where there are no bytes
    for (std::size_t k = 0; k < places.size(); ++k) {
      auto& frame = batch.frames[k];
      std::copy(frame.bytes.begin(), frame.bytes.end(), bytes.data() + places[k]);
      frame.bytes = std::span(bytes).subspan(places[k], frame.bytes.size());
    }
  }
};

struct Decoded {
  std::vector<DecodeStatus> status;
  std::vector<Bytes> frames;
};

constexpr CountCodes by_images{}, by_codes{.counts = true, .all_ones = true},
    by_counts{.counts = true};
constexpr CountCodes each_coding[] = {by_images, by_codes, by_counts};

// The first values of an array of the execution space.
template <class Value>
std::vector<Value> fetched(Value const* from, std::size_t size) {
  using Raw = Kokkos::View<Value const*, Kokkos::LayoutRight, Space::memory_space,
                           Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  std::vector<Value> here(size);
  Kokkos::deep_copy(OnHost<Value*>(here.data(), size), Raw(from, size));
  return here;
}

// The pixels of a frame as stored, those from the image that are not clear from their code.
Bytes pixels_of(DecodedFrames const& decoded, std::size_t column, std::size_t pixels,
                std::size_t pixel_bytes) {
  std::size_t const stride = decoded.image_bytes / pixel_bytes;
  auto const codes = fetched(decoded.codes + column * stride, pixels);
  Bytes frame = fetched(decoded.images + column * decoded.image_bytes, pixels * pixel_bytes);
  for (std::size_t p = 0; p < pixels; ++p) {
    if (codes[p] == code_in_image) continue;
    for (std::size_t k = 0; k < pixel_bytes; ++k)
      frame[p * pixel_bytes + k] =
          static_cast<std::byte>(k == 0 || codes[p] == code_invalid ? codes[p] : 0);
  }
  return frame;
}

// All frames, in as many steps as the slots need; the next ones are taken before the pixels are
// looked at.
Decoded decode(DeviceDecoder& decoder, core::EncodedBatch const& batch) {
  std::vector<std::size_t> places(batch.frames.size());
  std::iota(places.begin(), places.end(), 0);
  Decoded decoded;
  std::span rest(places);
  std::size_t taken = decoder.take(batch, rest);
  while (taken > 0) {
    decoder.decode();
    rest = rest.subspan(taken);
    std::size_t const next = rest.empty() ? 0 : decoder.take(batch, rest);
    auto const status = decoder.wait();
    EXPECT_EQ(status.size(), taken);
    for (std::size_t column = 0; column < taken; ++column) {
      decoded.status.push_back(status[column]);
      decoded.frames.push_back(pixels_of(decoder.frames(), column, batch.shape.pixels(),
                                         core::size_of(batch.encoding.type)));
    }
    taken = next;
  }
  return decoded;
}

// From ordinary memory and from pinned.
Decoded decode(DeviceDecoder& decoder, Stored const& stored) {
  auto const decoded = decode(decoder, stored.batch);
  PinnedBatch const pinned(stored.batch);
  auto const again = decode(decoder, pinned.batch);
  EXPECT_EQ(again.status, decoded.status);
  for (std::size_t k = 0; k < again.frames.size(); ++k)
    if (decoded.status[k] == DecodeStatus::ok) {
      EXPECT_EQ(again.frames[k], decoded.frames[k]) << "frame " << k << " from pinned memory";
    }
  return decoded;
}

// What io/codec says, with the LZ4 code that refuses matches at distance 0.
DecodeStatus verdict(Bytes const& stream, std::size_t pixels, std::size_t pixel_bytes) {
  codec::BlockWalk walk;
  auto status = walk.open(stream, pixels, pixel_bytes);
  while (status == DecodeStatus::ok) {
    std::span<std::byte const> stored;
    std::size_t block = 0;
    status = walk.next(stored, block);
    if (status != DecodeStatus::ok) break;
    if (block == 0) return walk.tail(stored);
    Bytes planes(block * pixel_bytes);
    status = codec::decode_lz4_block(codec::Simd::portable, stored, planes);
  }
  return status;
}

Bytes decoded_by_host(Bytes const& stream, core::FrameShape shape, core::FrameEncoding encoding) {
  codec::FrameDecoder decoder(shape, encoding);
  Bytes frame(decoder.frame_bytes());
  EXPECT_EQ(DecodeStatus::ok, decoder.decode({.bytes = stream}, frame));
  return frame;
}

// Threads of a team: more than one only where the space has them.
class Decoder : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (host_memory && GetParam() > Space().concurrency())
      GTEST_SKIP() << "there are " << Space().concurrency() << " threads";
    if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  }
  DeviceDecoding decoding() const { return {GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(Teams, Decoder, testing::Values(1, 3, 32));

TEST_P(Decoder, GivesBackEveryContentOfEverySize) {
  for (std::size_t const pixel_bytes : {1, 2, 4, 8})
    for (std::size_t const pixels : odd_sizes) {
      std::vector<Bytes> frames, streams;
      for (auto const content : all_contents)
        frames.push_back(frame_of(content, pixels, pixel_bytes));
      for (Bytes const& frame : frames)
        streams.push_back(codec::encode_bitshuffle_lz4(frame, pixel_bytes));
      core::FrameEncoding const encoding{type_of(pixel_bytes), core::Filter::bitshuffle_lz4};
      for (CountCodes const coding : each_coding) {
        DeviceDecoder decoder({1, pixels}, encoding, 7, coding, pinned_memory(), decoding());
        auto const decoded = decode(decoder, {{1, pixels}, encoding, streams});
        ASSERT_EQ(decoded.status, std::vector(frames.size(), DecodeStatus::ok));
        ASSERT_EQ(decoded.frames, frames) << pixels << " pixels of " << pixel_bytes << " bytes";
      }
    }
}

TEST_P(Decoder, TakesEveryOtherEncodingByTheHost) {
  core::FrameShape const shape{1, 1003};
  auto const in = frame_of(Content::two_sentinels, 1003, 4);
  for (auto const& [filter, stored] : streams_of(in, 4))
    for (auto const where : {DecodeOn::space, DecodeOn::host}) {
      core::FrameEncoding const encoding{core::PixelType::u32, filter};
      DeviceDecoder decoder(shape, encoding, 3, by_codes, pinned_memory(), {GetParam(), where});
      EXPECT_EQ(decode(decoder, {shape, encoding, {stored, stored}}).frames, (std::vector{in, in}))
          << core::name_of(filter);
    }
  core::FrameEncoding const encodings[] = {
      {core::PixelType::u32, core::Filter::none, false, false},
      {core::PixelType::u32, core::Filter::none, true, true},
      {core::PixelType::u32, core::Filter::bitshuffle, false, true}};
  for (auto const& encoding : encodings) {
    DeviceDecoder decoder(shape, encoding, 3, by_codes, pinned_memory(), decoding());
    EXPECT_EQ(decode(decoder, {shape, encoding, {in}}).frames.front(),
              decoded_by_host(in, shape, encoding));
  }
  core::FrameEncoding const big{core::PixelType::u32, core::Filter::bitshuffle_lz4, false, true};
  auto const stored = codec::encode_bitshuffle_lz4(in, 4);
  DeviceDecoder decoder(shape, big, 3, by_codes, pinned_memory(), decoding());
  EXPECT_EQ(decode(decoder, {shape, big, {stored}}).frames.front(),
            decoded_by_host(stored, shape, big));
}

TEST_P(Decoder, TakesBlocksOfEverySize) {
  auto const in = frame_of(Content::wide_counts, 9003, 2);
  for (std::size_t const block : {8, 64, 512, 1000, 4096, 4104, 9000}) {
    core::FrameEncoding const encoding{core::PixelType::u16, core::Filter::bitshuffle_lz4};
    DeviceDecoder decoder({1, 9003}, encoding, 2, by_codes, pinned_memory(), decoding());
    EXPECT_EQ(decode(decoder, {{1, 9003}, encoding, {bitshuffle_lz4_by_hand(in, 2, block)}})
                  .frames.front(),
              in)
        << block;
  }
}

TEST_P(Decoder, TakesFramesStoredWithoutTheirFilter) {
  auto const in = frame_of(Content::noise, 2099, 4);
  Stored stored({1, 2099}, {core::PixelType::u32, core::Filter::bitshuffle_lz4},
                {in, codec::encode_bitshuffle_lz4(in, 4)});
  stored.batch.frames[0].filtered = false;
  DeviceDecoder decoder({1, 2099}, stored.batch.encoding, 2, by_codes, pinned_memory(), decoding());
  EXPECT_EQ(decode(decoder, stored).frames, (std::vector{in, in}));
}

TEST_P(Decoder, JudgesTruncatedStreamsAsTheHostDoes) {
  auto const in = frame_of(Content::counts_and_gaps, 4099, 2);
  auto const whole = codec::encode_bitshuffle_lz4(in, 2);
  std::vector<Bytes> streams;
  for (std::size_t length = 0; length < whole.size();
       length += length < 40 || length + 40 > whole.size() ? 1 : 13)
    streams.emplace_back(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
  core::FrameEncoding const encoding{core::PixelType::u16, core::Filter::bitshuffle_lz4};
  DeviceDecoder decoder({1, 4099}, encoding, 32, by_codes, pinned_memory(), decoding());
  auto const decoded = decode(decoder, {{1, 4099}, encoding, streams});
  for (std::size_t k = 0; k < streams.size(); ++k)
    ASSERT_EQ(decoded.status[k], verdict(streams[k], 4099, 2)) << "cut to " << streams[k].size();
}

TEST_P(Decoder, JudgesMutantsAsTheHostDoes) {
  Numbers numbers(11);
  for (std::size_t const pixel_bytes : {1, 2, 4, 8}) {
    std::vector<Bytes> streams;
    std::size_t const pixels = 6151;
    for (int trial = 0; trial < 120; ++trial) {
      auto const content = all_contents[numbers.below(std::size(all_contents))];
      streams.push_back(mutated(
          codec::encode_bitshuffle_lz4(frame_of(content, pixels, pixel_bytes, trial), pixel_bytes),
          numbers));
    }
    core::FrameEncoding const encoding{type_of(pixel_bytes), core::Filter::bitshuffle_lz4};
    DeviceDecoder decoder({1, pixels}, encoding, 32, by_codes, pinned_memory(), decoding());
    auto const decoded = decode(decoder, {{1, pixels}, encoding, streams});
    std::size_t refused = 0;
    for (std::size_t k = 0; k < streams.size(); ++k) {
      auto const expected = verdict(streams[k], pixels, pixel_bytes);
      ASSERT_EQ(decoded.status[k], expected) << k;
      refused += expected != DecodeStatus::ok;
      if (expected == DecodeStatus::ok) {
        ASSERT_EQ(decoded.frames[k], decoded_by_host(streams[k], {1, pixels}, encoding)) << k;
      }
    }
    EXPECT_GT(refused, 10u);
  }
}

// One team, into memory of exactly the size of the block: the sanitizers see its ends.
struct DecodeOne {
  Array<unsigned char const*> in;
  Array<unsigned char*> out;
  int period;
  Array<int*> written;
  KOKKOS_FUNCTION void operator()(TeamOfSpace const& team) const {
    int const bytes = decode_lz4(team, {in.data(), static_cast<int>(in.extent(0))}, out.data(),
                                 static_cast<int>(out.extent(0)), period);
    Kokkos::single(Kokkos::PerTeam(team), [&] { written(0) = bytes; });
  }
};

struct DecodedBlock {
  std::size_t written = 0;  // 0: broken
  Bytes bytes;              // with the periods that were not written
};

DecodedBlock decode_block(Bytes const& stored, std::size_t bytes, std::size_t period, int threads) {
  std::vector<unsigned char> as_char;
  for (std::byte const byte : stored) as_char.push_back(static_cast<unsigned char>(byte));
  Array<unsigned char*> const in = copy_to_space("xrdct::test in", as_char),
                              out("xrdct::test out", bytes);
  Array<int*> const written("xrdct::test written", 1);
  Kokkos::parallel_for("xrdct::test decode", TeamsOfSpace(1, threads),
                       DecodeOne{in, out, static_cast<int>(period), written});
  int result = -1;
  Kokkos::deep_copy(OnHost<int*>(&result, 1), written);
  DecodedBlock block{static_cast<std::size_t>(result), Bytes(bytes)};
  Kokkos::deep_copy(
      OnHost<unsigned char*>(reinterpret_cast<unsigned char*>(block.bytes.data()), bytes), out);
  for (std::size_t k = block.written; block.written > 0 && k < bytes; ++k)
    block.bytes[k] = block.bytes[k - period];
  return block;
}

// Literals, a match, and literals of which `wrong` is not what the match would repeat; -1: none.
Bytes with_one_match(std::size_t literals, std::size_t distance, std::size_t length, int wrong) {
  Bytes stored, out;
  auto const put = [&](std::size_t byte) { stored.push_back(static_cast<std::byte>(byte)); };
  auto const put_length = [&](std::size_t rest) {
    for (; rest >= 255; rest -= 255) put(255);
    put(rest);
  };
  put(15 << 4 | 15);
  put_length(literals - 15);
  for (std::size_t k = 0; k < literals; ++k) {
    out.push_back(static_cast<std::byte>(k * 7 + k / 11));
    stored.push_back(out.back());
  }
  put(distance & 255);
  put(distance >> 8);
  put_length(length - 19);
  for (std::size_t k = 0; k < length; ++k) out.push_back(out[out.size() - distance]);
  put(5 << 4);
  for (int k = 0; k < 5; ++k) {
    out.push_back(out[out.size() - distance]);
    stored.push_back(out.back());
    if (k == wrong) stored.back() ^= std::byte{1};
  }
  return stored;
}

TEST_P(Decoder, CopiesMatchesOfEveryDistance) {
  for (std::size_t const distance : {1, 2, 3, 4, 5, 7, 8, 12, 16, 32, 48, 64, 100, 256, 500})
    for (std::size_t const literals : {500, 501, 502, 503})
      for (std::size_t const length : {19, 128, 129, 500, 3003}) {
        std::size_t const bytes = literals + length + 5;
        auto const stored = with_one_match(literals, distance, length, -1);
        Bytes expected(bytes);
        ASSERT_EQ(DecodeStatus::ok,
                  codec::decode_lz4_block(codec::Simd::portable, stored, expected));
        auto const found = decode_block(stored, bytes, bytes, GetParam());
        ASSERT_EQ(found.written, bytes);
        ASSERT_EQ(found.bytes, expected) << distance << " " << literals << " " << length;
      }
}

// A block of 32 planes of 64 bytes.
TEST_P(Decoder, LeavesOutPlanesThatAreEqual) {
  std::size_t const period = 64, bytes = 32 * period;
  for (std::size_t const distance : {1, 2, 8, 32, 64, 48, 128, 320})
    for (std::size_t const literals : {320, 321, 350, 383, 384})
      for (int const wrong : {-1, 0, 4}) {
        auto const stored = with_one_match(literals, distance, bytes - literals - 5, wrong);
        Bytes expected(bytes);
        ASSERT_EQ(DecodeStatus::ok,
                  codec::decode_lz4_block(codec::Simd::portable, stored, expected));
        auto const found = decode_block(stored, bytes, period, GetParam());
        bool const equal = period % distance == 0 && wrong < 0;
        std::size_t const repeats = literals - distance;
        ASSERT_EQ(found.written, equal ? (repeats + period - 1) / period * period + period : bytes)
            << distance << " " << literals << " " << wrong;
        ASSERT_EQ(found.bytes, expected) << distance << " " << literals << " " << wrong;
      }
}

// Pixels whose upper planes are equal, from every plane on, with invalid ones and without.
TEST_P(Decoder, GivesBackPixelsOfEveryWidth) {
  std::size_t const pixels = 4096;
  for (std::size_t const pixel_bytes : {2, 4, 8})
    for (std::size_t bits = 0; bits <= 8 * pixel_bytes; ++bits)
      for (bool const gaps : {false, true}) {
        Numbers numbers(bits + 1);
        Bytes frame(pixels * pixel_bytes);
        for (std::size_t p = 0; p < pixels; ++p) {
          std::uint64_t value = numbers.below(1u << 31) * 0x9e3779b97f4a7c15u;
          if (bits < 64) value &= (std::uint64_t{1} << bits) - 1;
          if (gaps && p % 1000 < 60) value = ~std::uint64_t{0};
          for (std::size_t k = 0; k < pixel_bytes; ++k)
            frame[p * pixel_bytes + k] = static_cast<std::byte>(value >> (8 * k));
        }
        core::FrameEncoding const encoding{type_of(pixel_bytes), core::Filter::bitshuffle_lz4};
        auto const stream = codec::encode_bitshuffle_lz4(frame, pixel_bytes);
        for (CountCodes const coding : each_coding) {
          DeviceDecoder decoder({1, pixels}, encoding, 1, coding, pinned_memory(), decoding());
          ASSERT_EQ(decode(decoder, {{1, pixels}, encoding, {stream}}).frames.front(), frame)
              << pixel_bytes << " bytes, " << bits << " bits, gaps " << gaps;
        }
      }
}

// The byte alone says what a pixel holds wherever it can: else the image would be written for
// nothing.
TEST_P(Decoder, WritesCodesOfEveryPixelThatIsClear) {
  std::size_t const pixels = 1024;
  for (std::size_t const pixel_bytes : {1, 2, 4, 8}) {
    std::uint64_t const ones = ~std::uint64_t{0} >> (64 - 8 * pixel_bytes);
    Bytes frame(pixels * pixel_bytes);
    std::vector<unsigned char> expected;
    for (std::size_t p = 0; p < pixels; ++p) {
      std::uint64_t const values[] = {p % 254, 254, 255, 256, 510, ones, ones - 1, ones >> 1};
      std::uint64_t const value = p < 512 ? p % 254 : values[p / 8 % 8] & ones;
      for (std::size_t k = 0; k < pixel_bytes; ++k)
        frame[p * pixel_bytes + k] = static_cast<std::byte>(value >> (8 * k));
      expected.push_back(static_cast<unsigned char>(value < 254     ? value
                                                    : value == ones ? code_invalid
                                                                    : code_in_image));
    }
    core::FrameEncoding const encoding{type_of(pixel_bytes), core::Filter::bitshuffle_lz4};
    DeviceDecoder decoder({1, pixels}, encoding, 1, by_codes, pinned_memory(), decoding());
    auto const stream = codec::encode_bitshuffle_lz4(frame, pixel_bytes);
    ASSERT_EQ(decode(decoder, {{1, pixels}, encoding, {stream}}).frames.front(), frame);
    ASSERT_EQ(fetched(decoder.frames().codes, pixels), expected) << pixel_bytes << " bytes";
  }
}

int& copies() {
  static int number = 0;
  return number;
}

void count_copy(Kokkos::Tools::SpaceHandle, char const*, void const*, Kokkos::Tools::SpaceHandle,
                char const*, void const*, std::uint64_t) {
  ++copies();
}

int copies_to_take(DeviceDecoder& decoder, core::EncodedBatch const& batch) {
  std::vector<std::size_t> places(batch.frames.size());
  std::iota(places.begin(), places.end(), 0);
  copies() = 0;
  Kokkos::Tools::Experimental::set_begin_deep_copy_callback(count_copy);
  EXPECT_EQ(decoder.take(batch, places), batch.frames.size());
  Kokkos::Tools::Experimental::set_begin_deep_copy_callback(nullptr);
  decoder.decode();
  decoder.wait();
  return copies();
}

// Each copy to a GPU takes some microseconds to begin: frames that were read one after the other go
// at once. On a host the buffer is the memory of the kernels: bytes that were packed are there.
TEST(DeviceDecoder, SendsPinnedFramesThatLieOneAfterTheOtherAtOnce) {
  if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  core::FrameEncoding const encoding{core::PixelType::u16, core::Filter::bitshuffle_lz4};
  std::vector<Bytes> const streams(
      3, codec::encode_bitshuffle_lz4(frame_of(Content::wide_counts, 3001, 2), 2));
  Stored const stored({1, 3001}, encoding, streams);
  DeviceDecoder decoder({1, 3001}, encoding, 32, by_codes, pinned_memory());
  int const of_blocks = host_memory ? 0 : 1, packed = host_memory ? 0 : 1;
  EXPECT_EQ(copies_to_take(decoder, stored.batch), of_blocks + packed);
  std::size_t const before = decoder.sent_bytes();
  PinnedBatch pinned(stored.batch);
  EXPECT_EQ(copies_to_take(decoder, pinned.batch), of_blocks + 1);
  EXPECT_GE(decoder.sent_bytes() - before, 3 * streams[0].size());
  EXPECT_LT(decoder.sent_bytes() - before, before + 3 * 64) << "gaps are small";
  std::swap(pinned.batch.frames[0], pinned.batch.frames[1]);
  EXPECT_EQ(copies_to_take(decoder, pinned.batch), of_blocks + 3) << "in another order";
  pinned.batch.frames[1].bytes = stored.batch.frames[1].bytes;
  EXPECT_EQ(copies_to_take(decoder, pinned.batch), of_blocks + packed + 2) << "one is not pinned";
}

TEST(CountCodes, AreThoseOfUnsignedAndWiderNumbers) {
  using core::PixelType, core::ValidValues;
  auto const of = [](PixelType type, ValidValues const& valid) {
    auto const codes = CountCodes::of(type, valid);
    return std::pair(codes.counts, codes.all_ones);
  };
  for (auto const type :
       {PixelType::u8, PixelType::u16, PixelType::u32, PixelType::i16, PixelType::i32}) {
    EXPECT_EQ(of(type, ValidValues::of(type)), std::pair(true, true));
    EXPECT_EQ(of(type, ValidValues::all()), std::pair(true, false)) << "all ones may be a value";
  }
  for (auto const type : {PixelType::i8, PixelType::f32, PixelType::f64})
    EXPECT_EQ(of(type, ValidValues::of(type)), std::pair(false, false));
}

#if XRDCT_HAVE_LZ4
TEST_P(Decoder, StaysInsideOfItsMemory) {
  Numbers numbers(7);
  std::size_t accepted = 0, left_out = 0;
  for (int trial = 0; trial < 700; ++trial) {
    auto const content = all_contents[numbers.below(std::size(all_contents))];
    std::size_t const period = 1 + numbers.below(80), bytes = 8 * period;
    auto const stream = codec::encode_bitshuffle_lz4(frame_of(content, bytes, 1, trial), 1);
    auto const stored = mutated(Bytes(stream.begin() + 16, stream.end()), numbers);
    auto const found = decode_block(stored, bytes, trial % 3 == 0 ? bytes : period, GetParam());
    Bytes expected(bytes);
    auto const status = codec::decode_lz4_block(codec::Simd::portable, stored, expected);
    ASSERT_EQ(found.written > 0, status == DecodeStatus::ok) << trial;
    if (found.written == 0) continue;
    ++accepted;
    left_out += found.written < bytes ? 1 : 0;
    ASSERT_EQ(expected, found.bytes) << trial;
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(left_out, 5u);
}
#endif

}  // namespace
}  // namespace xrdct::kernels::test
