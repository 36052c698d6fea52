// Slices as a GPU makes them, by teams of threads: the bits of the host, which are tested against
// the specification, and the specification itself.
#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstring>
#include <limits>
#include <numbers>
#include <optional>
#include <random>
#include <string>

#include "core/tomography/angle_weights.hpp"
#include "core/tomography/projector.hpp"
#include "core/tomography/reference_slices.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/space/host_work.hpp"
#include "kokkos/tomography/device_filter.hpp"
#include "kokkos/tomography/device_iterations.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/iterative_slices.hpp"
#include "tests/kokkos/tomography/slice_data.hpp"

namespace xrdct::test {
namespace {

using core::Footprint;
using kernels::Array;
using kernels::LargeFloats;

constexpr Footprint all_footprints[] = {Footprint::linear, Footprint::strip};

std::size_t different(std::span<float const> a, std::span<float const> b) {
  EXPECT_EQ(a.size(), b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += std::memcmp(&a[i], &b[i], sizeof(float)) != 0;
  return count;
}

Array<float*> there(std::span<float const> values) {
  Array<float*> copy("xrdct::test values", values.size());
  kernels::copy_there(values, copy);
  return copy;
}

LargeFloats here(Array<float*> const& values) {
  LargeFloats copy(values.size());
  kernels::copy_here(values, std::span<float>(copy));
  return copy;
}

/// What both projectors make of the same random values, in bins where all is a number.
void expect_projections_of_the_host(core::SliceGeometry const& geometry, Footprint footprint,
                                    std::size_t bins, int threads) {
  kernels::SliceProjector const host(geometry, footprint);
  kernels::DeviceProjector const device(geometry, footprint, threads);
  auto const slice = random_floats(geometry.voxels() * bins, 1);
  LargeFloats wanted(host.padded_samples() * bins);
  host.forward(slice, bins, wanted);
  LargeFloats const empty(wanted.size(), 0.0F);
  auto const padded = there(empty);
  device.forward(there(slice), bins, padded);
  auto const found = here(padded);
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    std::size_t const line = host.line() * bins, first = p * line + host.before() * bins,
                      last = first + geometry.translations * bins;
    ASSERT_EQ(different(std::span(found).subspan(first, last - first),
                        std::span(wanted).subspan(first, last - first)),
              0U)
        << "projection " << p << " at " << geometry.angles[p] << " rad";
    for (std::size_t i = p * line; i < (p + 1) * line; ++i) {
      bool const is_padding = i < first || i >= last;
      ASSERT_TRUE(!is_padding || found[i] == 0.0F) << "the padding stays";
    }
  }
  auto const samples = random_floats(wanted.size(), 2);
  LargeFloats back(slice.size());
  host.back(samples, bins, back);
  auto const device_back = there(back);
  Kokkos::deep_copy(device_back, -1.0F);
  device.back(there(samples), bins, device_back);
  EXPECT_EQ(different(here(device_back), back), 0U);
}

class DeviceSlices : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (kernels::kernels_run_on_host() && GetParam() > kernels::threads())
      GTEST_SKIP() << "there are " << kernels::threads() << " threads";
  }
};
INSTANTIATE_TEST_SUITE_P(Teams, DeviceSlices, testing::Values(1, 2, 3, 4, 256));

TEST_P(DeviceSlices, AreProjectedWithTheBitsOfTheHost) {
  for (auto const footprint : all_footprints)
    for (std::size_t const bins : {16U, 32U, 48U, 64U})
      expect_projections_of_the_host(odd_geometry(), footprint, bins, GetParam());
}

/// Rays along rows, columns and diagonals, and nearly so; slices that are smaller and larger than
/// the line; an axis near its end.
TEST_P(DeviceSlices, AreProjectedFromEveryAngle) {
  using std::numbers::pi;
  std::mt19937 random(9);
  for (std::size_t const side : {1U, 2U, 31U, 32U, 33U, 64U, 90U}) {
    core::SliceGeometry geometry{{}, 40, 1.0, {}, side};
    for (double const quarter : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, -1.0})
      for (double const off : {0.0, 1e-9, -1e-7, 3e-6, -1e-3, 0.05})
        geometry.angles.push_back(quarter * pi / 2.0 + off);
    for (int i = 0; i < 20; ++i) geometry.angles.push_back(static_cast<double>(random()) * 1e-9);
    for (double const centre : {19.5, 20.0, 3.25}) {
      geometry.centres.assign(geometry.projections(), centre);
      for (auto const footprint : all_footprints)
        expect_projections_of_the_host(geometry, footprint, 16, GetParam());
    }
  }
}

TEST_P(DeviceSlices, AreProjectedBackByTheTranspose) {
  auto const geometry = odd_geometry();
  constexpr std::size_t bins = 16;
  for (auto const footprint : all_footprints) {
    kernels::DeviceProjector const projector(geometry, footprint, GetParam());
    auto const x = random_floats(geometry.voxels() * bins, 2);
    auto y = random_floats(projector.padded_samples() * bins, 3);
    auto const forward = there(LargeFloats(y.size(), 0.0F)), back = there(LargeFloats(x.size()));
    projector.forward(there(x), bins, forward);
    for (std::size_t i = 0; i < y.size(); ++i) {
      std::size_t const sample = i / bins % projector.lines().total;
      if (sample < projector.lines().before ||
          sample >= projector.lines().before + geometry.translations)
        y[i] = 0.0F;
    }
    projector.back(there(y), bins, back);
    auto const there_values = here(forward), here_values = here(back);
    for (std::size_t bin = 0; bin < bins; ++bin) {
      double a = 0.0, b = 0.0;
      for (std::size_t i = bin; i < y.size(); i += bins)
        a += static_cast<double>(there_values[i]) * static_cast<double>(y[i]);
      for (std::size_t i = bin; i < x.size(); i += bins)
        b += static_cast<double>(x[i]) * static_cast<double>(here_values[i]);
      EXPECT_NEAR(a / b, 1.0, 1e-6);
    }
  }
}

/// One engine for units of many and of few bins, one after the other.
TEST_P(DeviceSlices, AreFilteredAsSpecifiedAndWithTheBitsOfTheHost) {
  auto const geometry = odd_geometry();
  auto const weights = core::angle_weights(geometry.angles).weight;
  LargeFloats scratch, more;
  for (auto const window : {core::FilterWindow::none, core::FilterWindow::hann}) {
    kernels::FilteredBackProjection host(geometry, weights, window);
    kernels::DeviceFilter device(geometry, weights, window, GetParam());
    for (std::size_t const bins : {64U, 16U, 48U}) {
      auto const sinogram = random_floats(geometry.samples() * bins, 6);
      LargeFloats wanted(geometry.voxels() * bins), found(wanted.size());
      host.reconstruct(sinogram, bins, scratch, wanted);
      device.reconstruct(sinogram, bins, scratch, found);
      EXPECT_EQ(different(found, wanted), 0U);
      std::size_t const bin = bins - 1;
      auto const one = of_bin(sinogram, bins, bin);
      EXPECT_LT(difference(of_bin(found, bins, bin),
                           core::filtered_back_projection(geometry, weights, window, one)),
                1e-6);
      host.variance(sinogram, bins, scratch, more, wanted);
      device.variance(sinogram, bins, scratch, more, found);
      EXPECT_EQ(different(found, wanted), 0U);
      EXPECT_LT(difference(of_bin(found, bins, bin),
                           core::filtered_back_projection_variance(geometry, weights, window, one)),
                1e-6);
    }
  }
}

/// As the odd one, for what takes many kernels: teams of a busy machine wait for each other.
core::SliceGeometry small_geometry() {
  auto geometry = odd_geometry();
  geometry.translations = 31;
  geometry.side = 35;
  for (auto& centre : geometry.centres) centre -= 19.0;
  return geometry;
}

void expect_same(kernels::Progresses const& a, kernels::Progresses const& b) {
  for (std::size_t bin = 0; bin < a.size(); ++bin) {
    EXPECT_EQ(a[bin].iterations, b[bin].iterations) << "bin " << bin;
    EXPECT_EQ(a[bin].misfit, b[bin].misfit) << "bin " << bin;
  }
}

TEST_P(DeviceSlices, AreIteratedAsSpecifiedAndWithTheBitsOfTheHost) {
  auto const geometry = small_geometry();
  constexpr auto nan = std::numeric_limits<float>::quiet_NaN();
  for (auto const footprint : all_footprints) {
    kernels::IterativeSlices host(geometry, footprint);
    kernels::DeviceIterations device(geometry, footprint, GetParam());
    for (std::size_t const bins : {48U, 16U}) {
      auto values = random_floats(geometry.samples() * bins, 4),
           weights = random_floats(values.size(), 5);
      for (std::size_t i = 0; i < weights.size(); i += 37) {
        weights[i] = 0.0F;
        values[i] = nan;  // is not looked at
      }
      std::size_t const bin = 5;
      auto const weight = of_bin(weights, bins, bin);
      auto value = of_bin(values, bins, bin);
      for (auto& number : value)
        if (std::isnan(number)) number = 0.0;
      LargeFloats wanted(geometry.voxels() * bins), found(wanted.size());
      for (bool const non_negative : {false, true}) {
        kernels::SliceIterations const how{2, 0.9, non_negative};
        auto const progress = host.sirt({values, weights, {}}, bins, how, wanted);
        expect_same(device.sirt({values, weights, {}}, bins, how, found), progress);
        EXPECT_EQ(different(found, wanted), 0U);
        EXPECT_LT(
            difference(of_bin(found, bins, bin),
                       core::sirt(geometry, footprint, {2, 0.9, non_negative}, weight, value)),
            1e-6);
      }
      auto const progress = host.cgls({values, weights, {}}, bins, 3, wanted);
      expect_same(device.cgls({values, weights, {}}, bins, 3, found), progress);
      EXPECT_EQ(different(found, wanted), 0U);
      EXPECT_LT(
          difference(of_bin(found, bins, bin), core::cgls(geometry, footprint, 3, weight, value)),
          3e-5);  // float, as gradients become small
    }
  }
}

TEST_P(DeviceSlices, StopBinByBinAsOnTheHost) {
  auto const geometry = small_geometry();
  constexpr std::size_t bins = 16;
  auto const exact = sinogram_of(geometry, {{1.0, -1.5, 2.0, 1.0}});
  auto values = random_floats(geometry.samples() * bins, 8);
  LargeFloats const weights(values.size(), 1.0F);
  LargeFloats variance(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    float const noise = 0.5F * static_cast<float>(1 + i % bins);
    values[i] = static_cast<float>(exact[i / bins]) + noise * (values[i] - 0.5F);
    variance[i] = noise * noise / 12.0F;
  }
  LargeFloats wanted(geometry.voxels() * bins), found(wanted.size());
  kernels::IterativeSlices host(geometry, Footprint::linear);
  kernels::DeviceIterations device(geometry, Footprint::linear, GetParam());
  auto const progress = host.sirt({values, weights, variance}, bins, {.count = 20}, wanted);
  expect_same(device.sirt({values, weights, variance}, bins, {.count = 20}, found), progress);
  EXPECT_EQ(different(found, wanted), 0U);
  EXPECT_LT(progress[bins - 1].iterations, progress[0].iterations);
}

std::size_t& allocated() {
  static std::size_t bytes = 0;
  return bytes;
}
/// Not the memory that Kokkos takes for its teams.
bool is_ours(char const* label) { return std::string(label).starts_with("xrdct::"); }
void see_allocation(Kokkos::Tools::SpaceHandle, char const* label, void const*,
                    std::uint64_t size) {
  if (is_ours(label)) allocated() += size;
}
void see_deallocation(Kokkos::Tools::SpaceHandle, char const* label, void const*,
                      std::uint64_t size) {
  if (is_ours(label)) allocated() -= size;
}

/// Bytes of Views that are there after `work`, and were not before.
template <class Work>
double bytes_kept_by(Work const& work) {
  allocated() = 0;
  Kokkos::Tools::Experimental::set_allocate_data_callback(see_allocation);
  Kokkos::Tools::Experimental::set_deallocate_data_callback(see_deallocation);
  work();
  Kokkos::Tools::Experimental::set_allocate_data_callback(nullptr);
  Kokkos::Tools::Experimental::set_deallocate_data_callback(nullptr);
  return static_cast<double>(allocated());
}

TEST(DeviceSliceMemory, IsAsTold) {
  auto const geometry = odd_geometry();
  constexpr std::size_t bins = 32;
  auto const samples = random_floats(geometry.samples() * bins, 4);
  LargeFloats slice(geometry.voxels() * bins), scratch;
  for (bool const with_variance : {false, true}) {
    kernels::DeviceFilter filter(geometry, core::angle_weights(geometry.angles).weight,
                                 core::FilterWindow::none);
    double const kept = bytes_kept_by([&] {
      filter.reconstruct(samples, bins, scratch, slice);
      if (with_variance) filter.variance(samples, bins, scratch, scratch, slice);
    });
    EXPECT_NEAR(kept / static_cast<double>(filter.memory_bytes(bins, with_variance)), 1.0, 1e-3);
  }
  std::optional<kernels::DeviceIterations> iterations;
  double const kept = bytes_kept_by([&] {
    iterations.emplace(geometry, Footprint::linear);
    iterations->sirt({samples, samples, samples}, bins, {.count = 1}, slice);
    iterations->cgls({samples, samples, {}}, bins, 1, slice);
  });
  EXPECT_NEAR(kept / static_cast<double>(iterations->memory_bytes(bins)), 1.0, 0.02);
}

}  // namespace
}  // namespace xrdct::test
