#pragma once
#include <mpi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/ranks/communicator.hpp"
#include "io/ranks/signs_of_life.hpp"
#include "io/ranks/watchdog.hpp"

namespace xrdct::io {

/// The MPI side of a communicator; for the sources of io/ alone.
struct Communicator::Native {
  MPI_Comm world = MPI_COMM_NULL;
  int rank = 0;
  int size = 1;
  int ranks_on_node = 1;
  int rank_on_node = 0;
  std::string place;
  std::vector<std::string> places;  //!< [rank], on rank 0; elsewhere that of rank 0 alone
  int any_mine = 0, any_all = 0;    //!< of `begin_any`
  MPI_Request any_request = MPI_REQUEST_NULL;
  std::unique_ptr<SignsOfLife> signs;
  std::optional<Watchdog> watchdog;
};

}  // namespace xrdct::io
