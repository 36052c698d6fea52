#pragma once
#include <string>

/// Which part of the MPI library writes files, and whether it tells of writes that failed.
/// docs/decisions/0006-collective-component.md says what was measured.
namespace xrdct::io {

/// Asks Open MPI for collective writes that tell of failures and lose nothing; before MPI starts.
/// What the user has set stays; other MPIs see nothing.
void choose_mpi_io();

/// What is in force for collective writes.
struct MpiIoInForce {
  std::string name;  //!< for people: "ompio, fcoll individual"; the name of the library where there
                     //!< are no such settings
  std::string objection;  //!< names the component, where Open MPI may write by one that says
                          //!< nothing of failed writes, or is not known; else empty
};
/// Looks at it, however it was set (environment, mpirun --mca, parameter files), after MPI has
/// started; this rank alone. It takes 0.2 s.
MpiIoInForce mpi_io_in_force();

/// The same by the environment alone, at once: enough for a run of one rank, which writes
/// independently and so by none of these components.
std::string objection_to_environment();

/// What would be thrown for these values, or an empty text.
/// \param io,fcoll as Open MPI's parameters of these names; nothing: not readable
std::string objection_to_mpi_io(std::string const* io, std::string const* fcoll);

}  // namespace xrdct::io
