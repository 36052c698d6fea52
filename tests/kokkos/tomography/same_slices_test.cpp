// The bits of reconstructed slices. ctest runs this with other numbers of threads and other
// instruction sets, too; a GPU gives the same.
#include <gtest/gtest.h>

#include <cmath>

#include "core/tomography/angle_weights.hpp"
#include "kokkos/tomography/slice_engines.hpp"
#include "tests/core/tomography/discs.hpp"
#include "tests/kokkos/checksum.hpp"

namespace xrdct::kernels::test {
namespace {

constexpr std::size_t bins = 48;

LargeFloats some_floats(std::size_t count) {
  LargeFloats values(count);
  std::uint32_t state = 12345;
  for (auto& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / 16777216.0F;
  }
  return values;
}

/// NaN has many forms of bits: the voxels outside count as 0.
std::uint64_t checksum_of(LargeFloats slice) {
  for (auto& value : slice)
    if (std::isnan(value)) value = 0.0F;
  Checksum checksum;
  checksum.add(slice);
  return checksum.value();
}

TEST(SameBits, OfSlices) {
  auto geometry = xrdct::test::even_geometry(37, 70, 0.5, 36.2);
  geometry.side = 68;
  auto const sinogram = some_floats(geometry.samples() * bins);
  LargeFloats slice(geometry.voxels() * bins);
  for (auto const& [window, value, variance] :
       {std::tuple(core::FilterWindow::none, 0xf01f3e52fdbdeb7cULL, 0x3e91b05ca9de0ed0ULL),
        std::tuple(core::FilterWindow::hann, 0xdfe37099b30e61bcULL, 0x0a38c4d014aad6fbULL)}) {
    LargeFloats scratch, more;
    auto const filter =
        make_filter_engine(geometry, core::angle_weights(geometry.angles).weight, window);
    filter->reconstruct(sinogram, bins, scratch, slice);
    EXPECT_EQ(checksum_of(slice), value);
    filter->variance(sinogram, bins, scratch, more, slice);
    EXPECT_EQ(checksum_of(slice), variance);
  }
  auto const weights = some_floats(geometry.samples() * bins);
  for (auto const& [footprint, sirt, cgls] :
       {std::tuple(Footprint::linear, 0x77030bea0d79a2f5ULL, 0x203711b73f8cebdfULL),
        std::tuple(Footprint::strip, 0xf24a0f892746e027ULL, 0x6dd3ab6c054fab40ULL)}) {
    auto const iterative = make_iteration_engine(geometry, footprint);
    iterative->sirt({sinogram, weights, {}}, bins, {.count = 4}, slice);
    EXPECT_EQ(checksum_of(slice), sirt);
    iterative->cgls({sinogram, weights, {}}, bins, 4, slice);
    EXPECT_EQ(checksum_of(slice), cgls);
  }
}

}  // namespace
}  // namespace xrdct::kernels::test
