#pragma once
#include <cstddef>

namespace xrdct::app {

/// Whether the ranks of this node may have as much memory as was predicted: it is compared with the
/// address space of a process (ulimit -v), with what the node has left, and with its control group.
/// \param bytes of one rank
/// \throws core::IoError it does not fit, with both numbers
void require_memory(std::size_t bytes, int ranks_on_node);

/// Whether a rank may open as many files as a run has open at once. \throws core::IoError
void require_descriptors(int threads);

}  // namespace xrdct::app
