#include <gtest/gtest.h>

#include "io/codec/decode.hpp"
#include "io/codec/encode.hpp"
#include "stored_chunks.hpp"
#include "test_frames.hpp"

namespace xrdct::codec::test {
namespace {

std::vector<std::byte> bytes_of(std::string_view digits) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes.push_back(
        static_cast<std::byte>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return bytes;
}

// As the comment of StoredChunk says.
std::vector<std::byte> pixels_of(StoredChunk const& chunk) {
  std::size_t const pixel_bytes = core::size_of(chunk.type);
  std::vector<std::byte> bytes(chunk.rows * chunk.columns * pixel_bytes);
  for (std::uint64_t i = 0; i < chunk.rows * chunk.columns; ++i) {
    std::uint64_t value = i * i / 7 % 5 + (i % 13 == 0 ? 11 * (i % 97) : 0);
    if (i % 23 < 3) value = ~std::uint64_t{0} - i % 2;
    std::memcpy(bytes.data() + i * pixel_bytes, &value, pixel_bytes);
  }
  return bytes;
}

class Golden : public testing::TestWithParam<StoredChunk> {};

TEST_P(Golden, DecodesWhatHdf5pluginStored) {
  auto const& chunk = GetParam();
  if (!supports(chunk.filter))
    GTEST_SKIP() << "this build cannot decode " << core::name_of(chunk.filter);
  FrameDecoder decoder({chunk.rows, chunk.columns},
                       {chunk.type, chunk.filter, chunk.byte_shuffle, chunk.big_endian});
  std::vector<std::byte> out(decoder.frame_bytes());
  auto const stored = bytes_of(chunk.digits);
  for (int again = 0; again < 2; ++again) {
    ASSERT_EQ(DecodeStatus::ok, decoder.decode({.bytes = stored}, out));
    EXPECT_EQ(out, pixels_of(chunk));
  }
}

INSTANTIATE_TEST_SUITE_P(Hdf5plugin, Golden, testing::ValuesIn(stored_chunks),
                         [](auto const& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace xrdct::codec::test
