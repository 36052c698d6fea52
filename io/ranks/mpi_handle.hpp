#pragma once
#include <mpi.h>

#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// The MPI side of a communicator; for the sources of io/ alone.
struct Communicator::Native {
  MPI_Comm world = MPI_COMM_NULL;
  int rank = 0;
  int size = 1;
  int ranks_on_node = 1;
  int rank_on_node = 0;
};

}  // namespace xrdct::io
