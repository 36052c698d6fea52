// The bits of the sums are written down here. ctest runs this with other numbers of threads and other instruction sets, too.
#include <gtest/gtest.h>

#include <cstring>

#include "kokkos/frame_reducer.hpp"
#include "test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

// FNV-1a. Source: Fowler, Noll, Vo, http://www.isthe.com/chongo/tech/comp/fnv.
class Checksum {
 public:
  template <class T>
  void add(std::vector<T> const& values) {
    for (T const& value : values) {
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof(T));
      for (unsigned char byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3u;
    }
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

std::uint64_t checksum_of(core::PixelType type, bool dark) {
  auto const plan = make_plan({.shape = {97, 131}, .type = type, .filter = core::Filter::bitshuffle_lz4, .dark = dark, .mask = true});
  std::vector<std::vector<double>> frames;
  for (std::size_t f = 0; f < 40; ++f) frames.push_back(make_frame(plan, f, f % 3 == 0 ? 100.0 : 1e6, f % 2 == 0));
  auto const stored = store(plan, frames);
  FrameReducer reducer(plan, Engine::fused);
  core::ReducedBatch out;
  reducer.reduce(stored.batch, out);
  Checksum checksum;
  core::PatternSums const& sums = out.sums[0];
  for (auto const* field : {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count}) checksum.add(*field);
  checksum.add(sums.pixels);
  return checksum.value();
}

TEST(SameBits, WithEveryNumberOfThreadsAndInstructionSet) {
  EXPECT_EQ(checksum_of(core::PixelType::u32, false), 0x56a777b186e53d85u);
  EXPECT_EQ(checksum_of(core::PixelType::u16, false), 0x33d9ae3baf982f21u);
  EXPECT_EQ(checksum_of(core::PixelType::f32, true), 0x3aa7e3aac097ff43u);
}

}  // namespace
}  // namespace xrdct::kernels::test
