// Decoding alone of one frame of an Eiger 4M, gaps of all ones: bytes/s of decoded pixels and
// frames/s. Mean one count per pixel; of byte offset some other means, as rings and spots have.

#include <benchmark/benchmark.h>
#include <lz4.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "eiger_frame.hpp"
#include "io/codec/block_walk.hpp"
#include "io/codec/decode.hpp"
#include "io/codec/encode.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "io/codec/offsets/byte_offset.hpp"
#include "io/codec/planes/bit_planes.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/choose_simd.hpp"

namespace xrdct::benchmarks {
namespace {

constexpr double mean_count = 1.0;

// How a block is decoded, and what is measured with it.
struct Blocks {
  std::size_t pixel_bytes;
  std::vector<std::byte> stream;
  explicit Blocks(std::size_t bytes)
      : pixel_bytes(bytes),
        stream(codec::encode_bitshuffle_lz4(eiger_frame(bytes, mean_count, 1), bytes)) {}

  template <class Decode>
  void run(benchmark::State& state, Decode decode_block) const {
    std::size_t const pixels = eiger_shape().pixels();
    for (auto _ : state) {
      codec::BlockWalk walk;
      bool good = walk.open(stream, pixels, pixel_bytes) == codec::DecodeStatus::ok;
      std::span<std::byte const> compressed;
      std::size_t in_block = 0;
      while (good && walk.next(compressed, in_block) == codec::DecodeStatus::ok && in_block > 0)
        good = decode_block(compressed, in_block);
      if (!good) state.SkipWithError("the frame cannot be decoded");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * pixels * pixel_bytes));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
    state.counters["compressed_bytes"] = static_cast<double>(stream.size());
  }
};

codec::DecodeStatus by_liblz4(std::span<std::byte const> compressed, std::span<std::byte> out) {
  int const bytes = static_cast<int>(out.size());
  int const decoded = LZ4_decompress_safe(reinterpret_cast<char const*>(compressed.data()),
                                          reinterpret_cast<char*>(out.data()),
                                          static_cast<int>(compressed.size()), bytes);
  return decoded == bytes ? codec::DecodeStatus::ok : codec::DecodeStatus::bad_stream;
}

// The yardstick: the library's LZ4, then every plane transposed.
void plain(benchmark::State& state, std::size_t pixel_bytes, codec::Simd simd) {
  Blocks const blocks(pixel_bytes);
  std::vector<std::byte> planes(8192), pixels(8192);
  blocks.run(state, [&](std::span<std::byte const> compressed, std::size_t in_block) {
    bool const good = by_liblz4(compressed, std::span(planes).first(in_block * pixel_bytes)) ==
                      codec::DecodeStatus::ok;
    if (good) codec::planes_to_pixels(simd, planes.data(), in_block, pixel_bytes, pixels.data());
    benchmark::DoNotOptimize(pixels.data());
    benchmark::ClobberMemory();
    return good;
  });
}

void narrow(benchmark::State& state, std::size_t pixel_bytes, codec::Simd simd) {
  Blocks const blocks(pixel_bytes);
  std::vector<std::byte> pixels(8192);
  codec::NarrowDecoder decoder(pixel_bytes, 8192 / pixel_bytes, simd);
  blocks.run(state, [&](std::span<std::byte const> compressed, std::size_t in_block) {
    codec::NarrowPixels result;
    bool const good =
        decoder.decode(compressed, in_block, pixels, result) == codec::DecodeStatus::ok;
    benchmark::DoNotOptimize(pixels.data());
    benchmark::ClobberMemory();
    return good;
  });
}

void lz4_alone(benchmark::State& state, std::size_t pixel_bytes, bool own) {
  Blocks const blocks(pixel_bytes);
  std::vector<std::byte> planes(8192);
  blocks.run(state, [&](std::span<std::byte const> compressed, std::size_t in_block) {
    auto const out = std::span(planes).first(in_block * pixel_bytes);
    auto const status =
        own ? codec::decode_lz4_block(codec::simd(), compressed, out) : by_liblz4(compressed, out);
    benchmark::DoNotOptimize(planes.data());
    return status == codec::DecodeStatus::ok;
  });
}

// The whole frame into one buffer, as those read it who want images.
void whole_frame(benchmark::State& state, std::size_t pixel_bytes) {
  core::FrameEncoding const encoding{pixel_bytes == 2 ? core::PixelType::u16 : core::PixelType::u32,
                                     core::Filter::bitshuffle_lz4};
  Blocks const blocks(pixel_bytes);
  codec::FrameDecoder decoder(eiger_shape(), encoding);
  std::vector<std::byte> image(decoder.frame_bytes());
  for (auto _ : state) {
    if (decoder.decode({.bytes = blocks.stream}, image) != codec::DecodeStatus::ok)
      state.SkipWithError("the frame cannot be decoded");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * image.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

// Byte offset of signed pixels, 8192 bytes of them at a time, as the reduction takes them.
void byte_offset(benchmark::State& state, double mean, codec::Simd simd) {
  auto const bytes = eiger_frame(4, mean, 1);
  std::vector<std::int32_t> pixels(eiger_shape().pixels());
  std::memcpy(pixels.data(), bytes.data(), bytes.size());
  auto const stream = codec::encode_byte_offset(pixels);
  std::vector<std::byte> block(8192);
  codec::ByteOffsetDecoder decoder(core::PixelType::i32, simd);
  for (auto _ : state) {
    decoder.open(stream);
    for (std::size_t done = 0; done < bytes.size(); done += block.size()) {
      auto const out = std::span(block).first(std::min(block.size(), bytes.size() - done));
      if (decoder.decode(out) != codec::DecodeStatus::ok)
        state.SkipWithError("the frame cannot be decoded");
      benchmark::DoNotOptimize(block.data());
      benchmark::ClobberMemory();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["compressed_bytes"] = static_cast<double>(stream.size());
}

void register_byte_offset() {
  for (auto const simd : {codec::Simd::portable, codec::Simd::avx2, codec::Simd::avx512}) {
    if (simd > codec::best_simd_of_processor()) continue;
    for (auto const& [name, mean] :
         {std::pair("0.5", 0.5), std::pair("5", 5.0), std::pair("1e4", 1e4)}) {
      auto const full =
          std::string("byte_offset/i32/mean_") + name + "/" + std::string(codec::name_of(simd));
      benchmark::RegisterBenchmark(full.c_str(), byte_offset, mean, simd)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

void register_all() {
  register_byte_offset();
  for (std::size_t const bytes : {4, 2}) {
    std::string const type = bytes == 4 ? "/u32" : "/u16";
    for (auto const simd : {codec::Simd::portable, codec::Simd::avx2, codec::Simd::avx512}) {
      if (simd > codec::best_simd_of_processor()) continue;
      std::string const set = "/" + std::string(codec::name_of(simd));
      benchmark::RegisterBenchmark(("plain" + type + set).c_str(), plain, bytes, simd)
          ->Unit(benchmark::kMillisecond);
      benchmark::RegisterBenchmark(("narrow" + type + set).c_str(), narrow, bytes, simd)
          ->Unit(benchmark::kMillisecond);
    }
    benchmark::RegisterBenchmark(("lz4_alone" + type + "/liblz4").c_str(), lz4_alone, bytes, false)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("lz4_alone" + type + "/own").c_str(), lz4_alone, bytes, true)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("whole_frame" + type).c_str(), whole_frame, bytes)
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace xrdct::benchmarks

int main(int argc, char** argv) {
  xrdct::benchmarks::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
