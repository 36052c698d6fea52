// Starts and ends Kokkos, and says what it runs on.
#include "kokkos/runtime.hpp"

#include <sched.h>

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#ifdef KOKKOS_ENABLE_OPENMP
#include <omp.h>
#endif

#include "core/words/errors.hpp"
#include "io/codec/words/simd.hpp"
#include "kokkos/space/host_work.hpp"

// All that differs between versions of Kokkos at the start and end of the program.
namespace xrdct::kernels {
namespace {

// \param card its number; -1: none
void initialize(int threads, int card) {
#if KOKKOS_VERSION >= 30700
  Kokkos::InitializationSettings settings;
  if (threads > 0) settings.set_num_threads(threads);
  if (card >= 0) settings.set_device_id(card);
  settings.set_disable_warnings(true);
  Kokkos::initialize(settings);
#else
  Kokkos::InitArguments arguments;
  if (threads > 0) arguments.num_threads = threads;
  arguments.device_id = card;
  arguments.disable_warnings = true;
  Kokkos::initialize(arguments);
#endif
}

// Processors that OpenMP shares among its threads: all of the process, unless OMP_PLACES says less.
std::vector<int> bound_processors() {
  std::vector<int> all;
#ifdef KOKKOS_ENABLE_OPENMP
  for (int place = 0; place < omp_get_num_places(); ++place) {
    std::vector<int> some(static_cast<std::size_t>(omp_get_place_num_procs(place)));
    omp_get_place_proc_ids(place, some.data());
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
#endif
  return all;
}

std::vector<int> allowed_processors() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::vector<int> all;
  if (sched_getaffinity(0, sizeof mask, &mask) != 0) return all;
  for (int processor = 0; processor < CPU_SETSIZE; ++processor)
    if (CPU_ISSET(processor, &mask)) all.push_back(processor);
  return all;
}

std::vector<Card> some_cards() {
  auto found = cards();
  if (found.empty())
    throw core::InputError(
        {.what = "start the kernels",
         .expected = "a card: this program is built for " + std::string(backend()),
         .found = "none that this process may use",
         .attempt = "let the job ask for one (Slurm: --gpus-per-task=1), look "
                    "at CUDA_VISIBLE_DEVICES or ROCR_VISIBLE_DEVICES, or take "
                    "a program that is built for CPUs"});
  return found;
}

// Kokkos 3.4 throws at those that contradict what it is told; 4 leaves some unread, and ends the
// program at a value that it cannot read.
void refuse_variables() {
  for (char const* const name :
       {"KOKKOS_DEVICE_ID", "KOKKOS_MAP_DEVICE_ID_BY", "KOKKOS_NUM_DEVICES", "KOKKOS_RAND_DEVICES",
        "KOKKOS_SKIP_DEVICE", "KOKKOS_NUMA"})
    if (char const* const value = std::getenv(name))
      throw core::InputError(
          {.what = "start the kernels",
           .expected = "no variables KOKKOS_… of the environment that choose cards or processors",
           .found = std::string(name) + '=' + value,
           .attempt = "unset them: ranks take the cards that they may use in turn"});
}

}  // namespace

Card own_card(int rank_on_node) {
  auto const found = some_cards();
  return found[static_cast<std::size_t>(card_of_rank(rank_on_node, found.size()))];
}

void start(int threads, int rank_on_node) {
  if (threads < 0 || threads > most_threads())
    throw core::InputError({.what = "start the kernels",
                            .expected = "0 to " + std::to_string(most_threads()) + " threads",
                            .found = std::to_string(threads),
                            .attempt = "give fewer threads, and more ranks"});
  refuse_variables();
  unsetenv("KOKKOS_NUM_THREADS");
  unsetenv("KOKKOS_DISABLE_WARNINGS");
  int const card = kernels_run_on_host() ? -1 : card_of_rank(rank_on_node, some_cards().size());
  try {
    initialize(threads, card);
  } catch (std::exception const& error) {
    std::string const reason = error.what();
    throw core::InputError(
        {.what = "start the kernels",
         .expected = "variables KOKKOS_… of the environment that can be followed",
         .found = '"' + reason.substr(0, reason.find('\n')) + '"',
         .attempt = "unset them"});
  }
}

void stop() { Kokkos::finalize(); }

int threads() { return static_cast<int>(host_workers()); }

int most_threads() {
  constexpr int of_kokkos = 512;
#ifdef KOKKOS_ENABLE_OPENMP
  return std::min(of_kokkos, omp_get_thread_limit());
#else
  return of_kokkos;
#endif
}

std::vector<int> processors() {
  auto const bound = bound_processors();
  return bound.empty() ? allowed_processors() : bound;
}

std::string_view backend() { return Kokkos::DefaultExecutionSpace::name(); }

std::string_view instruction_set() { return codec::name_of(codec::simd()); }

}  // namespace xrdct::kernels
