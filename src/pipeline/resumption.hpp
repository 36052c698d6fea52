#pragma once
#include <cstddef>
#include <vector>

#include "core/scan/stages.hpp"
#include "pipeline/reduce_scan.hpp"

/// Going on with a scan that an earlier run has left.
namespace xrdct::pipeline {

/// Counts a place. \param has_pixels of every reduction
void count(core::FrameStatus status, bool has_pixels, FrameCounts& counts);
/// What happened to the frames of a block.
FrameCounts counts_of(core::BlockResult const& block);
void add(FrameCounts const& more, FrameCounts& counts);

/// What the preview needs of a block, per reduction.
std::vector<BinSums> sums_of(core::BlockResult const& block,
                             std::vector<ReductionShape> const& reductions);

struct Resumption {
  core::BlocksToDo left;    //!< the same on all ranks
  EarlierBlocks earlier;    //!< of this rank
  std::size_t kept = 0;     //!< blocks that need not be made again; of all ranks
  std::size_t damaged = 0;  //!< blocks that were made, and are not as they were written
};

/*!
 * Looks at what earlier runs have made, shared among the ranks: each finished block is read and
 * proven, and added to the previews as if this run had made it. Those that fail are made again, and
 * so are those with frames that could not be read or decoded: their files may be whole by now.
 *
 * Collective. Memory: one block, and the previews.
 * \param scan with all of its blocks
 * \throws core::IoError on a rank alone
 */
Resumption take_up(ScanDescription const& scan, core::FinishedBlocks& finished, core::Peers& peers);

}  // namespace xrdct::pipeline
