#pragma once
#include <cstddef>

#include "app/scan/inputs.hpp"
#include "app/session/memory.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "io/output/sinogram_file.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::app {

/*!
 * Memory of one rank of a run, by what it is for: `own_memory`, so without the page cache. [bytes]
 *
 *     total = max(setup_peak,
 *       built + untouched + batches + decoding + sums + blocks + writer + preview)
 *
 * `setup_peak` and `built` are measured, with MPI, HDF5, Kokkos and the libraries as they are here;
 * the rest is known from shapes, and from stored sizes and counts of some frames.
 */
struct MemoryPlan {
  std::size_t setup_peak = 0;  //!< while matrices are built
  std::size_t built = 0;       //!< when all is built: program, libraries, inputs, matrices, kernels
  std::size_t untouched = 0;   //!< what the kernels have reserved and not used yet
  std::size_t batches = 0;     //!< stored frames of all batches in memory, each as large as the
                               //!< largest of some that are spread over the scan, part by part
  std::size_t decoding = 0;    //!< the frames of the measurement of decoding alone, one per thread
  std::size_t sums = 0;        //!< of the frames that all threads are at
  std::size_t blocks = 0;      //!< patterns of the output blocks in memory
  /// the packed copy of a dataset of a block, and the buffers of HDF5 and MPI-IO
  std::size_t writer = 0;
  std::size_t preview = 0;  //!< sums over blocks; on rank 0 those of all ranks
  std::size_t total() const;
};

/// To be called when the reducer is made and the output is not yet. Reads and reduces 16 frames
/// where the memory depends on their counts.
/// \param before_reducer `own_memory` before the reducer was made
MemoryPlan plan_memory(Inputs& inputs, core::ReductionPlan const& plan,
                       kernels::FrameReducer& reducer, io::OutputDescription const& output,
                       std::size_t before_reducer, int ranks, MemoryWatch& watch);

/// Values of one pattern that are written: intensity, count, and what else is wanted.
std::size_t fields_of(config::ReductionJob const& reduction);
std::size_t bytes_of(core::BinMatrix const& matrix);
/// Sums of a frame.
std::size_t bytes_per_frame(core::Reduction const& reduction);
/// Patterns of the largest block.
std::size_t block_bytes(Inputs const& inputs, std::size_t reduction);

}  // namespace xrdct::app
