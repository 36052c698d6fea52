#pragma once
#include <string_view>
#include <vector>

#include "kokkos/space/cards.hpp"

/// The start and the end of what kernels run on, and what that is.
namespace xrdct::kernels {

/*!
 * Starts the execution space with so many threads (0: its own choice), on a build for cards with
 * `own_card(rank_on_node)`. Once per process, before any other call and while no other thread reads
 * the environment: KOKKOS_NUM_THREADS and KOKKOS_DISABLE_WARNINGS, which would contradict
 * `threads`, are taken out of it.
 * \throws core::InputError too many threads, no card, or variables KOKKOS_… that choose cards or
 *         processors
 */
void start(int threads, int rank_on_node = 0);
/// The card of a rank, by `card_of_rank`. Before and after `start`, on a build for cards.
/// \throws core::InputError there is none
Card own_card(int rank_on_node);
/// Ends it; after every FrameReducer is gone.
void stop();
int threads();
/// Threads of one process at most: the library keeps a table of 512, and OMP_THREAD_LIMIT may say
/// less.
int most_threads();
/// The processors of this process by their numbers. Not those of the calling thread: where threads
/// are bound (OMP_PROC_BIND), the first one has been given a part of them before `main`.
std::vector<int> processors();
/// Where kernels run: "OpenMP", "Serial", "Cuda", "HIP".
std::string_view backend();
/// The instruction set in use: "portable", "avx2", "avx512".
std::string_view instruction_set();

}  // namespace xrdct::kernels
