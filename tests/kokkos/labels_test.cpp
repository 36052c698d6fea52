// Every View and every kernel of ours carries the project's prefix, so that profiles can be read.
#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <set>
#include <string>

#include "kokkos/decoding_time.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"
#include "kokkos/tomography/device_filter.hpp"
#include "kokkos/tomography/device_iterations.hpp"
#include "test_plans.hpp"
#include "tests/core/tomography/discs.hpp"

namespace xrdct::kernels::test {
namespace {

std::set<std::string>& seen() {
  static std::set<std::string> labels;
  return labels;
}

void see_kernel(char const* name, std::uint32_t, std::uint64_t*) { seen().insert(name); }
void see_view(Kokkos::Tools::SpaceHandle, char const* label, void const*, std::uint64_t) {
  seen().insert(label);
}

bool is_of_a_library(std::string const& label) {
  for (char const* prefix : {"Kokkos", "KokkosSparse", "KokkosBlas", "DualView::"})
    if (label.rfind(prefix, 0) == 0) return true;
  return label == "[unlabeled]";  // memory of Kokkos' teams; a View of ours without a label would
                                  // have an empty one
}

void reconstruct_on_device() {
  auto const geometry = xrdct::test::even_geometry(5, 20, 1.0, 9.5);
  LargeFloats const samples(geometry.samples() * 16, 1.0F);
  LargeFloats slice(geometry.voxels() * 16), scratch;
  DeviceFilter(geometry, std::vector<double>(5, 0.6), core::FilterWindow::none)
      .variance(samples, 16, scratch, scratch, slice);
  DeviceIterations iterations(geometry, Footprint::linear);
  iterations.sirt({samples, samples, samples}, 16, {.count = 1}, slice);
  iterations.cgls({samples, samples, {}}, 16, 1, slice);
}

TEST(Labels, OfViewsAndKernelsCarryThePrefix) {
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(see_kernel);
  Kokkos::Tools::Experimental::set_allocate_data_callback(see_view);
  for (Engine engine : all_engines) {
    auto const plan = make_plan(
        {.method = engine == Engine::spmm ? core::Method::quantile_mean : core::Method::mean});
    FrameReducer reducer(plan, engine);
    auto const stored = store(plan, {make_frame(plan, 1)});
    core::ReducedBatch out;
    reducer.reduce(stored.batch, out);
    seconds_to_decode(plan, stored.batch);
  }
  reconstruct_on_device();
  Kokkos::Tools::Experimental::set_begin_parallel_for_callback(nullptr);
  Kokkos::Tools::Experimental::set_allocate_data_callback(nullptr);
  if (backend() == "Serial" || backend() == "OpenMP") {
    EXPECT_TRUE(seen().contains("xrdct::reduce_groups"));
  }
  EXPECT_TRUE(seen().contains("xrdct::reduce_bins"));
  EXPECT_TRUE(seen().contains("xrdct::decode_blocks"));
  EXPECT_TRUE(seen().contains("xrdct::project_back"));
  for (std::string const& label : seen())
    EXPECT_TRUE(label.rfind("xrdct::", 0) == 0 || is_of_a_library(label)) << label;
}

}  // namespace
}  // namespace xrdct::kernels::test
