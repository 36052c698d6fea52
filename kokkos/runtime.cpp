// Starts and ends Kokkos, and says what it runs on.
#include "kokkos/runtime.hpp"

#include <Kokkos_Core.hpp>
#include <string>

#include "core/words/errors.hpp"
#include "io/codec/words/simd.hpp"
#include "kokkos/space/host_work.hpp"

// All that differs between Kokkos 3.4 and 5 at the start and end of the program.
namespace xrdct::kernels {

void start(int threads) {
  // Kokkos keeps its OpenMP threads in an array of this size, and looks at no bound.
  constexpr int most_threads = 512;
  if (threads < 0 || threads > most_threads)
    throw core::InputError({.what = "start the kernels",
                            .expected = "0 to " + std::to_string(most_threads) + " threads",
                            .found = std::to_string(threads),
                            .attempt = "give --threads; more ranks use more processors"});
#if KOKKOS_VERSION >= 30700
  Kokkos::InitializationSettings settings;
  if (threads > 0) settings.set_num_threads(threads);
  settings.set_disable_warnings(true);
  Kokkos::initialize(settings);
#else
  Kokkos::InitArguments arguments;
  if (threads > 0) arguments.num_threads = threads;
  arguments.disable_warnings = true;
  Kokkos::initialize(arguments);
#endif
}

void stop() { Kokkos::finalize(); }

int threads() { return static_cast<int>(host_workers()); }

std::string_view backend() { return Kokkos::DefaultExecutionSpace::name(); }

std::string_view instruction_set() { return codec::name_of(codec::simd()); }

}  // namespace xrdct::kernels
