#include "benchmarks/csr_product.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xrdct::benchmarks {
namespace {

// Seven pixels on two bins: bin 0 has five of them, more than are summed at once; pixel 5 has none.
core::BinMatrix matrix() {
  core::BinMatrix matrix;
  matrix.bins = 2;
  matrix.entry_begin = {0, 1, 2, 3, 5, 6, 6, 7};
  matrix.bin = {0, 0, 0, 0, 1, 0, 1};
  matrix.coefficient = {1.0f, 1.0f, 1.0f, 0.25f, 0.75f, 0.5f, 1.0f};
  return matrix;
}

template <class Pixel>
void expect_sums() {
  core::BinMatrix const rows = matrix();
  CsrProduct const product(rows);
  std::vector<Pixel> const image{0, 1, 2, 8, 60000, 9, 4};
  std::vector<double> signal(2, -1.0), variance(2, -1.0);
  auto const expect = [&] {
    EXPECT_THAT(signal, testing::ElementsAre(1.0 + 2.0 + 2.0 + 30000.0, 6.0 + 4.0));
    EXPECT_THAT(variance, testing::ElementsAre(1.0 + 1.0 + 2.0 + 0.5 + 15000.0, 4.5 + 4.0));
  };
  product.gather(std::span<Pixel const>(image), signal, variance);
  expect();
  product.scatter(std::span<Pixel const>(image), signal, variance);
  expect();
}

TEST(CsrProduct, sums_signal_and_variance_in_both_orders) {
  expect_sums<std::uint32_t>();
  expect_sums<std::uint16_t>();
}

}  // namespace
}  // namespace xrdct::benchmarks
