// Times kernels and copies one by one, through the callbacks that Kokkos has for profiling tools.
#include "stage_times.hpp"

#include <Kokkos_Core.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace xrdct::benchmarks {
namespace {

namespace tools = Kokkos::Tools::Experimental;
using Clock = std::chrono::steady_clock;

// What is going on; callbacks are plain functions. One kernel or copy at a time: each is waited
// for.
struct Stage {
  std::string name;
  Clock::time_point begin;
  std::map<std::string, double> seconds;
};

Stage& stage() {
  static Stage only;
  return only;
}

void begin(std::string name) {
  Kokkos::fence();
  stage().name = std::move(name);
  stage().begin = Clock::now();
}

void end() {
  if (stage().name.empty()) return;
  Kokkos::fence();
  stage().seconds[stage().name] +=
      std::chrono::duration<double>(Clock::now() - stage().begin).count();
  stage().name.clear();
}

void begin_kernel(char const* label, std::uint32_t, std::uint64_t*) {
  std::string_view name = label;
  if (std::string_view const prefix = "xrdct::"; name.starts_with(prefix))
    name.remove_prefix(prefix.size());
  begin(std::string(name));
}

void end_kernel(std::uint64_t) { end(); }

void begin_copy(Kokkos::Tools::SpaceHandle to, char const*, void const*,
                Kokkos::Tools::SpaceHandle from, char const*, void const*, std::uint64_t) {
  begin(std::string("copy ") + from.name + " to " + to.name);
}

}  // namespace

StageTimes::StageTimes() {
  stage() = {};
  tools::set_begin_parallel_for_callback(begin_kernel);
  tools::set_end_parallel_for_callback(end_kernel);
  tools::set_begin_parallel_reduce_callback(begin_kernel);
  tools::set_end_parallel_reduce_callback(end_kernel);
  tools::set_begin_deep_copy_callback(begin_copy);
  tools::set_end_deep_copy_callback(end);
}

StageTimes::~StageTimes() {
  tools::set_begin_parallel_for_callback(nullptr);
  tools::set_end_parallel_for_callback(nullptr);
  tools::set_begin_parallel_reduce_callback(nullptr);
  tools::set_end_parallel_reduce_callback(nullptr);
  tools::set_begin_deep_copy_callback(nullptr);
  tools::set_end_deep_copy_callback(nullptr);
}

std::map<std::string, double> const& StageTimes::seconds() const { return stage().seconds; }

}  // namespace xrdct::benchmarks
