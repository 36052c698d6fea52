#include "io/files/checksum.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace xrdct::io {
namespace {

std::vector<std::byte> some_bytes(std::size_t number) {
  std::vector<std::byte> bytes(number);
  for (std::size_t i = 0; i < number; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
  return bytes;
}

// The values of xxhsum -H3, and of XXH3_64bits with a seed: files are read by other programs, too.
TEST(Checksum, is_xxh3) {
  EXPECT_EQ(checksum({}, 0), 0x2d06800538d394c2U);
  std::vector<std::byte> const a{std::byte{'a'}};
  EXPECT_EQ(checksum(a, 0), 0xe6c632b61e964e1fU);
}

TEST(Checksum, of_pieces_is_that_of_the_whole) {
  auto const bytes = some_bytes(100'000);
  for (std::size_t const piece : {1U, 7U, 4096U, 99'999U}) {
    Checksum sum(42);
    for (std::size_t from = 0; from < bytes.size(); from += piece)
      sum.add(std::span(bytes).subspan(from, std::min(piece, bytes.size() - from)));
    EXPECT_EQ(sum.value(), checksum(bytes, 42)) << piece;
  }
  EXPECT_NE(checksum(bytes, 42), checksum(bytes, 43));
}

TEST(Checksum, sees_every_flipped_bit) {
  auto bytes = some_bytes(300);
  auto const right = checksum(bytes, 1);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_NE(checksum(bytes, 1), right) << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
}

}  // namespace
}  // namespace xrdct::io
