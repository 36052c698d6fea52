#include "tests/golden/integrators.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "core/reference/reference_reduce.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::golden {
namespace {

class Kernels : public testing::Environment {
 public:
  void SetUp() override {
    char const* const threads = std::getenv("XRDCT_TEST_THREADS");
    kernels::start(threads == nullptr ? 1 : std::atoi(threads));
  }
  void TearDown() override { kernels::stop(); }
};

auto* const registered = testing::AddGlobalTestEnvironment(new Kernels);

template <class T>
std::vector<std::byte> stored_as(std::vector<double> const& frame) {
  std::vector<T> const values(frame.begin(), frame.end());
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<std::byte> stored(std::vector<double> const& frame, core::PixelType type) {
  switch (type) {
    case core::PixelType::i32:
      return stored_as<std::int32_t>(frame);
    case core::PixelType::u16:
      return stored_as<std::uint16_t>(frame);
    case core::PixelType::f32:
      return stored_as<float>(frame);
    case core::PixelType::f64:
      return stored_as<double>(frame);
    default:
      throw std::invalid_argument("these tests store no such pixels");
  }
}

core::ReducedBatch integrate_with_loops(core::ReductionPlan const& plan,
                                        std::vector<std::vector<double>> const& frames) {
  core::ReducedBatch out;
  out.status.assign(frames.size(), core::FrameStatus::good);
  for (auto const& reduction : plan.reductions) {
    std::size_t const bins = reduction.matrix.bins;
    auto& sums = out.sums.emplace_back(frames.size(), bins);
    auto& tally = out.tally.emplace_back(frames.size());
    for (std::size_t frame = 0; frame < frames.size(); ++frame) {
      core::PatternSums one(1, bins);
      core::reference_reduce(plan, reduction, frames[frame], one, tally[frame]);
      copy_sums(one, frame, sums);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> const& integrators() {
  static std::vector<std::string> const names{"loops", "fused", "spmm"};
  return names;
}

core::ReducedBatch integrate(std::string const& integrator, core::ReductionPlan const& plan,
                             std::vector<std::vector<double>> const& frames) {
  if (integrator == "loops") return integrate_with_loops(plan, frames);
  kernels::FrameReducer reducer(
      plan, integrator == "fused" ? kernels::Engine::fused : kernels::Engine::spmm);
  std::vector<std::vector<std::byte>> bytes;
  for (auto const& frame : frames) bytes.push_back(stored(frame, plan.encoding.type));
  core::EncodedBatch batch{plan.shape, plan.encoding, {}};
  for (auto const& frame : bytes) batch.frames.push_back({.bytes = frame});
  core::ReducedBatch out;
  reducer.reduce(batch, out);
  return out;
}

void copy_sums(core::PatternSums const& some, std::size_t first_frame, core::PatternSums& all) {
  auto const place = static_cast<std::ptrdiff_t>(first_frame * all.bins);
  std::copy(some.signal.begin(), some.signal.end(), all.signal.begin() + place);
  std::copy(some.variance.begin(), some.variance.end(), all.variance.begin() + place);
  std::copy(some.normalization.begin(), some.normalization.end(),
            all.normalization.begin() + place);
  std::copy(some.normalization2.begin(), some.normalization2.end(),
            all.normalization2.begin() + place);
  std::copy(some.count.begin(), some.count.end(), all.count.begin() + place);
  std::copy(some.pixels.begin(), some.pixels.end(), all.pixels.begin() + place);
}

}  // namespace xrdct::golden
